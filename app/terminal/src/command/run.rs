//! `elbow run`: headless.

use super::{Failure, INCOMPLETE, IO, NOTHING, OK, Outcome, USAGE, note, plan_file, plan_text, print};
use crate::cli::{Changes, Global, Run};
use crate::gallery::GALLERY;
use crate::{progress, report};
use elbow_engine::live::{Live, Status};
use elbow_engine::plan::Plan;
use elbow_engine::{directory, probe, run as engine};
use signal_hook::consts::{SIGINT, SIGTERM};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Runs an experiment.
pub fn run(arguments: &Run, global: &Global) -> Outcome {
    let plan = plan_file(&arguments.experiment.file, &arguments.experiment.changes, global)?;
    headless(&plan, arguments.out.as_deref(), arguments.jobs, global)
}

/// Runs the first experiment of the gallery and says what to try next.
pub fn built_in(global: &Global) -> Outcome {
    let entry = GALLERY[0];
    let plan = plan_text(entry.name, entry.text, Path::new(""), &Changes::default(), global)?;
    let code = headless(&plan, None, None, global)?;
    if !global.quiet {
        let next = "\nTry next:\n  elbow explore                   watch it live, on a terminal\n  \
            elbow run configs/vae-digits.toml   ten optimizers on a variational autoencoder\n  \
            elbow optimizer list            what there is to try; elbow optimizer show fisher-rao";
        print(next)?;
    }
    Ok(code)
}

/// How many cells run at a time where nothing else is said.
pub fn default_jobs() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn headless(plan: &Plan, out: Option<&Path>, jobs: Option<usize>, global: &Global) -> Outcome {
    if jobs == Some(0) {
        return Err(Failure(USAGE, "error: -j takes a number above 0".into()));
    }
    let jobs = jobs.unwrap_or_else(default_jobs);
    elbow_host::set_threads(jobs);
    let directory = create(plan, out)?;
    note(&report::left_out(plan).join("\n"));
    let code =
        if plan.probe.is_some() { probed(plan, jobs, &directory, global)? } else { cells(plan, jobs, &directory, global)? };
    if !global.quiet {
        note(&format!("records in {0}; as tables: elbow export {0} --format csv", directory.display()));
    }
    Ok(code)
}

/// Makes the run directory, which is written until what is returned is dropped.
pub fn create(plan: &Plan, out: Option<&Path>) -> Result<directory::Writing, Failure> {
    directory::create(plan, out).map_err(|error| {
        let code = if error.kind() == io::ErrorKind::AlreadyExists { USAGE } else { IO };
        let path = out.unwrap_or(Path::new("runs")).display();
        Failure(code, format!("error: cannot make the run directory {path}: {error}"))
    })
}

/// The first INT or TERM stops every cell at its next step, the second one ends the program.
fn stop_on_signal(stop: impl Fn() + Sync, body: impl FnOnce()) -> io::Result<()> {
    let asked = Arc::new(AtomicBool::new(false));
    let mut ids = Vec::new();
    for signal in [SIGINT, SIGTERM] {
        ids.push(signal_hook::flag::register_conditional_shutdown(signal, i32::from(INCOMPLETE), Arc::clone(&asked))?);
        ids.push(signal_hook::flag::register(signal, Arc::clone(&asked))?);
    }
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            while !over.load(Ordering::Acquire) {
                if asked.load(Ordering::Acquire) {
                    stop();
                }
                std::thread::park_timeout(std::time::Duration::from_millis(50));
            }
        });
        body();
        over.store(true, Ordering::Release);
        watcher.thread().unpark();
    });
    for id in ids {
        signal_hook::low_level::unregister(id);
    }
    Ok(())
}

fn failed(error: &io::Error) -> Failure {
    Failure(IO, format!("error: cannot write the records: {error}"))
}

/// Shows the progress of cells that other threads run, until all have ended; INT and TERM stop them.
pub fn wait(live: &Live, quiet: bool) -> Result<(), Failure> {
    crate::explorer::release_signals();
    let over = || live.cells().iter().all(|cell| cell.status().is_final());
    stop_on_signal(|| live.control.stop(), || progress::watch(&live.cells(), quiet, over)).map_err(|error| failed(&error))
}

/// Runs `work` while the progress of `live` is shown.
fn watched<T: Send>(live: &Live, quiet: bool, work: impl FnOnce() -> T + Send) -> Result<T, Failure> {
    let (over, mut result) = (AtomicBool::new(false), None);
    let body = || {
        std::thread::scope(|scope| {
            let watcher = scope.spawn(|| progress::watch(&live.cells(), quiet, || over.load(Ordering::Acquire)));
            result = Some(work());
            over.store(true, Ordering::Release);
            watcher.thread().unpark();
        });
    };
    stop_on_signal(|| live.control.stop(), body).map_err(|error| failed(&error))?;
    result.ok_or_else(|| Failure(super::INTERNAL, "internal error: the run gave no result".into()))
}

fn cells(plan: &Plan, jobs: usize, directory: &Path, global: &Global) -> Outcome {
    if plan.cells.is_empty() {
        return Err(Failure(NOTHING, "error: nothing is left to run".into()));
    }
    let live = engine::live(plan, false);
    let outcomes = watched(&live, global.quiet, || engine::run(plan, &live, jobs, Some(directory)))?;
    let outcomes = outcomes.map_err(|error| failed(&error))?;
    print(&report::outcomes(plan, &outcomes))?;
    let finished = outcomes.iter().all(|outcome| outcome.ending.status == Status::Finished);
    Ok(if finished { OK } else { INCOMPLETE })
}

fn probed(plan: &Plan, jobs: usize, directory: &Path, global: &Global) -> Outcome {
    let live = Live::new(probe::live(plan));
    let work = || probe::run(plan, &live.cells(), &live.control, jobs, Some(directory));
    let probes = watched(&live, global.quiet, work)?.map_err(|error| failed(&error))?;
    for probe in &probes {
        print(&report::probed(probe))?;
    }
    let finished = probes.iter().all(|probe| probe.ending.status == Status::Finished);
    Ok(if finished { OK } else { INCOMPLETE })
}
