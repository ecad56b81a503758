//! Slow, obvious formulas on explicit joint tables, for tests of everything faster.
//!
//! `p` is the joint table, n_V rows by n_H columns; `scores` has one row for each joint state (v, h), at index `v · n_H + h`, and
//! one column for each parameter: `∇_θ log p(v, h)`. These functions allocate.

use crate::decomposition::{Decomposition, xlogx, xlogy};
use faer::{Mat, MatRef, Side};

/// `p(v) = Σ_h p(v, h)`.
pub fn visible(p: MatRef<'_, f64>) -> Vec<f64> {
    (0..p.nrows()).map(|v| (0..p.ncols()).map(|h| p[(v, h)]).sum()).collect()
}

/// `Σ w_i s_i s_iᵀ` over the rows of a score matrix.
pub fn weighted_fisher(weights: &[f64], scores: MatRef<'_, f64>) -> Mat<f64> {
    assert_eq!(weights.len(), scores.nrows());
    let weighted = Mat::from_fn(scores.nrows(), scores.ncols(), |i, a| weights[i] * scores[(i, a)]);
    weighted.transpose() * scores
}

/// Joint Fisher matrix `G = Σ_{v,h} p s sᵀ`, P×P.
pub fn joint_fisher(p: MatRef<'_, f64>, scores: MatRef<'_, f64>) -> Mat<f64> {
    let weights: Vec<f64> = (0..scores.nrows()).map(|i| p[(i / p.ncols(), i % p.ncols())]).collect();
    weighted_fisher(&weights, scores)
}

/// Visible scores `s̄(v) = E_{p(h|v)} s(v, h) = ∇_θ log p(v)`, n_V×P; zero where p(v) = 0.
pub fn visible_scores(p: MatRef<'_, f64>, scores: MatRef<'_, f64>) -> Mat<f64> {
    let marginal = visible(p);
    let sum = |v: usize, a: usize| (0..p.ncols()).map(|h| p[(v, h)] * scores[(v * p.ncols() + h, a)]).sum::<f64>();
    Mat::from_fn(p.nrows(), scores.ncols(), |v, a| if marginal[v] > 0.0 { sum(v, a) / marginal[v] } else { 0.0 })
}

/// Visible Fisher matrix `G_V = Σ_v p(v) s̄ s̄ᵀ`, P×P.
pub fn visible_fisher(p: MatRef<'_, f64>, scores: MatRef<'_, f64>) -> Mat<f64> {
    weighted_fisher(&visible(p), visible_scores(p, scores).as_ref())
}

/// `∇_θ D_V = −Σ_v p*(v) s̄(v)`, length P.
pub fn gradient_visible(p: MatRef<'_, f64>, scores: MatRef<'_, f64>, target: &[f64]) -> Vec<f64> {
    let mean = visible_scores(p, scores);
    (0..scores.ncols()).map(|a| -(0..p.nrows()).map(|v| target[v] * mean[(v, a)]).sum::<f64>()).collect()
}

/// `∇_θ D_J = −Σ_{v,h} p*(v) q(h|v) s(v, h)` with q (n_V×n_H, rows sum to 1) held fixed, length P.
pub fn gradient_joint(scores: MatRef<'_, f64>, target: &[f64], q: MatRef<'_, f64>) -> Vec<f64> {
    let weight = |i: usize| target[i / q.ncols()] * q[(i / q.ncols(), i % q.ncols())];
    (0..scores.ncols()).map(|a| -(0..scores.nrows()).map(|i| weight(i) * scores[(i, a)]).sum::<f64>()).collect()
}

/// The decomposition, each quantity by its own double sum over (v, h).
pub fn decomposition(p: MatRef<'_, f64>, target: &[f64], q: MatRef<'_, f64>) -> Decomposition {
    let marginal = visible(p);
    let mut sums = Decomposition::default();
    for v in 0..p.nrows() {
        sums.log_evidence += xlogy(target[v], marginal[v]);
        sums.kl_visible += xlogx(target[v]) - xlogy(target[v], marginal[v]);
        sums.entropy -= xlogx(target[v]);
        for h in 0..p.ncols() {
            let extended = target[v] * q[(v, h)];
            sums.elbo += xlogy(extended, p[(v, h)]) - xlogy(extended, q[(v, h)]);
            sums.gap += xlogy(extended, q[(v, h)]) - xlogy(extended, p[(v, h)] / marginal[v]);
            sums.kl_joint += xlogx(extended) - xlogy(extended, p[(v, h)]);
        }
    }
    sums
}

/// `F⁺` by the eigendecomposition; eigenvalues below `rcond · λ_max`, and those not positive, count as zero.
pub fn pinv(f: MatRef<'_, f64>, rcond: f64) -> Mat<f64> {
    let n = f.nrows();
    if n == 0 {
        return Mat::new();
    }
    let eigen = f.self_adjoint_eigen(Side::Lower).expect("a finite symmetric matrix");
    let (u, values) = (eigen.U(), eigen.S().column_vector());
    let largest = (0..n).map(|k| values[k]).fold(0.0, f64::max);
    let inverse = |x: f64| if x > 0.0 && x >= rcond * largest { 1.0 / x } else { 0.0 };
    let scaled = Mat::from_fn(n, n, |i, k| u[(i, k)] * inverse(values[k]));
    scaled * u.transpose()
}

/// Monte-Carlo estimate `1/N Σ s_i s_iᵀ` of the Fisher matrix from sampled rows of the score matrix.
pub fn sampled_fisher(scores: MatRef<'_, f64>, states: &[usize]) -> Mat<f64> {
    let mut weights = vec![0.0; scores.nrows()];
    states.iter().for_each(|&i| weights[i] += 1.0 / states.len() as f64);
    weighted_fisher(&weights, scores)
}
