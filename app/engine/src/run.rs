//! Runs a plan: cells on plain threads, each with its own journal.
//!
//! Runs are no tasks of a work-stealing pool: one that waits for its parallel parts would pick up another run's step.

use crate::cell::{Records, Running, process_time};
use crate::directory::file_name;
use crate::journal::{Begin, Column, SCHEMA_VERSION, Writer};
use crate::live::{Live, LiveCell, Metric, Status};
use crate::plan::{Cell, Ending, Plan};
use crate::record::Recorder;
use elbow_host::judged;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What came out of a cell.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// How it ended.
    pub ending: Ending,
    /// The columns of `last`.
    pub columns: Vec<Metric>,
    /// The last record.
    pub last: Vec<f64>,
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

/// Runs all cells, `jobs` at a time; returns when they have ended. Without a directory nothing is written.
///
/// # Errors
/// The first failure to write; the cells whose journals can be written go on.
pub fn run(plan: &Plan, live: &Live, jobs: usize, directory: Option<&Path>) -> io::Result<Vec<Outcome>> {
    let next = AtomicUsize::new(0);
    let outcomes: Mutex<Vec<Option<io::Result<Outcome>>>> = Mutex::new(plan.cells.iter().map(|_| None).collect());
    std::thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, plan.cells.len().max(1)) {
            scope.spawn(|| {
                while let Some(cell) = plan.cells.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = run_cell(plan, cell, live, directory);
                    outcomes.lock().unwrap_or_else(PoisonError::into_inner)[cell.index] = Some(outcome);
                }
            });
        }
    });
    outcomes.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().flatten().collect()
}

/// Runs a cell whose index is its place in `live`.
pub(crate) fn run_cell(plan: &Plan, cell: &Cell, live: &Live, directory: Option<&Path>) -> io::Result<Outcome> {
    let view = &live.cell(cell.index).ok_or_else(|| io::Error::other("a cell of another plan"))?;
    let recorder = Recorder::new(plan, cell);
    recorder.target.iter().for_each(|target| view.set_target(target.clone()));
    view.begin(recorder.columns.iter().cloned().chain([process_time()]).collect());
    let journal = directory.map(|directory| open(plan, cell, &recorder, directory)).transpose();
    let mut records = match journal {
        Ok(journal) => Records { recorder, every: plan.recording.every, journal, live: view },
        Err(error) => {
            view.end(Status::Failed, &format!("cannot write the journal: {error}"));
            return Err(error);
        }
    };
    let ended = catch_unwind(AssertUnwindSafe(|| match Running::new(plan, cell) {
        Ok(running) => running.run(&live.control, &mut records),
        Err(error) => Ok(Ending { status: Status::Failed, reason: error.to_string(), steps: 0 }),
    }));
    let bug = |_| Ok(Ending { status: Status::Failed, reason: "internal error".into(), steps: 0 });
    // Also what was caught where the plugins' instances ended.
    let ending = ended.unwrap_or_else(bug).map(|ending| match judged(Ok(())) {
        Err(error) if ending.status != Status::Failed => {
            Ending { status: Status::Failed, reason: error.to_string(), steps: ending.steps }
        }
        _ => ending,
    });
    let ending = ending.and_then(|ending| match records.journal.take() {
        Some(journal) => journal.end(&ending).map(|()| ending),
        None => Ok(ending),
    });
    match ending {
        Ok(ending) => {
            view.progress(ending.steps);
            view.end(ending.status, &ending.reason);
            Ok(Outcome { ending, columns: records.recorder.columns, last: records.recorder.row })
        }
        Err(error) => {
            view.end(Status::Failed, &format!("cannot write the journal: {error}"));
            Err(error)
        }
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
