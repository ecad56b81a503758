//! `elbow explore`: the experiment runs on its own threads, or a run directory is read; the explorer looks on.

mod recorded;
mod running;

use super::{Failure, INCOMPLETE, IO, OK, Outcome, USAGE};
use crate::cli::{Explore, Global};
use crate::explorer::{self, Exit, GalleryEntry, Options, Session, Source};
use crate::gallery::GALLERY;
use elbow_engine::live::Live;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

/// `elbow explore [PATH]`.
pub fn explore(arguments: &Explore, global: &Global) -> Outcome {
    let recorded = arguments.path.as_deref().filter(|path| path.is_dir());
    let writes = arguments.svg.is_some() || arguments.csv.is_some();
    match (recorded, &arguments.path) {
        (Some(directory), _) if writes => recorded::write(directory, arguments, global),
        (Some(directory), _) => recorded::show(directory, arguments, global),
        _ if writes || arguments.replay.is_some() => {
            let what = if writes { "--svg and --csv write" } else { "--replay shows" };
            Err(Failure(USAGE, format!("error: {what} a run directory: run the experiment first, with `elbow run`")))
        }
        (None, Some(experiment)) => running::experiment(experiment, arguments, global),
        (None, None) => running::gallery(arguments, global),
    }
}

/// A session without runs that can be steered.
fn session(title: &str, live: Arc<Live>, source: Source, arguments: &Explore, global: &Global) -> Session {
    let entry = |entry: &crate::gallery::Entry| GalleryEntry { name: entry.name.into(), about: entry.about.into() };
    let (gallery, screen) = (GALLERY.iter().map(entry).collect(), arguments.screen.clone());
    Session { source, gallery, screen, options: options(arguments, global), ..Session::new(title, live) }
}

fn options(arguments: &Explore, global: &Global) -> Options {
    Options { color: global.color, glyphs: arguments.glyphs.unwrap_or_default(), ..Options::default() }
}

fn show(session: Session) -> Result<Exit, Failure> {
    explorer::run(session).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidInput => Failure(USAGE, format!("error: {error}")),
        _ => no_terminal(error),
    })
}

fn no_terminal(error: io::Error) -> Failure {
    Failure(USAGE, format!("error: the explorer needs a terminal: {error}"))
}

fn code(exit: Exit) -> u8 {
    match exit {
        Exit::Signal(signal) => u8::try_from(128 + signal).unwrap_or(INCOMPLETE),
        _ => OK,
    }
}

/// Writes text to a file, or to stdout for `-`.
fn write(path: &Path, text: &str) -> Outcome {
    let written = if path == Path::new("-") { io::stdout().write_all(text.as_bytes()) } else { std::fs::write(path, text) };
    written.map(|()| OK).map_err(|error| Failure(IO, format!("error: {}: {error}", path.display())))
}
