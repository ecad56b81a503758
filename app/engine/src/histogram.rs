//! Histograms of cosines: bins of equal width over [−1, 1], edges at multiples of the width.

use serde::{Deserialize, Deserializer, Serialize};

/// Counts per bin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Histogram {
    /// What was counted.
    pub metric: String,
    /// Lower edge of the first bin.
    pub from: f64,
    /// Width of a bin.
    pub width: f64,
    /// Counts; a value on an edge belongs to the bin above it, 1 to the last one.
    pub counts: Vec<u64>,
    /// Values that were not defined.
    pub undefined: u64,
    /// Mean of the defined values; NaN, which is written as null, without any.
    #[serde(deserialize_with = "number_or_nan")]
    pub mean: f64,
    /// Their median.
    #[serde(deserialize_with = "number_or_nan")]
    pub median: f64,
    /// Share of them below 0.
    #[serde(deserialize_with = "number_or_nan")]
    pub negative: f64,
}

fn number_or_nan<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or(f64::NAN))
}

impl Histogram {
    /// Counts values in [−1, 1].
    pub fn new(metric: &str, width: f64, values: impl Iterator<Item = f64>) -> Self {
        let bins = ((2.0 / width) - 1e-9).ceil().max(1.0) as usize;
        let (mut counts, mut undefined, mut defined) = (vec![0; bins], 0, Vec::new());
        for value in values {
            if value.is_finite() {
                let bin = ((value + 1.0) / width).floor().max(0.0) as usize;
                counts[bin.min(bins - 1)] += 1;
                defined.push(value);
            } else {
                undefined += 1;
            }
        }
        defined.sort_by(f64::total_cmp);
        let n = defined.len();
        let mean = defined.iter().sum::<f64>() / n as f64;
        let median = if n == 0 { f64::NAN } else { 0.5 * (defined[(n - 1) / 2] + defined[n / 2]) };
        let negative = defined.iter().filter(|value| **value < 0.0).count() as f64 / n as f64;
        Self { metric: metric.to_owned(), from: -1.0, width, counts, undefined, mean, median, negative }
    }

    /// Bins from the first to the last that is not empty: lower edge, count, share of the defined values.
    pub fn filled(&self) -> Vec<(f64, u64, f64)> {
        let total: u64 = self.counts.iter().sum();
        let first = self.counts.iter().position(|count| *count > 0).unwrap_or(0);
        let last = self.counts.iter().rposition(|count| *count > 0).map_or(0, |last| last + 1);
        let bin = |i: usize| (self.from + i as f64 * self.width, self.counts[i], self.counts[i] as f64 / total as f64);
        (first..last).map(bin).collect()
    }
}
