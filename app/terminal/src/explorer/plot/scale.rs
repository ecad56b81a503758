//! Linear, logarithmic and symmetric logarithmic scales, and ranges that move in nice steps.

use std::f64::consts::{LN_10, LOG10_2};

/// Below this magnitude the symlog scale is nearly linear, beyond it nearly logarithmic. It is the same for all charts and
/// does not follow the data, so that a picture never shifts because a run came near zero.
pub(crate) const KNEE: f64 = 1e-3;

/// How values become heights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Scale {
    #[default]
    Linear,
    /// log₁₀ v.
    Log,
    /// sign(v) · log₁₀(1 + |v| / [`KNEE`]).
    Symlog,
}

impl Scale {
    /// Whether the value has a height: it is finite and, for a logarithm, positive.
    pub fn has(self, value: f64) -> bool {
        value.is_finite() && (self != Self::Log || value > 0.0)
    }

    /// The height on an unbounded axis, if the value has one there. Never decreases as the value grows.
    pub fn height(self, value: f64) -> Option<f64> {
        self.has(value).then(|| match self {
            Self::Linear => value,
            Self::Log => value.log10(),
            Self::Symlog => ((value.abs() / KNEE).min(f64::MAX).ln_1p() / LN_10).copysign(value),
        })
    }

    /// The value at a height, infinite where no number is as large.
    pub fn value(self, height: f64) -> f64 {
        match self {
            Self::Linear => height,
            Self::Log => 10f64.powf(height),
            Self::Symlog => ((height.abs() * LN_10).exp_m1() * KNEE).copysign(height),
        }
    }

    /// The next one, round and round.
    pub fn toggled(self) -> Self {
        match self {
            Self::Linear => Self::Log,
            Self::Log => Self::Symlog,
            Self::Symlog => Self::Linear,
        }
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
            // No value has a logarithm beyond these.
            Scale::Log => Self::nice_log(low.clamp(-330.0, 310.0), high.clamp(-330.0, 310.0)),
            Scale::Symlog => Self::nice_symlog(low.clamp(-309.0, 309.0), high.clamp(-309.0, 309.0)),
        }
    }

    fn nice_linear(low: f64, high: f64) -> Self {
        let (low, high) = if is_flat(low, high) { widened(low, high) } else { (low, high) };
        let step = nice_step(high / 8.0 - low / 8.0);
        let nice = Self { low: (low / step).floor() * step, high: (high / step).ceil() * step };
        if nice.low.is_finite() && nice.high.is_finite() && nice.low < nice.high { nice } else { Self { low, high } }
    }

    /// Ends at 0 or at ±1, 2 or 5 times a power of ten from [`KNEE`] on.
    fn nice_symlog(low: f64, high: f64) -> Self {
        let height = |value: f64| Scale::Symlog.height(value.clamp(f64::MIN, f64::MAX)).unwrap_or_default();
        let (bottom, top) = (round_below(Scale::Symlog.value(low)), -round_below(-Scale::Symlog.value(high)));
        let nice = Self { low: height(bottom), high: height(top) };
        if nice.high - nice.low > 1e-6 { nice } else { Self { low: nice.low - LOG10_2, high: nice.high + LOG10_2 } }
    }

    /// Ends at 1, 2 or 5 times a power of ten; where the range is wide, its lower end, which keeps sinking in a
    /// convergent run, at whole powers.
    fn nice_log(low: f64, high: f64) -> Self {
        let top = -mantissa_below(-high);
        let bottom = if high - low > 2.0 { (low + 1e-9).floor() } else { mantissa_below(low) };
        if top - bottom > 1e-6 { Self { low: bottom, high: top } } else { Self { low: bottom - LOG10_2, high: top + LOG10_2 } }
    }
}

/// The largest of 0 and ±1, 2, 5 × 10ⁿ with n ≥ -3 that is not above the value.
fn round_below(value: f64) -> f64 {
    let magnitude = value.abs().max(KNEE).log10();
    match value {
        value if value < 0.0 => -10f64.powf(-mantissa_below(-magnitude)),
        value if value < KNEE * (1.0 - 1e-9) => 0.0,
        _ => 10f64.powf(mantissa_below(magnitude)),
    }
}

fn is_flat(low: f64, high: f64) -> bool {
    high / 2.0 - low / 2.0 <= 1e-13 * low.abs().max(high.abs()).max(f64::MIN_POSITIVE)
}

fn widened(low: f64, high: f64) -> (f64, f64) {
    let margin = (low.abs() * 0.1).max(1e-9);
    ((low - margin).max(f64::MIN), (high + margin).min(f64::MAX))
}

/// Logarithm of the largest 1, 2 or 5 × 10ⁿ that is not above 10^`height`. The reciprocals of these numbers are such
/// numbers too, so the bound above is the negative of the one below the negative.
fn mantissa_below(height: f64) -> f64 {
    let decade = (height + 1e-9).floor();
    let bounds = [1.0 - LOG10_2, LOG10_2, 0.0].map(|part| decade + part);
    bounds.into_iter().find(|&bound| bound <= height + 1e-9).unwrap_or(decade)
}

/// The smallest of 1, 2, 5 × 10ⁿ that is not below `rough`, which is positive.
pub(crate) fn nice_step(rough: f64) -> f64 {
    let rough = rough.max(f64::MIN_POSITIVE);
    let power = 10f64.powi((rough.log10() + 1e-9).floor() as i32).max(f64::MIN_POSITIVE);
    [1.0, 2.0, 5.0].into_iter().map(|factor| factor * power).find(|&step| step >= rough * (1.0 - 1e-9)).unwrap_or(10.0 * power)
}
