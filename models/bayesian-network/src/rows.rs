//! Rows of tables in one chart: probabilities from parameters, scores from counts.
//!
//! `∂/∂θ Σ_f c[f] log η_f` is, for each row, `c_k / η_k − c_K / η_K` in the chart of means and `c_k − η_k Σ c` in that of
//! logits; it turns expected counts into gradients. `0 / 0 = 0`: on the boundary a family that never occurs adds nothing.

use crate::network::{Network, Row};
use crate::number::{Number, Wide};
use elbow_geometry::categorical::{self, Chart};
use std::ops::Range;

/// Products of one entry from each node are at least 2⁻⁹⁶⁰ where f64 is enough: neither they nor what is divided by them leave its
/// range.
const LARGEST: f64 = f64::from_bits((1023 + 960) << 52);

/// The tables η at one point.
pub(crate) struct Tables {
    pub chart: Chart,
    pub entries: Vec<f64>,
    /// log η; only in the chart of logits.
    logarithms: Vec<f64>,
    /// 1 / η, and 0 where η = 0; only in the chart of means.
    inverse: Vec<f64>,
    /// Whether the chart is that of means and all nodes are binary.
    binary: bool,
    /// The families of each node.
    nodes: Vec<Range<usize>>,
    /// With no 1 / η above this, a product of one from each node is not above [`LARGEST`].
    safe: f64,
    /// η where products of entries may leave the range of f64, else empty.
    pub wide: Vec<Wide>,
}

impl Tables {
    pub fn new(network: &Network, chart: Chart) -> Self {
        let zeros = || vec![0.0; network.families];
        let binary = chart == Chart::Mean && network.is_binary();
        let nodes: Vec<_> = (0..network.nodes.len()).map(|i| network.node_families(i)).collect();
        let safe = (LARGEST.ln() / nodes.len() as f64).exp();
        Self { chart, entries: zeros(), logarithms: zeros(), inverse: zeros(), binary, nodes, safe, wide: Vec::new() }
    }

    /// Takes the parameters.
    pub fn fill(&mut self, network: &Network, theta: &[f64]) {
        self.wide.clear();
        let extreme = match self.chart {
            Chart::Mean => self.fill_means(network, theta),
            Chart::Logit => self.fill_logits(network, theta),
        };
        if extreme {
            self.widen();
        }
    }

    /// Entries from means; whether products of them may be below 1 / [`LARGEST`]. Zeros are exact and do not count.
    fn fill_means(&mut self, network: &Network, theta: &[f64]) -> bool {
        if self.binary {
            self.entries.chunks_exact_mut(2).zip(theta).for_each(|(pair, x)| pair.copy_from_slice(&[*x, 1.0 - x]));
        } else {
            for row in &network.rows {
                categorical::probabilities(Chart::Mean, &theta[row.parameters()], &mut self.entries[row.families()]);
            }
        }
        let mut most = 0.0;
        for (y, &x) in self.inverse.iter_mut().zip(&self.entries) {
            let inverse = 1.0 / x;
            *y = if x == 0.0 { 0.0 } else { inverse };
            most = if y.abs() > most { y.abs() } else { most };
        }
        let of_node = |node: &Range<usize>| self.inverse[node.clone()].iter().fold(0.0_f64, |most, x| most.max(x.abs()));
        most > self.safe && self.nodes.iter().map(of_node).product::<f64>() > LARGEST
    }

    /// The same from logits, where no entry is 0, though it may round to it.
    fn fill_logits(&mut self, network: &Network, theta: &[f64]) -> bool {
        for row in &network.rows {
            categorical::log_probabilities(Chart::Logit, &theta[row.parameters()], &mut self.logarithms[row.families()]);
        }
        self.entries.iter_mut().zip(&self.logarithms).for_each(|(x, log)| *x = log.exp());
        let least = |node: &Range<usize>| self.logarithms[node.clone()].iter().fold(0.0_f64, |least, x| least.min(*x));
        self.nodes.iter().map(least).sum::<f64>() < -LARGEST.ln()
    }

    /// The same entries in wide numbers, which then take over.
    pub fn widen(&mut self) {
        match self.chart {
            Chart::Mean => self.wide.extend(self.entries.iter().map(|x| Wide::from(*x))),
            Chart::Logit => self.wide.extend(self.logarithms.iter().map(|x| Wide::exp(*x))),
        }
    }

    /// Whether products of entries may leave the range of f64.
    #[inline]
    pub fn extreme(&self) -> bool {
        !self.wide.is_empty()
    }

    /// `∂/∂θ Σ c log η` into `out`.
    #[inline]
    pub fn score(&self, network: &Network, counts: &[f64], out: &mut [f64]) {
        if let Some(inverse) = self.binary_inverse() {
            let pairs = counts.chunks_exact(2).zip(inverse.chunks_exact(2));
            return out.iter_mut().zip(pairs).for_each(|(x, (counts, inverse))| *x = pair_score(counts, inverse));
        }
        match self.chart {
            Chart::Mean if !self.extreme() => network.rows.iter().for_each(|row| self.row_score(row, counts, out)),
            _ => self.score_in(self.chart, network, counts, out),
        }
    }

    /// The same in a chart that may be the other one; an inverse may be infinite here, and is not used.
    pub fn score_in(&self, chart: Chart, network: &Network, counts: &[f64], out: &mut [f64]) {
        for row in &network.rows {
            let (entries, counts) = (&self.entries[row.families()], &counts[row.families()]);
            categorical::score(chart, entries, counts, &mut out[row.parameters()]);
        }
    }

    /// The same of counts beyond the range of f64; `room` is for a number of each family.
    pub fn wide_score(&self, network: &Network, counts: impl Fn(usize) -> Wide, room: &mut [f64], out: &mut [f64]) {
        match self.chart {
            Chart::Mean => {
                let ratio = |f: usize| {
                    if counts(f).value() == 0.0 && self.entries[f] == 0.0 { 0.0 } else { (counts(f) / self.wide[f]).value() }
                };
                room.iter_mut().enumerate().for_each(|(f, x)| *x = ratio(f));
                differences(network, room, out);
            }
            Chart::Logit => {
                room.iter_mut().enumerate().for_each(|(f, x)| *x = counts(f).value());
                self.score_in(Chart::Logit, network, room, out);
            }
        }
    }

    /// 1 / η in the chart of means if all nodes are binary: one parameter for each pair of families.
    #[inline]
    pub fn binary_inverse(&self) -> Option<&[f64]> {
        (self.binary && !self.extreme()).then_some(&self.inverse)
    }

    /// One row in the chart of means.
    fn row_score(&self, row: &Row, counts: &[f64], out: &mut [f64]) {
        let (counts, inverse) = (&counts[row.families()], &self.inverse[row.families()]);
        let end = counts[row.states - 1] * inverse[row.states - 1];
        let each = counts.iter().zip(inverse);
        out[row.parameters()].iter_mut().zip(each).for_each(|(x, (c, y))| *x = c * y - end);
    }

    /// `log η` into `out`, exact to rounding also where η itself underflows.
    pub fn logarithms(&self, out: &mut [f64]) {
        match self.chart {
            Chart::Mean => out.iter_mut().zip(&self.entries).for_each(|(y, x)| *y = x.ln()),
            Chart::Logit => out.copy_from_slice(&self.logarithms),
        }
    }
}

/// `x_k − x_K` of each row.
fn differences(network: &Network, x: &[f64], out: &mut [f64]) {
    for row in &network.rows {
        let x = &x[row.families()];
        out[row.parameters()].iter_mut().zip(x).for_each(|(out, x_k)| *out = x_k - x[row.states - 1]);
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
