//! The Levenberg–Marquardt rule: λ falls where the quadratic model predicts the loss well, and rises where it does not.
//!
//! ρ = (L(θ+δ) − L(θ)) / (M(δ) − M(0)), M(δ) = L + gᵀδ + ½ δᵀFδ without damping, both on the same batch.
//! Every T-th step: ρ > ¾ ⇒ λ ← ωλ, ρ < ¼ ⇒ λ ← λ/ω, with ω = 0.95ᵀ.
//!
//! # References
//! - J. Martens, R. Grosse, *Optimizing neural networks with Kronecker-factored approximate curvature*, ICML 2015
//!   (arXiv 1503.05671), section 6.5.
//! - J. Martens, *Deep learning via Hessian-free optimization*, ICML 2010: every step, with ω = ⅔.

use crate::error::{Code, Error, Result};
use crate::state::State;

crate::parameters! {
    /// A damping that adapts itself.
    pub struct LevenbergParameters {
        /// λ, added to the diagonal; with `adapt` its start.
        lambda: f64 = 1e-3, min(0.0), log();
        /// Whether λ follows the Levenberg–Marquardt rule.
        adapt: bool = false;
        /// T: steps from one comparison of the loss with its model to the next.
        adapt_period: usize = 5, min(1.0), unit("steps"), when("adapt", &["true"]);
        /// The T-th root of ω, by which λ changes.
        adapt_factor: f64 = 0.95, above(0.0), below(1.0), when("adapt", &["true"]);
        /// Smallest λ that the rule goes to.
        lambda_min: f64 = 1e-8, above(0.0), log(), when("adapt", &["true"]);
        /// Largest λ that the rule goes to.
        lambda_max: f64 = 1e8, above(0.0), log(), when("adapt", &["true"]);
    }
}

/// λ, and when it is looked at; see the module's text.
#[derive(Clone, Debug)]
pub struct Levenberg {
    parameters: LevenbergParameters,
    lambda: f64,
    /// Steps made.
    steps: u64,
}

impl Levenberg {
    /// At its start.
    ///
    /// # Errors
    /// [`Code::BadParameter`] if `lowest` is above `highest`.
    pub fn new(parameters: LevenbergParameters) -> Result<Self> {
        if parameters.lambda_min > parameters.lambda_max {
            return Err(Error::parameter("lambda_min", format!("above `lambda_max`, {}", parameters.lambda_max)));
        }
        Ok(Self { lambda: parameters.lambda, parameters, steps: 0 })
    }

    /// λ.
    pub fn lambda(&self) -> f64 {
        self.lambda
    }

    /// Counts a step; whether it is one after which ρ is wanted.
    pub fn due(&mut self) -> bool {
        self.steps += 1;
        self.parameters.adapt && self.steps.is_multiple_of(self.parameters.adapt_period.max(1) as u64)
    }

    /// Changes λ after a step that changed the loss by `change` = L(θ+δ) − L(θ) where `predicted` = M(δ) − M(0), and answers ρ.
    /// A change that is not a number, or +∞ for a point outside the domain, raises λ.
    pub fn adapt(&mut self, change: f64, predicted: f64) -> f64 {
        let LevenbergParameters { adapt_period, adapt_factor, lambda_min, lambda_max, .. } = self.parameters;
        let (rho, omega) = (ratio(change, predicted), adapt_factor.powf(adapt_period.max(1) as f64));
        if rho > 0.75 {
            self.lambda *= omega;
        } else if rho < 0.25 || rho.is_nan() {
            self.lambda /= omega;
        }
        self.lambda = self.lambda.clamp(lambda_min, lambda_max);
        rho
    }

    /// Visits λ and the number of steps.
    pub fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        state.number(&mut self.lambda)?;
        state.count(&mut self.steps)?;
        if self.lambda >= 0.0 { Ok(()) } else { Err(Error::new(Code::BadState, "a damping below 0")) }
    }
}

/// ρ. Where M predicts no decrease it says nothing, and what counts is whether the loss fell: then ρ is ±∞.
fn ratio(change: f64, predicted: f64) -> f64 {
    match (predicted < 0.0, change) {
        _ if change == predicted => 1.0,
        (true, _) => change / predicted,
        (false, change) if change < 0.0 => f64::INFINITY,
        (false, _) => f64::NEG_INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use super::{Levenberg, LevenbergParameters};
    use crate::state::State;

    fn rule(lambda: f64) -> Levenberg {
        Levenberg::new(LevenbergParameters { lambda, adapt: true, ..LevenbergParameters::default() }).unwrap()
    }

    #[test]
    fn lambda_falls_stays_and_rises() {
        let omega = 0.95f64.powi(5);
        for (change, predicted, rho, factor) in [
            (-0.8, -1.0, 0.8, omega),
            (-0.5, -1.0, 0.5, 1.0),
            (-0.2, -1.0, 0.2, 1.0 / omega),
            (0.5, -1.0, -0.5, 1.0 / omega),
            (-0.5, 1.0, f64::INFINITY, omega),
            (0.5, 1.0, f64::NEG_INFINITY, 1.0 / omega),
            (f64::INFINITY, -1.0, f64::NEG_INFINITY, 1.0 / omega),
            (0.0, 0.0, 1.0, omega),
        ] {
            let mut rule = rule(2.0);
            assert_eq!(rule.adapt(change, predicted), rho);
            assert!((rule.lambda() - 2.0 * factor).abs() < 1e-15, "{change} of {predicted}: {}", rule.lambda());
        }
        let mut after_nan = rule(2.0);
        assert!(after_nan.adapt(f64::NAN, -1.0).is_nan());
        assert!(after_nan.lambda() > 2.0);
    }

    #[test]
    fn lambda_keeps_its_bounds() {
        let mut rule = rule(1e-8);
        rule.adapt(-1.0, -1.0);
        assert_eq!(rule.lambda(), 1e-8);
        let parameters = LevenbergParameters { lambda: 3.0, lambda_max: 3.5, ..LevenbergParameters::default() };
        let mut rule = Levenberg::new(parameters.clone()).unwrap();
        rule.adapt(1.0, -1.0);
        assert_eq!(rule.lambda(), 3.5);
        assert!(Levenberg::new(LevenbergParameters { lambda_min: 4.0, ..parameters }).is_err());
    }

    #[test]
    fn every_fifth_step_is_looked_at_also_after_a_restart() {
        let mut rule = rule(1.0);
        let first: Vec<bool> = (0..7).map(|_| rule.due()).collect();
        assert_eq!(first, [false, false, false, false, true, false, false]);
        rule.adapt(1.0, -1.0);
        let mut bytes = Vec::new();
        rule.state(&mut State::saving(&mut bytes)).unwrap();
        let mut fresh = self::rule(1.0);
        fresh.state(&mut State::loading(&bytes)).unwrap();
        assert_eq!(fresh.lambda().to_bits(), rule.lambda().to_bits());
        assert_eq!((0..3).map(|_| fresh.due()).collect::<Vec<_>>(), [false, false, true]);
    }

    #[test]
    fn without_adapting_no_step_is_looked_at() {
        let mut rule = Levenberg::new(LevenbergParameters { adapt: false, ..LevenbergParameters::default() }).unwrap();
        assert!((0..20).all(|_| !rule.due()));
    }
}
