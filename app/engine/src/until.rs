//! When a cell has converged: `[run] until = { kl_visible = 1e-10, fisher_norm = 1e-6 }`, all of them at a record.

use crate::live::Metric;
use crate::plan::Until;

impl Until {
    /// Whether a value is as good as was asked for. What is larger when better must be at least the threshold, everything else at most;
    /// a quantity without a value never is.
    fn is_met(&self, column: &Metric, value: f64) -> bool {
        if column.better > 0 { value >= self.threshold } else { value <= self.threshold }
    }

    fn says(&self, column: &Metric, value: f64) -> String {
        let relation = if column.better > 0 { "≥" } else { "≤" };
        format!("{} = {value:.5e} {relation} {:e}", self.quantity, self.threshold)
    }
}

/// Why a row is the last one that is needed: all conditions on columns that it has hold, and there is one.
pub fn converged(until: &[Until], columns: &[Metric], row: &[f64]) -> Option<String> {
    let place = |until: &Until| columns.iter().position(|column| column.name == until.quantity);
    let found: Vec<(&Until, usize)> = until.iter().filter_map(|until| Some((until, place(until)?))).collect();
    let is_met = |(until, place): &(&Until, usize)| until.is_met(&columns[*place], row[*place]);
    let said = |(until, place): &(&Until, usize)| until.says(&columns[*place], row[*place]);
    // A cell that lacks one of the quantities cannot meet the condition.
    let complete = !found.is_empty() && found.len() == until.len();
    (complete && found.iter().all(is_met)).then(|| found.iter().map(said).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::converged;
    use crate::live::Metric;
    use crate::plan::Until;

    fn column(name: &str, better: i32) -> Metric {
        Metric { name: name.into(), unit: String::new(), doc: String::new(), better, exact: true }
    }

    #[test]
    fn all_conditions_hold_in_their_own_direction() {
        let columns = [column("elbo", 1), column("kl_visible", -1), column("fisher_norm", 0)];
        let until = |all: &[(&str, f64)]| -> Vec<Until> {
            all.iter().map(|(name, threshold)| Until { quantity: (*name).into(), threshold: *threshold }).collect()
        };
        let row = [-1.5, 1e-11, 2e-6];
        assert_eq!(converged(&until(&[("kl_visible", 1e-10)]), &columns, &row).unwrap(), "kl_visible = 1.00000e-11 ≤ 1e-10");
        assert!(converged(&until(&[("kl_visible", 1e-12)]), &columns, &row).is_none());
        assert!(converged(&until(&[("elbo", -1.6), ("fisher_norm", 1e-5)]), &columns, &row).is_some());
        assert!(converged(&until(&[("elbo", -1.4), ("fisher_norm", 1e-5)]), &columns, &row).is_none());
        // Neither nothing, nor what the cell does not record, nor what has no value.
        assert!(converged(&[], &columns, &row).is_none());
        assert!(converged(&until(&[("elbo", -1.6), ("gap", 1.0)]), &columns, &row).is_none());
        assert!(converged(&until(&[("fisher_norm", 1.0)]), &columns, &[0.0, 0.0, f64::NAN]).is_none());
    }
}
