//! Gradients of the losses.
//!
//! ```text
//! ∂(−ELBO) / ∂W̄ = ([W Σ, 0] − E Z̄ᵀ) / σ²              ∂(−ELBO) / ∂log σ² = (d − R / σ²) / 2
//! ∂(−ELBO) / ∂V̄ = Tᵀ (T Z − Qᵀ Y) Fᵀ / σ²             ∂(−ELBO) / ∂s_a = M_aa D_a / σ² − 1
//! ```
//!
//! With E, Z̄, Σ and R of the posterior the first line is the gradient of −Ev, by Fisher's identity.

use crate::model::LinearGaussian;
use crate::moments::Moments;
use crate::point::Point;
use elbow_sdk::{Objective, Recognition, Result};
use faer::{Mat, MatRef, Scale};

/// Copies a matrix, column by column and scaled, to the front of `out`; gives the rest of it.
pub(crate) fn put<'a>(out: &'a mut [f64], matrix: MatRef<'_, f64>, scale: f64) -> &'a mut [f64] {
    let (front, rest) = out.split_at_mut(matrix.nrows() * matrix.ncols());
    let columns = front.chunks_exact_mut(matrix.nrows()).zip(matrix.col_iter());
    columns.for_each(|(out, column)| out.iter_mut().zip(column.iter()).for_each(|(out, x)| *out = scale * x));
    rest
}

impl LinearGaussian {
    /// Of the loss of an objective: what q its gradient is about.
    pub(crate) fn behind<'a>(&self, point: &'a mut Point, objective: Objective, q: Recognition) -> Result<&'a Moments> {
        self.moments(point, if objective == Objective::Evidence { Recognition::Exact } else { q })
    }

    /// By θ.
    pub(crate) fn by_theta(&self, point: &mut Point, objective: Objective, q: Recognition, out: &mut [f64]) -> Result<()> {
        let (variance, columns) = (point.variance, self.statistics.columns() as f64);
        let moments = self.behind(point, objective, q)?;
        put(out, moments.slope().as_ref(), 1.0 / variance).fill(0.5 * (columns - moments.distance()));
        Ok(())
    }

    /// Of −ELBO by φ.
    pub(crate) fn by_phi(&self, point: &Point, out: &mut [f64]) {
        let apart = point.root.root.transpose() * (self.apart(point) * Scale(1.0 / point.sigma));
        let slope = apart * self.statistics.factor().transpose();
        let rest = put(out, slope.as_ref(), 1.0 / point.sigma);
        rest.iter_mut().zip(point.by_log_sigma()).for_each(|(out, slope)| *out = slope);
    }
}

impl Moments {
    /// σ² times the gradient by W̄, d × (k + 1).
    pub(crate) fn slope(&self) -> Mat<f64> {
        let mut slope = &self.residual * self.hidden.transpose() * Scale(-1.0);
        let mut of_loading = slope.as_mut().subcols_mut(0, self.spread.ncols());
        of_loading += &self.spread;
        slope
    }
}

impl Point {
    /// ∂(−ELBO) / ∂s, the same for every datum.
    pub(crate) fn by_log_sigma(&self) -> impl Iterator<Item = f64> {
        self.excess().map(f64::exp_m1)
    }

    /// ∂(−ELBO of x) / ∂z at the mean of q is this times x̄: Tᵀ (T V̄ − Qᵀ [I, −μ]) / σ², k × (d + 1).
    pub(crate) fn by_hidden(&self) -> Mat<f64> {
        let (range, root) = (self.root.range.transpose(), &self.root.root);
        let offset = -(range * self.decoder.as_ref().subcols(self.encoder.nrows(), 1));
        let d = range.ncols();
        let projection = Mat::from_fn(range.nrows(), d + 1, |a, i| if i < d { range[(a, i)] } else { offset[(a, 0)] });
        let apart = (root * &self.encoder - projection) * Scale(1.0 / self.sigma);
        root.transpose() * apart * Scale(1.0 / self.sigma)
    }
}
