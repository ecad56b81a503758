//! One cell: what it records, how it stands, what is asked of it.

use super::changes::Changes;
use super::{Fork, Mark, Metric, Status, lock};
use crate::histogram::Histogram;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Mutex, OnceLock};

/// Numbers that wait for a reader, at most, for each cell.
pub(super) const MOST_WAITING: usize = 1 << 22;

/// One cell as a user interface sees it.
#[derive(Debug)]
pub struct LiveCell {
    /// Label of the optimizer.
    pub optimizer: String,
    /// Label of the model.
    pub model: String,
    /// Seed.
    pub seed: u64,
    /// Steps that the plan gives it.
    pub steps: u64,
    pub(super) status: AtomicU8,
    pub(super) reason: Mutex<String>,
    pub(super) columns: OnceLock<Vec<Metric>>,
    pub(super) rows: Mutex<Vec<f64>>,
    pub(super) watched: bool,
    pub(super) done: AtomicU64,
    /// Where it branched off, if it did.
    pub fork: Option<Fork>,
    pub(super) marks: Mutex<Vec<Mark>>,
    /// Why columns have no meaning now, by name.
    pub(super) undefined: Mutex<BTreeMap<String, String>>,
    pub(super) target: OnceLock<Vec<f64>>,
    pub(super) histograms: Mutex<Vec<Histogram>>,
    pub(super) changes: Mutex<Changes>,
    pub(super) stop: AtomicBool,
    pub(super) held: AtomicBool,
    /// Single steps that were granted while it was held, and not yet made.
    pub(super) granted: AtomicU64,
}

impl LiveCell {
    /// A cell that waits for its start.
    pub fn new(optimizer: &str, model: &str, seed: u64, steps: u64) -> Self {
        Self {
            optimizer: optimizer.to_owned(),
            model: model.to_owned(),
            seed,
            steps,
            status: AtomicU8::new(0),
            reason: Mutex::default(),
            columns: OnceLock::new(),
            rows: Mutex::default(),
            watched: true,
            done: AtomicU64::new(0),
            fork: None,
            marks: Mutex::default(),
            undefined: Mutex::default(),
            target: OnceLock::new(),
            histograms: Mutex::default(),
            changes: Mutex::default(),
            stop: AtomicBool::new(false),
            held: AtomicBool::new(false),
            granted: AtomicU64::new(0),
        }
    }

    /// A cell that repeats the steps of another up to the fork.
    pub fn forked(self, fork: Fork) -> Self {
        Self { fork: Some(fork), ..self }
    }

    /// Engine: notes what happened, for [`LiveCell::marks`].
    pub fn mark(&self, step: u64, text: String) {
        lock(&self.marks).push(Mark { step, text });
    }

    /// What happened, in order.
    pub fn marks(&self) -> Vec<Mark> {
        lock(&self.marks).clone()
    }

    /// Engine: takes a mark of the journal about what has lost its meaning, or has one again; others are passed over.
    pub fn lose(&self, mark: &Value) {
        let event = mark.get("event").and_then(Value::as_str);
        let columns = mark.get("columns").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut undefined = lock(&self.undefined);
        for name in columns.iter().filter_map(Value::as_str) {
            match event {
                Some("undefined") => {
                    let reason = mark.get("reason").and_then(Value::as_str).unwrap_or_default();
                    undefined.insert(name.to_owned(), reason.to_owned());
                }
                Some("defined") => drop(undefined.remove(name)),
                _ => {}
            }
        }
    }

    /// Why a column has no meaning at the last record, if it has none.
    pub fn undefined(&self, column: &str) -> Option<String> {
        lock(&self.undefined).get(column).cloned()
    }

    /// How many [`LiveCell::marks`] there are.
    pub fn count_marks(&self) -> usize {
        lock(&self.marks).len()
    }

    /// Engine: tells the target's visible marginal, before the first row; its order is that of the columns `visible[i]`.
    pub fn set_target(&self, target: Vec<f64>) {
        let _ = self.target.set(target);
    }

