//! `F⁺ b` against the eigendecomposition, on matrices of every rank and shape.

mod common;

use common::{Random, config, difference, largest, norm, product};
use elbow_geometry::oracle::pinv;
use elbow_geometry::solve::{Inverted, SolveError, Solver};
use faer::{Mat, MatRef, Side};
use proptest::prelude::*;

const RCOND: f64 = 1e-9;

/// Solves for a `b = F y` and compares with the oracle; the error of both is the condition number times rounding, times `‖F⁺‖ ‖b‖`.
fn check(f: MatRef<'_, f64>, y: &[f64], rank: usize, condition: f64) {
    let (b, mut x) = (product(f, y), vec![f64::NAN; y.len()]);
    let found = solve(f, &b, RCOND, &mut x);
    assert_eq!(found.rank, rank);
    assert!(found.dropped <= 64.0 * f64::EPSILON * condition.sqrt(), "dropped {:e} of what lies in the range", found.dropped);
    let inverse = pinv(f, RCOND);
    let unit = largest(inverse.as_ref()) * norm(&b) * b.len() as f64;
    let error = difference(&x, &product(inverse.as_ref(), &b));
    assert!(error <= 16.0 * f64::EPSILON * condition * unit, "error {error:e}, unit {unit:e}, condition {condition:e}");
}

fn solve(f: MatRef<'_, f64>, b: &[f64], rcond: f64, x: &mut [f64]) -> Inverted {
    Solver::new().pseudo_inverse(f, None, b, rcond, x).unwrap()
}

/// `1/√F_ii`
fn units(f: MatRef<'_, f64>) -> Vec<f64> {
    (0..f.nrows()).map(|i| if f[(i, i)] > 0.0 { 1.0 / f[(i, i)].sqrt() } else { 0.0 }).collect()
}

/// `D F D`
fn scaled(f: MatRef<'_, f64>) -> Mat<f64> {
    let d = units(f);
    Mat::from_fn(f.nrows(), f.nrows(), |i, j| d[i] * f[(i, j)] * d[j])
}

/// The definition: the pseudo-inverse of `D⁻¹ C_r D⁻¹`.
fn definition(f: MatRef<'_, f64>, b: &[f64], rcond: f64) -> Vec<f64> {
    let (n, d) = (f.nrows(), units(f));
    let kept = pinv(pinv(scaled(f).as_ref(), rcond).as_ref(), 1e-14);
    let truncated = Mat::from_fn(n, n, |i, j| kept[(i, j)] / d[i] / d[j]);
    product(pinv(truncated.as_ref(), 1e-14).as_ref(), b)
}

/// Spectrum of the given rank from 1 down to `1 / condition`, times `scale`.
fn spectrum(n: usize, rank: usize, condition: f64, scale: f64) -> Vec<f64> {
    let power = |k: usize| -(k as f64) / (rank.max(2) - 1) as f64;
    (0..n).map(|k| if k < rank { scale * condition.powf(power(k)) } else { 0.0 }).collect()
}

