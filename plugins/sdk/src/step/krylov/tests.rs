//! Both solvers against dense solutions, and what they promise on the way.

use super::{Cg, End, MinRes, Solved, Stop, WARM};
use crate::error::{Code, Error, Result};
use crate::step::{dot, norm};

const N: usize = 12;

/// Q diag(λ) Qᵀ with Q = I − 2uuᵀ/uᵀu, a reflection.
fn matrix(eigenvalues: &[f64]) -> Vec<Vec<f64>> {
    let u: Vec<f64> = (0..eigenvalues.len()).map(|i| 1.0 + (i as f64 * 0.9).sin()).collect();
    let uu = dot(&u, &u);
    let q = |i: usize, j: usize| f64::from(u8::from(i == j)) - 2.0 * u[i] * u[j] / uu;
    let n = eigenvalues.len();
    let entry = |i: usize, j: usize| (0..n).map(|k| q(i, k) * eigenvalues[k] * q(j, k)).sum();
    (0..n).map(|i| (0..n).map(|j| entry(i, j)).collect()).collect()
}

fn times(a: &[Vec<f64>], x: &[f64]) -> Vec<f64> {
    a.iter().map(|row| dot(row, x)).collect()
}

fn product(a: &[Vec<f64>]) -> impl FnMut(&[f64], &mut [f64]) -> Result<()> + '_ {
    |x, out| {
        out.copy_from_slice(&times(a, x));
        Ok(())
    }
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    norm(&a.iter().zip(b).map(|(a, b)| a - b).collect::<Vec<_>>())
}

fn definite() -> Vec<Vec<f64>> {
    matrix(&(0..N).map(|i| 0.5 + i as f64 * 1.5).collect::<Vec<_>>())
}

fn solution() -> Vec<f64> {
    (0..N).map(|i| (i as f64 * 1.3).cos()).collect()
}

fn stop(iterations: usize) -> Stop {
    Stop { tolerance: 0.0, iterations }
}

type Solve = fn(&[Vec<f64>], &[f64], &mut [f64], &Stop) -> Solved;

fn cg(a: &[Vec<f64>], b: &[f64], x: &mut [f64], stop: &Stop) -> Solved {
    Cg::new(b.len()).solve(product(a), b, x, None, stop).unwrap()
}

fn jacobi(a: &[Vec<f64>], b: &[f64], x: &mut [f64], stop: &Stop) -> Solved {
    let diagonal: Vec<f64> = a.iter().enumerate().map(|(i, row)| row[i]).collect();
    Cg::new(b.len()).solve(product(a), b, x, Some(&diagonal), stop).unwrap()
}

fn minres(a: &[Vec<f64>], b: &[f64], x: &mut [f64], stop: &Stop) -> Solved {
    MinRes::new(b.len()).solve(product(a), b, x, stop).unwrap()
}

/// After P iterations all equal the dense solution, which the right-hand side was made of.
#[test]
fn p_iterations_give_the_solution() {
    let (a, wanted) = (definite(), solution());
    let b = times(&a, &wanted);
    for solve in [cg, jacobi, minres] as [Solve; 3] {
        let mut x = vec![0.0; N];
        let solved = solve(&a, &b, &mut x, &stop(N));
        assert_eq!(solved.iterations, N);
        assert!(distance(&x, &wanted) < 1e-8, "{} off", distance(&x, &wanted));
        let left = times(&a, &x);
        assert!((distance(&left, &b) / norm(&b) - solved.residual).abs() < 1e-12);
    }
}

/// A matrix with three different eigenvalues needs three iterations, whatever its order.
#[test]
fn three_eigenvalues_need_three_iterations() {
    let a = matrix(&(0..N).map(|i| [1.0, 4.0, 9.0][i % 3]).collect::<Vec<_>>());
    let b = times(&a, &solution());
    for solve in [cg, minres] as [Solve; 2] {
        let mut x = vec![0.0; N];
        let solved = solve(&a, &b, &mut x, &Stop { tolerance: 1e-10, ..Stop::default() });
        assert_eq!((solved.iterations, solved.end), (3, End::Converged));
        assert!(distance(&x, &solution()) < 1e-8);
    }
}

/// √(eᵀAe) of CG's error and ‖b − Ax‖ of MinRes fall in every iteration, and MinRes' residual is the smaller one.
#[test]
fn errors_and_residuals_are_monotone() {
    let (a, wanted) = (definite(), solution());
    let b = times(&a, &wanted);
    let (mut energy, mut left) = (f64::INFINITY, norm(&b));
    for k in 1..=N {
        let (mut x, mut y) = (vec![0.0; N], vec![0.0; N]);
        cg(&a, &b, &mut x, &stop(k));
        let solved = minres(&a, &b, &mut y, &stop(k));
        let error: Vec<f64> = x.iter().zip(&wanted).map(|(x, w)| x - w).collect();
        let (new_energy, new_left) = (dot(&error, &times(&a, &error)), distance(&times(&a, &y), &b));
        assert!(new_energy < energy && new_left < left, "iteration {k}: {new_energy} {new_left}");
        assert!(new_left <= distance(&times(&a, &x), &b) * (1.0 + 1e-9) + 1e-13);
        assert!((solved.residual * norm(&b) - new_left).abs() < 1e-11 * norm(&b), "iteration {k}");
        (energy, left) = (new_energy, new_left);
    }
}

