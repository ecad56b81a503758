//! Affine networks with a normal likelihood, where everything has a closed form: x = W z + b + σ ε, q = N(V x + c, diag σ_q²).

mod common;

use common::{At, Words, build, difference, rows_of};
use elbow_sdk::{Estimation, Fisher};
use elbow_vae::{EvaluationParameters, Likelihood, Parameters, Scale};
use std::f64::consts::TAU;
use tempfile::TempDir;

const ROWS: usize = 12;
const D: usize = 3;
const L: usize = 2;
const VARIANCE: f64 = 0.3;
/// Columns of W, orthogonal, so that the posterior is a product; b.
const W: [[f64; D]; L] = [[1.0, 0.5, 0.2], [-0.4, 0.6, 0.5]];
const B: [f64; D] = [0.1, -0.2, 0.3];

fn data() -> Vec<[f64; D]> {
    let mut words = Words(23);
    (0..ROWS).map(|_| [0; D].map(|_| 2.0 * words.unit() - 1.0)).collect()
}

fn squared(w: &[f64; D]) -> f64 {
    w.iter().map(|x| x * x).sum()
}

/// The posterior of row i: its mean and variance for each z.
fn posterior(x: &[f64; D]) -> [(f64, f64); L] {
    W.map(|w| {
        let m = squared(&w) + VARIANCE;
        (w.iter().zip(x).zip(B).map(|((w, x), b)| w * (x - b)).sum::<f64>() / m, VARIANCE / m)
    })
}

/// log N(x; b, W Wᵀ + σ²), with the determinant and the inverse from orthogonal columns.
fn log_evidence(x: &[f64; D]) -> f64 {
    let centred: Vec<f64> = x.iter().zip(B).map(|(x, b)| x - b).collect();
    let (mut log_det, mut form) = (D as f64 * VARIANCE.ln(), centred.iter().map(|x| x * x).sum::<f64>() / VARIANCE);
    for w in W {
        let along: f64 = w.iter().zip(&centred).map(|(w, x)| w * x).sum();
        log_det += (squared(&w) / VARIANCE).ln_1p();
        form -= along * along / (VARIANCE * (squared(&w) + VARIANCE));
    }
    -0.5 * (D as f64 * TAU.ln() + log_det + form)
}

