//! The spectrum of the pencil.

mod common;

use common::{Random, config, largest, symmetric};
use elbow_geometry::oracle::{joint_fisher, pinv, visible_fisher};
use elbow_geometry::pencil::{Pencil, Spectrum};
use elbow_geometry::solve::SolveError;
use faer::{Mat, Side};
use proptest::prelude::*;

fn compute(g: &Mat<f64>, g_v: &Mat<f64>) -> Spectrum {
    Pencil::new().compute(g.as_ref(), g_v.as_ref(), 1e-9).unwrap().clone()
}

/// The same matrices with `more` null directions, so that the order passes the limit of the small factorizations.
fn padded(a: &Mat<f64>, more: usize) -> Mat<f64> {
    let n = a.nrows();
    Mat::from_fn(n + more, n + more, |i, j| if i < n && j < n { a[(i, j)] } else { 0.0 })
}

/// Fisher matrices of a random table whose joint log-probabilities move along `columns` random scores.
fn tables(random: &mut Random, n_v: usize, n_h: usize, columns: usize) -> (Mat<f64>, Mat<f64>) {
    let flat = random.probabilities(n_v * n_h);
    let p = Mat::from_fn(n_v, n_h, |v, h| flat[v * n_h + h]);
    let raw = random.matrix(n_v * n_h, columns);
    let mean = |a: usize| (0..n_v * n_h).map(|i| flat[i] * raw[(i, a)]).sum::<f64>();
    let scores = Mat::from_fn(n_v * n_h, columns, |i, a| raw[(i, a)] - mean(a));
    let (g, g_v) = (joint_fisher(p.as_ref(), scores.as_ref()), visible_fisher(p.as_ref(), scores.as_ref()));
    (symmetric(g.as_ref()), symmetric(g_v.as_ref()))
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn lies_in_the_unit_interval_and_agrees_with_the_oracle(
        n_v in 2_usize..=6, n_h in 1_usize..=4, columns in 1_usize..=10, seed in 1_u64..u64::MAX,
    ) {
        let (g, g_v) = tables(&mut Random(seed), n_v, n_h, columns);
        let spectrum = compute(&g, &g_v);
        let rank = columns.min(n_v * n_h - 1);
        prop_assert_eq!(spectrum.rank, rank);
        prop_assert_eq!(spectrum.values.len(), rank);
        prop_assert!(spectrum.values.is_sorted() && spectrum.values.iter().all(|x| (0.0..=1.0).contains(x)));
        // tr (G⁺ G_V) = Σ λ and tr (G⁺ G_V)² = Σ λ², so κ² = their difference.
        let x = pinv(g.as_ref(), 1e-9) * &g_v;
        let square = &x * &x;
        let trace = |m: &Mat<f64>| (0..columns).map(|i| m[(i, i)]).sum::<f64>();
        prop_assert!((trace(&x) - spectrum.values.iter().sum::<f64>()).abs() < 1e-9);
        prop_assert!((trace(&x) - trace(&square) - spectrum.kappa.powi(2)).abs() < 1e-9);
        prop_assert!((spectrum.kappa_bar * rank as f64 / 4.0 - spectrum.kappa.powi(2)).abs() < 1e-12);
    }

    #[test]
    fn both_ways_agree(n_v in 2_usize..=6, columns in 1_usize..=8, seed in 1_u64..u64::MAX) {
        let (g, g_v) = tables(&mut Random(seed), n_v, 3, columns);
        let (small, large) = (compute(&g, &g_v), compute(&padded(&g, 17), &padded(&g_v, 17)));
        prop_assert_eq!(small.rank, large.rank);
        for (a, b) in small.values.iter().zip(&large.values) {
            prop_assert!((a - b).abs() < 1e-10, "{} {}", a, b);
        }
    }

    /// `G = C Cᵀ`, `G_V = C P Cᵀ` with a projector P: the eigenvalues are those of P.
    #[test]
    fn is_zero_or_one_for_projectors(n in 1_usize..=20, seed in 1_u64..u64::MAX) {
        let mut random = Random(seed);
        let ones = (random.next() * (n + 1) as f64) as usize;
        let projector = random.with_spectrum(&(0..n).map(|k| f64::from(k < ones)).collect::<Vec<_>>());
        let c = random.orthogonal(n);
        let scale: Vec<f64> = (0..n).map(|_| 0.5 + random.next()).collect();
        let c = Mat::from_fn(n, n, |i, j| c[(i, j)] * scale[j]);
        let g = symmetric((&c * c.transpose()).as_ref());
        let g_v = symmetric((&c * &projector * c.transpose()).as_ref());
        let spectrum = compute(&g, &g_v);
        prop_assert!(spectrum.values.iter().enumerate().all(|(k, x)| (x - f64::from(k >= n - ones)).abs() < 1e-12));
        prop_assert_eq!((spectrum.near_one, spectrum.near_zero), (ones, n - ones));
        prop_assert!(spectrum.kappa < 1e-5);
        prop_assert_eq!(spectrum.lambda_min_plus.is_nan(), ones == 0);
        prop_assert!(ones == 0 || spectrum.rate.abs() < 1e-12);
    }
}

