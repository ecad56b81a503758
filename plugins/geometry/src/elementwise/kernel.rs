//! One element: the formulas, without a branch, so that a loop over them is vectorised.
//!
//! A comparison with NaN is false, so every selection below keeps NaN.

use super::real::Real;

/// The smaller one of a number, which may be NaN, and a bound.
#[inline(always)]
fn at_most<T: Real>(x: T, bound: T) -> T {
    if x > bound { bound } else { x }
}

/// x = k ln 2 + r with |r| ≤ ½ ln 2: gives k and eʳ − 1.
#[inline(always)]
fn reduced<T: Real>(x: T) -> (T, T) {
    let k = x.madd(T::LOG2_E, T::MAGIC) - T::MAGIC;
    let r = (-k).madd(T::LN_2_REST, (-k).madd(T::LN_2, x));
    (k, (r * r).madd(r.exp_rest(), r))
}

/// eˣ as (1 + e) 2ʰ 2ᵏ⁻ʰ: gives e and the two factors, as 2ᵏ itself may lie beyond the normal numbers where eˣ does not.
#[inline(always)]
fn factors<T: Real>(x: T) -> (T, T, T) {
    let x = at_most(if x < T::UNDERFLOW { T::UNDERFLOW } else { x }, T::OVERFLOW);
    let (k, e) = reduced(x);
    let half = k.madd(T::HALF, T::MAGIC) - T::MAGIC;
    (e, half.pow2(), (k - half).pow2())
}

/// eˣ.
#[inline(always)]
pub fn exp<T: Real>(x: T) -> T {
    let (e, low, high) = factors(x);
    (T::ONE + e) * low * high
}

/// eˣ − 1 = 2ᵏ e + (2ᵏ − 1), or eˣ where that is the same.
#[inline(always)]
pub fn exp_m1<T: Real>(x: T) -> T {
    let (e, low, high) = factors(x);
    let scale = low * high;
    if x > T::TWO * T::SATURATED { (T::ONE + e) * low * high } else { scale.madd(e, scale - T::ONE) }
}

/// eˣ − 1 − x = m² + 2 f(½x), with f this function and m = e^(½x) − 1: for small x a sum of two squares, which does not cancel.
#[inline(always)]
pub fn exp_m1_minus_x<T: Real>(x: T) -> T {
    let h = T::HALF * x;
    let f = h * h * h.exp_rest();
    let m = h + f;
    let far = exp_m1(x) - at_most(x, T::OVERFLOW);
    if x.magnitude() < T::LN_2 { m.madd(m, f + f) } else { far }
}

/// ln(1 + z) = 2 artanh(z/(2 + z)) for 0 ≤ z ≤ 1.
#[inline(always)]
fn ln_1p<T: Real>(z: T) -> T {
    let s = z / (T::TWO + z);
    let t = s * s;
    T::TWO * (s * t).madd(t.artanh_rest(), s)
}

/// t = tanh x = −m/(2 + m) with m = e^(−2|x|) − 1, for x ≥ 0, and its derivative z (1 + t)² with z = m + 1, which is computed
/// apart: 1 − t² would cancel where t rounds to 1.
#[inline(always)]
pub fn tanh_slope<T: Real>(x: T) -> (T, T) {
    let size = x.magnitude();
    let (k, e) = reduced(-T::TWO * at_most(size, T::FLAT));
    let scale = k.pow2();
    let (m, z) = (scale.madd(e, scale - T::ONE), scale.madd(e, scale));
    let t = -m / (T::TWO + m);
    let slope = z * (T::ONE + t) * (T::ONE + t);
    (t.signed(x), if size > T::FLAT { T::ZERO } else { slope })
}

/// tanh x.
#[inline(always)]
pub fn tanh<T: Real>(x: T) -> T {
    tanh_slope(x).0
}

/// σ(x) = 1/(1 + e^(−x)) = eˣ/(1 + eˣ), the form whose exponential is at most 1.
#[inline(always)]
pub fn sigmoid<T: Real>(x: T) -> T {
    let z = exp(-x.magnitude());
    (if x < T::ZERO { z } else { T::ONE }) / (T::ONE + z)
}

/// σ(x) − t = ((1 − t) a − t b)/(a + b) with a/b = eˣ and the larger of them 1: where σ(x) rounds to 1, 1 − σ(x) does not cancel.
#[inline(always)]
pub fn sigmoid_minus<T: Real>(x: T, target: T) -> T {
    let z = exp(-x.magnitude());
    let (a, b) = if x < T::ZERO { (z, T::ONE) } else { (T::ONE, z) };
    (-target).madd(b, (T::ONE - target) * a) / (T::ONE + z)
}

/// ln(1 + eˣ) = max(x, 0) + ln(1 + e^(−|x|)).
#[inline(always)]
pub fn softplus<T: Real>(x: T) -> T {
    positive(x) + ln_1p(exp(-x.magnitude()))
}

/// ln(1 + eˡ) − x l. For x = 1 the large terms cancel before the small one is added.
#[inline(always)]
pub fn bernoulli<T: Real>(logit: T, target: T) -> T {
    (-target).madd(logit, positive(logit)) + ln_1p(exp(-logit.magnitude()))
}

#[inline(always)]
fn positive<T: Real>(x: T) -> T {
    if x > T::ZERO { x } else { T::ZERO }
}
