//! `elbow`: a terminal explorer and headless runner of natural-gradient methods for variational inference.
#![forbid(unsafe_code)]

use clap::Parser;
use elbow::cli::Cli;
use elbow::command::{self, BUG, INTERNAL};
use signal_hook::consts::SIGXFSZ;
use std::process::ExitCode;
use std::sync::Arc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    // With a handler, a file that grows beyond its limit is an error of the write and does not end the program.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::default());
    match std::panic::catch_unwind(|| command::run(cli)) {
        Ok(code) => ExitCode::from(code),
        Err(_) => {
            // The panic's own message has been written by the hook.
            command::note(BUG);
            ExitCode::from(INTERNAL)
        }
    }
}
