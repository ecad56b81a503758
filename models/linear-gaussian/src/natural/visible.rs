//! The natural gradient under the visible metric, in the singular basis of W.
//!
//! ```text
//! W = P Λ Zᵀ      h² = λ² + σ²      ∇_W = (P a + b) Zᵀ / σ²,  Pᵀ b = 0      G_V⁺∇ = (P A + B) Zᵀ,  u,  l
//! B_b  = b_b h_b² / λ_b²                      l = (d − R / σ² − Σ a_aa / λ_a) / (d − n)        u = C ∇_μ
//! A_ab = λ_b [(λ_b α_ab + λ_a α_ba) / (λ_a² + λ_b²)² − δ_ab l σ² / 2 λ_a²]                     α_ab = h_a² h_b² a_ab / σ²
//! ```
//!
//! for the n directions with λ > 0; l = 0 where σ² is fixed. What rotates z, X = W Ω with Ω = −Ωᵀ, has no length and no part in it. With
//! the posterior for q, X = Pᵀ Y, X_⊥ = Y − P X and v = ‖X_⊥‖² / (d − n), the best σ² (or σ², where that is fixed), this is
//!
//! ```text
//! B = −X_⊥ Xᵀ Λ⁻¹      l = 1 − v / σ²      u = μ − m      A_ab = λ_b [δ_ab (λ_a² + v) − (X Xᵀ)_ab] / (λ_a² + λ_b²)
//! ```
//!
//! the tangent of the model nearest to C − S: where P are principal axes a step of length 1 is one of Heron's for λ² = ς² − v.

use crate::gradient::put;
use crate::model::LinearGaussian;
use crate::moments::squares;
use crate::point::Point;
use elbow_sdk::{Code, Error, Objective, Recognition, Result};
use faer::{Mat, MatRef};

/// P, Λ, Z and the data seen from there.
struct Basis {
    /// λ > 0.
    values: Vec<f64>,
    left: Mat<f64>,
    right: Mat<f64>,
    /// X, n × r.
    along: Mat<f64>,
    /// X_⊥, d × r.
    across: Mat<f64>,
}

/// A, B, u and l.
struct Direction {
    along: Mat<f64>,
    across: Mat<f64>,
    mean: Mat<f64>,
    noise: f64,
}

impl Basis {
    fn new(point: &Point) -> Result<Self> {
        let failed = |_| Error::new(Code::Numeric, "W has no singular values: it is not finite");
        let svd = point.loading().thin_svd().map_err(failed)?;
        let (values, d) = (svd.S().column_vector(), point.loading().nrows());
        let n = values.iter().filter(|x| **x > d as f64 * f64::EPSILON * values[0]).count();
        let (left, right) = (svd.U().subcols(0, n).to_owned(), svd.V().subcols(0, n).to_owned());
        let along = left.transpose() * &point.centred;
        let across = &point.centred - &left * &along;
        Ok(Self { values: values.iter().take(n).copied().collect(), left, right, along, across })
    }

    /// d − n.
    fn others(&self) -> f64 {
        (self.left.nrows() - self.values.len()) as f64
    }

    /// With the posterior for q.
    fn exact(&self, variance: f64, learned_noise: bool) -> Direction {
        let (values, n) = (&self.values, self.values.len());
        let ratio = if learned_noise { squares(self.across.as_ref(), variance.sqrt()) / self.others() } else { 1.0 };
        let best = ratio * variance;
        let second = &self.along * self.along.transpose();
        let apart = |a: usize, b: usize| if a == b { values[a].powi(2) + best - second[(a, a)] } else { -second[(a, b)] };
        let share = |a: usize, b: usize| values[b] / (values[a].powi(2) + values[b].powi(2));
        let across = &self.across * self.along.transpose();
        Direction {
            along: Mat::from_fn(n, n, |a, b| apart(a, b) * share(a, b)),
            across: Mat::from_fn(across.nrows(), n, |i, b| -across[(i, b)] / values[b]),
            mean: -(&self.left * last(&self.along) + last(&self.across)),
            noise: 1.0 - ratio,
        }
    }

    /// With the learned q, whose z are in `hidden`, variances in `widths` and R / σ² in `distance`.
    fn learned(&self, hidden: MatRef<'_, f64>, widths: &[f64], variance: f64, distance: Option<f64>) -> Direction {
        let (values, n, d) = (&self.values, self.values.len(), self.left.nrows());
        let (z, spread) = (self.right.transpose() * hidden, Mat::from_fn(widths.len(), n, |c, b| widths[c] * self.right[(c, b)]));
        let spread = self.right.transpose() * spread;
        let residual = Mat::from_fn(n, z.ncols(), |a, r| self.along[(a, r)] - values[a] * z[(a, r)]);
        let of_data = &residual * z.transpose();
        let slope = |a: usize, b: usize| values[a] * spread[(a, b)] - of_data[(a, b)];
        let square = |a: usize| values[a].powi(2) + variance;
        let trace = |distance| d as f64 - distance - (0..n).map(|a| slope(a, a) / values[a]).sum::<f64>();
        let noise = distance.map_or(0.0, |distance| trace(distance) / self.others());
        let entry = |a: usize, b: usize| {
            let lengths = values[a].powi(2) + values[b].powi(2);
            let both =
                (values[b] * slope(a, b) + values[a] * slope(b, a)) * (square(a) / lengths) * (square(b) / lengths) / variance;
            values[b] * both - if a == b { 0.5 * noise * variance / values[a] } else { 0.0 }
        };
        let across = &self.across * z.transpose();
        let mean = Mat::from_fn(n, 1, |a, _| residual[(a, z.ncols() - 1)] * square(a) / variance);
        Direction {
            along: Mat::from_fn(n, n, entry),
            across: Mat::from_fn(d, n, |i, b| -across[(i, b)] * square(b) / values[b].powi(2)),
            mean: -(&self.left * mean + last(&self.across)),
            noise,
        }
    }
}

/// The last column, that of the mean of the data.
fn last(matrix: &Mat<f64>) -> MatRef<'_, f64> {
    matrix.as_ref().subcols(matrix.ncols() - 1, 1)
}

impl LinearGaussian {
    pub(super) fn natural_visible(
        &self,
        point: &mut Point,
        objective: Objective,
        q: Recognition,
        out: &mut [f64],
    ) -> Result<usize> {
        let (basis, learned_noise, variance) = (Basis::new(point)?, self.fixed.is_none(), point.variance);
        let direction = if objective == Objective::Evidence || q == Recognition::Exact {
            basis.exact(variance, learned_noise)
        } else {
            let widths: Vec<f64> = point.diagonal().collect();
            let moments = self.moments(point, q)?;
            let distance = learned_noise.then(|| moments.distance());
            basis.learned(moments.hidden.as_ref().subrows(0, self.latent), &widths, variance, distance)
        };
        let loading = (&basis.left * &direction.along + &direction.across) * basis.right.transpose();
        let rest = put(out, loading.as_ref(), 1.0);
        put(rest, direction.mean.as_ref(), 1.0).fill(direction.noise);
        let (n, d) = (basis.values.len(), self.statistics.columns());
        Ok(n * d - n * n.saturating_sub(1) / 2 + d + usize::from(learned_noise))
    }
}
