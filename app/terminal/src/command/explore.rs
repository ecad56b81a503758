//! `elbow explore`: the experiment runs on its own threads, the explorer looks on.

use super::run::{create, default_jobs};
use super::{Failure, INCOMPLETE, IO, OK, Outcome, USAGE, plan_file, plan_text};
use crate::cli::{Changes, Global};
use crate::explorer::{self, Exit, GalleryEntry, Glyphs, Options, Session};
use crate::gallery::GALLERY;
use elbow_engine::directory::Writing;
use elbow_engine::follow::Follower;
use elbow_engine::live::Live;
use elbow_engine::plan::Plan;
use elbow_engine::replay::Replayer;
use elbow_engine::run as engine;
use std::path::Path;
use std::sync::Arc;

/// Steps per second in the gallery: slow enough to watch.
const GALLERY_PACE: u32 = 60;

/// Cells that run at a time while somebody looks on.
const MOST_AT_ONCE: usize = 32;

/// The built-in gallery.
pub fn gallery(global: &Global) -> Outcome {
    gallery_with(global, None, Glyphs::default())
}

/// The built-in gallery with options.
pub fn gallery_with(global: &Global, pace: Option<u32>, glyphs: Glyphs) -> Outcome {
    let mut chosen = 0;
    loop {
        let entry = GALLERY[chosen];
        let plan = plan_text(entry.name, entry.text, Path::new(""), &Changes::default(), global)?;
        match watch(plan, None, pace.unwrap_or(GALLERY_PACE), options(global, glyphs))? {
            Exit::Open(next) if next < GALLERY.len() => chosen = next,
            exit => return Ok(code(exit)),
        }
    }
}

/// An experiment or a run directory.
pub fn path(path: &Path, changes: &Changes, pace: Option<u32>, glyphs: Glyphs, out: Option<&Path>, global: &Global) -> Outcome {
    let options = options(global, glyphs);
    if path.is_dir() {
        let (live, _follower) = Follower::start(path).map_err(unreadable)?;
        return show(path.display().to_string(), String::new(), live, options).map(code);
    }
    let plan = plan_file(path, changes, global)?;
    if plan.probe.is_some() {
        return Err(Failure(USAGE, "error: a probe has no curves to explore; run it with `elbow run`".into()));
    }
    let directory = create(&plan, out)?;
    let name = directory.to_path_buf();
    let exit = watch(plan, Some(directory), pace.unwrap_or(0), options)?;
    if !global.quiet && exit == Exit::Quit {
        super::run::note(&format!("records in {0}; see them again: elbow explore {0}", name.display()));
    }
    Ok(code(exit))
}

/// A recorded run once more, at a multiple of its speed.
#[expect(dead_code, reason = "for an option of the command line")]
pub fn replay(path: &Path, speed: f64, glyphs: Glyphs, global: &Global) -> Outcome {
    let (live, _replayer) = Replayer::start(path, speed).map_err(unreadable)?;
    show(path.display().to_string(), String::new(), live, options(global, glyphs)).map(code)
}

fn unreadable(reason: String) -> Failure {
    Failure(IO, format!("error: {reason}"))
}

fn options(global: &Global, glyphs: Glyphs) -> Options {
    Options { color: global.color, glyphs, ..Options::default() }
}

fn code(exit: Exit) -> u8 {
    match exit {
        Exit::Signal(signal) => u8::try_from(128 + signal).unwrap_or(INCOMPLETE),
        _ => OK,
    }
}

/// Runs a plan on other threads and shows it. After a hang-up the runs go on to their end.
fn watch(plan: Plan, directory: Option<Writing>, pace: u32, options: Options) -> Result<Exit, Failure> {
    let live = Arc::new(engine::live(&plan, true));
    let recorded = directory.is_some();
    live.control.set_pace(pace);
    let (title, about) = (plan.name.clone(), plan.about.clone());
    let runs = {
        let live = Arc::clone(&live);
        // All cells side by side, so that their curves grow together: the threads share the cores.
        let jobs = default_jobs().max(plan.cells.len().min(MOST_AT_ONCE));
        std::thread::spawn(move || engine::run(&plan, &live, jobs, directory.as_deref()))
    };
    let exit = show(title, about, Arc::clone(&live), options);
    live.control.set_pace(0);
    if recorded && matches!(exit, Ok(Exit::HangUp)) {
        live.control.set_paused(false); // Whoever paused is gone; the records are still wanted.
    } else {
        live.control.stop();
    }
    let ended = runs.join();
    let exit = exit?;
    match ended {
        Ok(Err(error)) => Err(Failure(IO, format!("error: cannot write the records: {error}"))),
        _ => Ok(exit),
    }
}

fn show(title: String, about: String, live: Arc<Live>, options: Options) -> Result<Exit, Failure> {
    let entries = GALLERY.iter().map(|entry| GalleryEntry { name: entry.name.into(), about: entry.about.into() });
    let session = Session {
        title,
        about,
        live,
        source: explorer::Source::Running,
        steer: None,
        command: String::new(),
        plugins: Vec::new(),
        gallery: entries.collect(),
        screen: String::new(),
        ground: explorer::Ground::Dark,
        options,
    };
    explorer::run(session).map_err(|error| Failure(USAGE, format!("error: the explorer needs a terminal: {error}")))
}
