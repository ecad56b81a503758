//! Numbers that a search multiplies and adds: f64, and one whose exponent has no end in sight.
//!
//! Products of table entries leave the range of f64 where a model is nearly sure of what the data deny: the probability of sixteen
//! children, each e^−50, is e^−800. [`Wide`] holds them with the precision of f64, sign included.

use std::ops::{Add, AddAssign, Div, Mul};

/// What sums of products are made of.
pub(crate) trait Number:
    Copy + Add<Output = Self> + AddAssign + Mul<Output = Self> + Div<Output = Self> + From<f64>
{
    /// Nothing.
    const ZERO: Self;
    /// One.
    const ONE: Self;
    /// As f64: 0, or infinite, where that has no such number.
    fn value(self) -> f64;
    /// Whether it is more than 0.
    fn is_positive(self) -> bool;
}

impl Number for f64 {
    const ZERO: Self = 0.0;
    const ONE: Self = 1.0;
    #[inline]
    fn value(self) -> f64 {
        self
    }
    fn is_positive(self) -> bool {
        self > 0.0
    }
}

/// `mantissa · 2^(256 · exponent)` with a mantissa from 2⁻¹²⁸ to 2¹²⁸ in size; 0 has the exponent −∞. The exponent is a whole number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wide {
    mantissa: f64,
    exponent: f64,
}

/// 2²⁵⁶, and its inverse.
const UNIT: f64 = f64::from_bits((1023 + 256) << 52);
const UNIT_INVERSE: f64 = f64::from_bits((1023 - 256) << 52);
/// 2¹²⁸, and its inverse.
const LARGE: f64 = f64::from_bits((1023 + 128) << 52);
const SMALL: f64 = f64::from_bits((1023 - 128) << 52);
/// log 2²⁵⁶ as a number of 28 bits and a rest, so that few multiples of the first are rounded.
const LOG_UNIT: [f64; 2] = [177.445_677_757_263_18, 4.660_828_156_170_614e-7];

impl Wide {
    /// With a mantissa that is out of its range by one unit at most.
    #[inline]
    fn new(mantissa: f64, exponent: f64) -> Self {
        match mantissa.abs() {
            0.0 => Self::ZERO,
            size if size >= LARGE => Self { mantissa: mantissa * UNIT_INVERSE, exponent: exponent + 1.0 },
            size if size < SMALL => Self { mantissa: mantissa * UNIT, exponent: exponent - 1.0 },
            _ => Self { mantissa, exponent },
        }
    }

    /// `e^x`, for any x.
    pub fn exp(x: f64) -> Self {
        if x == f64::NEG_INFINITY {
            return Self::ZERO;
        }
        let exponent = (x / (LOG_UNIT[0] + LOG_UNIT[1])).round();
        let rest = (x - exponent * LOG_UNIT[0]) - exponent * LOG_UNIT[1];
        // A logarithm of 1e17 and more does not know its own mantissa.
        Self::new(rest.clamp(-90.0, 90.0).exp(), exponent)
    }

    /// Its logarithm: −∞ for 0, NaN for a negative number.
    pub fn ln(self) -> f64 {
        if self.mantissa == 0.0 {
            return f64::NEG_INFINITY;
        }
        self.exponent * LOG_UNIT[0] + (self.exponent * LOG_UNIT[1] + self.mantissa.ln())
    }

    /// Its root.
    pub fn sqrt(self) -> Self {
        let half = (self.exponent / 2.0).floor();
        let odd = if self.exponent > 2.0 * half { UNIT } else { 1.0 };
        Self::new((self.mantissa * odd).sqrt(), half)
    }

    /// `(m, s)` with `m s s` this number, s a power of 2.
    pub fn parts(self) -> (f64, f64) {
        (self.mantissa, 2f64.powi(128 * self.exponent.clamp(-9.0, 9.0) as i32))
    }
}

impl Number for Wide {
    const ZERO: Self = Self { mantissa: 0.0, exponent: f64::NEG_INFINITY };
    const ONE: Self = Self { mantissa: 1.0, exponent: 0.0 };
    fn value(self) -> f64 {
        let (mantissa, half) = self.parts();
        mantissa * half * half
    }
    fn is_positive(self) -> bool {
        self.mantissa > 0.0
    }
}

