//! The desk of a run, in the explorer's words.

use crate::explorer::{Choice, Field, Plane, Steer};
use elbow_engine::change;
use elbow_engine::desk::{self, Desk, Parameter};
use elbow_engine::local::local;
use std::sync::Arc;

/// A desk that the explorer asks.
pub struct Steering(pub Arc<Desk>);

fn field(parameter: &Parameter) -> Field {
    let Parameter { path, schema, value } = parameter;
    let range = schema.range();
    let unit = if schema.unit.is_empty() { String::new() } else { format!(" {}", schema.unit) };
    Field {
        path: path.clone(),
        value: change::show(value),
        kind: format!("{} {range}{unit} {}", schema.kind.describe(), schema.needs()).trim_end().to_owned(),
        doc: schema.doc.clone(),
        live: schema.live,
    }
}

fn choices(choices: Vec<desk::Choice>) -> Vec<Choice> {
    choices.into_iter().map(|desk::Choice { name, about }| Choice { name, about }).collect()
}

impl Steering {
    /// The label of a run that has just come.
    fn started(&self, index: usize) -> String {
        self.0.live().cell(index).map(|cell| format!("{} has started", cell.optimizer)).unwrap_or_default()
    }
}

impl Steer for Steering {
    fn parameters(&self, run: usize) -> Vec<Field> {
        self.0.parameters(run).iter().map(field).collect()
    }

    fn edit(&self, run: usize, path: &str, value: &str) -> Result<String, String> {
        self.0.edit(run, path, value).map(|()| format!("{path} becomes {value} before the next step"))
    }

    fn undo(&self, run: usize) -> Result<String, String> {
        self.0.undo(run).map(|undone| format!("taken back: {undone}"))
    }

    fn fork(&self, run: usize, step: u64, change: Option<(&str, &str)>) -> Result<String, String> {
        let changes: Vec<_> = change.into_iter().map(|(path, value)| (path.to_owned(), value.to_owned())).collect();
        self.0.fork(run, step, &changes).map(|index| self.started(index))
    }

    fn restart(&self, run: usize, seed: u64) -> Result<String, String> {
        self.0.restart(run, seed).map(|index| format!("{} with seed {seed}", self.started(index)))
    }

    fn launch(&self, model: &str, optimizer: &str, seed: u64) -> Result<String, String> {
        self.0.launch(model, optimizer, seed).map(|index| self.started(index))
    }

    fn models(&self) -> Vec<Choice> {
        choices(self.0.models())
    }

    fn optimizers(&self) -> Vec<Choice> {
        choices(self.0.optimizers())
    }

    fn plane(&self, run: usize, point: &[f64], i: usize, j: usize) -> Option<Plane> {
        let (model, task) = self.0.task(run)?;
        let local = local(&model, task, point).ok().filter(|local| i.max(j) < local.n)?;
        let entry = |row: usize, column: usize| local.fisher[column * local.n + row];
        Some(Plane {
            fisher: [entry(i, i), entry(i, j), entry(j, j)],
            gradient: (local.gradient[i], local.gradient[j]),
            natural: (local.natural[i], local.natural[j]),
        })
    }
}