    /// p*(v) for each visible state, where the columns `visible[i]` are recorded.
    pub fn target(&self) -> Option<&[f64]> {
        self.target.get().map(Vec::as_slice)
    }

    /// Engine: adds what a probe counted.
    pub fn add_histogram(&self, histogram: Histogram) {
        lock(&self.histograms).push(histogram);
    }

    /// What a probe counted; there once it has ended.
    pub fn histograms(&self) -> Vec<Histogram> {
        lock(&self.histograms).clone()
    }

    /// Whether a stop of this cell was asked for.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// Whether this cell is held.
    pub fn is_held(&self) -> bool {
        self.held.load(Ordering::Acquire)
    }

    /// Nobody drains the rows: they are not kept, only the progress is.
    pub fn unwatched(self) -> Self {
        Self { watched: false, ..self }
    }

    /// Engine: tells how far the cell has come.
    pub fn progress(&self, step: u64) {
        self.done.store(step, Ordering::Relaxed);
    }

    /// Steps made so far, as of the last record or a little after it.
    pub fn steps_done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// Engine: names the columns, before the first row.
    pub fn begin(&self, columns: Vec<Metric>) {
        let _ = self.columns.set(columns);
        self.status.store(Status::Running as u8, Ordering::Release);
    }

    /// Uses up a granted step, if there is one.
    pub(crate) fn use_grant(&self) -> bool {
        let less = |granted: u64| granted.checked_sub(1);
        self.granted.fetch_update(Ordering::AcqRel, Ordering::Acquire, less).is_ok()
    }

    /// Engine: adds a record, `step` first and then one value for each column.
    pub fn push(&self, step: u64, values: &[f64]) {
        // A reader that is stopped or gone must not fill the memory: points for display may be lost, recorded ones are not.
        let _ = self.offer(step, values);
    }

    /// Engine: [`LiveCell::push`] for those who can wait. False: too many rows wait for the reader, and this one was not kept.
    pub(crate) fn offer(&self, step: u64, values: &[f64]) -> bool {
        self.progress(step);
        if !self.watched {
            return true;
        }
        let mut rows = lock(&self.rows);
        let has_room = rows.len() < MOST_WAITING;
        if has_room {
            rows.push(step as f64);
            rows.extend_from_slice(values);
        }
        has_room
    }

    /// Engine: tells something about a cell that goes on, as its [`LiveCell::reason`].
    pub fn explain(&self, reason: &str) {
        reason.clone_into(&mut lock(&self.reason));
    }

    /// Engine: ends the cell; `reason` is empty for a finished one.
    pub fn end(&self, status: Status, reason: &str) {
        self.explain(reason);
        // With the changes locked: what is asked for later is refused, and what waits came too late.
        let late = {
            let changes = &mut *lock(&self.changes);
            self.status.store(status as u8, Ordering::Release);
            changes.making.clear();
            std::mem::take(&mut changes.waiting)
        };
        late.iter().for_each(|change| self.mark(self.steps_done(), format!("{} not changed: the cell has ended", change.path)));
    }

    /// The columns, once the cell has begun.
    pub fn columns(&self) -> Option<&[Metric]> {
        self.columns.get().map(Vec::as_slice)
    }

    /// Where the cell stands.
    pub fn status(&self) -> Status {
        Status::ALL[usize::from(self.status.load(Ordering::Acquire))]
    }

    /// Why it ended so; empty where it finished, and while it runs unless there is something to say.
    pub fn reason(&self) -> String {
        lock(&self.reason).clone()
    }

    /// Interface: takes the rows since the last call, of width 1 + number of columns. `into` is cleared first; its
    /// memory goes to the engine in exchange.
    pub fn drain(&self, into: &mut Vec<f64>) {
        into.clear();
        std::mem::swap(into, &mut lock(&self.rows));
    }
}
