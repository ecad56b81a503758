//! Angles between directions: `cos(a, b) = aᵀ M b / (‖a‖ ‖b‖)`, `‖a‖ = √(aᵀ M a)`.
//!
//! With M the visible Fisher matrix these are the statistics that compare the natural gradients of the evidence lower bound, of
//! the exact posterior's objective and of the evidence.

use faer::MatRef;

/// Shorter vectors have no direction.
const SHORTEST: f64 = 1e-14;

/// Cosine of the angle between `a` and `b` in the inner product of `metric` (n×n, symmetric), in \[-1, 1\].
///
/// NaN if either norm is below 1e-14 or undefined. Panics if the lengths differ.
pub fn cosine(metric: MatRef<'_, f64>, a: &[f64], b: &[f64]) -> f64 {
    ratio(bilinear(metric, a, b, |x| x), norm(metric, a), norm(metric, b))
}

/// `√(aᵀ M a)`; NaN if the form is negative by more than rounding, which a metric's never is.
pub fn norm(metric: MatRef<'_, f64>, a: &[f64]) -> f64 {
    let square = bilinear(metric, a, a, |x| x);
    let null = square < 0.0 && -square <= a.len() as f64 * f64::EPSILON * bilinear(metric, a, a, f64::abs);
    if null { 0.0 } else { square.sqrt() }
}

/// Cosine of the angle in the inner product `Σ aᵢ bᵢ`; NaN if either norm is below 1e-14.
pub fn euclidean_cosine(a: &[f64], b: &[f64]) -> f64 {
    ratio(dot(a, b), dot(a, a).sqrt(), dot(b, b).sqrt())
}

/// The quotient; only rounding can bring it outside \[-1, 1\].
fn ratio(product: f64, a: f64, b: f64) -> f64 {
    if a >= SHORTEST && b >= SHORTEST { (product / a / b).clamp(-1.0, 1.0) } else { f64::NAN }
}

/// `Σ aᵢ bᵢ`.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// `Σ f(aᵢ Mᵢⱼ bⱼ)`, a column at a time.
fn bilinear(metric: MatRef<'_, f64>, a: &[f64], b: &[f64], f: impl Fn(f64) -> f64) -> f64 {
    assert!(metric.nrows() == a.len() && metric.ncols() == b.len(), "the metric is n by n, the vectors have length n");
    if let Some(columns) = metric.try_as_col_major() {
        let column = |j| columns.col(j).as_slice().iter().zip(a).map(|(m, x)| f(m * x * b[j])).sum::<f64>();
        return (0..b.len()).map(column).sum();
    }
    (0..b.len()).map(|j| (0..a.len()).map(|i| f(metric[(i, j)] * a[i] * b[j])).sum::<f64>()).sum()
}
