//! `elbow`: a terminal explorer and headless runner of natural-gradient methods for variational inference.
#![forbid(unsafe_code)]

use clap::Parser;
use elbow::cli::Cli;
use elbow::command::{self, INTERNAL};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match std::panic::catch_unwind(|| command::run(cli)) {
        Ok(code) => ExitCode::from(code),
        // The panic's own message has been written by the hook.
        Err(_) => ExitCode::from(INTERNAL),
    }
}
