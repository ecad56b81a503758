//! Quantities that have no meaning at a point: which, why, and since when.
//!
//! Such a quantity is NaN in a row of numbers and null in a journal; a mark tells when it lost its meaning and why, and another when it
//! has one again. A number that has a meaning and is not finite is something else: it ends its cell.

use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The reasons of one row, by place of the column.
pub type Reasons = BTreeMap<usize, String>;

/// What changes from one row to the next.
#[derive(Debug, Default)]
pub struct Undefined {
    /// Columns that had no meaning in the last row.
    since: BTreeMap<usize, u64>,
}

impl Undefined {
    /// Takes the reasons of the row at a step; marks for what changed: those that lost their meaning, reason by reason, and those that
    /// have one again. `names` are the columns.
    pub fn take(&mut self, step: u64, reasons: &Reasons, names: &[String]) -> Vec<Value> {
        let back: Vec<usize> = self.since.keys().copied().filter(|place| !reasons.contains_key(place)).collect();
        let mut lost: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (place, reason) in reasons.iter().filter(|(place, _)| !self.since.contains_key(place)) {
            lost.entry(reason).or_default().push(&names[*place]);
        }
        let mut marks: Vec<Value> = lost
            .into_iter()
            .map(|(reason, columns)| json!({ "step": step, "event": "undefined", "columns": columns, "reason": reason }))
            .collect();
        if !back.is_empty() {
            let columns: Vec<&str> = back.iter().map(|place| names[*place].as_str()).collect();
            marks.push(json!({ "step": step, "event": "defined", "columns": columns }));
        }
        back.iter().for_each(|place| {
            self.since.remove(place);
        });
        reasons.keys().for_each(|place| {
            self.since.entry(*place).or_insert(step);
        });
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::{Reasons, Undefined};
    use serde_json::json;

    #[test]
    fn marks_tell_what_changes_and_nothing_else() {
        let names = ["elbo", "gap", "angle"].map(str::to_owned);
        let reasons = |all: &[(usize, &str)]| -> Reasons { all.iter().map(|(place, why)| (*place, (*why).to_owned())).collect() };
        let mut undefined = Undefined::default();
        assert!(undefined.take(0, &reasons(&[]), &names).is_empty());
        let left = undefined.take(3, &reasons(&[(0, "left: 1.1"), (1, "left: 1.1"), (2, "no length")]), &names);
        assert_eq!(left[0], json!({ "step": 3, "event": "undefined", "columns": ["elbo", "gap"], "reason": "left: 1.1" }));
        assert_eq!(left[1]["columns"], json!(["angle"]));
        assert!(undefined.take(4, &reasons(&[(0, "left: 1.2"), (1, "left: 1.2"), (2, "no length")]), &names).is_empty());
        let back = undefined.take(5, &reasons(&[(1, "left: 1.2")]), &names);
        assert_eq!(back, [json!({ "step": 5, "event": "defined", "columns": ["elbo", "angle"] })]);
        assert_eq!(undefined.take(6, &reasons(&[(0, "again"), (1, "left")]), &names).len(), 1);
    }
}
