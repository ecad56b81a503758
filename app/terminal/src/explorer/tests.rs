//! Tests of the explorer.

mod bytes;
mod environment;
mod keys;
mod recorded;
mod screens;
mod steering;
mod transitions;
mod viewpoints;
