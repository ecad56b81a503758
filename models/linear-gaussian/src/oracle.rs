//! Optima in closed form: of the evidence, of the decoder given q, of q given the decoder.
//!
//! ```text
//! evidence     σ² = mean of ς²_{k+1}, …, ς²_d     W = U_k (ς_k² − σ² I)^½     μ = m
//!              Ev = −½ [d log 2π + Σ_{i≤k} log ς_i² + (d − k) log σ² + d]
//! decoder      W̄ = B A⁻¹      σ² = R / d                      (the M-step of the EM algorithm)
//! recognition  V̄ = P̄ = M⁻¹ Wᵀ [I, −μ]      D_a = σ² / M_aa    (the diagonal q of the smallest gap)
//! ```
//!
//! ς and U are the singular values, the largest first, and left singular vectors of Cᵀ: the variances of the data are ς² (Tipping and
//! Bishop 1999). With σ² given, directions with ς_i ≤ σ stay without loading and count as `log σ² + ς_i² / σ²`. The columns of W are
//! orthogonal there, so M is diagonal and the diagonal q is the posterior: the gap is 0. W̄ is the solution of least squares
//! E‖x − W̄ z̄‖², from reflections of what z̄ is made of and not from A.

use crate::factor::factor;
use crate::moments::squares;
use crate::root::Root;
use crate::statistics::Statistics;
use elbow_sdk::{Code, Error, Result};
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

/// The maximum of the evidence for so many hidden dimensions, below d, with σ² learned or given.
///
/// # Errors
/// [`Code::Numeric`] if the data have no singular values.
///
/// # Panics
/// If `latent` is not below the number of columns.
pub fn maximum_likelihood(statistics: &Statistics, latent: usize, given: Option<f64>) -> Result<MaximumLikelihood> {
    let (k, d) = (latent, statistics.columns());
    let failed = |_| Error::new(Code::Numeric, "the data have no singular values: they are not finite");
    // A power of two, so that squares are numbers and no digit changes.
    let unit = statistics.longest().1.max(f64::MIN_POSITIVE).log2().floor().exp2();
    let svd = (statistics.central() * faer::Scale(1.0 / unit)).svd().map_err(failed)?;
    let found = svd.S().column_vector();
    let values: Vec<f64> = (0..d).map(|i| if i < found.nrows() { unit * found[i] } else { 0.0 }).collect();
    let log_variance = given.map_or_else(|| mean_log(&values[k..]), f64::ln);
    let sigma = (0.5 * log_variance).exp();
    let loading = |i, a: usize| {
        let extent = ((values[a] - sigma).max(0.0)).sqrt() * (values[a] + sigma).sqrt();
        svd.U()[(i, a)] * orientation(svd.U(), a) * extent
    };
    let decoder = Mat::from_fn(d, k + 1, |i, a| if a < k { loading(i, a) } else { statistics.mean()[i] });
    let term = |(a, x): (usize, &f64)| if a < k && *x > sigma { 2.0 * x.ln() + 1.0 } else { log_variance + (x / sigma).powi(2) };
    let log_evidence = -0.5 * (d as f64 * TAU.ln() + values.iter().enumerate().map(term).sum::<f64>());
    Ok(MaximumLikelihood { decoder, variance: given.unwrap_or_else(|| log_variance.exp()), log_evidence })
}

/// The logarithm of a mean square, whose squares may be no numbers; the first value is the largest.
pub(crate) fn mean_log(values: &[f64]) -> f64 {
    let share = values.iter().map(|x| (x / values[0]).powi(2)).sum::<f64>() / values.len() as f64;
    if values[0] > 0.0 { 2.0 * values[0].ln() + share.ln() } else { f64::NEG_INFINITY }
}

/// ±1, so that the largest component of a singular vector becomes positive.
fn orientation(vectors: MatRef<'_, f64>, a: usize) -> f64 {
    let column = vectors.col(a).iter().copied();
    column.max_by(|x, y| x.abs().total_cmp(&y.abs())).map_or(1.0, f64::signum)
}

/// W̄ and σ² that maximize the ELBO for q(z|x) = N(mean · x̄, covariance), with mean k × (d + 1) and covariance k × k.
///
/// # Errors
/// [`Code::Numeric`] if the covariance is not positive definite.
pub fn em_step(statistics: &Statistics, mean: MatRef<'_, f64>, covariance: MatRef<'_, f64>) -> Result<(Mat<f64>, f64)> {
    let (d, k, data) = (statistics.columns(), mean.nrows(), statistics.factor());
    let spread = covariance.llt(Side::Lower).map_err(|_| Error::new(Code::Numeric, "the covariance is not positive definite"))?;
    let (hidden, count) = (mean * data, data.ncols());
    // A = ZᵀZ of the rows z̄ of the data, and those of the spread of z.
    let row = |r: usize, a: usize| match (r < count, a < k) {
        (true, true) => hidden[(a, r)],
        (true, false) => data[(d, r)],
        (false, true) => spread.L()[(a, r - count)],
        (false, false) => 0.0,
    };
    let rows = Mat::from_fn(count + k, k + 1, row);
    let x = Mat::from_fn(count + k, d, |r, i| if r < count { data[(i, r)] } else { 0.0 });
    let (root, range) = factor(Mat::zeros(k + 1, k + 1), rows);
    let mut decoder = range.transpose() * &x;
    let apart = x - range * &decoder;
    root.solve_upper_triangular_in_place(decoder.as_mut());
    Ok((decoder.transpose().to_owned(), squares(apart.as_ref(), 1.0) / d as f64))
}

/// V̄, k × (d + 1), and s = ½ log D, length k, of the diagonal q with the smallest gap, for W̄ = [W, μ].
///
/// # Errors
/// [`Code::Numeric`] if Wᵀ W + σ² I is singular, to rounding.
pub fn best_recognition(decoder: MatRef<'_, f64>, variance: f64) -> Result<(Mat<f64>, Vec<f64>)> {
    let k = decoder.ncols() - 1;
    let (loading, mean) = decoder.split_at_col(k);
    let root = Root::new(loading, variance.sqrt())?;
    let gain = root.gain();
    let offset = &gain * mean;
    let encoder = Mat::from_fn(k, gain.ncols() + 1, |a, i| if i < gain.ncols() { gain[(a, i)] } else { -offset[(a, 0)] });
    Ok((encoder, root.excess.iter().map(|excess| -0.5 * excess).collect()))
}
