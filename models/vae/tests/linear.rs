//! Without hidden layers and with a normal likelihood the model is a linear variational autoencoder, whose ELBO has a closed form
//! and whose optimum is that of probabilistic principal components (Tipping and Bishop 1999; Lucas, Tucker, Grosse and Norouzi
//! 2019).
//!
//! The loss is quadratic in ε, so draws ε with mean 0 and second moment I, ±√L e_j for j = 1 … L, give its expectation exactly.

mod common;

use common::{At, Words, build, difference, rows_of, write_npy};
use elbow_data::DataParameters;
use elbow_vae::{EvaluationParameters, Likelihood, Parameters, Scale, Width};
use faer::{Mat, Side};
use std::f64::consts::TAU;
use tempfile::TempDir;

/// Affine networks on all rows, with those draws.
fn affine(rows: usize, latent: usize, parameters: Parameters) -> At {
    let (folder, draws) = (TempDir::new().expect("a folder"), 2 * latent);
    let entry = |k: usize| {
        let (draw, j) = (k / latent % draws, k % latent);
        if draw / 2 == j { (latent as f64).sqrt() * if draw % 2 == 0 { 1.0 } else { -1.0 } } else { 0.0 }
    };
    let noise: Vec<f64> = (0..rows * draws * latent).map(entry).collect();
    let noise = write_npy(&folder.path().join("noise.npy"), &[1, rows * draws, latent], &noise);
    let (encoder, decoder, likelihood) = (Some(Vec::new()), Some(Vec::new()), Likelihood::Gaussian);
    let batch = Some(0);
    At::new(build(Parameters { noise, encoder, decoder, likelihood, latent, batch, samples: draws, ..parameters }))
}

/// −ELBO of a row and its derivatives, added to those of W̄ = (W, b), L = log σ² and V̄ = (V, c), column by column. With e = x −
/// Wμ − b and the variances v of q: ½ (d log 2πσ² + (|e|² + Σ v_j |w_j|²)/σ²) + ½ Σ (v + μ² − 1 − log v).
struct Closed<'a> {
    d: usize,
    latent: usize,
    /// ∂ log √v / ∂s.
    rate: f64,
    variance: f64,
    theta: &'a [f64],
    phi: &'a [f64],
    loss: f64,
    by_theta: Vec<f64>,
    by_spread: f64,
    by_phi: Vec<f64>,
}

impl Closed<'_> {
    fn add(&mut self, x: &[f64], share: f64) {
        let (d, latent, precision) = (self.d, self.latent, 1.0 / self.variance);
        let extended: Vec<f64> = x.iter().copied().chain([1.0]).collect();
        let output = |i: usize| (0..=d).map(|j| self.phi[j * 2 * latent + i] * extended[j]).sum::<f64>();
        let (mu, s): (Vec<f64>, Vec<f64>) = (0..latent).map(|i| (output(i), output(latent + i))).unzip();
        let v: Vec<f64> = s.iter().map(|s| (2.0 * self.rate * s).exp()).collect();
        let w = |j: usize| &self.theta[j * d..(j + 1) * d];
        let e: Vec<f64> = (0..d).map(|a| x[a] - w(latent)[a] - (0..latent).map(|j| w(j)[a] * mu[j]).sum::<f64>()).collect();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let square = dot(&e, &e) + (0..latent).map(|j| v[j] * dot(w(j), w(j))).sum::<f64>();
        let divergence: f64 = mu.iter().zip(&v).map(|(mu, v)| 0.5 * (v + mu * mu - 1.0 - v.ln())).sum();
        self.loss += share * (0.5 * (d as f64 * (TAU * self.variance).ln() + square * precision) + divergence);
        self.by_spread += share * 0.5 * (d as f64 - square * precision);
        for (a, e) in e.iter().enumerate() {
            self.by_theta[latent * d + a] -= share * precision * e;
            for j in 0..latent {
                self.by_theta[j * d + a] += share * precision * (v[j] * w(j)[a] - e * mu[j]);
            }
        }
        for i in 0..latent {
            let by_mu = mu[i] - precision * dot(w(i), &e);
            let by_s = self.rate * (v[i] * dot(w(i), w(i)) * precision + v[i] - 1.0);
            for (j, x) in extended.iter().enumerate() {
                self.by_phi[j * 2 * latent + i] += share * by_mu * x;
                self.by_phi[j * 2 * latent + latent + i] += share * by_s * x;
            }
        }
    }
}

