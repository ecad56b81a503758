//! Runs a plan: cells on plain threads, each with its own journal.
//!
//! Runs are no tasks of a work-stealing pool: one that waits for its parallel parts would pick up another run's step.

use crate::cell::{Records, Running, process_time};
use crate::directory::file_name;
use crate::journal::{Begin, Column, SCHEMA_VERSION, Writer};
use crate::live::{Live, LiveCell, Metric, Status};
use crate::plan::{Cell, Ending, Plan};
use crate::record::Recorder;
use crate::undefined::{Reasons, Undefined};
use elbow_host::{Error, judged};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::Builder;

/// What came out of a cell.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How it ended.
    pub ending: Ending,
    /// The columns of `last`.
    pub columns: Vec<Metric>,
    /// The last record.
    pub last: Vec<f64>,
    /// Why quantities of it have no meaning, by place.
    pub undefined: Reasons,
    /// What is wrong with the program or the disk, not with the cell.
    pub trouble: Option<Trouble>,
}

/// What kept a cell from its end or from its records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The records could not be written: the file and why.
    Writing(String),
    /// A panic outside a plugin.
    Bug,
}

impl Trouble {
    /// How a cell ends that came to it.
    pub(crate) fn ending(&self, steps: u64) -> Ending {
        let reason = match self {
            Self::Writing(error) => format!("cannot write the journal: {error}"),
            Self::Bug => "internal error".into(),
        };
        Ending { status: Status::Failed, reason, steps }
    }
}

impl Outcome {
    fn troubled(steps: u64, trouble: Trouble) -> Self {
        let (ending, trouble) = (trouble.ending(steps), Some(trouble));
        Self { ending, columns: Vec::new(), last: Vec::new(), undefined: Reasons::default(), trouble }
    }
}

/// The live view of a plan's cells, before they run.
pub fn live(plan: &Plan, watched: bool) -> Live {
    let cell = |cell: &Cell| {
        let (optimizer, model) = (&plan.optimizer_of(cell).label, &plan.model_of(cell).label);
        let live = LiveCell::new(optimizer, model, cell.seed, plan.budget.steps);
        if watched { live } else { live.unwatched() }
    };
    Live::new(plan.cells.iter().map(cell))
}

/// Runs all cells, `jobs` at a time, or fewer where no more threads can be started; returns when they have ended, in the order of
/// the plan. Without a directory nothing is written. A cell whose journal cannot be written keeps none of the others.
pub fn run(plan: &Plan, live: &Live, jobs: usize, directory: Option<&Path>) -> Vec<Outcome> {
    let next = AtomicUsize::new(0);
    let outcomes: Mutex<Vec<Option<Outcome>>> = Mutex::new(plan.cells.iter().map(|_| None).collect());
    let work = || {
        while let Some(cell) = plan.cells.get(next.fetch_add(1, Ordering::Relaxed)) {
            let outcome = run_cell(plan, cell, live, directory);
            outcomes.lock().unwrap_or_else(PoisonError::into_inner)[cell.index] = Some(outcome);
        }
    };
    std::thread::scope(|scope| {
        let wanted = jobs.clamp(1, plan.cells.len().max(1));
        let started = (0..wanted).take_while(|_| Builder::new().spawn_scoped(scope, work).is_ok()).count();
        if started == 0 {
            work();
        }
    });
    outcomes.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().flatten().collect()
}

/// The error of a thread that could not be started, with what it is about.
pub fn no_thread(error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("the system starts no thread: {error}"))
}

/// Runs a cell whose index is its place in `live`, to its end in every case.
pub(crate) fn run_cell(plan: &Plan, cell: &Cell, live: &Live, directory: Option<&Path>) -> Outcome {
    let Some(view) = live.cell(cell.index) else { return Outcome::troubled(0, Trouble::Bug) };
    let ran = catch_unwind(AssertUnwindSafe(|| records_of(plan, cell, live, &view, directory)));
    let outcome = match ran {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(error)) => Outcome::troubled(view.steps_done(), Trouble::Writing(error.to_string())),
        Err(_) => Outcome::troubled(view.steps_done(), Trouble::Bug),
    };
    view.progress(outcome.ending.steps);
    view.end(outcome.ending.status, &outcome.ending.reason);
    outcome
}

/// Runs a cell and writes its journal.
fn records_of(plan: &Plan, cell: &Cell, live: &Live, view: &LiveCell, directory: Option<&Path>) -> io::Result<Outcome> {
    let recorder = Recorder::new(plan, cell);
    recorder.target.iter().for_each(|target| view.set_target(target.clone()));
    view.begin(recorder.columns.iter().cloned().chain([process_time()]).collect());
    let journal = directory.map(|directory| open(plan, cell, &recorder, directory)).transpose()?;
    let undefined = Undefined::default();
    let mut records = Records { recorder, every: plan.recording.every, journal, live: view, undefined };
    let ended = catch_unwind(AssertUnwindSafe(|| match Running::new(plan, cell) {
        Ok(running) => running.run(&live.control, &mut records),
        Err(error) => Ok(Ending { status: Status::Failed, reason: error.to_string(), steps: 0 }),
    }));
    // Also what was caught where the plugins' instances ended.
    let caught = judged(Ok(())).err();
    let (ending, trouble) = match (ended, caught) {
        (Err(_), _) => (Trouble::Bug.ending(view.steps_done()), Some(Trouble::Bug)),
        (Ok(ending), caught) => (ending.map(|ending| failed_by(ending, caught))?, None),
    };
    if let Some(journal) = records.journal.take() {
        journal.end(&ending)?;
    }
    let Recorder { columns, row: last, undefined, .. } = records.recorder;
    Ok(Outcome { ending, columns, last, undefined, trouble })
}

/// The ending of a cell one of whose plugins may have been caught after it.
fn failed_by(ending: Ending, caught: Option<Error>) -> Ending {
    match caught {
        Some(error) if ending.status != Status::Failed => Ending { status: Status::Failed, reason: error.to_string(), ..ending },
        _ => ending,
    }
}

fn open(plan: &Plan, cell: &Cell, recorder: &Recorder, directory: &Path) -> io::Result<Writer> {
    let (model, optimizer) = (plan.model_of(cell), plan.optimizer_of(cell));
    let begin = Begin {
        schema_version: SCHEMA_VERSION,
        cell: cell.id.clone(),
        index: cell.index,
        model: model.label.clone(),
        optimizer: optimizer.plugin.clone(),
        label: optimizer.label.clone(),
        seed: cell.seed,
        steps: plan.budget.steps,
        columns: recorder.columns.iter().map(Column::from).collect(),
        target_visible: recorder.target.clone(),
    };
    Writer::new(directory, &file_name(cell.index, &cell.id), &begin)
}
