//! Experiments that run while the explorer looks on.

use super::steering::Steering;
use super::{Request, code, no_terminal, show};
use crate::cli::Changes;
use crate::command::inform::plugin_table;
use crate::command::run::{create, default_jobs, told, wait};
use crate::command::{BUG, Failure, INTERNAL, Outcome, note, plan_file, plan_text};
use crate::explorer::{Exit, Session, Source, has_terminal};
use crate::gallery::GALLERY;
use elbow_engine::desk::Desk;
use elbow_engine::directory::Writing;
use elbow_engine::live::Live;
use elbow_engine::plan::Plan;
use elbow_engine::probe;
use elbow_engine::run::{self as engine, Trouble};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread::Builder;

/// Steps per second in the gallery: slow enough to watch.
const GALLERY_PACE: u32 = 60;

/// Cells that run at a time while somebody looks on.
const MOST_AT_ONCE: usize = 32;

/// The built-in gallery from this entry on, until the user leaves.
pub fn gallery(first: usize, request: &Request<'_>) -> Outcome {
    let mut chosen = first;
    loop {
        let entry = GALLERY[chosen];
        let plan = plan_text(entry.name, entry.text, Path::new(""), &Changes::default(), request.global)?;
        match watch(plan, None, request.arguments.pace.unwrap_or(GALLERY_PACE), request)? {
            Exit::Open(next) if next < GALLERY.len() => chosen = next,
            exit => return Ok(code(exit)),
        }
    }
}

/// An experiment, with its records.
pub fn experiment(file: &Path, request: &Request<'_>) -> Outcome {
    let plan = plan_file(file, &request.arguments.changes, request.global)?;
    // Before anything is written.
    has_terminal().map_err(no_terminal)?;
    let directory = create(&plan, request.arguments.out.as_deref())?;
    let name = directory.to_path_buf();
    let exit = watch(plan, Some(directory), request.arguments.pace.unwrap_or(0), request)?;
    if !request.global.quiet && matches!(exit, Exit::Quit | Exit::Detach | Exit::Open(_)) {
        note(&format!("records in {0}; see them again: elbow explore {0}", name.display()));
    }
    match exit {
        Exit::Open(entry) if entry < GALLERY.len() => gallery(entry, request),
        exit => Ok(code(exit)),
    }
}

/// Runs a plan on other threads and shows it. After a hang-up, or where the user detaches, the runs go on to their end.
fn watch(plan: Plan, directory: Option<Writing>, pace: u32, request: &Request<'_>) -> Result<Exit, Failure> {
    let probing = plan.probe.is_some();
    let live = Arc::new(if probing { Live::new(probe::live(&plan)) } else { engine::live(&plan, true) });
    live.control.set_pace(pace);
    let mut session = request.session(&plan.name, Arc::clone(&live), Source::Running);
    session.about.clone_from(&plan.about);
    session.plugins = plugin_table(&plan.catalog).lines().map(str::to_owned).collect();
    if let Some(directory) = &directory {
        session.command = format!("elbow explore {}", directory.display());
    }
    let kept = directory.is_some();
    let (exit, troubles) =
        if probing { probed(plan, directory, session)? } else { steered(plan, directory, session, kept, request)? };
    told(&troubles)?;
    exit
}

/// How the user left, and what was wrong with the program or the disk.
type Watched = Result<(Result<Exit, Failure>, Vec<Trouble>), Failure>;

fn no_thread(error: io::Error) -> Failure {
    Failure(INTERNAL, format!("error: {error}"))
}

/// A probe is over soon: leaving it waits for its end, which keeps its records.
fn probed(plan: Plan, directory: Option<Writing>, mut session: Session) -> Watched {
    let live = Arc::clone(&session.live);
    if session.screen.is_empty() {
        session.screen = "view=geometry".to_owned();
    }
    std::thread::scope(|scope| {
        let work = || probe::run(&plan, &live.cells(), &live.control, default_jobs(), directory.as_deref());
        let work = Builder::new().spawn_scoped(scope, work).map_err(no_thread)?;
        let exit = {
            // Also where the screen panics: the scope waits for the probe.
            let _stops = Stops(&live);
            show(session)
        };
        let probes = work.join().map_err(|_| Failure(INTERNAL, BUG.into()))?.map_err(no_thread)?;
        Ok((exit, probes.into_iter().filter_map(|probe| probe.trouble).collect()))
    })
}

/// Stops all cells when it goes.
struct Stops<'a>(&'a Live);

impl Drop for Stops<'_> {
    fn drop(&mut self) {
        self.0.control.stop();
    }
}

fn steered(plan: Plan, directory: Option<Writing>, mut session: Session, kept: bool, request: &Request<'_>) -> Watched {
    let live = Arc::clone(&session.live);
    // All cells side by side, so that their curves grow together: the threads share the cores.
    let jobs = default_jobs().max(plan.cells.len().min(MOST_AT_ONCE));
    let desk = Arc::new(Desk::start(plan, Arc::clone(&live), jobs, directory).map_err(no_thread)?);
    session.steer = Some(Arc::new(Steering(Arc::clone(&desk))));
    let exit = show(session).and_then(|exit| go_on(exit, &live, kept, request));
    if !matches!(exit, Ok(Exit::HangUp | Exit::Detach)) || !kept {
        live.control.stop();
    }
    // The session is gone, and with it its share of the desk.
    desk.wait();
    Ok((exit, desk.troubles()))
}

/// Lets the runs go on where the user wants that: whoever paused them is gone, and the records are still wanted.
fn go_on(exit: Exit, live: &Live, kept: bool, request: &Request<'_>) -> Result<Exit, Failure> {
    live.control.set_pace(0);
    if kept && matches!(exit, Exit::HangUp | Exit::Detach) {
        live.control.set_paused(false);
        live.cells().iter().for_each(|cell| live.control.hold(cell, false));
    }
    if kept && exit == Exit::Detach {
        wait(live, request.global.quiet)?;
    }
    Ok(exit)
}