#[test]
fn elbo_and_gradient_have_their_closed_form() {
    let (d, latent, rows) = (4, 2, 9);
    let (folder, mut words) = (TempDir::new().expect("a folder"), Words(29));
    let values: Vec<f64> = (0..d * rows).map(|_| 4.0 * words.unit() - 1.0).collect();
    let data = rows_of(&folder, d, &values);
    for (scale, rate) in [(Scale::LogSigma, 1.0), (Scale::LogVariance, 0.5)] {
        for learned_variance in [false, true] {
            for (precision, tolerance) in [(Width::Double, 1e-14), (Width::Single, 2e-6)] {
                let given =
                    Parameters { data: data.clone(), scale, learned_variance, precision, variance: 0.4, ..Parameters::default() };
                let mut at = affine(rows, latent, given);
                if learned_variance {
                    *at.theta.last_mut().expect("log σ²") = 0.7_f64.ln();
                }
                let variance = if learned_variance { 0.7 } else { 0.4 };
                let (by_theta, by_phi) = (vec![0.0; d * (latent + 1)], vec![0.0; at.phi.len()]);
                let (theta, phi) = (&at.theta.clone(), &at.phi.clone());
                let mut closed = Closed { d, latent, rate, variance, theta, phi, loss: 0.0, by_theta, by_spread: 0.0, by_phi };
                values.chunks_exact(d).for_each(|x| closed.add(x, 1.0 / rows as f64));
                if learned_variance {
                    closed.by_theta.push(closed.by_spread);
                }
                let (by_theta, by_phi) = at.renew().gradients();
                assert!((at.loss() - closed.loss).abs() < 10.0 * tolerance, "{} against {}", at.loss(), closed.loss);
                assert!(difference(&by_theta, &closed.by_theta) < tolerance && difference(&by_phi, &closed.by_phi) < tolerance);
            }
        }
    }
}

/// Mean of the digits, and eigenvalues, ascending, with eigenvectors of their covariance.
fn spectrum() -> (Vec<f64>, Vec<f64>, Mat<f64>) {
    let digits = elbow_data::digits().expect("digits");
    let (n, d, mean) = (digits.rows(), digits.columns(), digits.mean());
    let centred = Mat::from_fn(n, d, |i, j| digits.value(i, j) - mean[j]);
    let covariance = centred.transpose() * &centred * faer::Scale(1.0 / n as f64);
    let eigen = covariance.self_adjoint_eigen(Side::Lower).expect("eigenvectors");
    (mean, eigen.S().column_vector().iter().copied().collect(), eigen.U().to_owned())
}

/// At W = U (Λ − σ²)^½, σ² the mean of the variances left out, and q the posterior, which is a product as Wᵀ W is diagonal, all
/// derivatives vanish and ELBO and bound are the evidence: for 2 and 10 components σ² = 0.05411698, 0.02275137 and 0.005707,
/// 17.451947 nats, as an independent program (NumPy, on scikit-learn's `load_digits`) finds −½ (d log 2π + Σ log λ_i + (d − q)
/// log σ² + d).
#[test]
fn optimum_of_principal_components() {
    let (mean, values, vectors) = spectrum();
    for (latent, sigma, evidence) in [(2, "0.05411698", "0.005707"), (10, "0.02275137", "17.451947")] {
        let d = mean.len();
        let variance = values[..d - latent].iter().sum::<f64>() / (d - latent) as f64;
        assert_eq!(format!("{variance:.8}"), sigma);
        let evaluation = EvaluationParameters { samples: 2, ..EvaluationParameters::default() };
        let given = Parameters { data: DataParameters::default(), learned_variance: true, evaluation, ..Parameters::default() };
        let mut at = affine(1797, latent, given);
        at.phi.fill(0.0);
        for j in 0..latent {
            let (place, value) = (d - 1 - j, values[d - 1 - j]);
            // M = Wᵀ W + σ² = λ for this component.
            let (length, along) = ((value - variance).sqrt(), |a: usize| vectors[(a, place)]);
            for (a, mean) in mean.iter().enumerate() {
                at.theta[j * d + a] = length * along(a);
                at.phi[a * 2 * latent + j] = length * along(a) / value;
                at.phi[d * 2 * latent + j] -= length * along(a) / value * mean;
            }
            at.phi[d * 2 * latent + latent + j] = 0.5 * (variance / value).ln();
        }
        at.theta[latent * d..(latent + 1) * d].copy_from_slice(&mean);
        at.theta[(latent + 1) * d] = variance.ln();
        let gradient = at.renew().gradient();
        let largest = gradient.iter().fold(0.0_f64, |largest, g| largest.max(g.abs()));
        assert!(largest < 1e-12, "{latent} components: a derivative of {largest:e}");
        let found = at.quantities();
        assert_eq!(format!("{:.6} {:.6}", -at.loss(), found["evidence_bound"]), format!("{evidence} {evidence}"));
        assert!(found["gap_bound"] < 1e-12 && found["evidence_bound_error"] < 1e-12);
    }
}
