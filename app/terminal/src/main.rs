//! `elbow`: a terminal explorer and headless runner of natural-gradient methods for variational inference.
#![forbid(unsafe_code)]

use clap::Parser;
use elbow::cli::Cli;
use elbow::command::{self, BUG, INTERNAL};
use elbow_host::floating::FloatingPoint;
use signal_hook::consts::SIGXFSZ;
use std::process::ExitCode;
use std::sync::Arc;

fn main() -> ExitCode {
    let cli = Cli::try_parse().unwrap_or_else(|error| refuse(&error));
    // Whoever started us may have left another one.
    let _ = FloatingPoint::STANDARD.restore();
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

/// What the command line says cannot be done, or was help all the same. An argument that acts on the terminal is written out.
fn refuse(error: &clap::Error) -> ! {
    if error.use_stderr() && std::env::args_os().any(|argument| argument.to_string_lossy().contains(elbow_host::acts)) {
        command::note(&error.render().to_string());
        std::process::exit(error.exit_code());
    }
    error.exit()
}