proptest! {
    #![proptest_config(config(600))]

    #[test]
    fn agrees_with_the_eigendecomposition(
        n in 1_usize..=24, part in 0.0..=1.0_f64, digits in 0.0..6.5_f64, scale in -8_i32..=8, seed in 1_u64..u64::MAX,
    ) {
        let rank = (part * n as f64).round() as usize;
        let condition = if rank > 1 { 10_f64.powf(digits) } else { 1.0 };
        let mut random = Random(seed);
        let f = random.with_spectrum(&spectrum(n, rank, condition, 10_f64.powi(scale)));
        check(f.as_ref(), &random.vector(n), rank, condition);
    }

    #[test]
    fn satisfies_the_moore_penrose_conditions(n in 1_usize..=18, part in 0.0..=1.0_f64, seed in 1_u64..u64::MAX) {
        let rank = (part * n as f64).round() as usize;
        let mut random = Random(seed);
        let f = random.with_spectrum(&spectrum(n, rank, 50.0, 1.0));
        let mut solver = Solver::new();
        let mut inverse = Mat::<f64>::zeros(n, n);
        for j in 0..n {
            let unit: Vec<f64> = (0..n).map(|i| f64::from(i == j)).collect();
            solver.pseudo_inverse(f.as_ref(), None, &unit, RCOND, inverse.col_as_slice_mut(j)).unwrap();
        }
        let (left, right) = (&f * &inverse, &inverse * &f);
        prop_assert!(largest((&left * &f - &f).as_ref()) < 1e-12);
        prop_assert!(largest((&right * &inverse - &inverse).as_ref()) < 1e-10);
        prop_assert!(largest((&right - right.transpose()).as_ref()) < 1e-11);
        prop_assert!(largest((&left - left.transpose()).as_ref()) < 1e-11);
    }

    #[test]
    fn is_the_solution_of_least_norm(n in 2_usize..=16, seed in 1_u64..u64::MAX) {
        let mut random = Random(seed);
        let rank = 1 + (random.next() * (n - 1) as f64) as usize;
        let f = random.with_spectrum(&spectrum(n, rank, 100.0, 1.0));
        let y = random.vector(n);
        let b = product(f.as_ref(), &y);
        let mut x = vec![0.0; n];
        Solver::new().pseudo_inverse(f.as_ref(), None, &b, RCOND, &mut x).unwrap();
        prop_assert!(difference(&product(f.as_ref(), &x), &b) < 1e-12 * norm(&b));
        // y solves the same equation; x is its projection on the range, so x ⟂ y − x.
        let across: f64 = x.iter().zip(&y).map(|(x, y)| x * (y - x)).sum();
        prop_assert!(across.abs() < 1e-11 * norm(&y).powi(2), "{}", across);
        prop_assert!(norm(&x) < norm(&y));
    }

    /// The cutoff crosses the smallest eigenvalue of the scaled matrix within a factor of ten; the rank must follow.
    #[test]
    fn follows_the_cutoff(n in 2_usize..=20, offset in -1.0..1.0_f64, scale in 0_i32..=6, seed in 1_u64..u64::MAX) {
        prop_assume!(offset.abs() > 1e-3);
        let mut random = Random(seed);
        let mut values: Vec<f64> = (0..n).map(|k| 1.0 - 0.5 * k as f64 / n as f64).collect();
        values[n - 1] = 1e-4;
        let (plain, d) = (random.with_spectrum(&values), random.vector(n));
        let f = Mat::from_fn(n, n, |i, j| 10_f64.powf(f64::from(scale) * (d[i] + d[j])) * plain[(i, j)]);
        let f = common::symmetric(f.as_ref());
        let spectrum = scaled(f.as_ref()).self_adjoint_eigenvalues(Side::Lower).unwrap();
        prop_assume!(spectrum[1] > 20.0 * spectrum[0]);
        let rcond = spectrum[0] / spectrum[n - 1] * 10_f64.powf(offset);
        let (b, mut x) = (random.vector(n), vec![0.0; n]);
        let found = solve(f.as_ref(), &b, rcond, &mut x);
        prop_assert_eq!(found.rank, if offset < 0.0 { n } else { n - 1 });
        prop_assert_eq!(found.dropped > 0.0, offset > 0.0);
        if scale == 0 {
            let expected = definition(f.as_ref(), &b, rcond);
            prop_assert!(difference(&x, &expected) < 1e-9 * norm(&expected));
        }
    }

    /// Coordinates whose scales differ by 2^±53: each number of the solution is right, and the cutoff knows no scale. The matrix has small
    /// whole numbers before it is scaled by powers of two, so that `b = F x` is exact.
    #[test]
    fn does_not_depend_on_the_scale_of_a_coordinate(n in 1_usize..=24, seed in 1_u64..u64::MAX) {
        let mut random = Random(seed);
        let whole = |random: &mut Random, most: f64| (random.next() * (2.0 * most + 1.0)).floor() - most;
        let l = Mat::from_fn(n, n, |i, j| if i == j { 4.0 } else if i > j && i < j + 3 { whole(&mut random, 1.0) } else { 0.0 });
        let plain = &l * l.transpose();
        let d: Vec<f64> = (0..n).map(|_| 2_f64.powi(whole(&mut random, 26.0) as i32)).collect();
        let y: Vec<f64> = (0..n).map(|_| whole(&mut random, 9.0)).collect();
        let f = Mat::from_fn(n, n, |i, j| plain[(i, j)] / d[i] / d[j]);
        let b: Vec<f64> = product(plain.as_ref(), &y).iter().zip(&d).map(|(b, d)| b / d).collect();
        let mut x = vec![0.0; n];
        let found = solve(f.as_ref(), &b, RCOND, &mut x);
        prop_assert_eq!(found, Inverted { rank: n, dropped: 0.0 });
        for i in 0..n {
            prop_assert!((x[i] / d[i] - y[i]).abs() < 1e-11, "{} for {}", x[i] / d[i], y[i]);
        }
    }

    /// A rank below the order at such scales: F x = b holds to rounding in each coordinate's own unit, and x is the shortest solution.
    #[test]
    fn keeps_the_null_space_at_every_scale(n in 2_usize..=20, seed in 1_u64..u64::MAX) {
        let mut random = Random(seed);
        let rank = 1 + (random.next() * (n - 1) as f64) as usize;
        let plain = random.with_spectrum(&spectrum(n, rank, 10.0, 1.0));
        let d: Vec<f64> = (0..n).map(|_| 2_f64.powf((40.0 * random.next() - 20.0).floor())).collect();
        let f = Mat::from_fn(n, n, |i, j| plain[(i, j)] / d[i] / d[j]);
        let b: Vec<f64> = product(plain.as_ref(), &random.vector(n)).iter().zip(&d).map(|(b, d)| b / d).collect();
        let mut x = vec![0.0; n];
        let found = solve(f.as_ref(), &b, RCOND, &mut x);
        prop_assert_eq!(found.rank, rank);
        prop_assert!(found.dropped < 1e-12);
        let whole: f64 = norm(&b.iter().zip(&d).map(|(b, d)| b * d).collect::<Vec<_>>());
        for (i, fx) in product(f.as_ref(), &x).iter().enumerate() {
            prop_assert!(((fx - b[i]) * d[i]).abs() < 1e-11 * whole, "{} for {}", fx, b[i]);
        }
        // Any z with C z = 0 gives D z in the null space of F, and the shortest x is orthogonal to it.
        let z = random.vector(n);
        let inside = product((pinv(plain.as_ref(), RCOND) * &plain).as_ref(), &z);
        // Rounding of F's entries turns z by ε times the condition, and D z by as much times the largest of D.
        let (z, largest) = (z.iter().zip(&inside).map(|(z, i)| z - i).collect::<Vec<_>>(), d.iter().fold(0.0, |a, b| f64::max(a, *b)));
        let null: Vec<f64> = z.iter().zip(&d).map(|(z, d)| z * d).collect();
        let along = x.iter().zip(&null).map(|(x, z)| x * z).sum::<f64>() / norm(&x) / norm(&null);
        let turn = f64::EPSILON * 10.0 * largest * norm(&z) / norm(&null);
        prop_assert!(along.abs() < 16.0 * n as f64 * turn, "{} of {}", along, turn);
    }

    #[test]
    fn takes_diagonal_matrices_exactly(n in 1_usize..=16, seed in 1_u64..u64::MAX) {
        let mut random = Random(seed);
        let entry = |random: &mut Random| if random.next() < 0.3 { 0.0 } else { 10_f64.powf(6.0 * random.next() - 3.0) };
        let diagonal: Vec<f64> = (0..n).map(|_| entry(&mut random)).collect();
        let f = Mat::from_fn(n, n, |i, j| if i == j { diagonal[i] } else { 0.0 });
        let (b, mut x) = (random.vector(n), vec![0.0; n]);
        let found = solve(f.as_ref(), &b, RCOND, &mut x);
        prop_assert_eq!(found.dropped == 1.0, diagonal.contains(&0.0));
        prop_assert_eq!(found.rank, diagonal.iter().filter(|&&x| x > 0.0).count());
        for i in 0..n {
            let expected = if diagonal[i] > 0.0 { b[i] / diagonal[i] } else { 0.0 };
            prop_assert!((x[i] - expected).abs() <= 8.0 * f64::EPSILON * expected.abs());
        }
    }

    #[test]
    fn takes_block_matrices(first in 1_usize..=8, second in 1_usize..=8, scale in -4_i32..=0, seed in 1_u64..u64::MAX) {
        let mut random = Random(seed);
        let (ranks, scale) = ((first.div_ceil(2), second), 10_f64.powi(scale));
        let a = random.with_spectrum(&spectrum(first, ranks.0, 10.0, 1.0));
        let c = random.with_spectrum(&spectrum(second, ranks.1, 10.0, scale));
        let n = first + second;
        let f = Mat::from_fn(n, n, |i, j| match (i < first, j < first) {
            (true, true) => a[(i, j)],
            (false, false) => c[(i - first, j - first)],
            _ => 0.0,
        });
        check(f.as_ref(), &random.vector(n), ranks.0 + ranks.1, 100.0 / scale);
    }

    /// Not metrics, but the rule still says what to do: negative eigenvalues of the scaled matrix count as zero.
    #[test]
    fn drops_negative_eigenvalues(n in 2_usize..=12, seed in 1_u64..u64::MAX) {
        let mut random = Random(seed);
        let mut values = spectrum(n, n, 10.0, 1.0);
        values[n - 1] = -0.05;
        let f = random.with_spectrum(&values);
        prop_assume!((0..n).all(|i| f[(i, i)] > 0.01));
        let (b, mut x) = (random.vector(n), vec![0.0; n]);
        prop_assert_eq!(solve(f.as_ref(), &b, RCOND, &mut x).rank, n - 1);
        let expected = definition(f.as_ref(), &b, RCOND);
        prop_assert!(difference(&x, &expected) < 1e-9 * norm(&expected));
    }
}

