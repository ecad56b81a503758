//! The five quantities. Divergences are sums of terms that are not negative.
//!
//! With q fixed and `ĉ` the rows of its counts C* made distributions, `D_J = KL(Q ‖ M) + Σ_rows C*_row KL(ĉ_row ‖ η_row)`, where M is
//! the network with the tables ĉ, the projection of Q: the first part does not depend on θ, the second needs no enumeration. The
//! gap is the difference of D_J and D_V, for a learned q of Ev and ELBO, unless that cancels; then `Σ_v p*(v) KL(q ‖ p_θ(·|v))` is
//! summed, state by state.

use crate::evaluator::Evaluator;
use crate::model::BayesianNetwork;
use crate::pass::{Context, SUMS, UNKNOWN};
use crate::rows::expectation;
use elbow_geometry::decomposition::{Decomposition, divergence_term};
use elbow_sdk::{Recognition, Result};

/// A difference of at least this share of what it is taken from has lost no more than three digits.
const SHARE: f64 = 1e-3;

impl Evaluator {
    /// `E log p_θ(v)`.
    pub(crate) fn log_evidence(&mut self, model: &BayesianNetwork) -> f64 {
        self.require(model, SUMS);
        self.sums.log_evidence
    }

    /// `(E log p_θ(v, h), E log q(h|v))` under p* and a q that is not the posterior.
    pub(crate) fn expectations(&mut self, model: &BayesianNetwork, q: Recognition) -> Result<(f64, f64)> {
        self.require_logarithms();
        self.require_counts(model, q)?;
        let log_q = if q == Recognition::Fixed { model.target.log_q } else { self.learned.1 };
        Ok((expectation(self.counts(model, q), &self.logarithms), log_q))
    }

    /// The quantities; those of the joint table are NaN where it, or q, is no distribution.
    pub(crate) fn decomposition(&mut self, model: &BayesianNetwork, q: Recognition) -> Result<Decomposition> {
        model.has(q)?;
        self.require(model, SUMS);
        let mut all = self.sums;
        all.kl_visible += self.unknown_to_the_target(model);
        (all.elbo, all.gap, all.kl_joint) = if model.outside(&self.theta, &self.phi, q).is_some() {
            (f64::NAN, f64::NAN, f64::NAN)
        } else if q == Recognition::Exact {
            (all.log_evidence, 0.0, all.kl_visible)
        } else {
            let expectations = self.expectations(model, q)?;
            all.elbo = expectations.0 - expectations.1;
            let (gap, kl_joint) = self.joint_divergences(model, q, &all, expectations);
            (all.elbo, gap, kl_joint)
        };
        Ok(all)
    }

    /// `Σ p(v)` where p*(v) = 0, which belongs to D_V; from what is left of 1 if that is not small.
    fn unknown_to_the_target(&mut self, model: &BayesianNetwork) -> f64 {
        let rest = if model.target.knows_all { 0.0 } else { 1.0 - self.known };
        if model.target.knows_all || rest > SHARE {
            return rest;
        }
        self.require(model, UNKNOWN);
        self.unknown
    }

    /// The gap and D_J, each as a difference where that does not cancel.
    fn joint_divergences(
        &mut self,
        model: &BayesianNetwork,
        q: Recognition,
        all: &Decomposition,
        (log_p, log_q): (f64, f64),
    ) -> (f64, f64) {
        if q == Recognition::Fixed {
            let joint = model.target.excess + self.divergence_of_rows(model);
            let gap = joint - all.kl_visible;
            return (if gap < SHARE * joint { self.gap(model, q) } else { gap }, joint);
        }
        let (gap, size) = (all.log_evidence - all.elbo, all.log_evidence.abs() + log_p.abs() + log_q.abs());
        let gap = if gap < SHARE * size { self.gap(model, q) } else { gap };
        (gap, all.kl_visible + gap)
    }

    /// `Σ_rows C*_row KL(ĉ_row ‖ η_row)`.
    fn divergence_of_rows(&self, model: &BayesianNetwork) -> f64 {
        let counts = &model.target.counts;
        let of_row = |row: &crate::network::Row| {
            let total: f64 = counts[row.families()].iter().sum();
            let term = |f: usize| divergence_term(counts[f], total * self.tables.entries[f], total.ln() + self.logarithms[f]);
            row.families().map(term).sum::<f64>()
        };
        model.network.rows.iter().map(of_row).sum()
    }

    /// `Σ_v p*(v) KL(q ‖ p_θ(·|v))` of a q that is not the posterior.
    fn gap(&mut self, model: &BayesianNetwork, q: Recognition) -> f64 {
        let on = Context { network: &model.network, plan: &model.plan, target: &model.target, tables: &self.tables };
        let phi = (q == Recognition::Learned).then_some(&self.phi[..]);
        let logarithms = &self.logarithms;
        model.host.for_each(&mut self.chunks, |_, chunk| chunk.sum_gap(on, phi, logarithms));
        self.chunks.iter().map(|chunk| chunk.learned.gap).sum()
    }
}
