//! The plan: every cell, computed and checked before anything runs.

use crate::change::Planned;
use crate::diagnostic::Diagnostics;
use crate::live::Status;
use elbow_host::{Catalog, Model, Task, Value};
use std::path::PathBuf;
use std::sync::Arc;

/// What is recorded, and how often.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// Steps from one record to the next.
    pub every: u64,
    /// θ and φ.
    pub parameters: bool,
    /// Cosines, spectrum, lengths.
    pub geometry: bool,
}

/// Budget of a cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Budget {
    /// Largest number of steps.
    pub steps: u64,
    /// Largest number of gradients.
    pub gradient_evaluations: Option<u64>,
    /// Longest time.
    pub seconds: Option<f64>,
    /// A cell that meets all of these at a record has converged, and ends.
    pub until: Vec<Until>,
}

/// A condition on a recorded quantity.
#[derive(Clone, Debug, PartialEq)]
pub struct Until {
    /// Name of the column.
    pub quantity: String,
    /// Largest value; smallest where larger is better.
    pub threshold: f64,
}

/// A model of the plan.
#[derive(Debug)]
pub struct PlannedModel {
    /// Name in tables and plots.
    pub label: String,
    /// Id of the plugin.
    pub plugin: String,
    /// All its parameters.
    pub parameters: Value,
    /// The instance that all its cells share.
    pub model: Arc<Model>,
    /// What tells it from other models: the plugin, its parameters and its start.
    pub canonical: String,
}

/// An optimizer of the plan.
#[derive(Debug)]
pub struct PlannedOptimizer {
    /// Name in tables and plots.
    pub label: String,
    /// Id of the plugin.
    pub plugin: String,
    /// All its parameters.
    pub parameters: Value,
    /// The engine's keys: objective, recognition, train.
    pub task: Value,
    /// Changes in mid-run, in the order of their steps.
    pub changes: Vec<Planned>,
    /// The one model that it runs on; absent: all.
    pub model: Option<String>,
    /// Those of the plan's seeds that it runs with; absent: all.
    pub seeds: Option<Vec<u64>>,
}

/// One run: a model, an optimizer, a seed.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Place in the plan.
    pub index: usize,
    /// Hash of all that its numbers depend on.
    pub id: String,
    /// Index of the model.
    pub model: usize,
    /// Index of the optimizer.
    pub optimizer: usize,
    /// Seed.
    pub seed: u64,
    /// What is descended, in which parameters.
    pub task: Task,
    /// (θ, φ) at the start.
    pub start: Vec<f64>,
}

/// A pairing that cannot work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// Label of the model.
    pub model: String,
    /// Label of the optimizer.
    pub optimizer: String,
    /// Why.
    pub reason: String,
}

/// Points at which the diagnostics are evaluated.
#[derive(Clone, Debug, PartialEq)]
pub enum Points {
    /// Drawn from a distribution of the model.
    Draw {
        /// Its name.
        kind: String,
        /// How many.
        count: usize,
    },
    /// Given, a row of θ in the model's coordinates each.
    Given {
        /// Number of points.
        count: usize,
        /// count × P numbers.
        data: Vec<f64>,
    },
}

/// A probe: diagnostics at many points.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// The points.
    pub points: Points,
    /// Width of a bin.
    pub bin_width: f64,
}

/// An experiment, ready to run.
#[derive(Debug)]
pub struct Plan {
    /// Name.
    pub name: String,
    /// What it shows.
    pub about: String,
    /// Budget of each cell.
    pub budget: Budget,
    /// What is recorded.
    pub recording: Recording,
    /// Models.
    pub models: Vec<PlannedModel>,
    /// Optimizers.
    pub optimizers: Vec<PlannedOptimizer>,
    /// Cells, in the order in which they are reported.
    pub cells: Vec<Cell>,
    /// What cannot run, and why.
    pub left_out: Vec<LeftOut>,
    /// Instead of cells: a probe of every model with every seed.
    pub probe: Option<Probe>,
    /// Seeds.
    pub seeds: Vec<u64>,
    /// The experiment with all defaults filled in.
    pub effective: serde_json::Value,
    /// What a user should know of the experiment, though nothing is wrong.
    pub notes: Diagnostics,
    /// Folder that its files are relative to.
    pub base: PathBuf,
    /// The plugins.
    pub catalog: Arc<Catalog>,
}

impl Plan {
    /// Label of a cell's model.
    pub fn model_of(&self, cell: &Cell) -> &PlannedModel {
        &self.models[cell.model]
    }

    /// The optimizer of a cell.
    pub fn optimizer_of(&self, cell: &Cell) -> &PlannedOptimizer {
        &self.optimizers[cell.optimizer]
    }
}

/// How a cell ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Ending {
    /// Status.
    pub status: Status,
    /// Why, where it did not finish.
    pub reason: String,
    /// Steps made.
    pub steps: u64,
}
