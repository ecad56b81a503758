//! From an experiment file to a plan, its cells, their records and the run directory.
//!
//! ```text
//! text → document (values with their places) → build (checked, expanded, placed) → plan
//!      → run (cells on threads) → record → journal in the run directory, and live rows for whoever looks on
//! run directory → directory::read → export, replay
//! run directory that grows → follow
//! ```
//!
//! # What does this crate not do?
//! It knows no terminal and no command line.

pub mod array;
pub mod build;
pub mod cell;
pub mod change;
pub mod check;
pub mod desk;
pub mod diagnostic;
pub mod directory;
pub mod document;
pub mod effect;
mod ending;
pub mod experiment;
pub mod export;
mod file;
pub mod follow;
mod followed;
pub mod geometry;
pub mod histogram;
mod input;
pub mod journal;
pub mod json;
pub mod live;
pub mod local;
pub mod plan;
pub mod probe;
pub mod reader;
pub mod record;
mod recorded;
pub mod replay;
pub mod run;
pub mod seeds;
mod shown;
pub mod spec;
pub mod start;
pub mod sweep;
mod tail;
pub mod tuned;
pub mod undefined;
mod until;
mod writing;
