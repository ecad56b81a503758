//! Affine networks with a normal likelihood, where everything has a closed form: x = W z + b + σ ε, q = N(V x + c, diag σ_q²).

mod common;

use common::affine::{D, L, ROWS, VARIANCE, W, at, data, elbo, log_evidence, squared};
use common::{At, build, difference, rows_of};
use elbow_sdk::{Estimation, Fisher};
use elbow_vae::{EvaluationParameters, Likelihood, Parameters, Scale};
use tempfile::TempDir;

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
        let evidence = at.quantities()["evidence_bound"];
        assert!((evidence - expected).abs() < 1e-12, "{evidence} against {expected}");
        assert!((at.loss() + expected).abs() < 1e-12);
    }
}

/// The divergence to its last digits, what depends on draws within its error.
#[test]
fn elbo_elsewhere() {
    let evaluation = EvaluationParameters { samples: 20_000, ..EvaluationParameters::default() };
    let shift = 0.2;
    let mut at = at(Parameters { evaluation, ..Parameters::default() }, shift);
    let terms: Vec<[f64; 2]> = data().iter().map(|x| elbo(x, shift)).collect();
    let mean = |part: usize| terms.iter().map(|terms| terms[part]).sum::<f64>() / ROWS as f64;
    let found = at.quantities();
    assert!((found["kl"] - mean(1)).abs() < 1e-12, "{} against {}", found["kl"], mean(1));
    for (name, expected) in [("reconstruction", mean(0)), ("elbo", mean(0) - mean(1))] {
        let (value, error) = (found[name], found["elbo_error"]);
        assert!((value - expected).abs() < 4.5 * error && error < 0.01, "{name}: {value} ± {error} against {expected}");
    }
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
