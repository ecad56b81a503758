//! The target: `p*(v)`, and `p*(h|v)` if it is joint.
//!
//! ```text
//! p*(v) = Σ_h p*(v, h)      p*(h|v) = p*(v, h) / p*(v)
//! ```
//!
//! Where p*(v) = 0 the conditional is uniform; it has no weight in any expectation.
//!
//! # References
//! - Ay, van Oostrum, Datar, *On the Natural Gradient of the Evidence Lower Bound*, JMLR 2025.

use crate::TargetParameters;
use elbow_geometry::printed::{Total, total};
use elbow_sdk::{Issues, ModelSetup, Result};

/// What is learned.
pub(crate) struct Target {
    /// p*(v), sums to 1.
    pub visible: Vec<f64>,
    /// p*(h|v) of a joint target, row by row.
    pub conditional: Option<Vec<f64>>,
}

/// `p(h|v) = p(v, h) / p(v)`, the uniform distribution where p(v) = 0.
pub(crate) fn condition(joint: &[f64], visible: f64, out: &mut [f64]) {
    let uniform = 1.0 / joint.len() as f64;
    out.iter_mut().zip(joint).for_each(|(q, p)| *q = if visible > 0.0 { p / visible } else { uniform });
}

impl Target {
    /// From what was given; reports every issue, and notes a table that sums to 1 by its printed digits only.
    pub fn read(given: &TargetParameters, visible: usize, hidden: usize, setup: &ModelSetup) -> Result<Self> {
        let mut issues = Issues::default();
        if given.table.is_some() == given.counts.is_some() {
            issues.parameter("target", "exactly one of `table` (probabilities) and `counts` (data) is needed");
        }
        for (path, values) in [("target.table", &given.table), ("target.counts", &given.counts)] {
            if let Some(values) = values {
                check_length(path, values.len(), visible, hidden, &mut issues);
                check_entries(path, values, &mut issues);
            }
        }
        given.table.iter().for_each(|values| check_probabilities(values, setup, &mut issues));
        given.counts.iter().for_each(|values| check_counts(values, &mut issues));
        issues.finish()?;
        let values = given.table.as_ref().or(given.counts.as_ref());
        Ok(Self::normalized(values.map_or(&[], Vec::as_slice), visible, hidden))
    }

    /// From an array of the right length.
    fn normalized(values: &[f64], visible: usize, hidden: usize) -> Self {
        let total: f64 = values.iter().sum();
        let table: Vec<f64> = values.iter().map(|x| x / total).collect();
        if values.len() != visible * hidden {
            return Self { visible: table, conditional: None };
        }
        let marginal: Vec<f64> = table.chunks(hidden).map(|row| row.iter().sum()).collect();
        let mut conditional = vec![0.0; table.len()];
        let rows = conditional.chunks_mut(hidden).zip(table.chunks(hidden));
        rows.zip(&marginal).for_each(|((out, row), &sum)| condition(row, sum, out));
        Self { visible: marginal, conditional: Some(conditional) }
    }
}

fn check_length(path: &str, len: usize, visible: usize, hidden: usize, issues: &mut Issues) {
    let states = visible.saturating_mul(hidden);
    if len == 0 || (len != visible && len != states) {
        let has = if len == 0 { "is empty".to_owned() } else { format!("has {len} entries") };
        issues.parameter(path, format!("{has}; {visible} fit for p*(v), {states} for p*(v, h)"));
    }
}

fn check_entries(path: &str, values: &[f64], issues: &mut Issues) {
    let wrong = |x: &f64| !(x.is_finite() && *x >= 0.0);
    if let Some(first) = values.iter().position(wrong) {
        let more = values.iter().filter(|x| wrong(x)).count() - 1;
        let others = if more > 0 { format!(" (and {more} more)") } else { String::new() };
        issues.parameter(path, format!("entry {first} is {}{others}; none may be negative or infinite", values[first]));
    }
}

fn check_probabilities(values: &[f64], setup: &ModelSetup, issues: &mut Issues) {
    match total(values) {
        Total::Printed(sum) => setup.note(
            "target.table",
            format!("the probabilities sum to {sum}, which is 1 as far as their digits tell: they were divided by it"),
        ),
        Total::Other(sum) if !values.is_empty() && !sum.is_nan() => {
            issues.parameter("target.table", format!("the probabilities sum to {sum}, not to 1"));
        }
        _ => (),
    }
}

fn check_counts(values: &[f64], issues: &mut Issues) {
    let sum: f64 = values.iter().sum();
    if !values.is_empty() && (sum <= 0.0 || sum.is_infinite()) {
        issues.parameter("target.counts", format!("the counts sum to {sum}, which is not positive and finite"));
    }
}
