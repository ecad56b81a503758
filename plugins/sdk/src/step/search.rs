//! Line searches: how far to go along a direction p, given φ(α) = L(θ + αp).
//!
//! Armijo: φ(α) ≤ φ(0) + c₁ α φ'(0), by halving. Strong Wolfe: also |φ'(α)| ≤ c₂ |φ'(0)|, by growing a bracket and then
//! shrinking it at the minima of cubics. A point outside the model's domain, or one where the loss is not finite, counts as +∞,
//! so that the step becomes shorter.
//!
//! # References
//! - J. Nocedal, S. Wright, *Numerical optimization*, 2nd ed., 2006: algorithms 3.1, 3.5 and 3.6, equation (3.59).

mod wolfe;

use crate::error::{Code, Error, Result};
use std::fmt;
use wolfe::Search;

/// Why a search did not find what it looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// φ'(0) is not negative, or φ(0) is not finite.
    NoDescent,
    /// No step that was tried lowers the loss enough; α is 0.
    NoDecrease,
    /// The loss is lower, but the slope is still too steep.
    Steep,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoDescent => "the direction does not descend",
            Self::NoDecrease => "no step along the direction lowers the loss enough",
            Self::Steep => "the slope at the end of the step is too steep",
        })
    }
}

/// Where a search ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Found {
    /// The step length; φ(α) ≤ φ(0) in any case.
    pub alpha: f64,
    /// φ(α).
    pub value: f64,
    /// Evaluations of φ.
    pub evaluations: usize,
    /// What is missing, if anything.
    pub reason: Option<Reason>,
}

crate::parameters! {
    /// Backtracking until the loss is low enough.
    pub struct Armijo {
        /// c₁: share of the decrease by the slope that is enough.
        c1: f64 = 1e-4, above(0.0), below(1.0), log();
        /// By what a step is shortened.
        factor: f64 = 0.5, above(0.0), below(1.0);
        /// Most evaluations of the loss.
        tries: usize = 20, min(1.0);
    }
}

crate::parameters! {
    /// A search for a point that satisfies the strong Wolfe conditions.
    pub struct Wolfe {
        /// c₁: share of the decrease by the slope that is enough.
        c1: f64 = 1e-4, above(0.0), below(1.0), log();
        /// c₂ > c₁: share of the slope that may be left; 0.9 for quasi-Newton directions, 0.1 for conjugate ones.
        c2: f64 = 0.9, above(0.0), below(1.0);
        /// Most evaluations of the loss and its gradient.
        tries: usize = 20, min(1.0);
    }
}

/// A point of φ: α, φ(α), φ'(α).
#[derive(Clone, Copy, Debug)]
struct Trial {
    alpha: f64,
    value: f64,
    slope: f64,
}

impl Armijo {
    /// Searches from the step `first` > 0, where `start` is (φ(0), φ'(0)).
    ///
    /// # Errors
    /// Those of φ, except [`Code::Domain`] and [`Code::Numeric`], which count as +∞.
    pub fn search(&self, start: (f64, f64), first: f64, mut phi: impl FnMut(f64) -> Result<f64>) -> Result<Found> {
        let start = Trial { alpha: 0.0, value: start.0, slope: start.1 };
        if !start.descends() {
            return Ok(start.found(0, Some(Reason::NoDescent)));
        }
        let mut alpha = first;
        for evaluations in 1..=self.tries {
            let value = high(phi(alpha), f64::INFINITY)?;
            if value <= start.value + self.c1 * alpha * start.slope {
                return Ok(Found { alpha, value, evaluations, reason: None });
            }
            alpha *= self.factor;
        }
        Ok(start.found(self.tries, Some(Reason::NoDecrease)))
    }
}

impl Wolfe {
    /// That c₁ < c₂, without which there may be no such point.
    ///
    /// # Errors
    /// [`Code::BadParameter`].
    pub fn check(&self) -> Result<()> {
        if self.c1 < self.c2 { Ok(()) } else { Err(Error::parameter("c2", format!("must be above `c1`, {}", self.c1))) }
    }

    /// Searches from the step `first` > 0, where `start` is (φ(0), φ'(0)) and φ gives value and slope.
    ///
    /// # Errors
    /// Those of φ, except [`Code::Domain`] and [`Code::Numeric`], which count as +∞.
    pub fn search(&self, start: (f64, f64), first: f64, phi: impl FnMut(f64) -> Result<(f64, f64)>) -> Result<Found> {
        let start = Trial { alpha: 0.0, value: start.0, slope: start.1 };
        if !start.descends() {
            return Ok(start.found(0, Some(Reason::NoDescent)));
        }
        Search { wolfe: self, start, phi, evaluations: 0 }.bracket(first)
    }
}

impl Trial {
    fn descends(&self) -> bool {
        self.value.is_finite() && self.slope < 0.0 && self.slope.is_finite()
    }

    fn found(&self, evaluations: usize, reason: Option<Reason>) -> Found {
        Found { alpha: self.alpha, value: self.value, evaluations, reason }
    }
}

/// The outcome, or `instead` where the point has no loss.
fn high<T>(outcome: Result<T>, instead: T) -> Result<T> {
    match outcome {
        Err(error) if matches!(error.code(), Code::Domain | Code::Numeric) => Ok(instead),
        other => other,
    }
}

#[cfg(test)]
mod tests;
