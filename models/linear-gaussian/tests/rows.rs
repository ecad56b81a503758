//! Rows of the Fisher matrices: exact, drawn, empirical.

mod common;

use common::*;
use elbow_linear_gaussian::{Noise, Parameters};
use elbow_sdk::{Code, Estimation, Fisher, Model, Objective, Recognition};
use faer::Mat;

const KINDS: [Fisher; 3] = [Fisher::Joint, Fisher::Aggregate, Fisher::Recognition];

/// Σ weight s sᵀ over all rows, Σ weight s, and for each layer Σ weight δ δᵀ and Σ inputs_weight ā āᵀ.
struct Sums {
    fisher: Mat<f64>,
    score: Vec<f64>,
    deltas: Vec<Mat<f64>>,
    inputs: Vec<Mat<f64>>,
}

fn add(sum: &mut Mat<f64>, weight: f64, x: &[f64]) {
    for j in 0..x.len() {
        (0..x.len()).for_each(|i| sum[(i, j)] += weight * x[i] * x[j]);
    }
}

fn sums(at: &mut At, kind: Fisher, estimation: Estimation) -> Sums {
    let (n, layers) = (at.size(kind), at.layers(kind));
    let square = |n: usize| Mat::<f64>::zeros(n, n);
    let (mut fisher, mut mean) = (square(n), vec![0.0; n]);
    let mut deltas: Vec<_> = layers.iter().map(|(_, layer)| square(layer.outputs)).collect();
    let mut inputs: Vec<_> = layers.iter().map(|(_, layer)| square(layer.inputs + 1)).collect();
    at.rows(kind, estimation, |rows| {
        for r in 0..rows.count {
            let mut score = vec![f64::NAN; n];
            for (l, (_, layer)) in layers.iter().enumerate() {
                let of =
                    |numbers: &elbow_sdk::Numbers<'_>, len: usize| (0..len).map(|i| numbers.at(r * len + i)).collect::<Vec<_>>();
                let (a, d) = (of(&rows.layers[l].inputs, layer.inputs + 1), of(&rows.layers[l].deltas, layer.outputs));
                let part = layer.of_mut(&mut score);
                part.iter_mut().enumerate().for_each(|(e, s)| *s = d[e % d.len()] * a[e / d.len()]);
                add(&mut deltas[l], rows.weight, &d);
                add(&mut inputs[l], rows.inputs_weight, &a);
            }
            add(&mut fisher, rows.weight, &score);
            mean.iter_mut().zip(&score).for_each(|(mean, s)| *mean += rows.weight * s);
        }
    });
    Sums { fisher, score: mean, deltas, inputs }
}

/// All three sums of every layer. A layer's block of F is (Σ ā āᵀ) ⊗ (Σ δ δᵀ) here, since both factors are exact and one is diagonal.
#[test]
fn exact_rows() {
    for mut at in cases() {
        for kind in KINDS {
            let (dense, found) = (at.fisher(kind), sums(&mut at, kind, Estimation::Exact));
            close(&entries(found.fisher.as_ref()), &entries(dense.as_ref()), 1e-12);
            for (l, (_, layer)) in at.layers(kind).iter().enumerate() {
                let (a, g, outs) = (&found.inputs[l], &found.deltas[l], layer.outputs);
                let block = dense.as_ref().submatrix(layer.offset, layer.offset, layer.len(), layer.len());
                let product = Mat::from_fn(layer.len(), layer.len(), |r, c| a[(r / outs, c / outs)] * g[(r % outs, c % outs)]);
                close(&entries(product.as_ref()), &entries(block), 1e-12);
            }
        }
    }
}

/// The inputs and outputs themselves: A = I, E[z̄ z̄ᵀ], E[x̄ x̄ᵀ]; β = 1/σ², 1/D; 1 and τ for the biases.
#[test]
fn exact_factors() {
    let mut at = random(small(2, Noise::Learned, false), 6, 0.6);
    let p = pieces(&at, 0.3);
    let joint = sums(&mut at, Fisher::Joint, Estimation::Exact);
    close(&entries(joint.inputs[0].as_ref()), &entries(Mat::<f64>::identity(3, 3).as_ref()), 1e-12);
    let noise = Mat::from_fn(4, 4, |i, j| if i == j { 1.0 / p.variance } else { 0.0 });
    close(&entries(joint.deltas[0].as_ref()), &entries(noise.as_ref()), 1e-12);
    close(&[joint.inputs[1][(0, 0)], joint.deltas[1][(0, 0)]], &[1.0, 2.0], 1e-12);
    let encoder = sums(&mut at, Fisher::Recognition, Estimation::Exact);
    close(&entries(encoder.inputs[0].as_ref()), &entries(at.model.statistics().second_moment()), 1e-12);
    close(&[encoder.deltas[0][(0, 0)], encoder.deltas[0][(1, 1)]], &[1.0 / p.d[0], 1.0 / p.d[1]], 1e-12);
    close(&entries(encoder.deltas[1].as_ref()), &[2.0, 0.0, 0.0, 2.0], 1e-12);
}

