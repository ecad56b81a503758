//! Expectations over the data and over q(z|x) = N(K x̄, Σ), from which losses, gradients and metrics follow.
//!
//! ```text
//! Z̄ = [K; (0, …, 0, 1)] F           the means of z̄ for the columns x̄ of F, which stand for the data
//! E = [I, 0] F − W̄ Z̄                what they leave of x
//! A = E[z̄ z̄ᵀ] = Z̄ Z̄ᵀ + diag(Σ, 0)
//! R = E‖x − W̄ z̄‖² = ‖E‖² + tr(W Σ Wᵀ)
//! ```
//!
//! Under the posterior Z = T⁻¹ Qᵀ Y and E = Y − Q Qᵀ Y. All sums are of squares: nothing cancels but in E.

use crate::model::LinearGaussian;
use crate::point::Point;
use crate::statistics::Statistics;
use elbow_sdk::{Error, Recognition, Result};
use faer::{Mat, MatRef};

/// What follows from a q.
pub(crate) struct Moments {
    /// Z̄, (k + 1) × r.
    pub hidden: Mat<f64>,
    /// E, d × r.
    pub residual: Mat<f64>,
    /// W Σ, d × k.
    pub spread: Mat<f64>,
    /// A, (k + 1) × (k + 1).
    pub second: Mat<f64>,
    /// ‖E / σ‖².
    pub unexplained: f64,
    /// tr(W Σ Wᵀ) / σ².
    pub noise: f64,
}

/// ⟨X, Y⟩ = Σ X_ij Y_ij.
pub(crate) fn inner(x: MatRef<'_, f64>, y: MatRef<'_, f64>) -> f64 {
    let column = |j: usize| x.col(j).iter().zip(y.col(j).iter()).map(|(x, y)| x * y).sum::<f64>();
    (0..x.ncols()).map(column).sum()
}

/// Σ (X_ij / σ)² of columns that are contiguous, also where squares are no numbers.
pub(crate) fn squares(x: MatRef<'_, f64>, sigma: f64) -> f64 {
    (x.norm_l2() / sigma).powi(2)
}

/// A for Z̄ and Σ.
fn second(hidden: &Mat<f64>, covariance: impl Fn(usize, usize) -> f64) -> Mat<f64> {
    let (k, product) = (hidden.nrows() - 1, hidden * hidden.transpose());
    let spread = |a, b| if a < k && b < k { covariance(a, b) } else { 0.0 };
    // Symmetric to the last digit, whatever the order of summation.
    Mat::from_fn(k + 1, k + 1, |a, b| product[(a.max(b), a.min(b))] + spread(a.max(b), a.min(b)))
}

/// Z̄ from Z.
fn extended(z: &Mat<f64>, statistics: &Statistics) -> Mat<f64> {
    let (k, factor) = (z.nrows(), statistics.factor());
    Mat::from_fn(k + 1, z.ncols(), |a, r| if a < k { z[(a, r)] } else { factor[(statistics.columns(), r)] })
}

impl Moments {
    /// R / σ².
    pub fn distance(&self) -> f64 {
        self.unexplained + self.noise
    }

    fn learned(statistics: &Statistics, point: &Point) -> Self {
        let (d, z): (Vec<f64>, _) = (point.diagonal().collect(), &point.encoder * statistics.factor());
        let loading = point.loading();
        let residual = &point.centred - loading * &z;
        let spread = Mat::from_fn(loading.nrows(), loading.ncols(), |i, a| loading[(i, a)] * d[a]);
        let noise: f64 = d.iter().enumerate().map(|(a, d)| squares(loading.subcols(a, 1), point.sigma) * d).sum();
        let hidden = extended(&z, statistics);
        let second = second(&hidden, |a, b| if a == b { d[a] } else { 0.0 });
        Self { unexplained: squares(residual.as_ref(), point.sigma), hidden, residual, spread, second, noise }
    }

    fn exact(statistics: &Statistics, point: &Point) -> Self {
        let root = &point.root;
        let covariance = &root.spread * root.spread.transpose();
        let residual = &point.centred - &root.range * &point.along;
        let hidden = extended(&root.solve(point.along.clone()), statistics);
        let second = second(&hidden, |a, b| covariance[(a, b)]);
        let noise = squares(root.range.as_ref(), 1.0);
        let spread = (&root.range * root.spread.transpose()) * faer::Scale(point.sigma);
        Self { unexplained: squares(residual.as_ref(), point.sigma), hidden, residual, spread, second, noise }
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
