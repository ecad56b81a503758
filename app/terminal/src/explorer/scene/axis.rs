//! A linear axis whose ends and ticks are round numbers.

/// Values beyond this are as good as infinite.
const FAR: f64 = 1e300;

/// A span of values, `low < high`, both finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Axis {
    pub low: f64,
    pub high: f64,
}

impl Axis {
    /// A round span around the finite values; from 0 to 1 if there are none.
    pub fn around(values: impl Iterator<Item = f64>) -> Self {
        let ends = values.filter(|value| value.is_finite()).map(|value| value.clamp(-FAR, FAR));
        let (low, high) = ends.fold((f64::MAX, f64::MIN), |(low, high), value| (low.min(value), high.max(value)));
        if low > high { Self { low: 0.0, high: 1.0 } } else { Self::rounded(low, high) }
    }

    fn rounded(low: f64, high: f64) -> Self {
        let is_flat = high - low <= 1e-12 * low.abs().max(high.abs()).max(1e-280);
        let margin = if is_flat { (low.abs() * 0.1).max(1e-9) } else { 0.0 };
        let (low, high) = (low - margin, high + margin);
        let step = nice_above((high - low) / 10.0);
        // Round-off of the quotient must not push an end one step out.
        Self { low: (low / step + 1e-6).floor() * step, high: (high / step - 1e-6).ceil() * step }
    }

    /// Where a value falls, from 0 at `low` to 1 at `high`.
    pub fn fraction(self, value: f64) -> f64 {
        (value - self.low) / (self.high - self.low)
    }

    /// At most `limit` round values of the axis and how to write them.
    pub fn ticks(self, limit: usize) -> Vec<(f64, String)> {
        let mut step = nice_above((self.high - self.low) / limit.max(1) as f64);
        let bounds = |step: f64| ((self.low / step - 1e-6).ceil(), (self.high / step + 1e-6).floor());
        while bounds(step).1 - bounds(step).0 + 1.0 > limit.max(1) as f64 {
            step = nice_above(step * 1.5);
        }
        let (first, last) = bounds(step);
        let multiples = (0..(last - first + 1.0).max(0.0) as usize).map(|index| (first + index as f64) * step);
        multiples.map(|value| (value, decimal(value, step))).collect()
    }
}

/// The smallest of 1, 2, 5 × 10ⁿ that is not below `rough`, which is positive.
pub(super) fn nice_above(rough: f64) -> f64 {
    let power = 10f64.powi((rough.max(1e-290).log10() + 1e-9).floor() as i32);
    [1.0, 2.0, 5.0].into_iter().map(|factor| factor * power).find(|&step| step >= rough * (1.0 - 1e-9)).unwrap_or(10.0 * power)
}

/// A multiple of `step` in as many digits as tell it from the next one.
fn decimal(value: f64, step: f64) -> String {
    let places = -(step.log10() + 1e-9).floor();
    match value.abs() {
        magnitude if magnitude < step / 2.0 => "0".to_owned(),
        magnitude if magnitude >= 1e6 || places > 5.0 => {
            let digits = (magnitude.log10() + 1e-9).floor() + places;
            format!("{value:.*e}", digits.clamp(0.0, 9.0) as usize)
        }
        _ => format!("{value:.*}", places.max(0.0) as usize),
    }
}
