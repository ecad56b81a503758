//! Data at the edge: constant columns, rows of zeros, one row, fewer rows than columns. All that can be asked is a finite number,
//! and what is known of it is right.

mod common;

use common::{At, build, rows_of};
use elbow_sdk::{Estimation, Fisher};
use elbow_vae::{Bound, EvaluationParameters, Likelihood, Parameters, Width};
use tempfile::TempDir;

/// Rows of one length.
const DATA: [(&str, &[f64], usize); 6] = [
    ("a constant column", &[1.0, 0.0, 1.0, 1.0, 1.0, 0.0], 2),
    ("all zeros", &[0.0; 6], 2),
    ("all ones", &[1.0; 6], 3),
    ("one row", &[0.0, 1.0, 1.0, 0.0], 4),
    ("one value", &[1.0], 1),
    ("fewer rows than columns", &[0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0], 5),
];

fn finite(name: &str, values: &[f64]) {
    assert!(values.iter().all(|x| x.is_finite()), "{name}: {values:?}");
}

/// Loss, gradients, Fisher matrices, products, rows; all of them after some steps of descent, too.
#[test]
fn everything_is_finite() {
    let layers = Some(vec![2.0]);
    let evaluation = EvaluationParameters { samples: 4, ..EvaluationParameters::default() };
    let base = Parameters { encoder: layers.clone(), decoder: layers, latent: 2, evaluation, ..Parameters::default() };
    for (name, values, columns) in DATA {
        for (likelihood, precision, bound) in [
            (Likelihood::Bernoulli, Width::Double, Bound::Elbo),
            (Likelihood::Bernoulli, Width::Single, Bound::Iwae),
            (Likelihood::Gaussian, Width::Single, Bound::Elbo),
            (Likelihood::Gaussian, Width::Double, Bound::Iwae),
        ] {
            for batch in [None, Some(1)] {
                let (folder, samples) = (TempDir::new().expect("a folder"), 3);
                let data = rows_of(&folder, columns, values);
                let mut at = At::new(build(Parameters { data, likelihood, precision, bound, samples, batch, ..base.clone() }));
                for sample in 0..20 {
                    at.sample = sample;
                    let gradient = at.renew().gradient();
                    finite(name, &gradient);
                    at.theta.iter_mut().chain(&mut at.phi).zip(gradient).for_each(|(x, g)| *x -= 0.05 * g);
                }
                ask(name, at.renew(), values.len() == columns);
            }
        }
    }
}

fn ask(name: &str, at: &mut At, one_row: bool) {
    finite(name, &[at.loss()]);
    for (kind, size) in [Fisher::Joint, Fisher::Aggregate, Fisher::Recognition, Fisher::Visible].map(|kind| (kind, at.size(kind)))
    {
        finite(name, &at.fisher(kind));
        finite(name, &at.product(kind, &vec![0.5; size]));
        if kind != Fisher::Visible {
            at.scores(kind, Estimation::Sampled).iter().for_each(|(_, score)| finite(name, score));
        }
    }
    let found = at.quantities();
    let meaning = common::place("elbo_held_out");
    let rows = common::place("evidence_bound_row_error");
    assert!((0..meaning).all(|k| found.0[k].is_finite() || (one_row && k == rows)), "{name}: {found:?}");
    assert!(found["kl"] >= 0.0 && found["gap_bound"] >= 0.0, "{name}: {found:?}");
}

/// A decoder that says what the one row is has −ELBO = KL, in 32 bits as in 64.
#[test]
fn one_row_is_learned() {
    for precision in [Width::Double, Width::Single] {
        let folder = TempDir::new().expect("a folder");
        let (data, none) = (rows_of(&folder, 3, &[1.0, 0.0, 1.0]), Some(Vec::new()));
        let mut at = At::new(build(Parameters {
            data,
            encoder: none.clone(),
            decoder: none,
            latent: 1,
            precision,
            ..Parameters::default()
        }));
        at.theta.copy_from_slice(&[0.0, 0.0, 0.0, 50.0, -50.0, 50.0]);
        at.phi.fill(0.0);
        // μ = 0.5, σ = 1.
        at.phi[6] = 0.5;
        let found = at.renew().quantities();
        assert!((found["kl"] - 0.125).abs() < 1e-15 && (found["elbo"] + 0.125).abs() < 1e-15, "{found:?}");
        let expected = -3.0 * (-50.0_f64).exp().ln_1p();
        assert!((found["reconstruction"] / expected - 1.0).abs() < 1e-5, "{found:?}");
    }
}
