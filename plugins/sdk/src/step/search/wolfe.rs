//! The search for a point that satisfies the strong Wolfe conditions.

use super::{Found, Reason, Trial, Wolfe, high};
use crate::error::Result;

/// By how much a step grows while no bracket is found.
const GROWTH: f64 = 2.0;
/// A minimum of a cubic this near to an end of its bracket, relative to its width, is replaced by the middle.
const MARGIN: f64 = 0.01;

/// A search that goes on.
pub(super) struct Search<'a, F> {
    pub wolfe: &'a Wolfe,
    pub start: Trial,
    pub phi: F,
    pub evaluations: usize,
}

impl<F: FnMut(f64) -> Result<(f64, f64)>> Search<'_, F> {
    /// Algorithm 3.5: longer steps until one is good, or two of them bracket a good one.
    pub fn bracket(mut self, first: f64) -> Result<Found> {
        let (mut before, mut alpha) = (self.start, first);
        while self.evaluations < self.wolfe.tries {
            let trial = self.evaluate(alpha)?;
            if !self.is_low(&trial) || (before.alpha > 0.0 && trial.value >= before.value) {
                return self.zoom(before, trial);
            }
            if self.is_flat(&trial) {
                return Ok(trial.found(self.evaluations, None));
            }
            if trial.slope >= 0.0 {
                return self.zoom(trial, before);
            }
            (before, alpha) = (trial, GROWTH * alpha);
        }
        Ok(self.give_up(&before))
    }

    /// Algorithm 3.6: `low` is the lowest point that satisfies Armijo's condition, and φ descends from it towards `other`.
    fn zoom(mut self, mut low: Trial, mut other: Trial) -> Result<Found> {
        while self.evaluations < self.wolfe.tries {
            let trial = self.evaluate(between(&low, &other))?;
            if !self.is_low(&trial) || trial.value >= low.value {
                other = trial;
                continue;
            }
            if self.is_flat(&trial) {
                return Ok(trial.found(self.evaluations, None));
            }
            if trial.slope * (other.alpha - low.alpha) >= 0.0 {
                other = low;
            }
            low = trial;
        }
        Ok(self.give_up(&low))
    }

    fn evaluate(&mut self, alpha: f64) -> Result<Trial> {
        self.evaluations += 1;
        let (value, slope) = high((self.phi)(alpha), (f64::INFINITY, f64::NAN))?;
        let value = if slope.is_finite() { value } else { f64::INFINITY };
        Ok(Trial { alpha, value, slope })
    }

    fn is_low(&self, trial: &Trial) -> bool {
        trial.value <= self.start.value + self.wolfe.c1 * trial.alpha * self.start.slope
    }

    fn is_flat(&self, trial: &Trial) -> bool {
        trial.slope.abs() <= -self.wolfe.c2 * self.start.slope
    }

    fn give_up(&self, best: &Trial) -> Found {
        best.found(self.evaluations, Some(if best.alpha > 0.0 { Reason::Steep } else { Reason::NoDecrease }))
    }
}

/// The minimum of the cubic with the values and slopes of two points, or the middle where it is none or too near to one of them.
fn between(a: &Trial, b: &Trial) -> f64 {
    let (width, middle) = (b.alpha - a.alpha, 0.5 * (a.alpha + b.alpha));
    let d1 = a.slope + b.slope - 3.0 * (a.value - b.value) / -width;
    let d2 = (d1 * d1 - a.slope * b.slope).sqrt() * width.signum();
    let share = 1.0 - (b.slope + d2 - d1) / (b.slope - a.slope + 2.0 * d2);
    // False for NaN, as where the loss is infinite.
    if share > MARGIN && share < 1.0 - MARGIN { a.alpha + share * width } else { middle }
}
