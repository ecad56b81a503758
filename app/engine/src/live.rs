//! What a user interface sees of running cells: a mailbox per cell that it empties once a frame, and the controls.
//!
//! The engine appends a row per record under a lock that the reader holds for one swap only, so neither waits for the other.

mod cell;
mod changes;
mod control;

pub use cell::LiveCell;
pub use changes::{Change, Done};
pub use control::Control;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

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
    /// At an optimum: what the run asked for is reached, or no step could bring more.
    Converged,
    /// All steps done, and the objective is far worse than at the start.
    Worsened,
    /// No step moves it, and it is at no optimum.
    Stalled,
    /// A quantity left the finite numbers, or no step stays in the domain.
    Diverged,
    /// The plugin failed or panicked.
    Failed,
    /// Stopped on request.
    Stopped,
    /// The process that ran it is gone, and it had come to no end.
    Crashed,
}

impl Status {
    pub(crate) const ALL: [Self; 10] = [
        Self::Waiting,
        Self::Running,
        Self::Finished,
        Self::Converged,
        Self::Worsened,
        Self::Stalled,
        Self::Diverged,
        Self::Failed,
        Self::Stopped,
        Self::Crashed,
    ];

    /// The word used in records and on screens.
    pub fn name(self) -> &'static str {
        const NAMES: [&str; 10] =
            ["waiting", "running", "finished", "converged", "worsened", "stalled", "diverged", "failed", "stopped", "crashed"];
        NAMES[self as usize]
    }

    /// Whether the cell did what it was asked for.
    pub fn is_success(self) -> bool {
        matches!(self, Self::Finished | Self::Converged)
    }

    /// Whether the cell has come to its end.
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Waiting | Self::Running)
    }
}

/// What a cell does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// A step.
    Step,
    /// The changes that wait, see [`LiveCell::take_changes`].
    Change,
    /// It ends.
    End,
}

/// Something that happened to a cell at a step, for the eyes of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Steps made when it happened.
    pub step: u64,
    /// What, as `step_size 0.1 → 0.05`.
    pub text: String,
}

/// Where a cell branched off another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fork {
    /// Index of the cell whose steps it repeats.
    pub parent: usize,
    /// Up to this step.
    pub step: u64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// All cells of an experiment and the controls. Cells are added, never taken away, so that an index stays good.
#[derive(Debug, Default)]
pub struct Live {
    cells: RwLock<Vec<Arc<LiveCell>>>,
    /// The controls.
    pub control: Control,
    /// How fast a recorded run is shown again; absent for cells that compute, or that another process computes.
    pub replay: Option<Replay>,
}

/// The clock of a replay.
#[derive(Debug)]
pub struct Replay {
    speed: AtomicU32,
}

impl Default for Replay {
    fn default() -> Self {
        Self { speed: AtomicU32::new(4) }
    }
}

impl Replay {
    /// Quarters of the recorded speed: 1 to 256.
    pub fn quarters(&self) -> u32 {
        self.speed.load(Ordering::Acquire)
    }

    /// Sets the speed, see [`Replay::quarters`].
    pub fn set_quarters(&self, quarters: u32) {
        self.speed.store(quarters.clamp(1, 256), Ordering::Release);
    }
}

impl Live {
    /// Cells in the order of the plan.
    pub fn new(cells: impl IntoIterator<Item = LiveCell>) -> Self {
        Self { cells: RwLock::new(cells.into_iter().map(Arc::new).collect()), ..Self::default() }
    }

    /// Adds a cell; its index.
    pub fn add(&self, cell: LiveCell) -> usize {
        self.add_shared(Arc::new(cell))
    }

    /// Adds a cell that somebody keeps; its index.
    pub(crate) fn add_shared(&self, cell: Arc<LiveCell>) -> usize {
        let mut cells = self.cells.write().unwrap_or_else(PoisonError::into_inner);
        cells.push(cell);
        cells.len() - 1
    }

    /// The cells there are now.
    pub fn cells(&self) -> Vec<Arc<LiveCell>> {
        self.cells.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many cells there are.
    pub fn count(&self) -> usize {
        self.cells.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// One of them.
    pub fn cell(&self, index: usize) -> Option<Arc<LiveCell>> {
        self.cells.read().unwrap_or_else(PoisonError::into_inner).get(index).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::cell::MOST_WAITING;
    use super::{Change, Control, Done, LiveCell, Next, Status};
    use elbow_host::Value;
    use std::sync::mpsc::channel;
    use std::time::Duration;

    #[test]
    fn a_held_cell_makes_the_steps_granted_and_wakes_for_changes() {
        let (control, cell) = (Control::default(), LiveCell::new("optimizer", "model", 0, 9));
        control.hold(&cell, true);
        let (sender, receiver) = channel();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                loop {
                    let next = control.next(&cell);
                    let changes = cell.take_changes();
                    let _ = sender.send((next, changes.len()));
                    if next == Next::End {
                        break;
                    }
                }
            });
            assert!(receiver.recv_timeout(Duration::from_millis(50)).is_err(), "it is held");
            control.step_once(&cell);
            assert_eq!(receiver.recv(), Ok((Next::Step, 0)));
            control.change(&cell, Change { path: "step_size".into(), value: Value::Number(0.5) });
            assert_eq!(receiver.recv(), Ok((Next::Change, 1)));
            assert!(receiver.recv_timeout(Duration::from_millis(50)).is_err(), "it is held again");
            control.stop_cell(&cell);
            assert_eq!(receiver.recv(), Ok((Next::End, 0)));
        });
    }

    #[test]
    fn a_change_uses_up_no_granted_step_and_comes_too_late_after_the_end() {
        let (control, cell) = (Control::default(), LiveCell::new("optimizer", "model", 0, 9));
        let change = Change { path: "step_size".into(), value: Value::Number(0.5) };
        control.hold(&cell, true);
        control.step_once(&cell);
        assert!(control.change(&cell, change.clone()));
        assert_eq!(control.next(&cell), Next::Change);
        assert_eq!((cell.take_changes().len(), cell.changes().1.len()), (1, 1), "taken, and not yet made");
        cell.settle(Done { step: 0, change: change.clone(), before: Some(Value::Number(0.1)), planned: false });
        assert_eq!((cell.changes().0.len(), cell.changes().1.len(), control.next(&cell)), (1, 0, Next::Step));
        assert!(control.change(&cell, change.clone()));
        cell.end(Status::Finished, "");
        assert!(!control.change(&cell, change) && cell.changes().1.is_empty());
        assert_eq!(cell.marks()[0].text, "step_size not changed: the cell has ended");
    }

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
