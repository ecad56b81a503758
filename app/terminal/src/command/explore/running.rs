//! Experiments that run while the explorer looks on.

use super::{code, no_terminal, session, show};
use crate::cli::{Changes, Explore, Global};
use crate::command::inform::plugin_table;
use crate::command::run::{create, default_jobs, note, wait};
use crate::command::{Failure, IO, Outcome, plan_file, plan_text};
use crate::explorer::{Exit, Session, Source, has_terminal};
use crate::gallery::GALLERY;
use elbow_engine::directory::Writing;
use elbow_engine::live::Live;
use elbow_engine::plan::Plan;
use elbow_engine::{probe, run as engine};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

/// Steps per second in the gallery: slow enough to watch.
const GALLERY_PACE: u32 = 60;

/// Cells that run at a time while somebody looks on.
const MOST_AT_ONCE: usize = 32;

/// The built-in gallery.
pub fn gallery(arguments: &Explore, global: &Global) -> Outcome {
    from_gallery(0, arguments, global)
}

/// The built-in gallery from this entry on, until the user leaves.
pub fn from_gallery(first: usize, arguments: &Explore, global: &Global) -> Outcome {
    let mut chosen = first;
    loop {
        let entry = GALLERY[chosen];
        let plan = plan_text(entry.name, entry.text, Path::new(""), &Changes::default(), global)?;
        let pace = arguments.pace.unwrap_or(GALLERY_PACE);
        match watch(plan, None, pace, arguments, global)? {
            Exit::Open(next) if next < GALLERY.len() => chosen = next,
            exit => return Ok(code(exit)),
        }
    }
}

/// An experiment, with its records.
pub fn experiment(file: &Path, arguments: &Explore, global: &Global) -> Outcome {
    let plan = plan_file(file, &arguments.changes, global)?;
    // Before anything is written.
    has_terminal().map_err(no_terminal)?;
    let directory = create(&plan, arguments.out.as_deref())?;
    let name = directory.to_path_buf();
    let exit = watch(plan, Some(directory), arguments.pace.unwrap_or(0), arguments, global)?;
    if !global.quiet && matches!(exit, Exit::Quit | Exit::Detach | Exit::Open(_)) {
        note(&format!("records in {0}; see them again: elbow explore {0}", name.display()));
    }
    match exit {
        Exit::Open(entry) if entry < GALLERY.len() => from_gallery(entry, arguments, global),
        exit => Ok(code(exit)),
    }
}

/// Runs a plan on other threads and shows it. After a hang-up, or where the user detaches, the runs go on to their end.
fn watch(plan: Plan, directory: Option<Writing>, pace: u32, arguments: &Explore, global: &Global) -> Result<Exit, Failure> {
    let probing = plan.probe.is_some();
    let live = Arc::new(if probing { Live::new(probe::live(&plan)) } else { engine::live(&plan, true) });
    live.control.set_pace(pace);
    let mut session = session(&plan.name, Arc::clone(&live), Source::Running, arguments, global);
    session.about.clone_from(&plan.about);
    session.plugins = plugin_table(&plan.catalog).lines().map(str::to_owned).collect();
    if probing && session.screen.is_empty() {
        session.screen = "view=geometry".to_owned();
    }
    let kept = directory.as_ref().map(|directory| directory.to_path_buf());
    if let Some(directory) = &kept {
        session.command = format!("elbow explore {}", directory.display());
    }
    let runs = start(plan, &live, directory);
    let exit = show_and_go_on(session, &live, kept, global);
    match (runs.join(), exit) {
        (Ok(Err(error)), _) => Err(Failure(IO, format!("error: cannot write the records: {error}"))),
        (_, exit) => exit,
    }
}

fn start(plan: Plan, live: &Arc<Live>, directory: Option<Writing>) -> JoinHandle<io::Result<()>> {
    // All cells side by side, so that their curves grow together: the threads share the cores.
    let jobs = default_jobs().max(plan.cells.len().min(MOST_AT_ONCE));
    let live = Arc::clone(live);
    std::thread::spawn(move || match plan.probe {
        Some(_) => probe::run(&plan, &live.cells(), &live.control, jobs, directory.as_deref()).map(drop),
        None => engine::run(&plan, &live, jobs, directory.as_deref()).map(drop),
    })
}

fn show_and_go_on(session: Session, live: &Arc<Live>, directory: Option<PathBuf>, global: &Global) -> Result<Exit, Failure> {
    let exit = show(session);
    live.control.set_pace(0);
    match &exit {
        Ok(Exit::HangUp | Exit::Detach) if directory.is_some() => {
            // Whoever paused is gone; the records are still wanted.
            live.control.set_paused(false);
            live.cells().iter().for_each(|cell| live.control.hold(cell, false));
            if matches!(exit, Ok(Exit::Detach)) {
                wait(live, global.quiet)?;
            }
        }
        _ => live.control.stop(),
    }
    exit
}
