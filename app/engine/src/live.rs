//! What a user interface sees of running cells: a mailbox per cell that it empties once a frame, and the controls.
//!
//! The engine appends a row per record under a lock that the reader holds for one swap only, so neither waits for the other.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, OnceLock, PoisonError};

/// Numbers that wait for a reader, at most, for each cell.
const MOST_WAITING: usize = 1 << 22;

/// A recorded quantity: one column of a cell's rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Metric {
    /// Name, as `kl_visible`; elements of a vector are `spectrum[0]`, ….
    pub name: String,
    /// Unit, as `nats`; may be empty.
    pub unit: String,
    /// What it is, with its sign.
    pub doc: String,
    /// 1: a larger value is better; −1: a smaller one is; 0: neither.
    pub better: i32,
    /// Whether the value is exact rather than an estimate.
    pub exact: bool,
}

/// Where a cell stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Status {
    /// Not started.
    Waiting,
    /// Under way.
    Running,
    /// All steps done.
    Finished,
    /// A quantity left the finite numbers, or no step stays in the domain.
    Diverged,
    /// The plugin failed or panicked.
    Failed,
    /// Stopped on request.
    Stopped,
}

impl Status {
    const ALL: [Self; 6] = [Self::Waiting, Self::Running, Self::Finished, Self::Diverged, Self::Failed, Self::Stopped];

    /// The word used in records and on screens.
    pub fn name(self) -> &'static str {
        ["waiting", "running", "finished", "diverged", "failed", "stopped"][self as usize]
    }

    /// Whether the cell has come to its end.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Waiting | Self::Running)
    }
}

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
    status: AtomicU8,
    reason: Mutex<String>,
    columns: OnceLock<Vec<Metric>>,
    rows: Mutex<Vec<f64>>,
    watched: bool,
    done: AtomicU64,
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
        }
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

    /// Engine: adds a record, `step` first and then one value for each column.
    pub fn push(&self, step: u64, values: &[f64]) {
        self.progress(step);
        if !self.watched {
            return;
        }
        let mut rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        // A reader that is stopped or gone must not fill the memory: points for display may be lost, recorded ones are not.
        if rows.len() >= MOST_WAITING {
            return;
        }
        rows.push(step as f64);
        rows.extend_from_slice(values);
    }

    /// Engine: ends the cell; `reason` is empty for a finished one.
    pub fn end(&self, status: Status, reason: &str) {
        reason.clone_into(&mut self.reason.lock().unwrap_or_else(PoisonError::into_inner));
        self.status.store(status as u8, Ordering::Release);
    }

    /// The columns, once the cell has begun.
    pub fn columns(&self) -> Option<&[Metric]> {
        self.columns.get().map(Vec::as_slice)
    }

    /// Where the cell stands.
    pub fn status(&self) -> Status {
        Status::ALL[usize::from(self.status.load(Ordering::Acquire))]
    }

    /// Why it ended so; empty while it runs and where it finished.
    pub fn reason(&self) -> String {
        self.reason.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Interface: takes the rows since the last call, of width 1 + number of columns. `into` is cleared first; its
    /// memory goes to the engine in exchange.
    pub fn drain(&self, into: &mut Vec<f64>) {
        into.clear();
        std::mem::swap(into, &mut self.rows.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// What a user may do to running cells.
#[derive(Debug, Default)]
pub struct Control {
    stop: AtomicBool,
    held: AtomicBool,
    pause: Mutex<bool>,
    resumed: Condvar,
    pace: AtomicU32,
}

impl Control {
    /// Asks every cell to end at its next step.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Release);
        self.set_paused(false);
    }

    /// Whether a stop was asked for.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// Holds every cell at its next step, or lets them go on.
    pub fn set_paused(&self, paused: bool) {
        *self.pause.lock().unwrap_or_else(PoisonError::into_inner) = paused;
        self.held.store(paused, Ordering::Release);
        self.resumed.notify_all();
    }

    /// Whether the cells are held.
    pub fn is_paused(&self) -> bool {
        *self.pause.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Steps per second for each cell; 0: as fast as it goes.
    pub fn set_pace(&self, steps_per_second: u32) {
        self.pace.store(steps_per_second, Ordering::Release);
    }

    /// The pace, see [`Control::set_pace`].
    pub fn pace(&self) -> u32 {
        self.pace.load(Ordering::Acquire)
    }

    /// Engine: waits while the cells are held.
    pub fn wait_while_paused(&self) {
        // Asked at every step: the lock is for those who wait.
        if !self.held.load(Ordering::Acquire) {
            return;
        }
        let held = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.resumed.wait_while(held, |held| *held));
    }
}

/// All cells of an experiment and the controls.
#[derive(Debug, Default)]
pub struct Live {
    /// The cells, in the order of the plan.
    pub cells: Vec<LiveCell>,
    /// The controls.
    pub control: Control,
}

#[cfg(test)]
mod tests {
    use super::{LiveCell, MOST_WAITING};

    #[test]
    fn a_reader_that_is_gone_does_not_fill_the_memory() {
        let cell = LiveCell::new("optimizer", "model", 0, u64::MAX);
        cell.begin(Vec::new());
        (0..MOST_WAITING as u64 / 4 + 10).for_each(|step| cell.push(step, &[0.5; 3]));
        let mut rows = Vec::new();
        cell.drain(&mut rows);
        assert!(rows.len() == MOST_WAITING && cell.steps_done() == MOST_WAITING as u64 / 4 + 9, "{}", rows.len());
        cell.push(7, &[0.5; 3]);
        cell.drain(&mut rows);
        assert_eq!(rows, [7.0, 0.5, 0.5, 0.5]);
    }
}
