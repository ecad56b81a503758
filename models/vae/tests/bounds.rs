//! The bounds among each other, and the two ways to the same number: the loss of all rows, and the recorded quantities.

mod common;

use common::{At, Words, build, place, rows_of, write_npy};
use elbow_data::{Binarization, BinarizeParameters, DataParameters};
use elbow_vae::{Bound, EvaluationParameters, Likelihood, Parameters, Width};
use tempfile::TempDir;

const ROWS: usize = 300;

fn values(columns: usize) -> Vec<f64> {
    let mut words = Words(31);
    (0..ROWS * columns).map(|_| words.unit()).collect()
}

fn normals(len: usize) -> Vec<f64> {
    let mut words = Words(47);
    (0..len).map(|_| (0..12).map(|_| words.unit()).sum::<f64>() - 6.0).collect()
}

/// All rows, with one file of noise for the loss and for what is recorded.
fn both(parameters: Parameters, samples: usize) -> At {
    let folder = TempDir::new().expect("a folder");
    let latent = 3;
    let noise = write_npy(&folder.path().join("noise.npy"), &[1, ROWS * samples, latent], &normals(ROWS * samples * latent));
    let evaluation = EvaluationParameters { samples, rows: 0, noise: noise.clone() };
    let data = rows_of(&folder, 6, &values(6));
    At::new(build(Parameters { data, latent, samples, evaluation, noise, batch: Some(0), ..parameters }))
}

#[test]
fn losses_are_the_recorded_bounds() {
    // One draw, several rows at once, and more draws than are decoded at once.
    for samples in [1, 5, 300] {
        for likelihood in [Likelihood::Bernoulli, Likelihood::Gaussian] {
            for (bound, which) in [(Bound::Elbo, "elbo"), (Bound::Iwae, "evidence_bound")] {
                let mut at = both(Parameters { bound, likelihood, ..Parameters::default() }, samples);
                let (loss, recorded) = (at.loss(), at.quantities());
                assert!((loss + recorded[which]).abs() < 1e-11, "{samples}: {loss} against {}", recorded[which]);
                assert!((recorded["reconstruction"] - recorded["kl"] - recorded["elbo"]).abs() < 1e-11);
                assert!(recorded["gap_bound"] >= 0.0);
            }
        }
    }
}

/// L_1 has the mean of the ELBO; L_K grows with K. 400 minibatches, differences against their standard errors.
#[test]
fn bounds_grow() {
    let losses = |bound: Bound, samples: usize| -> Vec<f64> {
        let folder = TempDir::new().expect("a folder");
        let data = rows_of(&folder, 6, &values(6));
        let mut at = At::new(build(Parameters { data, bound, samples, batch: Some(0), ..Parameters::default() }));
        (0..400)
            .map(|sample| {
                at.sample = sample;
                at.renew().loss()
            })
            .collect()
    };
    let step = |a: &[f64], b: &[f64]| {
        let n = a.len() as f64;
        let gains: Vec<f64> = a.iter().zip(b).map(|(a, b)| a - b).collect();
        let mean = gains.iter().sum::<f64>() / n;
        (mean, (gains.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0) / n).sqrt())
    };
    let one = losses(Bound::Iwae, 1);
    let (gain, error) = step(&losses(Bound::Elbo, 1), &one);
    assert!(gain.abs() < 4.0 * error && error < 0.01, "{gain} ± {error}");
    let mut before = one;
    for samples in [2, 4, 16] {
        let now = losses(Bound::Iwae, samples);
        let (gain, error) = step(&before, &now);
        assert!(gain > 4.0 * error, "K = {samples}: {gain} ± {error}");
        before = now;
    }
}

/// What is recorded depends on the point alone; a part of the rows is the first of them; held-out rows are others.
#[test]
fn recorded_quantities() {
    let folder = TempDir::new().expect("a folder");
    let data = DataParameters { test: 0.2, ..rows_of(&folder, 6, &values(6)) };
    let evaluation = EvaluationParameters { samples: 4, ..EvaluationParameters::default() };
    let mut at = At::new(build(Parameters { data, evaluation, ..Parameters::default() }));
    let first = at.quantities();
    at.sample = 5;
    at.renew().loss();
    assert_eq!(at.quantities(), first);
    for name in ["elbo", "evidence_bound"] {
        let difference = (first[&*format!("{name}_held_out")] - first[name]).abs();
        assert!(difference > 1e-6 && difference < 0.5, "{first:?}");
    }
    at.theta[0] += 1.0;
    assert_ne!(at.renew().quantities()["elbo"], first["elbo"]);
}

/// The error over rows against its definition, from bounds of single rows.
#[test]
fn error_over_rows() {
    let folder = TempDir::new().expect("a folder");
    let data = rows_of(&folder, 6, &values(6));
    let bound = |limit: usize| {
        let evaluation = EvaluationParameters { samples: 2, rows: limit, ..EvaluationParameters::default() };
        let mut at = At::new(build(Parameters { data: data.clone(), evaluation, ..Parameters::default() }));
        let found = at.quantities();
        (found["evidence_bound"], found["evidence_bound_row_error"])
    };
    let sums: Vec<f64> = (1..=10).map(|n| bound(n).0 * n as f64).collect();
    let rows: Vec<f64> = (0..10).map(|i| sums[i] - if i > 0 { sums[i - 1] } else { 0.0 }).collect();
    let mean = rows.iter().sum::<f64>() / 10.0;
    let expected = (rows.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 90.0).sqrt();
    assert!((bound(10).1 - expected).abs() < 1e-9, "{} against {expected}", bound(10).1);
}

#[test]
fn single_agrees_with_double() {
    let [single, double] =
        [Width::Single, Width::Double].map(|precision| both(Parameters { precision, ..Parameters::default() }, 5).quantities());
    for (single, double) in single.0.iter().zip(double.0).take(place("elbo_held_out")) {
        assert!((single - double).abs() < 1e-4 * double.abs().max(1.0), "{single} against {double}");
        assert_ne!(*single, double);
    }
}

/// Pixels drawn anew in each epoch for the loss, but once and for all for what is recorded.
#[test]
fn drawn_pixels() {
    let folder = TempDir::new().expect("a folder");
    let binarize = BinarizeParameters { kind: Binarization::Stochastic, ..BinarizeParameters::default() };
    let data = DataParameters { binarize, ..rows_of(&folder, 6, &values(6)) };
    // Without noise in z: q is as good as a point.
    let mut at = At::new(build(Parameters { data, batch: Some(0), encoder: Some(Vec::new()), ..Parameters::default() }));
    at.phi.fill(0.0);
    let last = at.phi.len();
    at.phi[last - 4..].fill(-40.0);
    let first = (at.renew().loss(), at.quantities()["elbo"]);
    assert!((first.0 + first.1).abs() > 1e-3, "the pixels recorded are none of an epoch's");
    at.sample = 1;
    assert!((at.renew().loss() - first.0).abs() > 1e-3);
    assert_eq!(at.quantities()["elbo"], first.1);
    at.sample = 0;
    assert_eq!(at.renew().loss(), first.0);
}
