//! What the explorer knows of each run: the last row of everything, the history of what charts show.

use std::sync::Arc;

use elbow_engine::live::{LiveCell, Status};

use super::charts::is_charted;

/// All values of one metric, with the extrema that ranges need.
#[derive(Clone, Debug)]
pub(crate) struct History {
    pub values: Vec<f64>,
    pub min: f64,
    pub max: f64,
    pub min_positive: f64,
}

impl History {
    fn new() -> Self {
        Self { values: Vec::new(), min: f64::INFINITY, max: f64::NEG_INFINITY, min_positive: f64::INFINITY }
    }

    fn push(&mut self, value: f64) {
        self.values.push(value);
        if value.is_finite() {
            self.min = self.min.min(value);
            self.max = self.max.max(value);
        }
        if value.is_finite() && value > 0.0 {
            self.min_positive = self.min_positive.min(value);
        }
    }
}

/// A step and the values of all metrics at it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Row {
    pub step: u64,
    pub values: Vec<f64>,
}

/// One run.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub label: String,
    pub model: String,
    pub seed: u64,
    pub steps: u64,
    pub status: Status,
    pub reason: String,
    pub hidden: bool,
    pub names: Vec<String>,
    pub xs: Vec<f64>,
    /// One for each name; `None` where no chart shows it.
    pub histories: Vec<Option<History>>,
    last: Row,
    /// The numbers on the screen, which follow `last` at a pace that can be read.
    pub shown: Row,
}

impl Run {
    /// A run as it is before its first row.
    pub fn new(cell: &LiveCell, label: String) -> Self {
        Self {
            label,
            model: cell.model.clone(),
            seed: cell.seed,
            steps: cell.steps,
            status: Status::Waiting,
            reason: String::new(),
            hidden: false,
            names: Vec::new(),
            xs: Vec::new(),
            histories: Vec::new(),
            last: Row::default(),
            shown: Row::default(),
        }
    }

    /// Takes what the cell has to tell; `scratch` is the memory that goes to and fro. True if there was anything new.
    pub fn absorb(&mut self, cell: &LiveCell, scratch: &mut Vec<f64>) -> bool {
        // The status first: once it is final, the rows drained after it are all there are.
        let status = cell.status();
        let changed = status != self.status;
        if changed {
            self.status = status;
            self.reason = cell.reason();
        }
        // And the rows before the columns, which are named before the first row.
        cell.drain(scratch);
        self.learn_names(cell);
        scratch.chunks_exact(1 + self.names.len()).for_each(|row| self.push(row));
        if status.is_final() && changed {
            self.refresh();
        }
        changed || !scratch.is_empty()
    }

    fn learn_names(&mut self, cell: &LiveCell) {
        if let Some(columns) = cell.columns().filter(|columns| columns.len() != self.names.len()) {
            self.names = columns.iter().map(|metric| metric.name.clone()).collect();
            self.histories = self.names.iter().map(|name| is_charted(name).then(History::new)).collect();
        }
    }

    fn push(&mut self, row: &[f64]) {
        self.xs.push(row[0]);
        for (history, &value) in self.histories.iter_mut().zip(&row[1..]) {
            if let Some(history) = history {
                history.push(value);
            }
        }
        self.last.step = row[0] as u64;
        self.last.values.clear();
        self.last.values.extend_from_slice(&row[1..]);
    }

    /// Puts the latest numbers on the screen; true if they differ from those there.
    pub fn refresh(&mut self) -> bool {
        let differs = self.shown != self.last;
        if differs {
            self.shown.clone_from(&self.last);
        }
        differs
    }

    /// Where a metric is among the columns.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|candidate| candidate == name)
    }

    /// The history of a metric that charts show.
    pub fn history(&self, name: &str) -> Option<&History> {
        self.histories.get(self.column(name)?)?.as_ref()
    }

    /// The number of a metric that is on the screen.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.shown.values.get(self.column(name)?).copied()
    }

    /// Whether it came to a bad end.
    pub fn has_failed(&self) -> bool {
        matches!(self.status, Status::Diverged | Status::Failed | Status::Crashed)
    }
}

/// Labels that tell the cells apart: the optimizer, and the model and the seed where there are several.
pub(crate) fn labels(cells: &[Arc<LiveCell>]) -> Vec<String> {
    let several_models = cells.iter().any(|cell| cell.model != cells[0].model);
    let several_seeds = cells.iter().any(|cell| cell.seed != cells[0].seed);
    let label = |cell: &Arc<LiveCell>| {
        let model = if several_models { format!(" {}", cell.model) } else { String::new() };
        let seed = if several_seeds { format!(" s{}", cell.seed) } else { String::new() };
        format!("{}{model}{seed}", cell.optimizer)
    };
    cells.iter().map(label).collect()
}
