//! The threads beside the one that draws.

use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Weak;
use std::thread::{Builder, JoinHandle};

use super::Tty;
use crate::command::{BUG, INTERNAL};
use elbow_engine::run::no_thread;

/// Starts a thread. Without it the screen could neither be used nor left, so its panic ends the program: the terminal is given
/// back, and what went wrong told.
pub(super) fn start(name: &str, tty: Weak<Tty>, work: impl FnOnce() + Send + 'static) -> io::Result<JoinHandle<()>> {
    let guarded = move || {
        if catch_unwind(AssertUnwindSafe(work)).is_err() {
            tty.upgrade().iter().for_each(|tty| tty.give_back());
            let _ = writeln!(io::stderr(), "{BUG}");
            std::process::exit(i32::from(INTERNAL));
        }
    };
    Builder::new().name(name.to_owned()).spawn(guarded).map_err(no_thread)
}
