//! `elbow run`: headless.

use super::{BUG, Failure, INCOMPLETE, INTERNAL, IO, OK, Outcome, USAGE, note, plan_file, plan_text, print};
use crate::cli::{Changes, Global, Run};
use crate::gallery::GALLERY;
use crate::{progress, report};
use elbow_engine::live::Live;
use elbow_engine::plan::Plan;
use elbow_engine::run::{self as engine, Trouble};
use elbow_engine::{directory, probe};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, Thread};

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
    let outcome =
        if plan.probe.is_some() { probed(plan, jobs, &directory, global) } else { cells(plan, jobs, &directory, global) };
    // Where something went wrong too: what there is of the records is there.
    if !global.quiet {
        note(&format!("records in {0}; as tables: elbow export {0} --format csv", directory.display()));
    }
    outcome
}

/// Makes the run directory, which is written until what is returned is dropped.
pub fn create(plan: &Plan, out: Option<&Path>) -> Result<directory::Writing, Failure> {
    directory::create(plan, out).map_err(|error| {
        let code = if error.kind() == io::ErrorKind::AlreadyExists { USAGE } else { IO };
        let path = out.unwrap_or(Path::new("runs")).display();
        Failure(code, format!("error: cannot make the run directory {path}: {error}"))
    })
}

/// The first INT or TERM stops every cell at its next step, the second one ends the program. Where no thread can be started to watch
/// for them, the first one ends it.
fn stop_on_signal(stop: impl Fn() + Sync, body: impl FnOnce()) -> io::Result<()> {
    let (asked, over) = (Arc::new(AtomicBool::new(false)), AtomicBool::new(false));
    let watch = || {
        while !over.load(Ordering::Acquire) {
            if asked.load(Ordering::Acquire) {
                stop();
            }
            std::thread::park_timeout(std::time::Duration::from_millis(50));
        }
    };
    let mut ids = Vec::new();
    std::thread::scope(|scope| {
        let watcher = Builder::new().spawn_scoped(scope, watch).ok();
        let watcher = watcher.map(|watcher| watcher.thread().clone());
        let is_watched = watcher.is_some();
        let _ends = Ends(&over, watcher);
        // A handler stays once it is there, and must not be without its watcher.
        if is_watched {
            for signal in [SIGINT, SIGTERM] {
                ids.push(flag::register_conditional_shutdown(signal, i32::from(INCOMPLETE), Arc::clone(&asked))?);
                ids.push(flag::register(signal, Arc::clone(&asked))?);
            }
        }
        body();
        Ok(())
    })
    .inspect(|()| {
        for id in ids {
            signal_hook::low_level::unregister(id);
        }
    })
}

/// Tells who watches that there is nothing to watch any more, also where that comes by a panic: a scope waits for its threads.
struct Ends<'a>(&'a AtomicBool, Option<Thread>);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
        self.1.iter().for_each(Thread::unpark);
    }
}

/// Shows the progress of cells that other threads run, until all have ended; INT and TERM stop them.
pub fn wait(live: &Live, quiet: bool) -> Result<(), Failure> {
    crate::explorer::release_signals();
    let over = || live.cells().iter().all(|cell| cell.status().is_final());
    stop_on_signal(|| live.control.stop(), || progress::watch(&live.cells(), quiet, over)).map_err(no_signals)
}

fn no_signals(error: io::Error) -> Failure {
    Failure(INTERNAL, format!("error: signals cannot be watched for: {error}"))
}

/// Runs `work` while the progress of `live` is shown, if there is a thread for that.
fn watched<T>(live: &Live, quiet: bool, work: impl FnOnce() -> T) -> Result<T, Failure> {
    let (over, mut result) = (AtomicBool::new(false), None);
    let watch = || progress::watch(&live.cells(), quiet, || over.load(Ordering::Acquire));
    let body = || {
        std::thread::scope(|scope| {
            let watcher = Builder::new().spawn_scoped(scope, watch).ok();
            let _ends = Ends(&over, watcher.map(|watcher| watcher.thread().clone()));
            result = Some(work());
        });
    };
    stop_on_signal(|| live.control.stop(), body).map_err(no_signals)?;
    result.ok_or_else(|| Failure(INTERNAL, "error: the run gave no result".into()))
}

