//! Linear and logarithmic scales, and ranges that move in nice steps.

/// How values become heights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Scale {
    #[default]
    Linear,
    Log,
}

impl Scale {
    /// The height on an unbounded axis, if the value has one there: a logarithm needs a positive value.
    pub fn height(self, value: f64) -> Option<f64> {
        match self {
            _ if !value.is_finite() => None,
            Self::Linear => Some(value),
            Self::Log if value > 0.0 => Some(value.log10()),
            Self::Log => None,
        }
    }

    /// The other one.
    pub fn toggled(self) -> Self {
        if self == Self::Log { Self::Linear } else { Self::Log }
    }
}

/// A span of heights with `low < high`, both finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Range {
    pub low: f64,
    pub high: f64,
}

impl Range {
    /// Where a height falls, from 0 at `low` to 1 at `high`.
    pub fn fraction(self, height: f64) -> f64 {
        // Halves first: the width of the widest range would overflow.
        (height / 2.0 - self.low / 2.0) / (self.high / 2.0 - self.low / 2.0)
    }

    /// A range in nice steps around heights of the given scale; it changes seldom while they grow.
    pub fn nice(scale: Scale, low: f64, high: f64) -> Self {
        let (low, high) = if low <= high { (low, high) } else { (high, low) };
        match scale {
            Scale::Linear => Self::nice_linear(low, high),
            Scale::Log => Self::nice_log(low, high),
        }
    }

    fn nice_linear(low: f64, high: f64) -> Self {
        let (low, high) = if is_flat(low, high) { widened(low, high) } else { (low, high) };
        let step = nice_step((high / 4.0 - low / 4.0) / 1.25);
        let nice = Self { low: (low / step).floor() * step, high: (high / step).ceil() * step };
        if nice.low.is_finite() && nice.high.is_finite() && nice.low < nice.high { nice } else { Self { low, high } }
    }

    /// Ends at 1, 2 or 5 times a power of ten, or at whole powers where the range is wide.
    fn nice_log(low: f64, high: f64) -> Self {
        if high - low > 2.0 {
            return Self { low: (low + 1e-9).floor(), high: (high - 1e-9).ceil() };
        }
        let bounds = Self { low: mantissa_below(low), high: -mantissa_below_reciprocal(high) };
        if bounds.high - bounds.low > 1e-6 { bounds } else { Self { low: bounds.low - 0.30103, high: bounds.high + 0.30103 } }
    }
}

fn is_flat(low: f64, high: f64) -> bool {
    high / 2.0 - low / 2.0 <= 1e-13 * low.abs().max(high.abs()).max(f64::MIN_POSITIVE)
}

fn widened(low: f64, high: f64) -> (f64, f64) {
    let margin = (low.abs() * 0.1).max(1e-9);
    ((low - margin).max(f64::MIN), (high + margin).min(f64::MAX))
}

const MANTISSAS: [f64; 3] = [0.698_970_004_336_018_8, 0.301_029_995_663_981_2, 0.0];

/// Logarithm of the largest 1, 2 or 5 × 10ⁿ that is not above 10^`height`.
fn mantissa_below(height: f64) -> f64 {
    let decade = (height + 1e-9).floor();
    MANTISSAS.into_iter().map(|part| decade + part).find(|&bound| bound <= height + 1e-9).unwrap_or(decade)
}

/// The same for the reciprocal, whose mantissas are 1, 5 and 2 again: the bound above is the negative of the one below.
fn mantissa_below_reciprocal(height: f64) -> f64 {
    mantissa_below(-height)
}

/// The smallest of 1, 2, 5 × 10ⁿ that is not below `rough`, which is positive.
pub(crate) fn nice_step(rough: f64) -> f64 {
    let rough = rough.max(f64::MIN_POSITIVE);
    let power = 10f64.powi((rough.log10() + 1e-9).floor() as i32).max(f64::MIN_POSITIVE);
    [1.0, 2.0, 5.0].into_iter().map(|factor| factor * power).find(|&step| step >= rough * (1.0 - 1e-9)).unwrap_or(10.0 * power)
}
