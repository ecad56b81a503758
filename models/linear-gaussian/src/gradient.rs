//! Gradients of the losses.
//!
//! ```text
//! ∂(−ELBO) / ∂W̄ = (W̄ A − B) / σ²                      ∂(−ELBO) / ∂log σ² = (d − R / σ²) / 2
//! ∂(−ELBO) / ∂V̄ = M (V̄ − P̄) E[x̄ x̄ᵀ] / σ²              ∂(−ELBO) / ∂s_a = M_aa D_a / σ² − 1
//! ```
//!
//! With A, B and R under the posterior the first line is the gradient of −Ev, by Fisher's identity.

use crate::model::LinearGaussian;
use crate::point::Point;
use elbow_sdk::{Objective, Recognition, Result};
use faer::MatRef;

/// Copies a matrix, column by column and scaled, to the front of `out`; gives the rest of it.
pub(crate) fn put<'a>(out: &'a mut [f64], matrix: MatRef<'_, f64>, scale: f64) -> &'a mut [f64] {
    let (front, rest) = out.split_at_mut(matrix.nrows() * matrix.ncols());
    let columns = front.chunks_exact_mut(matrix.nrows()).zip(matrix.col_iter());
    columns.for_each(|(out, column)| out.iter_mut().zip(column.iter()).for_each(|(out, x)| *out = scale * x));
    rest
}

impl LinearGaussian {
    /// By θ.
    pub(crate) fn by_theta(&self, point: &mut Point, objective: Objective, q: Recognition, out: &mut [f64]) -> Result<()> {
        let q = if objective == Objective::Evidence { Recognition::Exact } else { q };
        self.moments(point, q)?;
        let known = if q == Recognition::Exact { &point.exact } else { &point.learned };
        let Some(moments) = known else { return Ok(()) };
        let slope = &point.decoder * &moments.hidden - &moments.mixed;
        let by_variance = 0.5 * (self.statistics.columns() as f64 - moments.residual / point.variance);
        put(out, slope.as_ref(), 1.0 / point.variance).fill(by_variance);
        Ok(())
    }

    /// Of −ELBO by φ.
    pub(crate) fn by_phi(&self, point: &Point, out: &mut [f64]) {
        let apart = &point.encoder - &point.posterior;
        let slope = (&point.precision * apart) * self.statistics.second_moment();
        let rest = put(out, slope.as_ref(), 1.0 / point.variance);
        rest.iter_mut().zip(point.by_log_sigma()).for_each(|(out, slope)| *out = slope);
    }
}

impl Point {
    /// ∂(−ELBO) / ∂s, the same for every datum.
    pub(crate) fn by_log_sigma(&self) -> impl Iterator<Item = f64> {
        self.diagonal().enumerate().map(|(a, d)| self.precision[(a, a)] * d / self.variance - 1.0)
    }
}
