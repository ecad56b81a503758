//! Rows of tables in one chart: probabilities from parameters, scores from counts.
//!
//! `∂/∂θ Σ_f c[f] log η_f` is, for each row, `c_k / η_k − c_K / η_K` in the chart of means and `c_k − η_k Σ c` in that of
//! logits; it turns expected counts into gradients. `0 / 0 = 0`: on the boundary a family that never occurs adds nothing.

use crate::network::{Network, Row};
use elbow_geometry::categorical::{self, Chart};

/// The tables η at one point.
pub(crate) struct Tables {
    pub chart: Chart,
    pub entries: Vec<f64>,
    /// 1 / η, and 0 where η = 0; only in the chart of means.
    inverse: Vec<f64>,
    /// Whether the chart is that of means and all nodes are binary.
    binary: bool,
}

impl Tables {
    pub fn new(network: &Network, chart: Chart) -> Self {
        let zeros = || vec![0.0; network.families];
        let binary = chart == Chart::Mean && network.nodes.iter().all(|node| node.states == 2);
        Self { chart, entries: zeros(), inverse: zeros(), binary }
    }

    /// Takes the parameters.
    pub fn fill(&mut self, network: &Network, theta: &[f64]) {
        for row in &network.rows {
            categorical::probabilities(self.chart, &theta[row.parameters()], &mut self.entries[row.families()]);
        }
        if self.chart == Chart::Mean {
            self.inverse.iter_mut().zip(&self.entries).for_each(|(y, &x)| *y = if x == 0.0 { 0.0 } else { 1.0 / x });
        }
    }

    /// `∂/∂θ Σ c log η` into `out`.
    #[inline]
    pub fn score(&self, network: &Network, counts: &[f64], out: &mut [f64]) {
        if let Some(inverse) = self.binary_inverse() {
            let pairs = counts.chunks_exact(2).zip(inverse.chunks_exact(2));
            return out.iter_mut().zip(pairs).for_each(|(x, (counts, inverse))| *x = pair_score(counts, inverse));
        }
        match self.chart {
            Chart::Mean => network.rows.iter().for_each(|row| self.row_score(row, counts, out)),
            Chart::Logit => network.rows.iter().for_each(|row| {
                let (entries, counts) = (&self.entries[row.families()], &counts[row.families()]);
                categorical::score(self.chart, entries, counts, &mut out[row.parameters()]);
            }),
        }
    }

    /// 1 / η in the chart of means if all nodes are binary: one parameter for each pair of families.
    #[inline]
    pub fn binary_inverse(&self) -> Option<&[f64]> {
        self.binary.then_some(&self.inverse)
    }

    /// One row in the chart of means.
    fn row_score(&self, row: &Row, counts: &[f64], out: &mut [f64]) {
        let (counts, inverse) = (&counts[row.families()], &self.inverse[row.families()]);
        let end = counts[row.states - 1] * inverse[row.states - 1];
        let each = counts.iter().zip(inverse);
        out[row.parameters()].iter_mut().zip(each).for_each(|(x, (c, y))| *x = c * y - end);
    }

    /// `log η` into `out`, exact to rounding also where η itself underflows.
    pub fn logarithms(&self, network: &Network, theta: &[f64], out: &mut [f64]) {
        for row in &network.rows {
            categorical::log_probabilities(self.chart, &theta[row.parameters()], &mut out[row.families()]);
        }
    }
}

/// The score of a binary row in the chart of means: `c_1 / η_1 − c_2 / η_2`.
#[inline]
pub(crate) fn pair_score(counts: &[f64], inverse: &[f64]) -> f64 {
    counts[0] * inverse[0] - counts[1] * inverse[1]
}

/// `Σ x y` with `0 y = 0` for every y.
pub(crate) fn expectation(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| if *x == 0.0 { 0.0 } else { x * y }).sum()
}
