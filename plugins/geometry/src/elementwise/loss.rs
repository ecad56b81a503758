//! The loss of Bernoulli variables given by their log-odds, and its gradient.

use super::{Elementwise, kernel};
use pulp::{Arch, Simd, WithSimd};

/// Sums that run side by side.
const LANES: usize = 8;
/// Terms that are computed before they are summed: a loop with both would not be vectorised.
const TILE: usize = 64;

struct Loss<'a, T>(&'a [T], &'a [T]);

impl<T: Elementwise> WithSimd for Loss<'_, T> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f64 {
        let mut lanes = [0.0; LANES];
        for (logits, targets) in self.0.chunks(TILE).zip(self.1.chunks(TILE)) {
            let mut terms = [T::ZERO; TILE];
            for ((term, &logit), &target) in terms.iter_mut().zip(logits).zip(targets) {
                *term = kernel::bernoulli(logit, target);
            }
            for row in terms.as_chunks::<LANES>().0 {
                lanes.iter_mut().zip(row).for_each(|(lane, term)| *lane += term.wide());
            }
        }
        let [a, b, c, d, e, f, g, h] = lanes;
        ((a + e) + (c + g)) + ((b + f) + (d + h))
    }
}

/// Σ_i ln(1 + e^(l_i)) − x_i l_i = −Σ_i ln p(x_i), x_i ∈ [0, 1] a Bernoulli variable with log-odds l_i; in nats.
///
/// A term of type `T`, then summed as `f64`: the i-th term goes to sum i mod 8, in order, and the eight sums are added in a fixed
/// tree. So the result is a function of the two slices; the sum of the results of their parts may differ in the last bits.
///
/// # Panics
/// If the slices differ in length.
pub fn bernoulli_loss<T: Elementwise>(logits: &[T], targets: &[T]) -> f64 {
    assert!(logits.len() == targets.len(), "slices of one length");
    Arch::new().dispatch(Loss(logits, targets))
}

struct SigmoidMinus<'a, T>(&'a [T], &'a [T], T, &'a mut [T]);

impl<T: Elementwise> WithSimd for SigmoidMinus<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self(logits, targets, scale, out) = self;
        for ((out, &logit), &target) in out.iter_mut().zip(logits).zip(targets) {
            *out = kernel::sigmoid_minus(logit, target) * scale;
        }
    }
}

/// out ← (σ(l) − x) · scale, the derivative of [`bernoulli_loss`] by the log-odds l, scaled.
///
/// The error is a few ulp of the larger of (1 − x) σ(l) and x σ(−l), whose difference this is: for x = 1 that is −σ(−l), for x = 0
/// it is σ(l), both to their own last digits.
///
/// # Panics
/// If the slices differ in length.
pub fn sigmoid_minus<T: Elementwise>(logits: &[T], targets: &[T], scale: T, out: &mut [T]) {
    assert!(logits.len() == targets.len() && logits.len() == out.len(), "slices of one length");
    Arch::new().dispatch(SigmoidMinus(logits, targets, scale, out));
}