/// Indefinite: MinRes solves it, CG says so. Singular with b in the range: the solution of least norm, as A⁺b.
#[test]
fn indefinite_and_singular_systems() {
    let indefinite = matrix(&[-3.0, -1.0, 0.5, 2.0, 4.0]);
    let wanted = [1.0, -2.0, 0.5, 0.25, 3.0];
    let b = times(&indefinite, &wanted);
    let mut x = [0.0; 5];
    minres(&indefinite, &b, &mut x, &stop(5));
    assert!(distance(&x, &wanted) < 1e-8);

    let singular = matrix(&[0.0, 0.0, 1.0, 2.0, 5.0]);
    let b = times(&singular, &wanted);
    let least = times(&matrix(&[0.0, 0.0, 1.0, 1.0, 1.0]), &wanted);
    for solve in [cg, minres] as [Solve; 2] {
        let mut x = [0.0; 5];
        let solved = solve(&singular, &b, &mut x, &Stop { tolerance: 1e-12, ..Stop::default() });
        assert_eq!(solved.end, End::Converged);
        assert!(distance(&x, &least) < 1e-8);
    }
}

/// b outside of the range: MinRes stops at a least-squares solution, A(b − Ax) = 0.
#[test]
fn an_inconsistent_system_ends_at_least_squares() {
    let singular = matrix(&[0.0, 0.0, 1.0, 2.0, 5.0]);
    let (b, mut x) = ([1.0, -2.0, 0.5, 0.25, 3.0], [0.0; 5]);
    let solved = minres(&singular, &b, &mut x, &Stop { tolerance: 1e-12, ..Stop::default() });
    let left: Vec<f64> = b.iter().zip(times(&singular, &x)).map(|(b, ax)| b - ax).collect();
    assert_eq!((solved.iterations, solved.end), (3, End::LeastSquares));
    assert!(norm(&times(&singular, &left)) < 1e-10 && (norm(&left) / norm(&b) - solved.residual).abs() < 1e-10);
}

/// A diagonal matrix is its own preconditioner.
#[test]
fn jacobi_solves_a_diagonal_system_at_once() {
    let a: Vec<Vec<f64>> = (0..N).map(|i| (0..N).map(|j| if i == j { 1.0 + i as f64 } else { 0.0 }).collect()).collect();
    let mut x = vec![0.0; N];
    let solved = jacobi(&a, &times(&a, &solution()), &mut x, &Stop::default());
    assert_eq!((solved.iterations, solved.end), (1, End::Converged));
    assert!(distance(&x, &solution()) < 1e-14);
}

#[test]
fn negative_curvature_is_told() {
    let (a, b) = (vec![vec![1.0, 0.0], vec![0.0, -1.0]], [1.0, 3.0]);
    let mut x = [0.0; 2];
    let solved = cg(&a, &b, &mut x, &Stop::default());
    assert_eq!((solved.iterations, solved.end, x), (0, End::NegativeCurvature, [0.0; 2]));
}

/// From the solution no iteration is needed; from near it fewer than from 0; b = 0 has the solution 0.
#[test]
fn starts_are_used() {
    let (a, wanted) = (definite(), solution());
    let b = times(&a, &wanted);
    for solve in [cg, minres] as [Solve; 2] {
        let tolerance = Stop { tolerance: 1e-3, ..Stop::default() };
        let (mut x, mut warm) = (vec![0.0; N], wanted.iter().map(|x| WARM * x).collect::<Vec<_>>());
        let cold = solve(&a, &b, &mut x, &tolerance).iterations;
        assert!(solve(&a, &b, &mut warm, &tolerance).iterations < cold);
        assert!(distance(&times(&a, &warm), &b) <= 1.0001e-3 * norm(&b));
        assert_eq!(solve(&a, &b, &mut wanted.clone(), &tolerance).iterations, 0);
        let mut zero = wanted.clone();
        let solved = solve(&a, &[0.0; N], &mut zero, &tolerance);
        assert_eq!((solved.iterations, solved.residual, solved.end, norm(&zero)), (0, 0.0, End::Converged, 0.0));
    }
}

/// One workspace for several systems gives what a fresh one gives.
#[test]
fn a_workspace_keeps_nothing() {
    let (a, mut kept, mut kept_minres) = (definite(), Cg::new(N), MinRes::new(N));
    for shift in 0..3 {
        let b: Vec<f64> = (0..N).map(|i| ((i + shift) as f64).sin()).collect();
        let (mut x, mut y, mut fresh) = (vec![0.0; N], vec![0.0; N], vec![0.0; N]);
        kept.solve(product(&a), &b, &mut x, None, &stop(4)).unwrap();
        kept_minres.solve(product(&a), &b, &mut y, &stop(4)).unwrap();
        cg(&a, &b, &mut fresh, &stop(4));
        assert_eq!(x, fresh);
        fresh.fill(0.0);
        minres(&a, &b, &mut fresh, &stop(4));
        assert_eq!(y, fresh);
    }
}

#[test]
fn errors_are_handed_on() {
    let failing = |_: &[f64], _: &mut [f64]| Err(Error::new(Code::Cancelled, "stop"));
    let nan = |_: &[f64], out: &mut [f64]| {
        out.fill(f64::NAN);
        Ok(())
    };
    let (b, stop) = ([1.0, 2.0], Stop::default());
    assert_eq!(Cg::new(2).solve(failing, &b, &mut [0.0; 2], None, &stop).unwrap_err().code(), Code::Cancelled);
    assert_eq!(MinRes::new(2).solve(failing, &b, &mut [0.0; 2], &stop).unwrap_err().code(), Code::Cancelled);
    assert_eq!(Cg::new(2).solve(nan, &b, &mut [0.0; 2], None, &stop).unwrap_err().code(), Code::Numeric);
    assert_eq!(MinRes::new(2).solve(nan, &b, &mut [0.0; 2], &stop).unwrap_err().code(), Code::Numeric);
}
