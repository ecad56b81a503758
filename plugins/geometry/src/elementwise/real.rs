//! The numbers that the kernels work on, with the constants that belong to their precision.
//!
//! The polynomials are Chebyshev fits, rounded to the type; the bounds at them are relative errors of the function that they make,
//! found by evaluating both at 50 digits. They are small against half an ulp, 2⁻⁵³ = 1.1·10⁻¹⁶ and 2⁻²⁴ = 6.0·10⁻⁸.

use std::ops::{Add, Div, Mul, Neg, Sub};

/// c₀ + x (c₁ + x (c₂ + …)), written out so that it is one chain of fused operations.
macro_rules! horner {
    ($x:ident; $c:literal) => { $c };
    ($x:ident; $c:literal, $($rest:literal),+) => { $x.mul_add(horner!($x; $($rest),+), $c) };
}

/// The even powers of x, then the odd ones: two short chains side by side take less time than a long one.
macro_rules! polynomial {
    ($x:expr; [$($even:literal),*], [$($odd:literal),*]) => {{
        let x = $x;
        let square = x * x;
        x.mul_add(horner!(square; $($odd),*), horner!(square; $($even),*))
    }};
}

/// f32 or f64.
pub trait Real:
    Copy
    + Send
    + Sync
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// 0.
    const ZERO: Self;
    /// ½.
    const HALF: Self;
    /// 1.
    const ONE: Self;
    /// 2.
    const TWO: Self;
    /// 1.5 · 2^(digits − 1): a number of moderate size that is added to it is rounded to an integer.
    const MAGIC: Self;
    /// log₂ e.
    const LOG2_E: Self;
    /// ln 2, rounded.
    const LN_2: Self;
    /// What the rounding of ln 2 left.
    const LN_2_REST: Self;
    /// From here on eˣ overflows.
    const OVERFLOW: Self;
    /// Up to here eˣ rounds to zero.
    const UNDERFLOW: Self;
    /// From here on tanh rounds to 1.
    const SATURATED: Self;
    /// From here on the derivative of tanh is below the normal numbers.
    const FLAT: Self;

    /// self · b + c, rounded once.
    fn madd(self, b: Self, c: Self) -> Self;
    /// |self|.
    fn magnitude(self) -> Self;
    /// |self| with the sign of another number.
    fn signed(self, sign: Self) -> Self;
    /// 2ᵏ, with k = self an integer in the range of normal exponents.
    fn pow2(self) -> Self;
    /// (eʳ − 1 − r)/r², for r = self, |r| ≤ ½ ln 2.
    fn exp_rest(self) -> Self;
    /// (artanh(√t)/√t − 1)/t, for t = self, 0 ≤ t ≤ 1/9.
    fn artanh_rest(self) -> Self;
    /// As a f64.
    fn wide(self) -> f64;
}

macro_rules! real {
    ($type:ident, magic: $magic:literal, bias: $bias:literal, mantissa: $mantissa:literal, rest: $rest:literal,
     limits: [$underflow:literal, $overflow:literal, $saturated:literal, $flat:literal],
     exp: $exp:tt $exp_odd:tt, artanh: $artanh:tt $artanh_odd:tt) => {
        impl Real for $type {
            const ZERO: Self = 0.0;
            const HALF: Self = 0.5;
            const ONE: Self = 1.0;
            const TWO: Self = 2.0;
            const MAGIC: Self = $magic;
            const LOG2_E: Self = std::$type::consts::LOG2_E;
            const LN_2: Self = std::$type::consts::LN_2;
            const LN_2_REST: Self = $rest;
            const OVERFLOW: Self = $overflow;
            const UNDERFLOW: Self = $underflow;
            const SATURATED: Self = $saturated;
            const FLAT: Self = $flat;

            #[inline(always)]
            fn madd(self, b: Self, c: Self) -> Self {
                self.mul_add(b, c)
            }
            #[inline(always)]
            fn magnitude(self) -> Self {
                self.abs()
            }
            #[inline(always)]
            fn signed(self, sign: Self) -> Self {
                self.copysign(sign)
            }
            #[inline(always)]
            fn pow2(self) -> Self {
                // The low bits of the sum are k + bias; what stands above them is shifted out.
                Self::from_bits((self + ($magic + $bias)).to_bits() << $mantissa)
            }
            #[inline(always)]
            fn exp_rest(self) -> Self {
                polynomial!(self; $exp, $exp_odd)
            }
            #[inline(always)]
            fn artanh_rest(self) -> Self {
                polynomial!(self; $artanh, $artanh_odd)
            }
            #[inline(always)]
            fn wide(self) -> f64 {
                f64::from(self)
            }
        }
    };
}

// Errors of exp 4.1·10⁻¹⁷, of artanh 7.0·10⁻¹⁸.
real!(
    f64, magic: 6_755_399_441_055_744.0, bias: 1023.0, mantissa: 52, rest: 2.319_046_813_846_299_6e-17,
    limits: [-746.0, 710.0, 20.0, 354.0],
    exp: [
        0.500_000_000_000_000_1, 0.041_666_666_666_624_13, 0.001_388_888_891_721_371_7,
        2.480_152_129_595_437_6e-5, 2.762_008_844_540_974_6e-7
    ] [
        0.166_666_666_666_666_69, 0.008_333_333_333_330_062, 0.000_198_412_698_630_536_18,
        2.755_726_845_999_706_4e-6, 2.510_038_549_551_032e-8
    ],
    artanh: [
        0.333_333_333_333_333_3, 0.142_857_142_835_525_3, 0.090_908_947_086_632_23,
        0.066_570_677_754_405_81, 0.044_001_588_254_343_87
    ] [
        0.200_000_000_000_072_98, 0.111_111_113_589_008_91, 0.076_927_852_964_561_21,
        0.060_005_775_914_288_89, 0.080_824_690_847_356_69
    ]
);

// Errors of exp 1.7·10⁻⁹, of artanh 9.7·10⁻¹⁰.
real!(
    f32, magic: 12_582_912.0, bias: 127.0, mantissa: 23, rest: -1.904_654_3e-9,
    limits: [-104.0, 89.0, 10.0, 43.5],
    exp: [0.5, 0.041_666_467, 0.001_393_365] [0.166_666_67, 0.008_333_31, 0.000_198_909_91],
    artanh: [0.333_333_34, 0.142_961_83, 0.116_124_61] [0.199_998_53, 0.108_532_3]
);