/// Coordinates without a positive diagonal entry are null, whatever stands beside it.
#[test]
fn sees_an_indefinite_matrix_without_trace() {
    let (f, mut x) = (Mat::from_fn(2, 2, |i, j| f64::from(i != j)), [9.0; 2]);
    assert_eq!(solve(f.as_ref(), &[1.0, 2.0], RCOND, &mut x), Inverted { rank: 0, dropped: 1.0 });
    assert_eq!(x, [0.0; 2]);
}

/// What no cutoff drops: 1e-15 is small beside 1 and 2, and is the whole scale of its coordinate.
#[test]
fn keeps_a_coordinate_of_any_scale() {
    let f = Mat::from_fn(3, 3, |i, j| if i != j { 0.0 } else { [1.0, 2.0, 1e-15][i] });
    let mut x = [0.0; 3];
    assert_eq!(solve(f.as_ref(), &[1.0; 3], 1e-3, &mut x).rank, 3);
    assert!((x[2] * 1e-15 - 1.0).abs() < 1e-14);
}

#[test]
fn zero_gives_zero() {
    for n in [0, 1, 5, 16, 20] {
        let mut x = vec![1.0; n];
        assert_eq!(solve(Mat::zeros(n, n).as_ref(), &vec![1.0; n], RCOND, &mut x).rank, 0);
        assert!(x.iter().all(|&x| x == 0.0));
    }
}

