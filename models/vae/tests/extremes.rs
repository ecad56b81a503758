//! Far from the middle, in both precisions: units and predictions that are saturated, q next to the prior, variances near the
//! ends of the exponents. Expected values are closed forms, written so that nothing cancels in them.

mod common;

use common::{At, build, rows_of, write_npy};
use elbow_sdk::{Estimation, Fisher};
use elbow_vae::{Bound, Likelihood, Parameters, Scale, Width};
use tempfile::TempDir;

const WIDTHS: [(Width, f64); 2] = [(Width::Double, 1e-14), (Width::Single, 1e-5)];

/// One latent unit, data of so many columns, ε from a file, the same for every row; all parameters 0.
fn at(parameters: Parameters, columns: usize, values: &[f64], noise: f64) -> At {
    let folder = TempDir::new().expect("a folder");
    let (data, rows) = (rows_of(&folder, columns, values), values.len() / columns);
    let noise = write_npy(&folder.path().join("noise.npy"), &[1, rows, 1], &vec![noise; rows]);
    let mut at = At::new(build(Parameters { data, noise, latent: 1, batch: Some(0), encoder: Some(Vec::new()), ..parameters }));
    at.theta.fill(0.0);
    at.phi.fill(0.0);
    at
}

#[track_caller]
fn close(found: f64, expected: f64, tolerance: f64) {
    assert!((found - expected).abs() <= tolerance * expected.abs(), "{found:e}, expected {expected:e}");
}

/// x = 1 with r = w₂ t + b₂, t = tanh a, a = w₁ ε + b₁: ∂/∂b₂ = −σ(−r), ∂/∂b₁ = −σ(−r) w₂ (1 − t²). With z = e^(−2a) we have
/// 1 − t² = 4 z/(1 + z)² and 1 − t = 2 z/(1 + z).
#[test]
fn saturated_units() {
    for (width, tolerance) in WIDTHS {
        for (a, r) in [(5.0, 8.0), (8.0, 12.0), (15.0, 30.0), (25.0, 40.0)] {
            let mut at = at(Parameters { precision: width, decoder: Some(vec![1.0]), ..Parameters::default() }, 1, &[1.0], 0.5);
            let second = 2.0;
            // W̄₁ = (w₁, b₁), W̄₂ = (w₂, b₂).
            at.theta.copy_from_slice(&[1.0, a - 0.5, second, r - second]);
            let (theta, _) = at.renew().gradients();
            let z = (-2.0 * a).exp();
            let (slope, below) = (4.0 * z / (1.0 + z).powi(2), second * 2.0 * z / (1.0 + z));
            let delta = -1.0 / (1.0 + (r - below).exp());
            close(theta[3], delta, tolerance * 10.0);
            close(theta[1], delta * second * slope, tolerance * 10.0);
        }
    }
}

/// KL = ½ Σ (e^t − 1 − t) + μ² with t = log σ², about t²/4 for each component next to the prior; its derivative by t is ½ (e^t −
/// 1).
#[test]
fn next_to_the_prior() {
    for (width, tolerance) in WIDTHS {
        for (scale, rate) in [(Scale::LogSigma, 1.0), (Scale::LogVariance, 0.5)] {
            for t in [1e-12_f64, -1e-9, 1e-6, -1e-4, 0.01, -0.3, 1.0, -20.0] {
                let parameters = Parameters { precision: width, scale, decoder: Some(Vec::new()), ..Parameters::default() };
                let mut at = at(parameters, 1, &[1.0], 0.7);
                // W̄ = (by x, bias) of μ and s: the bias of s alone.
                at.phi[3] = t / (2.0 * rate);
                let (_, phi) = at.renew().gradients();
                // With t, not its rounding to 32 bits: its relative error is that of the values, or twice as large.
                let rest = if t.abs() < 1e-3 { t * t * (0.5 + t / 6.0 + t * t / 24.0) } else { t.exp_m1() - t };
                close(at.quantities()["kl"], 0.5 * rest, 2.0 * tolerance);
                close(phi[3], 2.0 * rate * 0.5 * t.exp_m1(), 2.0 * tolerance);
                // −ELBO has the same digits beside log 2, x = 1 at r = 0.
                close(at.loss(), 2f64.ln() + 0.5 * rest, tolerance);
            }
        }
    }
}

/// x = u σ with σ = e^(L/2), 1/σ² beyond the largest number: −log p = ½ (log 2π + L + u²), ∂/∂r = −u/σ, ∂/∂L = ½ (1 − u²), for u
/// = ½ and u = 1½.
#[test]
fn small_variances() {
    for ((width, tolerance), log_variance) in WIDTHS.into_iter().zip([-740.0_f64, -100.0]) {
        let (sigma, (mean, square)) = ((0.5 * log_variance).exp(), (1.0, 1.25));
        let parameters = Parameters {
            precision: width,
            likelihood: Likelihood::Gaussian,
            learned_variance: true,
            decoder: Some(Vec::new()),
            ..Parameters::default()
        };
        let mut at = at(parameters, 1, &[0.5 * sigma, 1.5 * sigma], 0.5);
        at.theta[2] = log_variance;
        let (theta, _) = at.renew().gradients();
        close(at.loss(), 0.5 * (std::f64::consts::TAU.ln() + log_variance + square), tolerance);
        close(theta[1], -mean / sigma, 100.0 * tolerance);
        close(theta[2], 0.5 * (1.0 - square), 10.0 * tolerance);
        // What is drawn from the model has u = −ε, whatever σ: δ = −ε/σ and ½ (1 − ε²).
        at.rows(Fisher::Aggregate, Estimation::Sampled, |rows, _| {
            let (by_r, by_l) = (rows.layers[0].deltas.at(0), rows.layers[1].deltas.at(0));
            close(by_l, 0.5 * (1.0 - (by_r * sigma).powi(2)), 100.0 * tolerance);
        });
    }
}

/// δ of a drawn x′ is −σ(−r) for the likely 1, as F = E[δ²] = σ(r) σ(−r) says.
#[test]
fn drawn_predictions() {
    for (width, tolerance) in WIDTHS {
        for r in [20.0, 40.0] {
            let parameters = Parameters { precision: width, decoder: Some(Vec::new()), ..Parameters::default() };
            let mut at = at(parameters, 2, &[1.0, 0.0], 0.5);
            at.theta.copy_from_slice(&[0.0, 0.0, r, -r]);
            let small = 1.0 / (1.0 + r.exp());
            at.renew().rows(Fisher::Aggregate, Estimation::Sampled, |rows, _| {
                close(rows.layers[0].deltas.at(0), -small, tolerance);
                close(rows.layers[0].deltas.at(1), small, tolerance);
            });
        }
    }
}

/// F(φ) v = v/σ² where σ² has no normal number of 32 bits, but v/σ² has.
#[test]
fn narrow_recognition() {
    let mut at = at(Parameters { precision: Width::Single, decoder: Some(Vec::new()), ..Parameters::default() }, 1, &[0.0], 0.5);
    at.phi[3] = -50.0;
    let product = at.renew().product(Fisher::Recognition, &[0.0, 0.0, 1e-10, 0.0]);
    close(product[2], 1e-10 * 100f64.exp(), 1e-4);
}

/// With no draw that could have made x the bound is −∞, not undefined.
#[test]
fn impossible_data() {
    let parameters = Parameters { bound: Bound::Iwae, decoder: Some(Vec::new()), ..Parameters::default() };
    let mut at = at(parameters, 2, &[0.0, 0.0], 0.5);
    at.theta[2..].fill(1.7e308);
    assert_eq!(at.renew().loss(), f64::INFINITY);
}