/// The common parent of two binary variables: one eigenvalue is not 0 or 1, and the joint metric is diagonal.
#[test]
fn a_hidden_parent_has_one_eigenvalue_inside() {
    let [x, y1, y2, z1, z2] = [0.3, 0.8, 0.2, 0.6, 0.1];
    let bernoulli = |p: f64, on: bool| if on { p } else { 1.0 - p };
    let slope = |p: f64, on: bool| if on { 1.0 / p } else { -1.0 / (1.0 - p) };
    let state = |i: usize| (i & 1 == 0, i & 2 == 0, i & 4 == 0);
    let p = Mat::from_fn(4, 2, |v, h| {
        let (on, z, y) = state(2 * v + h);
        bernoulli(x, on) * bernoulli(if on { y1 } else { y2 }, y) * bernoulli(if on { z1 } else { z2 }, z)
    });
    let scores = Mat::from_fn(8, 5, |i, a| {
        let (on, z, y) = state(i);
        [
            slope(x, on),
            f64::from(on) * slope(y1, y),
            f64::from(!on) * slope(y2, y),
            f64::from(on) * slope(z1, z),
            f64::from(!on) * slope(z2, z),
        ][a]
    });
    let (g, g_v) = (joint_fisher(p.as_ref(), scores.as_ref()), visible_fisher(p.as_ref(), scores.as_ref()));
    let expected = [
        1.0 / (x * (1.0 - x)),
        x / (y1 * (1.0 - y1)),
        (1.0 - x) / (y2 * (1.0 - y2)),
        x / (z1 * (1.0 - z1)),
        (1.0 - x) / (z2 * (1.0 - z2)),
    ];
    let diagonal = Mat::from_fn(5, 5, |i, j| if i == j { expected[i] } else { 0.0 });
    assert!(largest((&g - &diagonal).as_ref()) < 1e-13);
    let spectrum = compute(&g, &g_v);
    assert!(spectrum.values[1] < 1e-13 && spectrum.values[3] > 1.0 - 1e-13);
    assert!(spectrum.values[2] > 0.05 && spectrum.values[2] < 0.5);
    assert_eq!(spectrum.lambda_min_plus, spectrum.values[2]);
    // Whitening a diagonal metric by hand.
    let whitened = Mat::from_fn(5, 5, |i, j| g_v[(i, j)] / (expected[i] * expected[j]).sqrt());
    let values = whitened.self_adjoint_eigenvalues(Side::Lower).unwrap();
    assert!(values.iter().zip(&spectrum.values).all(|(a, b)| (a - b).abs() < 1e-13));
}

#[test]
fn edge_cases() {
    let zero = compute(&Mat::zeros(4, 4), &Mat::zeros(4, 4));
    assert_eq!((zero.rank, zero.values.len(), zero.kappa, zero.kappa_bar), (0, 0, 0.0, 0.0));
    assert!(zero.lambda_min_plus.is_nan() && zero.rate.is_nan());
    let mut bad = Mat::<f64>::identity(3, 3);
    bad[(1, 1)] = f64::NAN;
    let good = Mat::<f64>::identity(3, 3);
    assert_eq!(Pencil::new().compute(bad.as_ref(), good.as_ref(), 1e-9), Err(SolveError::NotFinite));
    assert_eq!(Pencil::new().compute(good.as_ref(), bad.as_ref(), 1e-9), Err(SolveError::NotFinite));
}
