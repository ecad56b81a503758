//! Smoothing, computed from every point before anything is thinned.

use std::f64::consts::LN_2;

/// A longer half-life makes no difference, and this one is still a number to divide by.
const LONGEST: f64 = 1e12;

/// An exponential moving average that follows its curve point by point.
///
/// After n points the weight of the k-th is proportional to 2^(-(n - k) / half-life), and the weights sum to one from the
/// first point on, so the average is not drawn towards zero at the start. A value that is not finite is a gap (NaN), after
/// which the average starts afresh.
#[derive(Clone, Debug)]
pub(crate) struct Smoothed {
    /// What a new point would weigh after infinitely many others.
    share: f64,
    /// The weight of the points so far in those terms, 1 after infinitely many.
    weight: f64,
    average: f64,
    values: Vec<f64>,
}

impl Smoothed {
    /// Smooths over a half-life in points; one that is not positive leaves the curve as it is, an endless one leads to the
    /// mean of all points.
    pub fn new(half_life: f64) -> Self {
        let share = if half_life > 0.0 { -(-LN_2 / half_life.min(LONGEST)).exp_m1() } else { 1.0 };
        Self { share, weight: 0.0, average: 0.0, values: Vec::new() }
    }

    /// Appends what is new in the curve; starts afresh where it is shorter than before.
    pub fn update(&mut self, ys: &[f64]) {
        if ys.len() < self.values.len() {
            *self = Self { share: self.share, weight: 0.0, average: 0.0, values: Vec::new() };
        }
        for &y in &ys[self.values.len()..] {
            let value = self.next(y);
            self.values.push(value);
        }
    }

    fn next(&mut self, y: f64) -> f64 {
        if !y.is_finite() {
            (self.weight, self.average) = (0.0, 0.0);
            return f64::NAN;
        }
        self.weight += self.share * (1.0 - self.weight);
        let part = self.share / self.weight;
        // Not average + part · (y - average): the difference of two finite numbers may be infinite.
        self.average = self.average * (1.0 - part) + y * part;
        self.average
    }

    /// The smoothed values, one for each value of the curve.
    pub fn values(&self) -> &[f64] {
        &self.values
    }
}