fn cells(plan: &Plan, jobs: usize, directory: &Path, global: &Global) -> Outcome {
    let live = engine::live(plan, false);
    let outcomes = watched(&live, global.quiet, || engine::run(plan, &live, jobs, Some(directory)))?;
    print(&report::outcomes(plan, &outcomes))?;
    let reached = outcomes.iter().all(|outcome| outcome.ending.status.is_success());
    let troubles: Vec<_> = outcomes.into_iter().filter_map(|outcome| outcome.trouble).collect();
    told(&troubles)?;
    Ok(if reached { OK } else { INCOMPLETE })
}

fn probed(plan: &Plan, jobs: usize, directory: &Path, global: &Global) -> Outcome {
    let live = Live::new(probe::live(plan));
    let work = || probe::run(plan, &live.cells(), &live.control, jobs, Some(directory));
    let probes = watched(&live, global.quiet, work)?.map_err(|error| Failure(INTERNAL, format!("error: {error}")))?;
    for probe in &probes {
        print(&report::probed(probe))?;
    }
    let reached = probes.iter().all(|probe| probe.ending.status.is_success());
    let troubles: Vec<_> = probes.into_iter().filter_map(|probe| probe.trouble).collect();
    told(&troubles)?;
    Ok(if reached { OK } else { INCOMPLETE })
}

/// What was wrong with the disk, or with the program, as the failure of the command. Each is in the table too.
pub fn told(troubles: &[Trouble]) -> Result<(), Failure> {
    let bugs = troubles.iter().filter(|trouble| **trouble == Trouble::Bug).count();
    let unwritten = troubles.iter().find_map(|trouble| if let Trouble::Writing(error) = trouble { Some(error) } else { None });
    match (bugs, unwritten) {
        (0, None) => Ok(()),
        (0, Some(error)) => {
            let others = match troubles.len() - 1 {
                0 => String::new(),
                1 => "; and those of another cell".into(),
                more => format!("; and those of {more} more cells"),
            };
            Err(Failure(IO, format!("error: cannot write the records: {error}{others}")))
        }
        _ => Err(Failure(INTERNAL, BUG.into())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::mpsc::channel;
    use std::time::Duration;

    /// A scope waits for its threads: whoever watches must be told also where the work panics.
    #[test]
    fn a_panic_of_the_work_ends_its_watchers() {
        let (sender, receiver) = channel();
        std::thread::spawn(move || {
            let live = Live::default();
            let panics = || -> () { panic!("of the work") };
            let ended = catch_unwind(AssertUnwindSafe(|| watched(&live, true, panics).map_err(|Failure(code, _)| code)));
            sender.send(ended.is_err())
        });
        assert_eq!(receiver.recv_timeout(Duration::from_secs(60)), Ok(true), "it hangs");
    }

    #[test]
    fn a_bug_goes_before_a_full_disk_and_both_have_their_codes() {
        let writing = || Trouble::Writing("run/journal/0000-a.jsonl: No space left".into());
        let code = |troubles: &[Trouble]| told(troubles).err().map(|Failure(code, message)| (code, message));
        assert_eq!(code(&[]), None);
        assert_eq!(code(&[Trouble::Bug]).unwrap().0, INTERNAL);
        assert_eq!(code(&[writing(), Trouble::Bug]).unwrap().0, INTERNAL);
        let (io, message) = code(&[writing(), writing()]).unwrap();
        assert!(io == IO && message.contains("0000-a.jsonl") && message.ends_with("and those of another cell"), "{message}");
    }
}
