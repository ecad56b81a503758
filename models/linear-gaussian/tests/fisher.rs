//! Fisher matrices against their definitions, and products and diagonals against the matrices.

mod common;

use common::*;
use elbow_geometry::pencil::Pencil;
use elbow_linear_gaussian::Noise;
use elbow_sdk::Fisher;
use faer::{Mat, Side};

const KINDS: [Fisher; 4] = [Fisher::Joint, Fisher::Visible, Fisher::Aggregate, Fisher::Recognition];

#[test]
fn products_and_diagonals() {
    for mut at in cases() {
        for kind in KINDS {
            let (f, n) = (at.fisher(kind), at.size(kind));
            let x = normals(3, n);
            let expected: Vec<f64> = (0..n).map(|i| (0..n).map(|j| f[(i, j)] * x[j]).sum()).collect();
            close(&at.product(kind, &x), &expected, 1e-13);
            close(&at.diagonal(kind), &(0..n).map(|i| f[(i, i)]).collect::<Vec<_>>(), 1e-13);
            assert!((0..n * n).all(|e| f[(e / n, e % n)] == f[(e % n, e / n)]), "{kind:?} is symmetric");
        }
    }
}

/// F = A ⊗ diag β for the layer, A from the rows of the table, and ½ d, or 2, for the biases beside it.
#[test]
fn layers_by_definition() {
    for mut at in cases() {
        let (p, rows) = (pieces(&at, 0.3), table(&at));
        let (d, k, n) = (p.mu.len(), p.d.len(), rows.len() as f64);
        let extended = |x: &[f64], i: usize| x.get(i).copied().unwrap_or(1.0);
        let data = Mat::from_fn(d + 1, d + 1, |i, j| rows.iter().map(|x| extended(x, i) * extended(x, j)).sum::<f64>() / n);
        let hidden: Vec<Vec<f64>> =
            rows.iter().map(|x| (0..k).map(|a| (0..d).map(|i| p.v[(a, i)] * x[i]).sum::<f64>() + p.b[a]).collect()).collect();
        let spread = |a: usize, b: usize| if a == b && a < k { p.d[a] } else { 0.0 };
        let aggregate = Mat::from_fn(k + 1, k + 1, |a, b| {
            hidden.iter().map(|z| extended(z, a) * extended(z, b)).sum::<f64>() / n + spread(a, b)
        });
        let inverse: Vec<f64> = p.d.iter().map(|d| 1.0 / d).collect();
        let (noise, tail) = (vec![1.0 / p.variance; d], if at.theta.len() > d * (k + 1) { vec![0.5 * d as f64] } else { vec![] });
        let cases = [
            (Fisher::Joint, Mat::identity(k + 1, k + 1), &noise, tail.clone()),
            (Fisher::Aggregate, aggregate, &noise, tail),
            (Fisher::Recognition, data, &inverse, vec![2.0; k]),
        ];
        for (kind, a, beta, tail) in cases {
            let (outs, affine) = (beta.len(), a.nrows() * beta.len());
            let entry = |r: usize, c: usize| match (r < affine, c < affine) {
                (true, true) if r % outs == c % outs => a[(r / outs, c / outs)] * beta[r % outs],
                (false, false) if r == c => tail[r - affine],
                _ => 0.0,
            };
            let size = at.size(kind);
            close(&entries(at.fisher(kind).as_ref()), &entries(Mat::from_fn(size, size, entry).as_ref()), 1e-12);
        }
    }
}

/// Scores of N(μ, C) at x by (W, μ, log σ²).
fn visible_score(p: &Pieces, x: &[f64]) -> Vec<f64> {
    use faer::linalg::solvers::DenseSolveCore;
    let (d, k) = (p.mu.len(), p.d.len());
    let mut c = &p.w * p.w.transpose();
    (0..d).for_each(|i| c[(i, i)] += p.variance);
    let inverse = c.llt(Side::Lower).unwrap().inverse();
    let r: Vec<f64> = (0..d).map(|i| (0..d).map(|j| inverse[(i, j)] * (x[j] - p.mu[j])).sum()).collect();
    // ∂ log p / ∂C = ½ (r rᵀ − C⁻¹), which W meets twice.
    let slope = Mat::from_fn(d, d, |i, j| r[i] * r[j] - inverse[(i, j)]);
    let by_w = &slope * &p.w;
    let by_noise = 0.5 * p.variance * (0..d).map(|i| slope[(i, i)]).sum::<f64>();
    (0..k).flat_map(|a| (0..d).map(move |i| (i, a))).map(|(i, a)| by_w[(i, a)]).chain(r).chain([by_noise]).collect()
}

