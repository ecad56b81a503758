//! Closed forms on the open simplex of probability vectors with the Fisher–Rao metric.
//!
//! Inner product `⟨X, Y⟩_p = Σ X Y / p` of tangent vectors (`Σ X = 0`). `p ↦ 2 √p` is an isometry onto a part of the sphere of
//! radius 2 (Amari and Nagaoka, *Methods of Information Geometry*, section 2.5), hence the distance and the geodesics.

use crate::decomposition::divergence_term;

/// `⟨X, Y⟩_p = Σ X_k Y_k / p_k`, with `0 / 0 = 0`.
pub fn inner(p: &[f64], x: &[f64], y: &[f64]) -> f64 {
    p.iter().zip(x.iter().zip(y)).map(|(p, (x, y))| if x * y == 0.0 { 0.0 } else { x * y / p }).sum()
}

/// Length `√⟨X, X⟩_p`.
pub fn norm(p: &[f64], x: &[f64]) -> f64 {
    inner(p, x, x).sqrt()
}

/// Kullback–Leibler divergence `Σ p log(p / q)` in nats, with `0 log 0 = 0`; infinite where q = 0 < p.
///
/// Summed from terms `p log(p/q) − p + q`, of which none is negative: nothing cancels when p and q are close.
pub fn divergence(p: &[f64], q: &[f64]) -> f64 {
    p.iter().zip(q).map(|(&p, &q)| divergence_term(p, q, q.ln())).sum()
}

/// Fisher–Rao distance `2 arccos Σ √(p q)`, in \[0, π\].
///
/// Computed as `4 arcsin(‖√p − √q‖ / 2)`, the same on the simplex and exact for close points, where the arccosine loses half of
/// the digits.
pub fn distance(p: &[f64], q: &[f64]) -> f64 {
    let chord: f64 = p.iter().zip(q).map(|(p, q)| (p.sqrt() - q.sqrt()).powi(2)).sum();
    4.0 * (chord.sqrt() / 2.0).min(1.0).asin()
}

/// The m-geodesic `p(t) = q + e^{−t} (p_0 − q)` into `out`: the natural gradient flow of `KL(q ‖ ·)` from `start`.
pub fn m_geodesic(start: &[f64], q: &[f64], t: f64, out: &mut [f64]) {
    let decay = (-t).exp();
    out.iter_mut().zip(start.iter().zip(q)).for_each(|(x, (p, q))| *x = q + decay * (p - q));
}

/// The Fisher–Rao geodesic from `p` with velocity `x` (tangent: `Σ x = 0`) at time `t`, into `out`.
///
/// `√p(t) = cos(‖X‖ t / 2) √p + sin(‖X‖ t / 2) X / (√p ‖X‖)`. Beyond the boundary, where a root turns negative, the square is
/// the reflected geodesic. A velocity of length 0 stays at `p`.
pub fn geodesic(p: &[f64], x: &[f64], t: f64, out: &mut [f64]) {
    let length = norm(p, x);
    if length == 0.0 {
        out.copy_from_slice(p);
        return;
    }
    let (sine, cosine) = (length * t / 2.0).sin_cos();
    out.iter_mut().zip(p.iter().zip(x)).for_each(|(out, (p, x))| {
        let slope = if *x == 0.0 { 0.0 } else { x / (p.sqrt() * length) };
        *out = (cosine * p.sqrt() + sine * slope).powi(2);
    });
}

/// The Fisher–Rao exponential map: [`geodesic`] at time 1.
pub fn exponential(p: &[f64], x: &[f64], out: &mut [f64]) {
    geodesic(p, x, 1.0, out);
}
