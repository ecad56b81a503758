//! The pieces of the `elbow` program that other programs and tests can use.
#![forbid(unsafe_code)]

pub mod explorer;
