//! Natural gradients in closed form, without a matrix over the parameters.
//!
//! ```text
//! joint        W̄: σ² ∇          log σ²: 1 − R / (d σ²)        F = I ⊗ I / σ² ⊕ d / 2
//! aggregate    W̄: σ² ∇ A⁻¹      log σ²: 1 − R / (d σ²)        F = A ⊗ I / σ² ⊕ d / 2
//! recognition  V̄: D ∂_z P       s: (M_aa D_a / σ² − 1) / 2    F = E[x̄ x̄ᵀ] ⊗ D⁻¹ ⊕ 2 I
//! ```
//!
//! where −∂_z x̄ is the slope of the ELBO at the mean of q and P the projection on the span of the x̄, without which F is singular. So
//! under `aggregate` a step of length 1 is the M-step of the EM algorithm in W and μ, and 1 − R / (d σ²) that in log σ² to first order.

mod visible;

use crate::factor::factor;
use crate::gradient::put;
use crate::model::LinearGaussian;
use crate::point::Point;
use elbow_sdk::{Error, Fisher, Objective, Recognition, Result};
use faer::{Mat, MatRef};

impl LinearGaussian {
    /// F⁺∇L, and the rank of F.
    pub(crate) fn natural(
        &self,
        point: &mut Point,
        kind: Fisher,
        objective: Objective,
        q: Recognition,
        out: &mut [f64],
    ) -> Result<usize> {
        let slope = match kind {
            Fisher::Recognition if objective == Objective::Evidence || q != Recognition::Learned => {
                return Err(Error::unsupported("φ has a gradient only where q is learned and the ELBO descended"));
            }
            Fisher::Recognition => return Ok(self.natural_recognition(point, out)),
            Fisher::Visible => return self.natural_visible(point, objective, q, out),
            Fisher::Joint => self.behind(point, objective, q)?.slope(),
            Fisher::Aggregate => {
                let slope = self.behind(point, objective, q)?.slope();
                let root = self.root_of_second_moment(point)?;
                divided(slope.as_ref(), &root)
            }
        };
        let noise = 1.0 - self.behind(point, objective, q)?.distance() / self.statistics.columns() as f64;
        put(out, slope.as_ref(), 1.0).fill(noise);
        Ok(out.len())
    }

    /// U with A = Uᵀ U, upper triangular, of the learned q.
    fn root_of_second_moment(&self, point: &mut Point) -> Result<Mat<f64>> {
        let (k, widths) = (self.latent, point.log_sigma.iter().map(|s| s.exp()).collect::<Vec<_>>());
        let hidden = &self.moments(point, Recognition::Learned)?.hidden;
        let spread = |r: usize, a: usize| if r == a { widths[a] } else { 0.0 };
        let count = hidden.ncols();
        let rows = Mat::from_fn(count + k, k + 1, |r, a| if r < count { hidden[(a, r)] } else { spread(r - count, a) });
        Ok(factor(Mat::zeros(k + 1, k + 1), rows).0)
    }

    fn natural_recognition(&self, point: &Point, out: &mut [f64]) -> usize {
        let (slope, widths) = (point.by_hidden(), point.diagonal().collect::<Vec<_>>());
        let slope = Mat::from_fn(slope.nrows(), slope.ncols(), |a, i| widths[a] * slope[(a, i)]);
        let span = self.statistics.span();
        let kept = span.basis.as_ref().map(|basis| (&slope * basis) * basis.transpose());
        let rest = put(out, kept.as_ref().unwrap_or(&slope).as_ref(), 1.0);
        rest.iter_mut().zip(point.by_log_sigma()).for_each(|(out, slope)| *out = 0.5 * slope);
        self.latent * (span.rank + 2)
    }
}

/// X (Uᵀ U)⁻¹.
fn divided(x: MatRef<'_, f64>, root: &Mat<f64>) -> Mat<f64> {
    let mut solved = x.transpose().to_owned();
    root.transpose().solve_lower_triangular_in_place(solved.as_mut());
    root.solve_upper_triangular_in_place(solved.as_mut());
    solved.transpose().to_owned()
}
