//! Tests of the explorer.

mod bytes;
mod environment;
mod guide;
mod keys;
mod recorded;
mod screens;
mod steering;
mod transitions;
mod viewpoints;