/// The mean over many samples, and its standard error entry by entry.
fn averaged(at: &mut At, samples: u64, mut of: impl FnMut(&mut At) -> Vec<f64>) -> (Vec<f64>, Vec<f64>) {
    let (theta, phi) = (at.theta.clone(), at.phi.clone());
    let draws: Vec<Vec<f64>> = (0..samples)
        .map(|sample| {
            at.sample(&theta, &phi, sample);
            of(at)
        })
        .collect();
    let n = samples as f64;
    let mean: Vec<f64> = (0..draws[0].len()).map(|e| draws.iter().map(|x| x[e]).sum::<f64>() / n).collect();
    let variance = |e: usize| draws.iter().map(|x| (x[e] - mean[e]).powi(2)).sum::<f64>() / n;
    let errors = (0..mean.len()).map(|e| (variance(e) / n).sqrt()).collect();
    (mean, errors)
}

#[track_caller]
fn within(found: &(Vec<f64>, Vec<f64>), expected: &[f64]) {
    for (e, ((mean, error), expected)) in found.0.iter().zip(&found.1).zip(expected).enumerate() {
        assert!((mean - expected).abs() <= 5.0 * error + 1e-12, "entry {e}: {mean} ± {error}, not {expected}");
    }
}

/// A random point with a variance far from 1.
fn noisy(given: Parameters) -> At {
    let mut at = random(given, 8, 0.5);
    let (mut theta, phi) = (at.theta.clone(), at.phi.clone());
    theta[12..].fill(-1.2);
    at.go(&theta, &phi);
    at
}

/// Drawn rows have the matrix as their expectation: within 5 standard errors of 3000 samples.
#[test]
fn sampled_rows() {
    for noise in [Noise::Learned, Noise::Fixed] {
        let mut at = noisy(small(2, noise, false));
        for kind in KINDS {
            let expected = entries(at.fisher(kind).as_ref());
            let found = averaged(&mut at, 3000, |at| entries(sums(at, kind, Estimation::Sampled).fisher.as_ref()));
            within(&found, &expected);
            let scores = averaged(&mut at, 3000, |at| sums(at, kind, Estimation::Sampled).score);
            within(&scores, &vec![0.0; scores.0.len()]);
        }
    }
}

/// Empirical rows are gradients of the loss: their mean is ∇_φ exactly, and ∇_θ in expectation.
#[test]
fn empirical_rows() {
    for center in [false, true] {
        let mut at = noisy(small(2, Noise::Learned, center));
        let by_phi = at.recognition_gradient();
        close(&sums(&mut at, Fisher::Recognition, Estimation::Empirical).score, &by_phi, 1e-12);
        let by_theta = at.gradient(Objective::Elbo, Recognition::Learned);
        for kind in [Fisher::Joint, Fisher::Aggregate] {
            let found = averaged(&mut at, 3000, |at| sums(at, kind, Estimation::Empirical).score);
            within(&found, &by_theta);
        }
    }
}

/// One row for each datum, from the seed and the number of the sample alone; on digits in batches.
#[test]
fn draws_are_named() {
    let mut at = drawn(digits(2), "default");
    let (theta, phi) = (at.theta.clone(), at.phi.clone());
    let mut count = 0;
    at.rows(Fisher::Aggregate, Estimation::Sampled, |rows| count += rows.count);
    assert_eq!(count, 1797);
    let mut first = |sample| {
        at.sample(&theta, &phi, sample);
        let mut found = Vec::new();
        at.rows(Fisher::Joint, Estimation::Sampled, |rows| {
            found.push((rows.layers[0].inputs.at(0), rows.layers[0].deltas.at(0)))
        });
        found
    };
    let (zero, one) = (first(0), first(1));
    assert_eq!(zero, first(0));
    assert!(zero.len() == 8 && zero.iter().all(|x| !one.contains(x)) && zero.windows(2).all(|pair| pair[0] != pair[1]));
}

#[test]
fn the_visible_matrix_has_no_rows() {
    let mut at = random(small(2, Noise::Learned, true), 8, 0.5);
    for estimation in [Estimation::Exact, Estimation::Sampled, Estimation::Empirical] {
        let error = at.model.rows(&mut at.evaluator, Fisher::Visible, estimation, &mut |_| Ok(())).unwrap_err();
        assert_eq!(error.code(), Code::Unsupported);
    }
}
