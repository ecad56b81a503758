//! Evidence, ELBO and gap, each from its own formula.
//!
//! ```text
//! Ev   = −½ [d log 2π + (d − k) log σ² + log |M| + (E‖x − μ‖² − tr(P̄ E[x̄ x̄ᵀ] Uᵀ)) / σ²]
//! ELBO = −½ [d log 2πσ² + R / σ² + tr A_zz − k − log |D|]
//! Gap  = ½ [Σ_a M_aa D_a / σ² + tr(M (V̄ − P̄) E[x̄ x̄ᵀ] (V̄ − P̄)ᵀ) / σ² − k + k log σ² − log |M| − log |D|]
//! ```
//!
//! The first is `−½ [d log 2π + log |C| + tr(C⁻¹ S_μ)]` by `|C| = σ^{2(d−k)} |M|` and `C⁻¹ = (I − W M⁻¹ Wᵀ) / σ²`; the second is
//! `E log p(x|z) − KL(q ‖ p(z))`; the third is `E KL(q ‖ p(z|x))`. They satisfy Ev = ELBO + Gap (Tipping and Bishop 1999).

use crate::model::LinearGaussian;
use crate::moments::inner;
use crate::point::Point;
use elbow_sdk::{Recognition, Result};
use std::f64::consts::TAU;

impl LinearGaussian {
    /// E log p(x).
    pub(crate) fn log_evidence(&self, point: &Point) -> f64 {
        let (d, k, mean) = (self.statistics.columns() as f64, self.latent as f64, point.mean());
        let second = self.statistics.second_moment();
        let cross: f64 = mean.iter().zip(self.statistics.mean()).map(|(mu, m)| mu * (mu - 2.0 * m)).sum();
        let explained = inner(point.posterior.as_ref(), (&point.projection * second).as_ref());
        let distance = (self.statistics.square() + cross - explained) / point.variance;
        -0.5 * (d * TAU.ln() + (d - k) * point.variance.ln() + point.log_determinant + distance)
    }

    /// E[log p(x, z) − log q(z|x)].
    pub(crate) fn elbo(&self, point: &mut Point, q: Recognition) -> Result<f64> {
        if q == Recognition::Exact {
            return Ok(self.log_evidence(point));
        }
        let (d, k) = (self.statistics.columns() as f64, self.latent);
        let moments = self.moments(point, q)?;
        let (trace, residual) = ((0..k).map(|a| moments.hidden[(a, a)]).sum::<f64>(), moments.residual);
        let log_d = 2.0 * point.log_sigma.iter().sum::<f64>();
        Ok(-0.5 * (d * (TAU * point.variance).ln() + residual / point.variance + trace - k as f64 - log_d))
    }

    /// E KL(q ‖ p(z|x)).
    pub(crate) fn gap(&self, point: &Point, q: Recognition) -> f64 {
        if q == Recognition::Exact {
            return 0.0;
        }
        let apart = &point.encoder - &point.posterior;
        let moved = &apart * self.statistics.second_moment();
        let quadratic = inner((&point.precision * &apart).as_ref(), moved.as_ref());
        let trace: f64 = point.diagonal().enumerate().map(|(a, d)| point.precision[(a, a)] * d).sum();
        let (k, log_d) = (self.latent as f64, 2.0 * point.log_sigma.iter().sum::<f64>());
        0.5 * ((trace + quadratic) / point.variance - k + k * point.variance.ln() - point.log_determinant - log_d)
    }
}
