//! Affine networks with a normal likelihood, where everything has a closed form: x = W z + b + σ ε, q = N(V x + c, diag σ_q²).

use super::{At, Words, build, rows_of};
use elbow_data::DataParameters;
use elbow_vae::{Likelihood, Parameters, Scale};
use std::f64::consts::TAU;
use tempfile::TempDir;

pub const ROWS: usize = 12;
pub const D: usize = 3;
pub const L: usize = 2;
pub const VARIANCE: f64 = 0.3;
/// Columns of W, orthogonal, so that the posterior is a product; b.
pub const W: [[f64; D]; L] = [[1.0, 0.5, 0.2], [-0.4, 0.6, 0.5]];
pub const B: [f64; D] = [0.1, -0.2, 0.3];

pub fn data() -> Vec<[f64; D]> {
    let mut words = Words(23);
    (0..ROWS).map(|_| [0; D].map(|_| 2.0 * words.unit() - 1.0)).collect()
}

pub fn squared(w: &[f64; D]) -> f64 {
    w.iter().map(|x| x * x).sum()
}

/// The posterior of row i: its mean and variance for each z.
pub fn posterior(x: &[f64; D]) -> [(f64, f64); L] {
    W.map(|w| {
        let m = squared(&w) + VARIANCE;
        (w.iter().zip(x).zip(B).map(|((w, x), b)| w * (x - b)).sum::<f64>() / m, VARIANCE / m)
    })
}

/// log N(x; b, W Wᵀ + σ²), with the determinant and the inverse from orthogonal columns.
pub fn log_evidence(x: &[f64; D]) -> f64 {
    let centred: Vec<f64> = x.iter().zip(B).map(|(x, b)| x - b).collect();
    let (mut log_det, mut form) = (D as f64 * VARIANCE.ln(), centred.iter().map(|x| x * x).sum::<f64>() / VARIANCE);
    for w in W {
        let along: f64 = w.iter().zip(&centred).map(|(w, x)| w * x).sum();
        log_det += (squared(&w) / VARIANCE).ln_1p();
        form -= along * along / (VARIANCE * (squared(&w) + VARIANCE));
    }
    -0.5 * (D as f64 * TAU.ln() + log_det + form)
}

/// The model at W, b and an encoder of which V, c and s are those of the posterior, shifted; of the data the share held out
/// counts.
pub fn at(parameters: Parameters, shift: f64) -> At {
    let folder = TempDir::new().expect("a folder");
    let data = DataParameters { test: parameters.data.test, ..rows_of(&folder, D, data().as_flattened()) };
    let none = Some(Vec::new());
    let mut at = At::new(build(Parameters {
        data,
        encoder: none.clone(),
        decoder: none,
        latent: L,
        likelihood: Likelihood::Gaussian,
        variance: VARIANCE,
        batch: Some(0),
        ..parameters.clone()
    }));
    at.theta.copy_from_slice(&[W[0], W[1], B].concat());
    let rate = if parameters.scale == Scale::LogSigma { 1.0 } else { 0.5 };
    let s: [f64; L] = W.map(|w| 0.5 * (VARIANCE / (squared(&w) + VARIANCE)).ln() / rate);
    // Column by column: V, with zeros for s, then the biases.
    for (j, column) in at.phi.chunks_exact_mut(2 * L).enumerate() {
        for i in 0..L {
            let slope = |j: usize| W[i][j] / (squared(&W[i]) + VARIANCE);
            column[i] = if j < D { slope(j) } else { -(0..D).map(|j| slope(j) * B[j]).sum::<f64>() } + shift;
            column[L + i] = if j < D { 0.0 } else { s[i] + shift };
        }
    }
    at.renew();
    at
}

/// q of row i, of which V, c and log σ are those of the posterior plus a shift: its mean and variance for each z.
pub fn shifted(x: &[f64; D], shift: f64) -> [(f64, f64); L] {
    let sum = x.iter().sum::<f64>() + 1.0;
    posterior(x).map(|(mean, variance)| (mean + shift * sum, variance * (2.0 * shift).exp()))
}

/// E_q log p(x|z) = −½ (d log 2πσ² + (|x − Wμ − b|² + Σ σ_j² |w_j|²)/σ²), and KL(q ‖ p(z)), for the shifted q.
pub fn elbo(x: &[f64; D], shift: f64) -> [f64; 2] {
    let (mut fitted, mut spread, mut kl) = (B, 0.0, 0.0);
    for (w, (mean, variance)) in W.iter().zip(shifted(x, shift)) {
        fitted.iter_mut().zip(w).for_each(|(fitted, w)| *fitted += w * mean);
        spread += variance * squared(w);
        kl += 0.5 * (variance + mean * mean - 1.0 - variance.ln());
    }
    let error: f64 = x.iter().zip(fitted).map(|(x, fitted)| (x - fitted).powi(2)).sum();
    [-0.5 * (D as f64 * (TAU * VARIANCE).ln() + (error + spread) / VARIANCE), kl]
}
