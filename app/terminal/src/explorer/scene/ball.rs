//! Balls of a metric on two parameters.

use std::f64::consts::TAU;

/// Eigenvalues smaller than this part of the largest count as zero.
const SINGULAR: f64 = 1e-12;

/// The ball {δ : δᵀGδ ≤ 1} of a symmetric matrix G as its half-axes; one is missing where the ball has no end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ball {
    half: [Option<(f64, f64)>; 2],
}

impl Ball {
    /// From the entries xx, xy, yy.
    pub fn new(metric: [f64; 3]) -> Self {
        let size = metric.iter().fold(0.0, |size: f64, entry| size.max(entry.abs()));
        if !metric.iter().all(|entry| entry.is_finite()) || size < f64::MIN_POSITIVE {
            return Self { half: [None; 2] };
        }
        let [xx, xy, yy] = metric.map(|entry| entry / size);
        let (sin, cos) = (0.5 * (2.0 * xy).atan2(xx - yy)).sin_cos();
        let half = |(x, y): (f64, f64)| {
            let value = xx * x * x + 2.0 * xy * x * y + yy * y * y;
            let length = 1.0 / (value.sqrt() * size.sqrt());
            (value > SINGULAR).then_some((x * length, y * length))
        };
        Self { half: [half((cos, sin)), half((-sin, cos))] }
    }

    /// Whether the metric is positive definite.
    pub fn is_bounded(self) -> bool {
        self.half.iter().all(Option::is_some)
    }

    /// Points of the boundary, round once and back to the first. If the ball is a strip, the way across it and back, if it
    /// is everything, nothing.
    pub fn boundary(self, count: usize) -> impl Iterator<Item = (f64, f64)> {
        let [one, other] = self.half.map(|half| half.unwrap_or_default());
        let count = if self.half == [None; 2] { 0 } else { count + 1 };
        (0..count).map(move |index| {
            let (sin, cos) = (TAU * index as f64 / (count - 1) as f64).sin_cos();
            (one.0 * cos + other.0 * sin, one.1 * cos + other.1 * sin)
        })
    }
}
