//! Changes of a cell's parameters on their way: asked for, taken, made or refused.

use super::{LiveCell, lock};
use elbow_host::Value;

/// A change to an optimizer's parameters while its cell runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Path of the parameter, as `step_size` or `damping.lambda`.
    pub path: String,
    /// Its new value, checked against its schema.
    pub value: Value,
}

/// A change that was made or refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Done {
    /// Steps made when it happened.
    pub step: u64,
    /// The change.
    pub change: Change,
    /// The value before it; absent where it was refused.
    pub before: Option<Value>,
    /// Whether the plan made it, rather than a user.
    pub planned: bool,
}

/// The changes of a cell's parameters.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// Asked for.
    pub(super) waiting: Vec<Change>,
    /// Taken by the engine, and not yet made or refused.
    pub(super) making: Vec<Change>,
    done: Vec<Done>,
}

impl LiveCell {
    /// Engine: takes the changes that were asked for since the last call, to be made before the next step and told to
    /// [`LiveCell::settle`].
    pub fn take_changes(&self) -> Vec<Change> {
        let Changes { waiting, making, .. } = &mut *lock(&self.changes);
        let taken = std::mem::take(waiting);
        making.extend(taken.iter().cloned());
        taken
    }

    /// Engine: notes that a change was made or refused.
    pub fn settle(&self, done: Done) {
        let changes = &mut *lock(&self.changes);
        if let (false, Some(place)) = (done.planned, changes.making.iter().position(|change| *change == done.change)) {
            changes.making.remove(place);
        }
        changes.done.push(done);
    }

    /// The changes so far, in order: those that were made or refused, and those that were asked for and are to come.
    pub fn changes(&self) -> (Vec<Done>, Vec<Change>) {
        let changes = lock(&self.changes);
        (changes.done.clone(), [&changes.making[..], &changes.waiting].concat())
    }

    pub(super) fn is_asked_to_change(&self) -> bool {
        !lock(&self.changes).waiting.is_empty()
    }
}
