//! An optimizer whose parameters can change between two of its steps.
//!
//! It is made anew with the changed parameters and takes over the state of the one before. So a change at a step is a function of
//! the experiment and the step, whoever asked for it.

use crate::change::{self, Planned};
use crate::live::Change;
use crate::plan::{Cell, Plan};
use elbow_host::{Catalog, Error, Optimizer, PluginKind, Problem, Result, Value};
use std::collections::VecDeque;
use std::sync::Arc;

/// An optimizer and its present parameters.
pub struct Tuned {
    /// The optimizer.
    pub optimizer: Optimizer,
    parameters: Value,
    planned: VecDeque<Planned>,
    plugin: String,
    catalog: Arc<Catalog>,
}

impl Tuned {
    /// A cell's optimizer at its start.
    ///
    /// # Errors
    /// The plugin's error.
    pub fn new(plan: &Plan, cell: &Cell, problem: &Problem) -> Result<Self> {
        let planned = plan.optimizer_of(cell);
        Ok(Self {
            optimizer: make(&plan.catalog, &planned.plugin, &planned.parameters, problem)?,
            parameters: planned.parameters.clone(),
            planned: planned.changes.clone().into(),
            plugin: planned.plugin.clone(),
            catalog: Arc::clone(&plan.catalog),
        })
    }

    /// The next planned change, if it is time.
    pub fn due(&mut self, step: u64) -> Option<Change> {
        let due = self.planned.front().is_some_and(|planned| planned.step <= step);
        due.then(|| self.planned.pop_front()).flatten().map(|planned| planned.change)
    }

    /// The present value of a parameter.
    pub fn value(&self, path: &str) -> &Value {
        change::at(&self.parameters, path).unwrap_or(&Value::Absent)
    }

    /// Makes a change; the value before it.
    ///
    /// # Errors
    /// The plugin's: it does not support changes, or refuses the parameters taken together, or its state does not fit them. The
    /// optimizer goes on as it was.
    pub fn change(&mut self, change: &Change, problem: &Problem) -> Result<Value> {
        let mut parameters = self.parameters.clone();
        let before = change::put(&mut parameters, &change.path, change.value.clone());
        let before = before.ok_or_else(|| Error::new(elbow_abi::FAILED, format!("there is no parameter {}", change.path)))?;
        let state = self.optimizer.save()?;
        let mut changed = make(&self.catalog, &self.plugin, &parameters, problem)?;
        changed.load(&state)?;
        (self.optimizer, self.parameters) = (changed, parameters);
        Ok(before)
    }
}

fn make(catalog: &Catalog, plugin: &str, parameters: &Value, problem: &Problem) -> Result<Optimizer> {
    let found = catalog.find(PluginKind::Optimizer, plugin);
    let plugin = found.map_err(|_| Error::new(elbow_abi::FAILED, format!("there is no optimizer {plugin}")))?;
    Optimizer::new(plugin, parameters, problem)
}