/// The model at W, b and an encoder of which V, c and s are those of the posterior, shifted.
fn at(parameters: Parameters, shift: f64) -> At {
    let folder = TempDir::new().expect("a folder");
    let data = rows_of(&folder, D, data().as_flattened());
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

fn orthogonal() -> bool {
    W[0].iter().zip(W[1]).map(|(a, b)| a * b).sum::<f64>().abs() < 1e-15
}

/// With q the posterior each weight is p(x), so every bound with draws is the evidence, and the gradients of −L_K vanish for φ.
#[test]
fn at_the_posterior_the_bound_is_the_evidence() {
    assert!(orthogonal());
    let expected = data().iter().map(log_evidence).sum::<f64>() / ROWS as f64;
    for scale in [Scale::LogSigma, Scale::LogVariance] {
        let evaluation = EvaluationParameters { samples: 3, ..EvaluationParameters::default() };
        let bound = elbow_vae::Bound::Iwae;
        let mut at = at(Parameters { scale, evaluation, bound, samples: 2, ..Parameters::default() }, 0.0);
        let [_, evidence, ..] = at.quantities();
        assert!((evidence - expected).abs() < 1e-12, "{evidence} against {expected}");
        assert!((at.loss() + expected).abs() < 1e-12);
    }
}

/// ELBO = −½ (d log 2πσ² + (|x − Wμ − b|² + Σ σ_j² |w_j|²)/σ²) − KL, which the estimate must meet within its error.
#[test]
fn elbo_elsewhere() {
    let evaluation = EvaluationParameters { samples: 20_000, ..EvaluationParameters::default() };
    let shift = 0.2;
    let mut at = at(Parameters { evaluation, ..Parameters::default() }, shift);
    let [mut reconstruction, mut kl, mut evidence] = [0.0; 3];
    for x in data() {
        let sum = x.iter().sum::<f64>() + 1.0;
        let mut fitted = B;
        let mut spread = 0.0;
        for (j, (mean, variance)) in posterior(&x).into_iter().enumerate() {
            // V, c and log σ are shifted.
            let (mean, variance) = (mean + shift * sum, variance * (2.0 * shift).exp());
            fitted.iter_mut().zip(W[j]).for_each(|(fitted, w)| *fitted += w * mean);
            spread += variance * squared(&W[j]);
            kl += 0.5 * (variance + mean * mean - 1.0 - variance.ln());
        }
        let error: f64 = x.iter().zip(fitted).map(|(x, fitted)| (x - fitted).powi(2)).sum();
        reconstruction -= 0.5 * (D as f64 * (TAU * VARIANCE).ln() + (error + spread) / VARIANCE);
        evidence += log_evidence(&x);
    }
    let n = ROWS as f64;
    let found = at.quantities();
    assert!((found[5] - kl / n).abs() < 1e-12, "{} against {}", found[5], kl / n);
    assert!((found[4] - reconstruction / n).abs() < 0.01, "{} against {}", found[4], reconstruction / n);
    assert!((found[0] - (reconstruction - kl) / n).abs() < 0.01);
    // A lower bound that draws near.
    assert!(found[1] < evidence / n + 0.01 && found[1] > evidence / n - 0.1, "{} against {}", found[1], evidence / n);
    assert_eq!(found[2], found[1] - found[0]);
    assert!(found[2] > 0.1);
    assert!(found[6].is_nan());
}

/// F(φ) = diag(σ_q⁻², 2c²) ⊗ E[x̄ x̄ᵀ].
#[test]
fn recognition_matrix() {
    for (scale, flat) in [(Scale::LogSigma, 2.0), (Scale::LogVariance, 0.5)] {
        let mut at = at(Parameters { scale, ..Parameters::default() }, 0.0);
        let (units, p) = (2 * L, 2 * L * (D + 1));
        let moment = |j: usize, k: usize| {
            let entry = |x: &[f64; D], j: usize| if j < D { x[j] } else { 1.0 };
            data().iter().map(|x| entry(x, j) * entry(x, k)).sum::<f64>() / ROWS as f64
        };
        let weight = |i: usize| if i < L { (squared(&W[i]) + VARIANCE) / VARIANCE } else { flat };
        let entry =
            |a: usize, b: usize| if a % units == b % units { weight(a % units) * moment(a / units, b / units) } else { 0.0 };
        let expected: Vec<f64> = (0..p * p).map(|k| entry(k % p, k / p)).collect();
        assert!(difference(&at.fisher(Fisher::Recognition), &expected) < 1e-13);
    }
}

/// F(θ) = E[z̄ z̄ᵀ] ⊗ I/σ² for W̄, and d/2 for log σ², with nothing between them.
#[test]
fn generative_matrix() {
    for kind in [Fisher::Joint, Fisher::Aggregate] {
        let mut at = at(Parameters::default(), 0.0);
        let (mut moments, mut z) = ([[0.0; L + 1]; L + 1], 0.0);
        at.rows(kind, Estimation::Sampled, |rows, _| {
            for r in 0..rows.count {
                for (j, row) in moments.iter_mut().enumerate() {
                    let entry = |j: usize| rows.layers[0].inputs.at(r * (L + 1) + j);
                    row.iter_mut().enumerate().for_each(|(k, x)| *x += rows.weight * entry(j) * entry(k));
                    z += entry(0).abs();
                }
            }
        });
        assert!(z > 1.0);
        let p = D * (L + 1);
        let entry = |a: usize, b: usize| if a % D == b % D { moments[a / D][b / D] / VARIANCE } else { 0.0 };
        let expected: Vec<f64> = (0..p * p).map(|k| entry(k % p, k / p)).collect();
        assert!(difference(&at.fisher(kind), &expected) < 1e-13);
    }
}

#[test]
fn learned_variance_has_information_d_over_2() {
    let folder = TempDir::new().expect("a folder");
    let data = rows_of(&folder, D, data().as_flattened());
    let likelihood = Likelihood::Gaussian;
    let mut at = At::new(build(Parameters { data, likelihood, learned_variance: true, batch: Some(0), ..Parameters::default() }));
    let (dense, p) = (at.fisher(Fisher::Aggregate), at.theta.len());
    let last = &dense[p * (p - 1)..];
    assert!((last[p - 1] - D as f64 / 2.0).abs() < 1e-14);
    assert!(last[..p - 1].iter().all(|x| *x == 0.0));
}

/// G_V of N(b, C), C = W Wᵀ + σ²: ½ tr C⁻¹ ∂C C⁻¹ ∂C for W, C⁻¹ for b, nothing between them. With q the posterior the estimate
/// has that mean whatever the number of draws.
#[test]
fn visible_matrix_at_the_posterior() {
    let mut at = at(Parameters { particles: 2, ..Parameters::default() }, 0.0);
    let inverse = |i: usize, j: usize| {
        let along: f64 = W.iter().map(|w| w[i] * w[j] / (squared(w) + VARIANCE)).sum();
        (f64::from(u8::from(i == j)) - along) / VARIANCE
    };
    // ∂C by W[k][a] is e_a w_kᵀ + w_k e_aᵀ.
    let (q, u) = (
        |k: usize, m: usize| (0..D * D).map(|x| W[k][x / D] * inverse(x / D, x % D) * W[m][x % D]).sum::<f64>(),
        |k: usize, a: usize| (0..D).map(|i| W[k][i] * inverse(i, a)).sum::<f64>(),
    );
    let expected = |x: usize, y: usize| match (x / D, x % D, y / D, y % D) {
        (L, a, L, b) => inverse(a, b),
        (L, ..) | (_, _, L, _) => 0.0,
        (k, a, m, b) => q(k, m) * inverse(a, b) + u(k, b) * u(m, a),
    };
    let (p, rounds) = (at.theta.len(), 4000);
    let mut sums = vec![(0.0, 0.0); p * p];
    for sample in 0..rounds {
        at.sample = sample;
        at.renew();
        for x in 0..p {
            let unit: Vec<f64> = (0..p).map(|y| f64::from(u8::from(x == y))).collect();
            for ((sum, square), value) in sums[x * p..].iter_mut().zip(at.product(Fisher::Visible, &unit)) {
                *sum += value;
                *square += value * value;
            }
        }
    }
    let n = rounds as f64;
    for (k, (sum, square)) in sums.into_iter().enumerate() {
        let (mean, expected) = (sum / n, expected(k / p, k % p));
        let error = ((square / n - mean * mean) / n).sqrt();
        assert!((mean - expected).abs() < 4.5 * error && error < 0.05, "{k}: {mean} ± {error}, expected {expected}");
    }
}
