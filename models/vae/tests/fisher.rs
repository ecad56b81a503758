//! Fisher matrices: rows, dense matrices and products tell the same; draws tend to what is exact; empirical rows are the loss's.

mod common;

use common::{At, Words, build, difference, gram, rows_of};
use elbow_sdk::{Code, Estimation, Fisher, Model};
use elbow_vae::{Activation, Bound, Likelihood, Parameters, Scale};
use tempfile::TempDir;

fn small(parameters: Parameters, batch: usize) -> At {
    let folder = TempDir::new().expect("a folder");
    let mut words = Words(11);
    let values: Vec<f64> = (0..3 * batch).map(|_| words.unit()).collect();
    let data = rows_of(&folder, 3, &values);
    At::new(build(Parameters { data, batch: Some(batch), ..parameters }))
}

fn variants() -> Vec<Parameters> {
    let base = Parameters { encoder: Some(vec![3.0]), decoder: Some(vec![2.0, 3.0]), latent: 2, ..Parameters::default() };
    let gaussian = Parameters { likelihood: Likelihood::Gaussian, variance: 0.4, ..base.clone() };
    vec![
        base.clone(),
        Parameters { scale: Scale::LogVariance, activation: Activation::Softplus, ..base.clone() },
        Parameters { learned_variance: true, samples: 3, ..gaussian.clone() },
        Parameters { activation: Activation::Relu, bound: Bound::Iwae, samples: 2, ..gaussian },
    ]
}

const KINDS: [Fisher; 3] = [Fisher::Joint, Fisher::Aggregate, Fisher::Recognition];

#[test]
fn exact_rows_are_the_dense_matrix_and_its_products() {
    for parameters in variants() {
        let mut at = small(parameters, 7);
        for kind in KINDS {
            let dense = at.fisher(kind);
            assert!(difference(&gram(&at.scores(kind, Estimation::Exact)), &dense) < 1e-12);
            let (n, mut words) = (at.size(kind), Words(3));
            let v: Vec<f64> = (0..n).map(|_| words.unit() - 0.5).collect();
            let expected: Vec<f64> = (0..n).map(|i| (0..n).map(|j| dense[j * n + i] * v[j]).sum()).collect();
            assert!(difference(&at.product(kind, &v), &expected) < 1e-12, "{kind:?}");
            assert!(dense.iter().any(|x| x.abs() > 1e-2));
        }
    }
}

/// E[δ δᵀ] and E[ā āᵀ] of each layer from the weights that a batch states.
#[test]
fn weights_make_means() {
    for parameters in variants() {
        let mut at = small(parameters, 7);
        for kind in KINDS {
            for estimation in [Estimation::Exact, Estimation::Sampled, Estimation::Empirical] {
                let (mut ones, mut rows) = (0.0, 0.0);
                at.rows(kind, estimation, |rows_now, layers| {
                    for part in rows_now.layers {
                        let inputs = layers[part.layer].inputs;
                        assert!((0..rows_now.count).all(|r| part.inputs.at(r * (inputs + 1) + inputs) == 1.0));
                    }
                    ones += rows_now.inputs_weight * rows_now.count as f64;
                    rows += rows_now.weight * rows_now.count as f64;
                });
                assert!((ones - 1.0).abs() < 1e-14, "{ones}");
                assert!(estimation == Estimation::Exact || (rows - 1.0).abs() < 1e-14, "{rows}");
            }
        }
    }
}

/// The sampled matrix is a mean of independent terms, unbiased given x and z, and comes near the exact one like n^(−1/2).
#[test]
fn sampled_rows_tend_to_the_exact_matrix() {
    for parameters in variants() {
        let distance = |batch: usize, kind: Fisher| {
            let mut at = small(parameters.clone(), batch);
            let mut sum = vec![0.0; at.size(kind).pow(2)];
            let (rounds, mut error, mut norm) = (100, 0.0, 0.0);
            for sample in 0..rounds {
                at.sample = sample;
                let sampled = gram(&at.renew().scores(kind, Estimation::Sampled));
                let exact = at.fisher(kind);
                sum.iter_mut().zip(&sampled).zip(&exact).for_each(|((sum, s), e)| *sum += (s - e) / rounds as f64);
                error += sampled.iter().zip(&exact).map(|(s, e)| (s - e).powi(2)).sum::<f64>();
                norm += exact.iter().map(|x| x * x).sum::<f64>();
            }
            let bias: f64 = sum.iter().map(|x| x * x).sum();
            ((error / norm).sqrt(), (bias * rounds as f64 / norm).sqrt())
        };
        for kind in KINDS {
            let (few, _) = distance(50, kind);
            let (many, bias) = distance(800, kind);
            assert!((3.2..5.0).contains(&(few / many)), "{kind:?}: {few} at 50 rows, {many} at 800");
            // The mean of a hundred is ten times nearer.
            assert!(bias < 0.2 * many, "{kind:?}: {bias} of {many}");
        }
    }
}