/// Scores of p(x, z) by (W, μ, log σ²), with x = W z + μ + σ ε.
fn joint_score(p: &Pieces, z: &[f64], noise: &[f64]) -> Vec<f64> {
    let (d, sigma) = (noise.len(), p.variance.sqrt());
    let square: f64 = noise.iter().map(|e| e * e).sum();
    let weights = z.iter().flat_map(|z| noise.iter().map(move |e| z * e / sigma));
    weights.chain(noise.iter().map(|e| e / sigma)).chain([0.5 * (square - d as f64)]).collect()
}

/// x of the model.
fn draw(p: &Pieces, z: &[f64], noise: &[f64]) -> Vec<f64> {
    let mean = |i: usize| (0..z.len()).map(|a| p.w[(i, a)] * z[a]).sum::<f64>() + p.mu[i];
    noise.iter().enumerate().map(|(i, e)| mean(i) + p.variance.sqrt() * e).collect()
}

/// Mean and standard error of every entry of s sᵀ over n draws from the model.
fn simulated(p: &Pieces, kind: Fisher, n: usize) -> (Vec<f64>, Vec<f64>) {
    let (d, k) = (p.mu.len(), p.d.len());
    let (words, size) = (normals(11, n * (d + k)), d * (k + 1) + 1);
    let (mut sum, mut squares) = (vec![0.0; size * size], vec![0.0; size * size]);
    for row in words.chunks_exact(d + k) {
        let (z, noise) = row.split_at(k);
        let score = if kind == Fisher::Joint { joint_score(p, z, noise) } else { visible_score(p, &draw(p, z, noise)) };
        for (e, (sum, squares)) in sum.iter_mut().zip(&mut squares).enumerate() {
            let product = score[e / size] * score[e % size];
            (*sum, *squares) = (*sum + product, *squares + product * product);
        }
    }
    let mean: Vec<f64> = sum.iter().map(|sum| sum / n as f64).collect();
    let error = |(mean, squares): (&f64, &f64)| ((squares / n as f64 - mean * mean) / n as f64).sqrt();
    let errors = mean.iter().zip(&squares).map(error).collect();
    (mean, errors)
}

/// Every entry within 5 standard errors of 20 000 draws, and the whole error as 1/√n: a quarter with sixteen times the draws.
#[test]
fn scores_of_draws() {
    let mut at = random(small(2, Noise::Learned, true), 1, 0.6);
    let p = pieces(&at, 0.3);
    for kind in [Fisher::Joint, Fisher::Visible] {
        let exact = entries(at.fisher(kind).as_ref());
        let (mean, errors) = simulated(&p, kind, 20_000);
        for (e, (mean, error)) in mean.iter().zip(&errors).enumerate() {
            assert!((mean - exact[e]).abs() <= 5.0 * error + 1e-12, "{kind:?} entry {e}: {mean} ± {error}, not {}", exact[e]);
        }
        let norm = |n| simulated(&p, kind, n).0.iter().zip(&exact).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
        let ratio = norm(1250) / norm(20_000);
        assert!((2.0..8.0).contains(&ratio), "{kind:?}: {ratio}");
    }
}

/// Rotations of z are all that the visible variables do not see of W: k (k − 1) / 2 zeros, and k (k − 1) / 2 of the pencil.
#[test]
fn rotations_are_invisible() {
    for k in 1..=3 {
        let mut at = random(small(k, Noise::Fixed, true), 9, 0.8);
        let (joint, visible) = (at.fisher(Fisher::Joint), at.fisher(Fisher::Visible));
        let of_w = visible.as_ref().submatrix(0, 0, 4 * k, 4 * k);
        let values = of_w.self_adjoint_eigenvalues(Side::Lower).unwrap();
        let zeros =
            |values: &[f64]| values.iter().filter(|x| **x < 1e-10 * values.iter().fold(0.0, |a: f64, b| a.max(*b))).count();
        assert_eq!(zeros(&values), k * (k - 1) / 2);
        let whitened = (joint.as_ref() - visible.as_ref()).self_adjoint_eigenvalues(Side::Lower).unwrap();
        assert!(whitened.iter().all(|x| *x > -1e-12), "0 ⪯ G_V ⪯ G");
        let mut pencil = Pencil::new();
        let spectrum = pencil.compute(joint.as_ref(), visible.as_ref(), 1e-12).unwrap();
        assert_eq!(spectrum.rank, 4 * (k + 1));
        assert_eq!(spectrum.values.iter().filter(|x| **x < 1e-10).count(), k * (k - 1) / 2);
        assert!(spectrum.values.iter().any(|x| *x > 0.01 && *x < 0.99), "not cylindrical");
    }
}
