//! Expectations over the data and over q(z|x) = N(K x̄, Σ), from which losses, gradients and metrics follow.
//!
//! ```text
//! T = [K; (0, …, 0, 1)]            E[z̄|x] = T x̄
//! A = E[z̄ z̄ᵀ] = T E[x̄ x̄ᵀ] Tᵀ + diag(Σ, 0)          B = E[x z̄ᵀ] = (E[x̄ x̄ᵀ] Tᵀ)_{without the last row}
//! R = E‖x − W̄ z̄‖² = E‖x‖² − 2 tr(W̄ᵀ B) + tr(W̄ A W̄ᵀ)
//! ```

use crate::model::LinearGaussian;
use crate::point::Point;
use crate::statistics::Statistics;
use elbow_sdk::{Error, Recognition, Result};
use faer::{Mat, MatRef};

/// A, B and R.
pub(crate) struct Moments {
    /// A, (k + 1) × (k + 1).
    pub hidden: Mat<f64>,
    /// B, d × (k + 1).
    pub mixed: Mat<f64>,
    /// R.
    pub residual: f64,
}

/// ⟨X, Y⟩ = Σ X_ij Y_ij.
pub(crate) fn inner(x: MatRef<'_, f64>, y: MatRef<'_, f64>) -> f64 {
    let column = |j: usize| x.col(j).iter().zip(y.col(j).iter()).map(|(x, y)| x * y).sum::<f64>();
    (0..x.ncols()).map(column).sum()
}

/// A and B for q(z|x) = N(mean · x̄, covariance).
pub(crate) fn hidden(
    statistics: &Statistics,
    mean: MatRef<'_, f64>,
    covariance: impl Fn(usize, usize) -> f64,
) -> (Mat<f64>, Mat<f64>) {
    let (d, k) = (statistics.columns(), mean.nrows());
    let t = Mat::from_fn(k + 1, d + 1, |a, i| if a < k { mean[(a, i)] } else { f64::from(u8::from(i == d)) });
    let all = statistics.second_moment() * t.transpose();
    let product = &t * &all;
    let spread = |a, b| if a < k && b < k { covariance(a, b) } else { 0.0 };
    // Symmetric to the last digit, whatever the order of summation.
    let entry = |a: usize, b: usize| product[(a.max(b), a.min(b))] + spread(a, b);
    (Mat::from_fn(k + 1, k + 1, entry), all.as_ref().subrows(0, d).to_owned())
}

impl Moments {
    fn new(statistics: &Statistics, decoder: &Mat<f64>, hidden: Mat<f64>, mixed: Mat<f64>) -> Self {
        let explained = decoder * &hidden;
        let residual =
            statistics.square() - 2.0 * inner(decoder.as_ref(), mixed.as_ref()) + inner(decoder.as_ref(), explained.as_ref());
        Self { hidden, mixed, residual }
    }

    fn learned(statistics: &Statistics, point: &Point) -> Self {
        let d: Vec<f64> = point.diagonal().collect();
        let (a, b) = hidden(statistics, point.encoder.as_ref(), |a, b| if a == b { d[a] } else { 0.0 });
        Self::new(statistics, &point.decoder, a, b)
    }

    fn exact(statistics: &Statistics, point: &Point) -> Self {
        let inverse = &point.inverse;
        let (a, b) = hidden(statistics, point.posterior.as_ref(), |a, b| point.variance * inverse[(a.max(b), a.min(b))]);
        Self::new(statistics, &point.decoder, a, b)
    }
}

impl LinearGaussian {
    /// Under the q that a cell wants.
    pub(crate) fn moments<'a>(&self, point: &'a mut Point, q: Recognition) -> Result<&'a Moments> {
        let known = match q {
            Recognition::Learned => point.learned.take().unwrap_or_else(|| Moments::learned(&self.statistics, point)),
            Recognition::Exact => point.exact.take().unwrap_or_else(|| Moments::exact(&self.statistics, point)),
            Recognition::Fixed => return Err(no_fixed()),
        };
        let place = if q == Recognition::Exact { &mut point.exact } else { &mut point.learned };
        Ok(place.insert(known))
    }
}

/// The data are no pairs (x, z), so no q is given with them.
pub(crate) fn no_fixed() -> Error {
    Error::unsupported(
        "this model has no fixed recognition: its data do not tell the hidden variable; choose `exact` or `learned`",
    )
}
