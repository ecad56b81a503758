//! Steps of bounded Kullback–Leibler divergence, KL ≈ ½ δᵀFδ.
//!
//! With d = F⁻¹g the step δ = −ην d has δᵀFδ = η²ν² gᵀd, so no product with F is needed.
//!
//! # References
//! - J. Ba, R. Grosse, J. Martens, *Distributed second-order optimization using Kronecker-factored approximations*, ICLR 2017.
//! - J. Schulman et al., *Trust region policy optimization*, ICML 2015 (the trust region's length).

use crate::error::{Code, Error, Result};

crate::parameters! {
    /// A bound on the length of steps.
    pub struct Clip {
        /// κ: a step is shortened until δᵀFδ ≤ κ, twice its divergence in nats; 0: no bound.
        kl_clip: f64 = 1e-3, min(0.0), log(), live();
    }
}

impl Clip {
    /// ν = min(1, √(κ/(η² gᵀd))), which shortens the step −η d; `slope` is gᵀd. Where gᵀd = 0 the step has no length and ν = 1.
    ///
    /// # Errors
    /// [`Code::Numeric`] if gᵀd is negative or not finite: then d is no direction of descent.
    pub fn factor(&self, eta: f64, slope: f64) -> Result<f64> {
        if !(slope >= 0.0 && slope.is_finite()) {
            return Err(no_descent(slope));
        }
        if self.kl_clip == 0.0 {
            return Ok(1.0);
        }
        Ok((self.kl_clip.sqrt() / (eta * slope.sqrt())).min(1.0))
    }
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
    use super::{Clip, trust_length};
    use crate::error::Code;

    /// F = diag(4, 9), g = (8, 9): d = (2, 1), gᵀd = 25.
    #[test]
    fn a_clipped_step_has_the_length_asked_for() {
        let nu = Clip { kl_clip: 0.01 }.factor(0.5, 25.0).unwrap();
        let delta = [0.5 * nu * 2.0, 0.5 * nu];
        assert!((nu - 0.04).abs() < 1e-16);
        assert!((4.0 * delta[0] * delta[0] + 9.0 * delta[1] * delta[1] - 0.01).abs() < 1e-16);
    }

    #[test]
    fn short_steps_and_no_bound_leave_the_step() {
        assert_eq!(Clip { kl_clip: 0.01 }.factor(0.01, 25.0), Ok(1.0));
        assert_eq!(Clip { kl_clip: 0.0 }.factor(100.0, 25.0), Ok(1.0));
        assert_eq!(Clip { kl_clip: 0.01 }.factor(1.0, 0.0), Ok(1.0));
    }

    #[test]
    fn a_trust_region_has_its_divergence() {
        let eta = trust_length(0.02, 25.0).unwrap();
        assert!((0.5 * eta * eta * 25.0 - 0.02).abs() < 1e-17);
    }

    #[test]
    fn no_descent_is_an_error() {
        for slope in [-1.0, f64::NAN, f64::INFINITY] {
            let error = Clip::default().factor(0.1, slope).unwrap_err();
            assert_eq!(error.code(), Code::Numeric);
            assert!(error.to_string().contains("no descent direction"), "{error}");
        }
        assert_eq!(trust_length(0.01, 0.0).unwrap_err().code(), Code::Numeric);
    }
}
