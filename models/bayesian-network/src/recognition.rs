//! The model's own table q_φ(h|v): for each visible state a row of n_H − 1 parameters.
//!
//! `−ELBO = Σ_v p*(v) Σ_h q (log q − log p_θ(v, h))`; with `ℓ_h = log q(h|v) − log p_θ(v, h)` its derivative by row v is
//! `p*(v) (ℓ_k − ℓ_K)` in the chart of means and `p*(v) q_k (ℓ_k − Σ q ℓ)` in that of logits. By θ it is
//! `−score(Σ_v p* E_q counts)`.

use crate::enumerate::{Given, Sums};
use crate::pass::{Chunk, Context};
use crate::rows::expectation;
use elbow_geometry::categorical::{self, Chart};
use elbow_geometry::decomposition::divergence_term;

/// What a pass with q leaves behind, for a part of the visible states.
#[derive(Default)]
pub(crate) struct Learned {
    /// `Σ_v p*(v) E_q counts`.
    pub counts: Vec<f64>,
    /// `Σ_v p*(v) E_q log q`.
    pub log_q: f64,
    /// Derivative of −ELBO by φ, or F(φ)⁺ times it.
    pub gradient: Vec<f64>,
    /// How many rows of φ have data.
    pub rows: usize,
    /// `Σ_v p*(v) KL(q ‖ p_θ(·|v))`.
    pub gap: f64,
    /// q, log q and log p_θ(v, ·) of one visible state.
    q: Vec<f64>,
    log_q_row: Vec<f64>,
    log_p_row: Vec<f64>,
}

impl Learned {
    /// Room for rows; none is taken before it is needed.
    fn reserve(&mut self, families: usize, hidden: usize) {
        self.counts.resize(families, 0.0);
        [&mut self.q, &mut self.log_q_row, &mut self.log_p_row].into_iter().for_each(|row| row.resize(hidden, 0.0));
    }

    /// Reads a row of φ.
    fn read(&mut self, chart: Chart, row: &[f64]) {
        categorical::probabilities(chart, row, &mut self.q);
        categorical::log_probabilities(chart, row, &mut self.log_q_row);
    }

    /// The derivative by one row in a chart, without the factor p*(v); the row of log p gives way to ℓ.
    fn derivative(&mut self, chart: Chart, k: usize) -> &mut [f64] {
        let (free, excess) = (self.q.len() - 1, &mut self.log_p_row);
        excess.iter_mut().zip(&self.log_q_row).for_each(|(x, log_q)| *x = log_q - *x);
        let out = &mut self.gradient[k * free..][..free];
        categorical::expectation_gradient(chart, &self.q, excess, out);
        out
    }

    /// KL of the row of q to the posterior, from log p_θ(v, ·), which gives way to log p_θ(·|v).
    fn divergence(&mut self) -> f64 {
        categorical::normalise(&mut self.log_p_row);
        self.q.iter().zip(&self.log_p_row).map(|(q, log)| divergence_term(*q, log.exp(), *log)).sum()
    }
}

impl Chunk {
    /// Counts under q and E_q log q.
    pub fn learned_counts(&mut self, on: Context<'_>, phi: &[f64]) {
        let hidden = on.network.hidden_states;
        self.learned.reserve(on.network.families, hidden);
        self.learned.counts.fill(0.0);
        self.learned.log_q = 0.0;
        self.at.start(on.plan, self.states.start);
        for v in self.states.clone() {
            let target = on.target.mass(on.plan, v, &mut self.at);
            if target != 0.0 {
                let learned = &mut self.learned;
                learned.read(on.tables.chart, &phi[v * (hidden - 1)..][..hidden - 1]);
                learned.log_q += target * expectation(&learned.q, &learned.log_q_row);
                on.plan.search(&mut self.at, &[], 1.0, &mut learned.counts, &mut Given(learned.q.iter(), target));
            }
            self.at.advance(on.plan);
        }
    }

    /// The derivative by φ, or its natural gradient; zero where p*(v) = 0.
    pub fn learned_gradient(&mut self, on: Context<'_>, phi: &[f64], logarithms: &[f64], natural: bool) {
        let (hidden, chart) = (on.network.hidden_states, on.tables.chart);
        let chart = if natural { chart.dual() } else { chart };
        self.learned.reserve(on.network.families, hidden);
        self.learned.gradient.resize(self.states.len() * (hidden - 1), 0.0);
        self.learned.gradient.fill(0.0);
        self.learned.rows = 0;
        self.at.start(on.plan, self.states.start);
        for (k, v) in self.states.clone().enumerate() {
            let target = on.target.mass(on.plan, v, &mut self.at);
            if target != 0.0 {
                let learned = &mut self.learned;
                learned.read(on.tables.chart, &phi[v * (hidden - 1)..][..hidden - 1]);
                on.plan.search(&mut self.at, logarithms, 0.0, &mut [], &mut Sums(learned.log_p_row.iter_mut()));
                let factor = if natural { 1.0 } else { target };
                learned.derivative(chart, k).iter_mut().for_each(|x| *x *= factor);
                learned.rows += 1;
            }
            self.at.advance(on.plan);
        }
    }

    /// The gap of a q that is not the posterior: that of φ, or else of the target.
    pub fn sum_gap(&mut self, on: Context<'_>, phi: Option<&[f64]>, logarithms: &[f64]) {
        let hidden = on.network.hidden_states;
        self.learned.reserve(on.network.families, hidden);
        self.learned.gap = 0.0;
        self.at.start(on.plan, self.states.start);
        for v in self.states.clone() {
            let target = on.target.mass(on.plan, v, &mut self.at);
            if target != 0.0 {
                let learned = &mut self.learned;
                match phi {
                    Some(phi) => learned.read(on.tables.chart, &phi[v * (hidden - 1)..][..hidden - 1]),
                    None => on.target.conditional(on.plan, v, &mut self.at, target, &mut learned.q),
                }
                on.plan.search(&mut self.at, logarithms, 0.0, &mut [], &mut Sums(learned.log_p_row.iter_mut()));
                learned.gap += target * learned.divergence();
            }
            self.at.advance(on.plan);
        }
    }
}
