//! exp, exp − 1, tanh, sigmoid and softplus of slices of `f32` or `f64`, as fast as the processor's vectors allow.
//!
//! The libraries' scalar functions take most of a step of a small network. Here every element goes through the same chain of
//! fused multiplications and selections, without a branch, and the loop is compiled for the vectors that the processor has,
//! chosen once a call.
//!
//! - Results are within 3 ulp of the C library's over the whole range, subnormal results included: softplus(x) → eˣ for
//!   x → −∞, tanh x → x for x → 0. ±∞ gives the limit, NaN gives NaN.
//! - An element's result depends on the element alone: not on its place, nor on the slice's length, nor on how a caller cuts it.
//! - It is also the same to the bit on every processor, as all operations are correctly rounded. One without fused
//!   multiplication computes them in software and is slow: a processor of x86-64 before 2013.
//!
//! # References
//! - J.-M. Muller, *Elementary functions*, 3rd ed., 2016, chapter 11 (range reduction).

mod kernel;
mod loss;
mod real;

pub use loss::{bernoulli_loss, sigmoid_minus};

use pulp::{Arch, Simd, WithSimd};
use real::Real;

/// A number that the functions of this module take: `f32` or `f64`.
pub trait Elementwise: Real {}

impl Elementwise for f32 {}
impl Elementwise for f64 {}

/// A function of one element.
trait Kernel<T>: Copy {
    fn at(self, x: T) -> T;
}

/// x ← f(x) along a slice.
struct InPlace<'a, K, T>(K, &'a mut [T]);

impl<K: Kernel<T>, T: Real> WithSimd for InPlace<'_, K, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for x in self.1 {
            *x = self.0.at(*x);
        }
    }
}

/// out ← f(x) along two slices.
struct Into<'a, K, T>(K, &'a [T], &'a mut [T]);

impl<K: Kernel<T>, T: Real> WithSimd for Into<'_, K, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (out, x) in self.2.iter_mut().zip(self.1) {
            *out = self.0.at(*x);
        }
    }
}

macro_rules! functions {
    ($($(#[doc = $doc:literal])* $name:ident, $into:ident, $kernel:ident;)*) => { $(
        #[derive(Clone, Copy)]
        struct $kernel;

        impl<T: Real> Kernel<T> for $kernel {
            #[inline(always)]
            fn at(self, x: T) -> T {
                kernel::$name(x)
            }
        }

        $(#[doc = $doc])*
        ///
        /// In place.
        pub fn $name<T: Elementwise>(values: &mut [T]) {
            Arch::new().dispatch(InPlace($kernel, values));
        }

        $(#[doc = $doc])*
        ///
        /// # Panics
        /// If the slices differ in length.
        pub fn $into<T: Elementwise>(values: &[T], out: &mut [T]) {
            assert!(values.len() == out.len(), "slices of one length");
            Arch::new().dispatch(Into($kernel, values, out));
        }
    )* };
}

functions! {
    /// eˣ.
    exp, exp_into, Exp;
    /// eˣ − 1.
    exp_m1, exp_m1_into, ExpM1;
    /// eˣ − 1 − x, which is not negative.
    exp_m1_minus_x, exp_m1_minus_x_into, ExpM1MinusX;
    /// tanh x.
    tanh, tanh_into, Tanh;
    /// σ(x) = 1/(1 + e⁻ˣ).
    sigmoid, sigmoid_into, Sigmoid;
    /// ln(1 + eˣ).
    softplus, softplus_into, Softplus;
}

struct TanhSlope<'a, T>(&'a mut [T], &'a mut [T]);

impl<T: Real> WithSimd for TanhSlope<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (x, slope) in self.0.iter_mut().zip(self.1) {
            (*x, *slope) = kernel::tanh_slope(*x);
        }
    }
}

/// x ← tanh x, slope ← 1 − tanh² x, within 8 ulp down to the smallest normal number: from tanh x alone it could not be had where
/// that rounds to ±1.
///
/// # Panics
/// If the slices differ in length.
pub fn tanh_slope<T: Elementwise>(values: &mut [T], slopes: &mut [T]) {
    assert!(values.len() == slopes.len(), "slices of one length");
    Arch::new().dispatch(TanhSlope(values, slopes));
}
