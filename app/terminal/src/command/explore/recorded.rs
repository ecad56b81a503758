//! Run directories: followed while another process writes them, replayed, or written as a picture or a table.

use super::{Request, code, show as run, write as write_file};
use crate::cli::Size;
use crate::command::{Failure, INTERNAL, IO, OK, Outcome, USAGE, note};
use crate::explorer::{self, Exit, Session, Source};
use crate::gallery::GALLERY;
use elbow_engine::follow::Follower;
use elbow_engine::replay::Replayer;
use std::io;
use std::path::Path;

fn unreadable(error: io::Error) -> Failure {
    let code = if error.kind() == io::ErrorKind::WouldBlock { INTERNAL } else { IO };
    Failure(code, format!("error: {error}"))
}

/// Shows a run directory, as it stands or from its start, until the user leaves.
pub fn show(directory: &Path, request: &Request<'_>) -> Outcome {
    let title = directory.display().to_string();
    let replay = |speed| {
        let (live, replayer) = Replayer::start(directory, speed).map_err(unreadable)?;
        let exit = run(request.session(&title, live, Source::Replayed))?;
        Ok((exit, replayer.faults().to_vec()))
    };
    let follow = |notice: String| {
        let (live, follower) = Follower::start(directory).map_err(unreadable)?;
        let exit = run(Session { notice, ..request.session(&title, live, Source::Recorded) })?;
        Ok((exit, follower.faults()))
    };
    let (mut exit, mut faults) = request.arguments.replay.map_or_else(|| follow(String::new()), replay)?;
    while exit == Exit::Replay {
        // From its start again; if that cannot be, as it stands, and why.
        (exit, faults) = match replay(request.arguments.replay.unwrap_or(1.0)) {
            Err(Failure(IO, reason)) => follow(reason)?,
            other => other?,
        };
    }
    match exit {
        Exit::Open(entry) if entry < GALLERY.len() => super::running::gallery(entry, request),
        exit => Ok(faulty(&faults).unwrap_or(code(exit))),
    }
}

/// Tells what is wrong with journals; the exit code for that.
fn faulty(faults: &[String]) -> Option<u8> {
    faults.iter().for_each(|fault| note(&format!("warning: {fault}")));
    (!faults.is_empty()).then_some(IO)
}

/// Writes the screen that a run directory gives, without a terminal.
pub fn write(directory: &Path, request: &Request<'_>) -> Outcome {
    let (live, follower) = Follower::start(directory).map_err(unreadable)?;
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
    Ok(faulty(&follower.faults()).unwrap_or(OK))
}
