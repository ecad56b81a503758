//! Evidence, ELBO and gap, each from its own formula.
//!
//! ```text
//! Ev   = −½ [d log 2πσ² + log |M / σ²| + ‖E / σ‖² + ‖Z‖²]                                      E, Z of the posterior
//! ELBO = −½ [d log 2πσ² + R / σ² + ‖Z‖² + Σ_a h(log D_a)]                                      R, Z of q
//! Gap  = ½ [Σ_a h(log(M_aa D_a / σ²)) + (Σ_a log M_aa − log |M|) + ‖(T Z − Qᵀ Y) / σ‖²]        Z of q
//! ```
//!
//! with h(u) = e^u − 1 − u. The first is `−½ [d log 2π + log |C| + tr(C⁻¹ S_μ)]` by `|C| = σ^{2(d−k)} |M|` and since yᵀ C⁻¹ y is the
//! least ‖y − W z‖² / σ² + ‖z‖²; the second is `E log p(x|z) − KL(q ‖ p(z))`; the third is `E KL(q ‖ p(z|x))`, each of whose terms is
//! at least 0. They satisfy Ev = ELBO + Gap (Tipping and Bishop 1999).

use crate::model::LinearGaussian;
use crate::moments::{Moments, squares};
use crate::point::Point;
use elbow_sdk::{Recognition, Result};
use faer::Mat;
use std::f64::consts::TAU;

/// h(u) = e^u − 1 − u, to the last digits also where it is u² / 2.
fn h(u: f64) -> f64 {
    if u.abs() > 0.5 {
        return u.exp_m1() - u;
    }
    // The series from its small end: 0.5¹⁷ / 17! is below the last digit of u² / 2.
    (2..=17).rev().fold(0.0, |rest, n| (1.0 + rest) * u / f64::from(n)) * u
}

/// ‖Z‖².
fn square(moments: &Moments) -> f64 {
    let z = moments.hidden.as_ref();
    squares(z.subrows(0, z.nrows() - 1), 1.0)
}

impl LinearGaussian {
    /// d log 2πσ².
    fn log_noise(&self, point: &Point) -> f64 {
        self.statistics.columns() as f64 * (TAU.ln() + point.log_variance)
    }

    /// E log p(x).
    pub(crate) fn log_evidence(&self, point: &mut Point) -> Result<f64> {
        let constant = self.log_noise(point) + point.root.log_determinant();
        let moments = self.moments(point, Recognition::Exact)?;
        Ok(-0.5 * (constant + moments.unexplained + square(moments)))
    }

    /// E[log p(x, z) − log q(z|x)].
    pub(crate) fn elbo(&self, point: &mut Point, q: Recognition) -> Result<f64> {
        if q == Recognition::Exact {
            return self.log_evidence(point);
        }
        let constant = self.log_noise(point) + point.log_sigma.iter().map(|s| h(2.0 * s)).sum::<f64>();
        let moments = self.moments(point, q)?;
        Ok(-0.5 * (constant + moments.distance() + square(moments)))
    }

    /// E KL(q ‖ p(z|x)).
    pub(crate) fn gap(&self, point: &Point, q: Recognition) -> f64 {
        if q == Recognition::Exact {
            return 0.0;
        }
        let widths: f64 = point.excess().map(h).sum();
        let mixing: f64 = point.root.mixing().sum();
        0.5 * (widths + mixing + squares(self.apart(point).as_ref(), point.sigma))
    }

    /// T Z − Qᵀ Y, k × r, for the learned q: where its means are T Z / σ, seen from those of the posterior.
    pub(crate) fn apart(&self, point: &Point) -> Mat<f64> {
        &point.root.root * (&point.encoder * self.statistics.factor()) - &point.along
    }
}
