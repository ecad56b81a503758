//! What the explorer knows of each run: the last row of everything, the history of every number, the path of every vector.

use std::sync::Arc;

use elbow_engine::live::{Fork, LiveCell, Mark, Metric, Status};

use super::axis::XKind;
use super::track::Track;

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
    pub cell: Arc<LiveCell>,
    pub label: String,
    pub status: Status,
    pub reason: String,
    pub hidden: bool,
    pub held: bool,
    pub metrics: Vec<Metric>,
    pub xs: Vec<f64>,
    /// One for each metric; `None` for elements of vectors.
    pub histories: Vec<Option<History>>,
    /// The vectors that are small enough to follow.
    pub tracks: Vec<Track>,
    /// What was done to it.
    pub marks: Vec<Mark>,
    last: Row,
    /// The numbers on the screen, which follow `last` at a pace that can be read.
    pub shown: Row,
}

impl Run {
    /// A run as it is before its first row.
    pub fn new(cell: &Arc<LiveCell>) -> Self {
        Self {
            cell: Arc::clone(cell),
            label: String::new(),
            status: Status::Waiting,
            reason: String::new(),
            hidden: false,
            held: false,
            metrics: Vec::new(),
            xs: Vec::new(),
            histories: Vec::new(),
            tracks: Vec::new(),
            marks: Vec::new(),
            last: Row::default(),
            shown: Row::default(),
        }
    }

    /// Takes what the cell has to tell; `scratch` is the memory that goes to and fro. True if there was anything new.
    pub fn absorb(&mut self, scratch: &mut Vec<f64>) -> bool {
        // The status first: once it is final, the rows drained after it are all there are.
        let status = self.cell.status();
        let held = self.cell.is_held();
        let changed = status != self.status || held != self.held || self.cell.count_marks() != self.marks.len();
        if changed {
            (self.status, self.held) = (status, held);
            (self.reason, self.marks) = (self.cell.reason(), self.cell.marks());
        }
        // And the rows before the columns, which are named before the first row.
        self.cell.drain(scratch);
        self.learn_names();
        scratch.chunks_exact(1 + self.metrics.len()).for_each(|row| self.push(row));
        if status.is_final() && changed {
            self.refresh();
        }
        changed || !scratch.is_empty()
    }

    fn learn_names(&mut self) {
        if let Some(columns) = self.cell.columns().filter(|columns| columns.len() != self.metrics.len()) {
            self.metrics = columns.to_vec();
            self.histories = columns.iter().map(|metric| (!metric.name.ends_with(']')).then(History::new)).collect();
            self.tracks = Track::all(columns);
        }
    }

    fn push(&mut self, row: &[f64]) {
        self.xs.push(row[0]);
        for (history, &value) in self.histories.iter_mut().zip(&row[1..]) {
            if let Some(history) = history {
                history.push(value);
            }
        }
        self.tracks.iter_mut().for_each(|track| track.push(row[0], &row[1..]));
        self.last.step = row[0] as u64;
        self.last.values.clear();
        self.last.values.extend_from_slice(&row[1..]);
    }

    /// Puts the latest numbers on the screen; true if they differ from those there.
    pub fn refresh(&mut self) -> bool {
        let same = |one: &Row, other: &Row| {
            let bits = |row: &Row| row.values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
            one.step == other.step && bits(one) == bits(other)
        };
        let differs = !same(&self.shown, &self.last);
        if differs {
            self.shown.clone_from(&self.last);
        }
        differs
    }

    /// Where a metric is among the columns.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.metrics.iter().position(|metric| metric.name == name)
    }

    /// The history of a number.
    pub fn history(&self, name: &str) -> Option<&History> {
        self.histories.get(self.column(name)?)?.as_ref()
    }

    /// Where its points stand on an axis; steps where that was not recorded.
    pub fn xs(&self, kind: XKind) -> &[f64] {
        kind.metric().and_then(|name| self.history(name)).map_or(&self.xs, |history| &history.values)
    }

    /// The recorded point nearest to `x` on an axis.
    pub fn nearest(&self, kind: XKind, x: f64) -> Option<usize> {
        let xs = self.xs(kind);
        let after = xs.partition_point(|&other| other < x).min(xs.len().checked_sub(1)?);
        let before = after.saturating_sub(1);
        Some(if (x - xs[before]).abs() <= (xs[after] - x).abs() { before } else { after })
    }

    /// The vector of this name.
    pub fn track(&self, stem: &str) -> Option<&Track> {
        self.tracks.iter().find(|track| track.stem == stem)
    }

    /// The number of a metric that is on the screen.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.shown.values.get(self.column(name)?).copied()
    }

    /// Whether it came to a bad end.
    pub fn has_failed(&self) -> bool {
        self.status.is_final() && !self.status.is_success() && self.status != Status::Stopped
    }

    /// Index of its first point that no other run has: 0, but for a fork.
    pub fn first_own_point(&self) -> usize {
        self.fork().map_or(0, |fork| self.xs.partition_point(|&step| step < fork.step as f64))
    }

    /// Where it branched off another.
    pub fn fork(&self) -> Option<Fork> {
        self.cell.fork
    }
}

/// Labels that tell the cells apart: the optimizer, and the model and the seed where there are several.
pub(crate) fn label(runs: &mut [Run]) {
    let Some(first) = runs.first().map(|run| Arc::clone(&run.cell)) else { return };
    let several_models = runs.iter().any(|run| run.cell.model != first.model);
    let several_seeds = runs.iter().any(|run| run.cell.seed != first.seed);
    for run in runs {
        let model = if several_models { format!(" {}", run.cell.model) } else { String::new() };
        let seed = if several_seeds { format!(" s{}", run.cell.seed) } else { String::new() };
        run.label = format!("{}{model}{seed}", run.cell.optimizer);
    }
}
