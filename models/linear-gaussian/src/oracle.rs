//! Optima in closed form: of the evidence, of the decoder given q, of q given the decoder.
//!
//! ```text
//! evidence     σ² = mean of λ_{k+1}, …, λ_d     W = U_k (Λ_k − σ² I)^½     μ = m
//!              Ev = −½ [d log 2π + Σ_{i≤k} log λ_i + (d − k) log σ² + d]
//! decoder      W̄ = B A⁻¹      σ² = R / d                      (the M-step of the EM algorithm)
//! recognition  V̄ = P̄ = M⁻¹ Wᵀ [I, −μ]      D_a = σ² / M_aa    (the diagonal q of the smallest gap)
//! ```
//!
//! λ and U are the eigenvalues, the largest first, and eigenvectors of the covariance of the data (Tipping and Bishop 1999). With
//! σ² given, directions with λ_i ≤ σ² stay without loading and count as `log σ² + λ_i / σ²`. The columns of W are orthogonal there,
//! so M is diagonal and the diagonal q is the posterior: the gap is 0.

use crate::moments::{hidden, inner};
use crate::point::posterior_parts;
use crate::statistics::Statistics;
use elbow_sdk::{Code, Error, Result};
use faer::linalg::solvers::Solve;
use faer::{Mat, MatRef, Side};
use std::f64::consts::TAU;

/// Where the evidence is largest.
#[derive(Clone, Debug)]
pub struct MaximumLikelihood {
    /// W̄ = [W, μ], d × (k + 1), one of those that differ by a rotation of z.
    pub decoder: Mat<f64>,
    /// σ².
    pub variance: f64,
    /// Ev, in nats per datum.
    pub log_evidence: f64,
}

/// Eigenvalues of a covariance, the largest first, and the eigenvectors as columns in their order.
///
/// # Errors
/// [`Code::Numeric`] if the matrix is not finite.
pub fn spectrum(covariance: MatRef<'_, f64>) -> Result<(Vec<f64>, Mat<f64>)> {
    let n = covariance.nrows();
    let failed = |_| Error::new(Code::Numeric, "the covariance of the data has no eigenvalues: it is not finite");
    let eigen = covariance.self_adjoint_eigen(Side::Lower).map_err(failed)?;
    let values = (0..n).map(|i| eigen.S().column_vector()[n - 1 - i].max(0.0)).collect();
    Ok((values, Mat::from_fn(n, n, |i, j| eigen.U()[(i, n - 1 - j)])))
}

/// The maximum of the evidence for so many hidden dimensions, below d, with σ² learned or given.
///
/// # Errors
/// [`Code::Numeric`] if the data have no spectrum.
///
/// # Panics
/// If `latent` is not below the number of columns.
pub fn maximum_likelihood(statistics: &Statistics, latent: usize, given: Option<f64>) -> Result<MaximumLikelihood> {
    let (values, vectors) = spectrum(statistics.covariance())?;
    Ok(from_spectrum(statistics.mean(), &values, &vectors, latent, given))
}

pub(crate) fn from_spectrum(mean: &[f64], values: &[f64], vectors: &Mat<f64>, k: usize, given: Option<f64>) -> MaximumLikelihood {
    let d = values.len();
    let variance = given.unwrap_or_else(|| values[k..].iter().sum::<f64>() / (d - k) as f64);
    let loading = |i, a| vectors[(i, a)] * orientation(vectors, a) * (values[a] - variance).max(0.0).sqrt();
    let decoder = Mat::from_fn(d, k + 1, |i, a| if a < k { loading(i, a) } else { mean[i] });
    let term = |(a, &x): (usize, &f64)| if a < k && x > variance { x.ln() + 1.0 } else { variance.ln() + x / variance };
    let log_evidence = -0.5 * (d as f64 * TAU.ln() + values.iter().enumerate().map(term).sum::<f64>());
    MaximumLikelihood { decoder, variance, log_evidence }
}

/// ±1, so that the largest component of an eigenvector becomes positive.
fn orientation(vectors: &Mat<f64>, a: usize) -> f64 {
    let column = vectors.col_as_slice(a);
    column.iter().copied().max_by(|x, y| x.abs().total_cmp(&y.abs())).map_or(1.0, f64::signum)
}

/// W̄ and σ² that maximize the ELBO for q(z|x) = N(mean · x̄, covariance), with mean k × (d + 1) and covariance k × k.
///
/// # Errors
/// [`Code::Numeric`] if E[z̄ z̄ᵀ] is singular, which no positive definite covariance makes it.
pub fn em_step(statistics: &Statistics, mean: MatRef<'_, f64>, covariance: MatRef<'_, f64>) -> Result<(Mat<f64>, f64)> {
    let (a, b) = hidden(statistics, mean, |i, j| covariance[(i, j)]);
    let factor = a.llt(Side::Lower).map_err(|_| Error::new(Code::Numeric, "E[z̄ z̄ᵀ] is singular"))?;
    let decoder = factor.solve(b.transpose()).transpose().to_owned();
    // At the optimum tr(W̄ A W̄ᵀ) = tr(W̄ᵀ B).
    let residual = statistics.square() - inner(decoder.as_ref(), b.as_ref());
    Ok((decoder, residual / statistics.columns() as f64))
}

/// V̄, k × (d + 1), and s = ½ log D, length k, of the diagonal q with the smallest gap, for W̄ = [W, μ].
///
/// # Errors
/// [`Code::Numeric`] if Wᵀ W + σ² I is not positive definite.
pub fn best_recognition(decoder: MatRef<'_, f64>, variance: f64) -> Result<(Mat<f64>, Vec<f64>)> {
    let (m, projection) = posterior_parts(decoder, variance);
    let factor = m.llt(Side::Lower).map_err(|_| Error::new(Code::Numeric, "Wᵀ W + σ² I is not positive definite"))?;
    let log_sigma = (0..m.nrows()).map(|a| 0.5 * (variance / m[(a, a)]).ln()).collect();
    Ok((factor.solve(&projection), log_sigma))
}
