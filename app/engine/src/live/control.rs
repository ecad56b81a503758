//! The controls: pause, hold, single steps, stop, changes, pace.

use super::{Change, LiveCell, Next, lock};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};

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