/// Visiting twice gives the same rows; another sample gives others; z of the decoder's rows is not that of the loss.
#[test]
fn draws_are_repeated_and_fresh() {
    let mut at = small(variants()[0].clone(), 7);
    for kind in KINDS {
        at.sample = 0;
        at.renew();
        let first = at.scores(kind, Estimation::Sampled);
        at.scores(Fisher::Aggregate, Estimation::Exact);
        at.gradient();
        assert_eq!(first, at.scores(kind, Estimation::Sampled));
        assert_eq!(first, at.renew().scores(kind, Estimation::Sampled));
        at.sample = 1;
        assert_ne!(first, at.renew().scores(kind, Estimation::Sampled));
    }
    let mut inputs = [Vec::new(), Vec::new()];
    for (inputs, estimation) in inputs.iter_mut().zip([Estimation::Sampled, Estimation::Empirical]) {
        at.rows(Fisher::Aggregate, estimation, |rows, _| inputs.extend((0..rows.count).map(|r| rows.layers[0].inputs.at(3 * r))));
    }
    assert_ne!(inputs[0], inputs[1]);
}

/// Σ w s is the gradient of the loss.
#[test]
fn empirical_rows_sum_to_the_gradient() {
    for parameters in variants() {
        let mut at = small(parameters, 7);
        let (theta, phi) = at.gradients();
        for (kind, gradient) in [(Fisher::Aggregate, theta), (Fisher::Recognition, phi)] {
            let mut sum = vec![0.0; gradient.len()];
            for (weight, s) in at.scores(kind, Estimation::Empirical) {
                sum.iter_mut().zip(s).for_each(|(sum, s)| *sum += weight * s);
            }
            assert!(difference(&sum, &gradient) < 1e-13, "{kind:?}");
        }
    }
}

#[test]
fn the_visible_matrix_has_no_rows() {
    let mut at = small(variants()[0].clone(), 7);
    let refused = at.model.rows(&mut at.at, Fisher::Visible, Estimation::Exact, &mut |_| Ok(())).expect_err("no rows");
    assert_eq!(refused.code(), Code::Unsupported);
}

/// Products with the estimated visible matrix are linear and symmetric, the same when asked again, and other than those with
/// the joint one.
#[test]
fn visible_products_are_those_of_a_symmetric_matrix() {
    for parameters in variants() {
        let mut at = small(parameters, 7);
        let (n, mut words) = (at.theta.len(), Words(3));
        let [u, v] = [0, 1].map(|_| (0..n).map(|_| words.unit() - 0.5).collect::<Vec<_>>());
        let [gu, gv] = [&u, &v].map(|x| at.product(Fisher::Visible, x));
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        assert!((dot(&u, &gv) - dot(&v, &gu)).abs() < 1e-13 * (1.0 + dot(&u, &gv).abs()));
        let sum: Vec<f64> = u.iter().zip(&v).map(|(u, v)| u + 2.0 * v).collect();
        let expected: Vec<f64> = gu.iter().zip(&gv).map(|(u, v)| u + 2.0 * v).collect();
        assert!(difference(&at.product(Fisher::Visible, &sum), &expected) < 1e-13);
        assert_eq!(at.product(Fisher::Visible, &u), gu);
        let dense = at.fisher(Fisher::Visible);
        let expected: Vec<f64> = (0..n).map(|i| (0..n).map(|j| dense[j * n + i] * u[j]).sum()).collect();
        assert!(difference(&gu, &expected) < 1e-13);
        assert!((0..n * n).all(|k| dense[k] == dense[k % n * n + k / n]));
        assert!(dot(&gu, &gu) > 1e-6 && difference(&at.product(Fisher::Joint, &u), &gu) > 1e-3);
    }
}
