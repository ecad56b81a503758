//! What is said of all values together.

use crate::data::{Data, Values};

impl Data {
    /// Format, shape and range in words.
    pub(crate) fn summary(&self, format: &str) -> String {
        let (rows, columns, (least, largest)) = (self.rows(), self.columns(), self.range());
        format!("{format}, {rows} × {columns} values from {least:?} to {largest:?}")
    }

    /// Mean of each column.
    pub fn mean(&self) -> Vec<f64> {
        let (mut sum, rows) = (vec![0.0; self.columns], self.rows() as f64);
        match &self.values {
            // Sums of levels are whole numbers, so they are exact.
            Values::Levels { levels, most } => {
                levels.chunks_exact(self.columns).for_each(|row| add(&mut sum, row.iter().map(|level| f64::from(*level))));
                sum.iter_mut().for_each(|x| *x /= rows * f64::from(*most));
            }
            // Shares do not overflow, and the mean of what they leave takes their roundings away: equal values have their own mean.
            Values::Numbers(numbers) => {
                numbers.chunks_exact(self.columns).for_each(|row| add(&mut sum, row.iter().map(|x| x / rows)));
                let (about, each) = (sum.clone(), numbers.chunks_exact(self.columns));
                each.for_each(|row| add(&mut sum, row.iter().zip(&about).map(|(x, about)| (x - about) / rows)));
            }
        }
        sum
    }

    /// The smallest and the largest value.
    pub fn range(&self) -> (f64, f64) {
        match &self.values {
            Values::Levels { levels, most } => {
                let (least, largest) = levels.iter().fold((u8::MAX, 0), |(a, b), level| (a.min(*level), b.max(*level)));
                (f64::from(least) / f64::from(*most), f64::from(largest) / f64::from(*most))
            }
            Values::Numbers(numbers) => {
                numbers.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), x| (a.min(*x), b.max(*x)))
            }
        }
    }

    /// Whether every value is 0 or 1.
    pub fn is_binary(&self) -> bool {
        match &self.values {
            Values::Levels { levels, most } => levels.iter().all(|level| *level == 0 || level == most),
            Values::Numbers(numbers) => numbers.iter().all(|x| *x == 0.0 || *x == 1.0),
        }
    }
}

fn add(sum: &mut [f64], row: impl Iterator<Item = f64>) {
    sum.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
}
