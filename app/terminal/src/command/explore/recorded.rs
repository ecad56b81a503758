//! Run directories: followed while another process writes them, replayed, or written as a picture or a table.

use super::{Request, code, show as run, write as write_file};
use crate::cli::Size;
use crate::command::{Failure, IO, OK, Outcome, USAGE};
use crate::explorer::{self, Exit, Session, Source};
use crate::gallery::GALLERY;
use elbow_engine::follow::Follower;
use elbow_engine::replay::Replayer;
use std::path::Path;

fn unreadable(reason: String) -> Failure {
    Failure(IO, format!("error: {reason}"))
}

/// Shows a run directory, as it stands or from its start, until the user leaves.
pub fn show(directory: &Path, request: &Request<'_>) -> Outcome {
    let title = directory.display().to_string();
    let replay = |speed| {
        let (live, _replayer) = Replayer::start(directory, speed).map_err(unreadable)?;
        run(request.session(&title, live, Source::Replayed))
    };
    let follow = |notice: String| {
        let (live, _follower) = Follower::start(directory).map_err(unreadable)?;
        run(Session { notice, ..request.session(&title, live, Source::Recorded) })
    };
    let mut exit = request.arguments.replay.map_or_else(|| follow(String::new()), replay)?;
    loop {
        exit = match exit {
            // From its start again; if that cannot be, as it stands, and why.
            Exit::Replay => match replay(request.arguments.replay.unwrap_or(1.0)) {
                Err(Failure(IO, reason)) => follow(reason)?,
                other => other?,
            },
            Exit::Open(entry) if entry < GALLERY.len() => return super::running::gallery(entry, request),
            exit => return Ok(code(exit)),
        };
    }
}

/// Writes the screen that a run directory gives, without a terminal.
pub fn write(directory: &Path, request: &Request<'_>) -> Outcome {
    let (live, _follower) = Follower::start(directory).map_err(unreadable)?;
    let session = request.session(&directory.display().to_string(), live, Source::Recorded);
    let Size(width, height) = request.arguments.size;
    let made = |text: fn(&Session, (u16, u16)) -> Result<String, String>| {
        text(&session, (width, height)).map_err(|reason| Failure(USAGE, format!("error: {reason}")))
    };
    if let Some(path) = &request.arguments.svg {
        write_file(path, &made(explorer::picture)?)?;
    }
    if let Some(path) = &request.arguments.csv {
        write_file(path, &made(explorer::table)?)?;
    }
    Ok(OK)
}
