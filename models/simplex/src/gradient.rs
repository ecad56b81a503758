//! Gradients of the losses, all through the score `s(v, h) = ∇_θ log p(v, h)`.
//!
//! ```text
//! ∇_θ (−Ev)   = −Σ_v p*(v) Σ_h p(h|v) s(v, h)          ∇_θ (−ELBO) = −Σ_v p*(v) Σ_h q(h|v) s(v, h)
//! ∇_φ (−ELBO) = Σ_v p*(v) Σ_h q_φ(h|v) [log q_φ(h|v) − log p(v, h)] ∇_φ log q_φ(h|v)
//! ```
//!
//! With q the posterior, held while the derivative is taken, the second is the first: the envelope property.
//!
//! # References
//! - Ay, van Oostrum, Datar, *On the Natural Gradient of the Evidence Lower Bound*, JMLR 2025.

use crate::Simplex;
use crate::table::Evaluator;
use elbow_geometry::categorical;
use elbow_geometry::decomposition::xlogx;
use elbow_sdk::{Objective, Recognition, Result};

impl Simplex {
    /// `−E_Q[s]` with `Q = p* q`; q is the posterior for the evidence.
    pub(crate) fn generative_gradient(
        &self,
        at: &mut Evaluator,
        objective: Objective,
        recognition: Recognition,
        out: &mut [f64],
    ) -> Result<()> {
        let q = match objective {
            Objective::Evidence => &at.point.posterior,
            Objective::Elbo => self.q(&at.point, recognition)?,
        };
        let rows = at.joint.chunks_exact_mut(self.hidden).zip(q.chunks_exact(self.hidden));
        for ((counts, q), &target) in rows.zip(&self.target.visible) {
            counts.iter_mut().zip(q).for_each(|(c, q)| *c = -target * q);
        }
        categorical::score(self.chart, &at.point.p, &at.joint, out);
        Ok(())
    }

    /// `∇_φ (−ELBO)`, a row for each visible state.
    pub(crate) fn elbo_by_recognition(&self, at: &mut Evaluator, out: &mut [f64]) -> Result<()> {
        self.need_learned()?;
        let (point, counts) = (&at.point, &mut at.joint[..self.hidden]);
        for (v, out) in out.chunks_exact_mut(self.hidden - 1).enumerate() {
            let row = v * self.hidden..(v + 1) * self.hidden;
            let (target, q) = (self.target.visible[v], &point.learned[row.clone()]);
            let each = counts.iter_mut().zip(q.iter().zip(&point.log_p[row]));
            each.for_each(|(c, (&q, log_p))| *c = if target * q == 0.0 { 0.0 } else { target * (xlogx(q) - q * log_p) });
            categorical::score(self.chart, q, counts, out);
        }
        Ok(())
    }

    /// s(v, h), a row for each joint state.
    pub(crate) fn score_table(&self, at: &mut Evaluator, out: &mut [f64]) {
        at.joint.fill(0.0);
        for (state, row) in out.chunks_exact_mut(self.states() - 1).enumerate() {
            at.joint[state] = 1.0;
            categorical::score(self.chart, &at.point.p, &at.joint, row);
            at.joint[state] = 0.0;
        }
    }
}
