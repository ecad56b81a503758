//! The pieces of the `elbow` program.
#![forbid(unsafe_code)]

pub mod cli;
pub mod command;
pub mod explorer;
pub mod gallery;
pub mod progress;
pub mod report;
mod text;
