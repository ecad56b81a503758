//! `elbow explore`: the experiment runs on its own threads, or a run directory is read; the explorer looks on.

mod recorded;
mod running;
mod steering;

use super::{Failure, INCOMPLETE, INTERNAL, IO, OK, Outcome, USAGE, color};
use crate::cli::{Explore, Global};
use crate::explorer::settings::{self, Settings};
use crate::explorer::{self, ColorChoice, Exit, GalleryEntry, Options, Session, Source};
use crate::gallery::GALLERY;
use elbow_engine::live::Live;
use std::io::{self, Write, stderr};
use std::path::Path;
use std::sync::Arc;

/// What was asked for, and the user's settings.
struct Request<'a> {
    arguments: &'a Explore,
    global: &'a Global,
    settings: Settings,
}

/// `elbow explore [PATH]`.
pub fn explore(arguments: &Explore, global: &Global) -> Outcome {
    let settings = if arguments.no_config {
        Settings::default()
    } else {
        let loaded = settings::load(arguments.config.as_deref(), &settings::actions::actions());
        loaded.map_err(|trouble| Failure::rendered(USAGE, &trouble.render(color(global, &stderr()))))?
    };
    let request = Request { arguments, global, settings };
    let recorded = arguments.path.as_deref().filter(|path| path.is_dir());
    let writes = arguments.svg.is_some() || arguments.csv.is_some();
    match (recorded, &arguments.path) {
        (Some(directory), _) if writes => recorded::write(directory, &request),
        (Some(directory), _) => recorded::show(directory, &request),
        _ if writes || arguments.replay.is_some() => {
            let what = if writes { "--svg and --csv write" } else { "--replay shows" };
            Err(Failure(USAGE, format!("error: {what} a run directory: run the experiment first, with `elbow run`")))
        }
        (None, Some(experiment)) => running::experiment(experiment, &request),
        (None, None) => running::gallery(0, &request),
    }
}

impl Request<'_> {
    /// A session without runs that can be steered.
    fn session(&self, title: &str, live: Arc<Live>, source: Source) -> Session {
        let entry = |entry: &crate::gallery::Entry| GalleryEntry { name: entry.name.into(), about: entry.about.into() };
        let settings = self.settings.clone();
        Session {
            source,
            gallery: GALLERY.iter().map(entry).collect(),
            screen: self.arguments.screen.clone(),
            ground: settings.ground.unwrap_or_default(),
            options: self.options(),
            settings,
            ..Session::new(title, live)
        }
    }

    /// The command line goes before the settings.
    fn options(&self) -> Options {
        let (settings, default) = (&self.settings, Options::default());
        Options {
            color: if self.global.color == ColorChoice::Auto { settings.color.unwrap_or_default() } else { self.global.color },
            glyphs: self.arguments.glyphs.or(settings.glyphs).unwrap_or_default(),
            frames: settings.frames.unwrap_or(default.frames),
        }
    }
}

fn show(session: Session) -> Result<Exit, Failure> {
    explorer::run(session).map_err(|error| match error.kind() {
        io::ErrorKind::InvalidInput => Failure(USAGE, format!("error: {error}")),
        io::ErrorKind::WouldBlock => Failure(INTERNAL, format!("error: {error}")),
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
