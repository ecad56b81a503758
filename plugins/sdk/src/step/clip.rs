//! Steps of bounded Kullback–Leibler divergence, KL ≈ ½ δᵀFδ.
//!
//! With d = F⁻¹g the step δ = −η d has δᵀFδ = η² gᵀd, so no product with F is needed.
//!
//! # References
//! - J. Ba, R. Grosse, J. Martens, *Distributed second-order optimization using Kronecker-factored approximations*, ICLR 2017.
//! - J. Schulman et al., *Trust region policy optimization*, ICML 2015 (the trust region's length).

use super::dot;
use crate::error::{Code, Error, Result};
use crate::optimizer::Setup;

/// κ where nothing is said and Fisher matrices are estimates.
const CAUTIOUS: f64 = 1e-2;

crate::parameters! {
    /// A bound on the length of steps.
    pub struct Clip {
        /// κ: a step δ, momentum included, is shortened until δᵀFδ ≤ κ, twice its divergence in nats, with the F that gave its
        /// direction; 0: no bound.
        kl_clip: f64 = 1e-2, min(0.0), log(), live();
    }
}

crate::parameters! {
    /// A bound on the length of steps of a flow, which stands by itself only where Fisher matrices are estimates.
    pub struct FlowClip {
        /// κ: a step δ is shortened until δᵀFδ ≤ κ, twice its divergence in nats; 0: no bound. Default: 0 where losses and Fisher
        /// matrices are exact, 0.01 where they are estimated from samples.
        kl_clip: Option<f64> = None, min(0.0), log(), live();
    }
}

impl FlowClip {
    /// κ for a problem.
    pub fn bound(&self, setup: &Setup) -> f64 {
        self.kl_clip.unwrap_or(if setup.stochastic { CAUTIOUS } else { 0.0 })
    }
}

/// gᵀd, both of length P; 0 where it is negative by rounding alone, as at an optimum.
///
/// # Errors
/// [`Code::Numeric`] if it is negative or not finite: then d = F⁻¹g is no direction of descent.
pub fn slope(gradient: &[f64], natural: &[f64]) -> Result<f64> {
    let slope = dot(gradient, natural);
    if slope >= 0.0 && slope.is_finite() {
        return Ok(slope);
    }
    let whole: f64 = gradient.iter().zip(natural).map(|(g, d)| (g * d).abs()).sum();
    if slope.is_finite() && -slope <= 8.0 * f64::EPSILON * whole { Ok(0.0) } else { Err(no_descent(slope)) }
}

/// s = min(1, √(κ / δᵀFδ)), which shortens a step δ of the squared length `squared` until δᵀFδ ≤ κ; 1 if κ is 0.
pub fn share(kl_clip: f64, squared: f64) -> f64 {
    if kl_clip > 0.0 && squared > kl_clip { (kl_clip / squared).sqrt() } else { 1.0 }
}

/// η = √(2δ/gᵀd): the step −η d has the divergence δ in nats; `slope` is gᵀd.
///
/// # Errors
/// [`Code::Numeric`] unless gᵀd is positive and finite.
pub fn trust_length(divergence: f64, slope: f64) -> Result<f64> {
    if slope > 0.0 && slope.is_finite() { Ok((2.0 * divergence / slope).sqrt()) } else { Err(no_descent(slope)) }
}

fn no_descent(slope: f64) -> Error {
    Error::new(Code::Numeric, format!("the direction is no descent direction: gᵀd is {slope}; raise the damping"))
}

#[cfg(test)]
mod tests {
    use super::{share, slope, trust_length};
    use crate::error::Code;

    /// F = diag(4, 9), g = (8, 9): d = (2, 1), gᵀd = 25.
    #[test]
    fn a_clipped_step_has_the_length_asked_for() {
        let s = share(0.01, 0.25 * 25.0);
        let delta = [0.5 * s * 2.0, 0.5 * s];
        assert!((s - 0.04).abs() < 1e-16);
        assert!((4.0 * delta[0] * delta[0] + 9.0 * delta[1] * delta[1] - 0.01).abs() < 1e-16);
    }

    #[test]
    fn short_steps_and_no_bound_leave_the_step() {
        assert_eq!(share(0.01, 1e-4 * 25.0), 1.0);
        assert_eq!(share(0.0, 1e4 * 25.0), 1.0);
        assert_eq!(share(0.01, 0.0), 1.0);
    }

    #[test]
    fn a_trust_region_has_its_divergence() {
        let eta = trust_length(0.02, 25.0).unwrap();
        assert!((0.5 * eta * eta * 25.0 - 0.02).abs() < 1e-17);
    }

    #[test]
    fn no_descent_is_an_error() {
        for natural in [-1.0, f64::NAN, f64::INFINITY] {
            let error = slope(&[1.0, 0.0], &[natural, 1.0]).unwrap_err();
            assert_eq!(error.code(), Code::Numeric);
            assert!(error.to_string().contains("no descent direction"), "{error}");
        }
        assert_eq!(trust_length(0.01, 0.0).unwrap_err().code(), Code::Numeric);
    }

    /// 0.1 · 3 − 0.3 is −5.55e-17 in binary: an optimum is no wrong direction.
    #[test]
    fn rounding_is_no_wrong_direction() {
        assert_eq!(slope(&[0.1, -0.3 - 1e-16], &[3.0, 1.0]), Ok(0.0));
        assert!(slope(&[0.1, -0.301], &[3.0, 1.0]).is_err());
        assert_eq!(slope(&[0.0; 2], &[0.0; 2]), Ok(0.0));
    }
}