#[test]
fn refuses_what_is_not_finite() {
    for n in [1, 5, 12, 20] {
        for bad in [f64::NAN, f64::INFINITY] {
            let (mut solver, mut x) = (Solver::new(), vec![0.0; n]);
            let mut f = Mat::<f64>::identity(n, n);
            let mut b = vec![1.0; n];
            b[n - 1] = bad;
            assert_eq!(solver.pseudo_inverse(f.as_ref(), None, &b, RCOND, &mut x), Err(SolveError::NotFinite));
            f[(n - 1, 0)] = bad;
            f[(0, n - 1)] = bad;
            assert_eq!(solver.pseudo_inverse(f.as_ref(), None, &vec![1.0; n], RCOND, &mut x), Err(SolveError::NotFinite));
            assert_eq!(solver.tikhonov(f.as_ref(), &vec![1.0; n], 0.1, &mut x), Err(SolveError::NotFinite));
            assert_eq!(solver.relative(f.as_ref(), &vec![1.0; n], 0.1, &mut x), Err(SolveError::NotFinite));
        }
    }
}

#[test]
fn reads_any_strides() {
    let mut random = Random(5);
    let f = random.with_spectrum(&spectrum(6, 4, 10.0, 1.0));
    let flat: Vec<f64> = (0..36).map(|k| f[(k / 6, k % 6)]).collect();
    let rows = MatRef::from_row_major_slice(&flat, 6, 6);
    let b = random.vector(6);
    for view in [f.as_ref(), rows, f.as_ref().reverse_rows_and_cols()] {
        check(view, &b, 4, 10.0);
    }
}
