//! `(F + λ I)⁻¹ b` and `(F + λ diag F)⁻¹ b`.

mod common;

use common::{Random, config, difference, norm, product};
use elbow_geometry::oracle::pinv;
use elbow_geometry::solve::{Damped, SolveError, Solver};
use faer::Mat;
use faer::prelude::Solve;
use proptest::prelude::*;

/// A random matrix of rank about n / 2 with eigenvalues in [0.5, 2].
fn half_rank(random: &mut Random, n: usize) -> Mat<f64> {
    let values: Vec<f64> = (0..n).map(|k| if 2 * k < n { 0.5 + 1.5 * random.next() } else { 0.0 }).collect();
    random.with_spectrum(&values)
}

proptest! {
    #![proptest_config(config(300))]

    #[test]
    fn agree_with_a_dense_factorization(n in 1_usize..=24, digits in -3.0..2.0_f64, seed in 1_u64..u64::MAX) {
        let (mut random, lambda) = (Random(seed), 10_f64.powf(digits));
        let f = half_rank(&mut random, n);
        let (b, mut x, mut solver) = (random.vector(n), vec![0.0; n], Solver::new());
        for relative in [false, true] {
            let added = |i: usize| if relative { lambda * f[(i, i)] } else { lambda };
            let damped = Mat::from_fn(n, n, |i, j| f[(i, j)] + if i == j { added(i) } else { 0.0 });
            let right = Mat::from_fn(n, 1, |i, _| b[i]);
            let expected = damped.partial_piv_lu().solve(&right);
            let result = if relative {
                solver.relative(f.as_ref(), &b, lambda, &mut x)
            } else {
                solver.tikhonov(f.as_ref(), &b, lambda, &mut x)
            };
            prop_assert_eq!(result, Ok(Damped { lambda, raised: 0 }));
            prop_assert!(difference(&product(damped.as_ref(), &x), &b) < 1e-13 * norm(&b) * (1.0 + 2.0 * norm(&x) / norm(&b)));
            prop_assert!(difference(&x, expected.col_as_slice(0)) < 1e-10 * norm(&x));
        }
    }

    #[test]
    fn large_damping_is_the_plain_gradient(n in 1_usize..=20, seed in 1_u64..u64::MAX) {
        let mut random = Random(seed);
        let f = half_rank(&mut random, n);
        let (b, mut x) = (random.vector(n), vec![0.0; n]);
        Solver::new().tikhonov(f.as_ref(), &b, 1e8, &mut x).unwrap();
        let scaled: Vec<f64> = x.iter().map(|x| 1e8 * x).collect();
        prop_assert!(difference(&scaled, &b) <= 2.1e-8 * norm(&b));
    }

    /// On the range of F the error is `λ F⁺ x` to first order: halving λ halves it.
    #[test]
    fn small_damping_is_the_pseudo_inverse(n in 2_usize..=20, seed in 1_u64..u64::MAX) {
        let mut random = Random(seed);
        let f = half_rank(&mut random, n);
        let b = product(f.as_ref(), &random.vector(n));
        let limit = product(pinv(f.as_ref(), 1e-9).as_ref(), &b);
        let (mut solver, mut x) = (Solver::new(), vec![0.0; n]);
        let errors = [1e-4, 5e-5].map(|lambda| {
            solver.tikhonov(f.as_ref(), &b, lambda, &mut x).unwrap();
            difference(&x, &limit)
        });
        prop_assert!(errors[0] <= 1e-4 * 2.0 * norm(&limit));
        prop_assert!((errors[0] / errors[1] - 2.0).abs() < 1e-3, "{:?}", errors);
    }

    #[test]
    fn relative_damping_follows_the_scale_of_a_parameter(n in 2_usize..=20, seed in 1_u64..u64::MAX) {
        let mut random = Random(seed);
        let f = half_rank(&mut random, n);
        let b = random.vector(n);
        let scale: Vec<f64> = (0..n).map(|_| 10_f64.powf(2.0 * random.next() - 1.0)).collect();
        let scaled = Mat::from_fn(n, n, |i, j| scale[i] * f[(i, j)] * scale[j]);
        let right: Vec<f64> = b.iter().zip(&scale).map(|(b, s)| b * s).collect();
        let (mut x, mut y, mut solver) = (vec![0.0; n], vec![0.0; n], Solver::new());
        solver.relative(f.as_ref(), &b, 0.1, &mut x).unwrap();
        solver.relative(scaled.as_ref(), &right, 0.1, &mut y).unwrap();
        let back: Vec<f64> = y.iter().zip(&scale).map(|(y, s)| y * s).collect();
        prop_assert!(difference(&x, &back) < 1e-10 * norm(&x));
    }
}

#[test]
fn raise_the_damping_of_an_indefinite_matrix() {
    for n in [2, 5, 20] {
        let f = Mat::from_fn(n, n, |i, j| if i == j { if i == 0 { -3e-7 } else { 1.0 } } else { 0.0 });
        let (b, mut x) = (vec![1.0; n], vec![0.0; n]);
        let damped = Solver::new().tikhonov(f.as_ref(), &b, 0.0, &mut x).unwrap();
        assert_eq!(damped.raised, 7);
        assert!((damped.lambda - 1e-6).abs() < 1e-20);
        assert!((x[0] - 1.0 / 7e-7).abs() < 1.0 && (x[1] - 1.0).abs() < 2e-6);
        let again = Solver::new().tikhonov(f.as_ref(), &b, 1e-7, &mut x).unwrap();
        assert_eq!(again.raised, 1);
    }
}

#[test]
fn give_up_after_eight_raises() {
    for n in [2, 20] {
        let f = Mat::from_fn(n, n, |i, j| if i == j { if i == 0 { -1.0 } else { 1.0 } } else { 0.0 });
        let (b, mut x) = (vec![1.0; n], vec![0.0; n]);
        let Err(SolveError::NotPositiveDefinite { lambda }) = Solver::new().tikhonov(f.as_ref(), &b, 0.0, &mut x) else {
            panic!("a large negative eigenvalue cannot be damped away")
        };
        assert!((lambda - 1e-5).abs() < 1e-18);
        assert!(matches!(Solver::new().relative(f.as_ref(), &b, 1.0, &mut x), Err(SolveError::NotPositiveDefinite { .. })));
    }
}

#[test]
fn a_singular_matrix_counts_as_not_positive_definite() {
    for n in 2..=24 {
        let f = Mat::from_fn(n, n, |i, j| if i == j { n as f64 - 1.0 } else { -1.0 });
        let damped = Solver::new().tikhonov(f.as_ref(), &vec![1.0; n], 0.0, &mut vec![0.0; n]).unwrap();
        assert!(damped.raised > 0 && damped.lambda < 1e-9);
    }
}
