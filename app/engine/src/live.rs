//! What a user interface sees of running cells: a mailbox per cell that it empties once a frame, and the controls.
//!
//! The engine appends a row per record under a lock that the reader holds for one swap only, so neither waits for the other.

mod changes;

pub use changes::{Change, Done};

use crate::histogram::Histogram;
use changes::Changes;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

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
    /// The process that ran it is gone, and it had come to no end.
    Crashed,
}

impl Status {
    pub(crate) const ALL: [Self; 7] =
        [Self::Waiting, Self::Running, Self::Finished, Self::Diverged, Self::Failed, Self::Stopped, Self::Crashed];

    /// The word used in records and on screens.
    pub fn name(self) -> &'static str {
        ["waiting", "running", "finished", "diverged", "failed", "stopped", "crashed"][self as usize]
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
    /// Where it branched off, if it did.
    pub fork: Option<Fork>,
    marks: Mutex<Vec<Mark>>,
    target: OnceLock<Vec<f64>>,
    histograms: Mutex<Vec<Histogram>>,
    changes: Mutex<Changes>,
    stop: AtomicBool,
    held: AtomicBool,
    /// Single steps that were granted while it was held, and not yet made.
    granted: AtomicU64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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

/// What a user may do to running cells.
#[derive(Debug, Default)]
pub struct Control {
    stop: AtomicBool,
    held: AtomicBool,
    /// Guards nothing but the sleep of those who wait: whoever changes a flag notifies while holding it.
    sleep: Mutex<()>,
    wake: Condvar,
    pace: AtomicU32,
}

impl Control {
    /// Asks every cell to end at its next step.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Release);
        self.notify();
    }

    /// Whether a stop of everything was asked for.
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    /// Asks one cell to end at its next step.
    pub fn stop_cell(&self, cell: &LiveCell) {
        cell.stop.store(true, Ordering::Release);
        self.notify();
    }

    /// Holds every cell at its next step, or lets them go on, but for those held by themselves.
    pub fn set_paused(&self, paused: bool) {
        self.held.store(paused, Ordering::Release);
        self.notify();
    }

    /// Whether all cells are held.
    pub fn is_paused(&self) -> bool {
        self.held.load(Ordering::Acquire)
    }

    /// Holds one cell at its next step, or lets it go on.
    pub fn hold(&self, cell: &LiveCell, held: bool) {
        cell.held.store(held, Ordering::Release);
        self.notify();
    }

    /// Lets a held cell make one step.
    pub fn step_once(&self, cell: &LiveCell) {
        cell.granted.fetch_add(1, Ordering::AcqRel);
        self.notify();
    }

    /// Asks a cell to change a parameter before its next step, held or not. False: it has ended.
    pub fn change(&self, cell: &LiveCell, change: Change) -> bool {
        let mut changes = lock(&cell.changes);
        let goes_on = !cell.status().is_final();
        if goes_on {
            changes.waiting.push(change);
        }
        drop(changes);
        self.notify();
        goes_on
    }

    /// Steps per second for each cell; 0: as fast as it goes.
    pub fn set_pace(&self, steps_per_second: u32) {
        self.pace.store(steps_per_second, Ordering::Release);
        self.notify();
    }

    /// The pace, see [`Control::set_pace`].
    pub fn pace(&self) -> u32 {
        self.pace.load(Ordering::Acquire)
    }

    fn notify(&self) {
        drop(lock(&self.sleep));
        self.wake.notify_all();
    }

    fn stops(&self, cell: &LiveCell) -> bool {
        self.is_stopped() || cell.is_stopped()
    }

    fn holds(&self, cell: &LiveCell) -> bool {
        self.is_paused() || cell.is_held()
    }

    /// Engine: waits while the cell is held; then what it does. Changes come before a granted step.
    pub fn next(&self, cell: &LiveCell) -> Next {
        // Asked at every step: the lock is for those who wait.
        self.decide(cell).unwrap_or_else(|| {
            let mut sleep = lock(&self.sleep);
            loop {
                if let Some(next) = self.decide(cell) {
                    return next;
                }
                sleep = self.wake.wait(sleep).unwrap_or_else(PoisonError::into_inner);
            }
        })
    }

    fn decide(&self, cell: &LiveCell) -> Option<Next> {
        if self.stops(cell) {
            Some(Next::End)
        } else if cell.is_asked_to_change() {
            Some(Next::Change)
        } else {
            (!self.holds(cell) || cell.use_grant()).then_some(Next::Step)
        }
    }

    /// Engine: as [`Control::next`], for a cell without parameters to change. False: it shall end.
    pub fn may_step(&self, cell: &LiveCell) -> bool {
        self.next(cell) != Next::End
    }

    /// Engine: sleeps for a step of the pace; wakes where somebody wants something.
    pub fn keep_pace(&self, cell: &LiveCell) {
        let pace = self.pace();
        if pace > 0 && !self.stops(cell) {
            let time = std::time::Duration::from_secs_f64(1.0 / f64::from(pace));
            drop(self.wake.wait_timeout(lock(&self.sleep), time));
        }
    }
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
    use super::{Change, Control, Done, LiveCell, MOST_WAITING, Next, Status};
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