impl From<f64> for Wide {
    fn from(x: f64) -> Self {
        (0..4).fold(Self::new(x, 0.0), |wide, _| Self::new(wide.mantissa, wide.exponent))
    }
}

impl Mul for Wide {
    type Output = Self;
    #[inline]
    fn mul(self, other: Self) -> Self {
        Self::new(self.mantissa * other.mantissa, self.exponent + other.exponent)
    }
}

impl Div for Wide {
    type Output = Self;
    fn div(self, other: Self) -> Self {
        Self::new(self.mantissa / other.mantissa, self.exponent - other.exponent)
    }
}

impl Add for Wide {
    type Output = Self;
    #[inline]
    fn add(self, other: Self) -> Self {
        let (large, small) = if self.exponent >= other.exponent { (self, other) } else { (other, self) };
        match large.exponent - small.exponent {
            1.0 => Self::new(large.mantissa + small.mantissa * UNIT_INVERSE, large.exponent),
            apart if apart > 1.0 => large,
            _ => Self::new(large.mantissa + small.mantissa, large.exponent),
        }
    }
}

impl AddAssign for Wide {
    #[inline]
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

#[cfg(test)]
mod tests {
    use super::{Number, Wide};

    /// Sums, products and roots of e^−800 and its like, by rules of exponents; the logarithm is good to the last digit of −800.
    #[test]
    fn beyond_the_range() {
        let e = |x: f64| Wide::exp(x);
        let log =
            |x: Wide, expected: f64| assert!((x.ln() - expected).abs() <= 2e-16 * expected.abs(), "{x:?}, not e^{expected}");
        log(e(-800.0), -800.0);
        log(e(-500.0) * e(-300.0), -800.0);
        log(e(-800.0) / e(900.0), -1700.0);
        log(e(-800.0) + e(-800.0), 2.0_f64.ln() - 800.0);
        log(e(-800.0) + e(-803.0), -800.0 + (-3.0_f64).exp().ln_1p());
        log(e(-801.0).sqrt(), -400.5);
        log(e(-3.0e5), -3.0e5);
        log(e(-1e300), -1e300);
        assert!(((e(-800.0) / e(-801.0)).value() - 1.0_f64.exp()).abs() < 1e-15);
        assert_eq!((e(-800.0).value(), e(800.0).value(), e(-1e300).value()), (0.0, f64::INFINITY, 0.0));
    }

    /// Numbers of f64 pass through unchanged, also those below its normal range.
    #[test]
    fn inside_the_range() {
        for x in [0.0, 1.0, -0.3, 1e-300, -1e300, f64::MAX, f64::MIN_POSITIVE, 5e-324, 2f64.powi(128), 2f64.powi(-128)] {
            assert_eq!(Wide::from(x).value(), x);
            assert_eq!((Wide::from(x) + Wide::ZERO).value(), x);
            assert_eq!((Wide::from(x) * Wide::ONE).value(), x);
        }
        let sum = |x: f64, y: f64| (Wide::from(x) + Wide::from(y)).value();
        assert_eq!(
            (sum(1e300, 1e-300), sum(1.0, -1.0), sum(2f64.powi(-130), 2f64.powi(-127))),
            (1e300, 0.0, 9.0 * 2f64.powi(-130))
        );
        assert_eq!(sum(1.5, -1.5 + 2f64.powi(-52)), 2f64.powi(-52));
        assert_eq!((Wide::ZERO.ln(), Wide::exp(f64::NEG_INFINITY).value()), (f64::NEG_INFINITY, 0.0));
        assert!((Wide::ONE / Wide::ZERO).value().is_infinite() && (Wide::ZERO / Wide::ZERO).value().is_nan());
        assert!(Wide::from(f64::NAN).value().is_nan() && Wide::from(-1.0).ln().is_nan() && Wide::exp(f64::NAN).value().is_nan());
    }
}
