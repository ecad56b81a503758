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
use elbow_geometry::categorical::{self, Chart};
use elbow_sdk::{Recognition, Result};

impl Simplex {
    /// `−E_Q[s]` with `Q = p* q`; q is the posterior for the evidence.
    pub(crate) fn generative_gradient(&self, at: &mut Evaluator, q: Recognition, out: &mut [f64]) -> Result<()> {
        self.extended_target(at, q)?;
        categorical::score(self.chart, &at.point.p, &at.joint, out);
        out.iter_mut().for_each(|x| *x = -*x);
        Ok(())
    }

    /// `Q = p* q`, in the room for a value of each joint state.
    pub(crate) fn extended_target(&self, at: &mut Evaluator, q: Recognition) -> Result<()> {
        let q = self.q(&at.point, q)?;
        let rows = at.joint.chunks_exact_mut(self.hidden).zip(q.chunks_exact(self.hidden));
        for ((joint, q), &target) in rows.zip(&self.target.visible) {
            joint.iter_mut().zip(q).for_each(|(x, q)| *x = target * q);
        }
        Ok(())
    }

    /// `∇_φ (−ELBO)`, a row for each visible state.
    pub(crate) fn elbo_by_recognition(&self, at: &mut Evaluator, out: &mut [f64]) -> Result<()> {
        self.recognition_rows(at, self.chart, out)?;
        let rows = out.chunks_exact_mut(self.hidden - 1).zip(&self.target.visible);
        rows.for_each(|(row, target)| row.iter_mut().for_each(|x| *x *= target));
        Ok(())
    }

    /// `∂/∂row Σ_h q (log q − log p)` in a chart of the rows, zero where p*(v) = 0.
    pub(crate) fn recognition_rows(&self, at: &mut Evaluator, chart: Chart, out: &mut [f64]) -> Result<()> {
        self.need_learned()?;
        let (point, excess) = (&at.point, &mut at.joint[..self.hidden]);
        for (v, out) in out.chunks_exact_mut(self.hidden - 1).enumerate() {
            let each = excess.iter_mut().zip(point.log_learned[self.row(v)].iter().zip(&point.log_p[self.row(v)]));
            each.for_each(|(x, (log_q, log_p))| *x = log_q - log_p);
            match self.target.visible[v] {
                0.0 => out.fill(0.0),
                _ => categorical::expectation_gradient(chart, &point.learned[self.row(v)], excess, out),
            }
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
