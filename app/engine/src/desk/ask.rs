//! Parameters of running cells: what they are, and changes of them.

use super::{Desk, Parameter, Seen, lock};
use crate::change::{self, Planned};
use crate::live::Change;
use elbow_host::{Plugin, PluginKind, Value};

/// A change that a user asked for.
pub(super) struct Edit {
    cell: usize,
    path: String,
    before: Value,
    after: Value,
}

impl Seen {
    /// The plugin of the cell's optimizer.
    pub(super) fn plugin(&self) -> Result<&Plugin, String> {
        let id = &self.plan.optimizer_of(self.planned()).plugin;
        self.plan.catalog.find(PluginKind::Optimizer, id).map_err(|_| format!("there is no optimizer {id}"))
    }

    /// The parameters, with all changes that were made or are to come before the next step.
    fn parameters(&self) -> Value {
        let mut parameters = self.plan.optimizer_of(self.planned()).parameters.clone();
        let (done, waiting) = self.live.changes();
        let made = done.into_iter().filter(|done| done.before.is_some()).map(|done| done.change);
        made.chain(waiting).for_each(|Change { path, value }| drop(change::put(&mut parameters, &path, value)));
        parameters
    }

    /// All changes of the cell: those that were made, then the planned ones that are to come.
    pub(super) fn schedule(&self) -> Vec<Planned> {
        let (done, _) = self.live.changes();
        let planned = &self.plan.optimizer_of(self.planned()).changes;
        let passed = done.iter().filter(|done| done.planned).count();
        let made = done.into_iter().filter(|done| done.before.is_some());
        made.map(|done| Planned { step: done.step, change: done.change }).chain(planned.iter().skip(passed).cloned()).collect()
    }
}

impl Desk {
    /// The parameters of a cell's optimizer that are a number, a truth value or a choice; those of tables by dotted path.
    pub fn parameters(&self, cell: usize) -> Vec<Parameter> {
        let Ok(seen) = self.cell(cell) else { return Vec::new() };
        let Ok(plugin) = seen.plugin() else { return Vec::new() };
        let values = seen.parameters();
        let value = |path: &str| change::at(&values, path).cloned().unwrap_or(Value::Absent);
        let all = change::scalars(&plugin.schema).into_iter();
        all.map(|(path, schema)| Parameter { value: value(&path), schema: schema.clone(), path }).collect()
    }

    /// Checks a change and asks for it; the cell makes it before its next step, held or not. Where the plugin refuses it all the
    /// same, a mark of the cell tells.
    ///
    /// # Errors
    /// A line for the user: no such parameter, not live, wrong type, range or choice; it has the value already; the cell has ended.
    pub fn edit(&self, cell: usize, path: &str, text: &str) -> Result<(), String> {
        let seen = self.cell(cell)?;
        if seen.live.status().is_final() {
            return Err(ended(&seen));
        }
        let Change { path, value: after } = change::written(seen.plugin()?, path, text)?;
        let before = change::at(&seen.parameters(), &path).cloned().unwrap_or(Value::Absent);
        if before == after {
            return Err(format!("`{path}` is {} already", change::show(&after)));
        }
        self.ask(&seen, &path, &after)?;
        lock(&self.edits).push(Edit { cell, path, before, after });
        Ok(())
    }

    /// Takes the last edit of a cell back, as a change like any other; again: the one before it. What was undone, as
    /// `step_size 0.05 → 0.1`.
    ///
    /// # Errors
    /// A line for the user: there is none, or the cell has ended.
    pub fn undo(&self, cell: usize) -> Result<String, String> {
        let (seen, mut edits) = (self.cell(cell)?, lock(&self.edits));
        let present = seen.parameters();
        // An edit that was refused left nothing to take back.
        let stands = |edit: &Edit| edit.cell == cell && change::at(&present, &edit.path) == Some(&edit.after);
        let place = edits.iter().rposition(stands).ok_or("there is no edit of this cell to undo")?;
        let Edit { path, before, after, .. } = &edits[place];
        self.ask(&seen, path, before)?;
        let told = format!("{path} {} → {}", change::show(after), change::show(before));
        edits.remove(place);
        Ok(told)
    }

    fn ask(&self, seen: &Seen, path: &str, value: &Value) -> Result<(), String> {
        let asked = self.live.control.change(&seen.live, Change { path: path.to_owned(), value: value.clone() });
        if asked { Ok(()) } else { Err(ended(seen)) }
    }
}

fn ended(seen: &Seen) -> String {
    format!("{} has ended: nothing of it can change", seen.live.optimizer)
}
