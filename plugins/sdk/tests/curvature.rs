//! Curvatures of one layer on given rows: against the dense matrix, against each other, and under changes of the layer's inputs.

mod common;

use common::{N, OUTPUTS, Sample, apply, close, numbers, solve};
use elbow_sdk::Dense;
use elbow_sdk::curvature::{Bordered, Factors, LayerCurvature, Squares, Units};

/// With ā and δ independent, F = A ⊗ S.
#[test]
fn kronecker_factors_are_exact_for_independent_inputs_and_derivatives() {
    let (sample, gradient) = (Sample::product(12), numbers(3.0, N * OUTPUTS));
    close(&apply(&sample.dense(), &solve(sample.curvature::<Factors>(), &gradient, 0.0)), &gradient);
    close(&apply(&sample.dense(), &solve(sample.basis(), &gradient, 0.0)), &gradient);
    // Not so where they depend on each other.
    let other = Sample::new(40);
    let wrong = apply(&other.dense(), &solve(other.curvature::<Factors>(), &gradient, 0.0));
    assert!(wrong.iter().zip(&gradient).any(|(x, y)| (x - y).abs() > 1e-2));
}

fn column(m: &Dense, j: usize) -> Vec<f64> {
    (0..m.rows()).map(|i| m.at(i, j)).collect()
}

/// ‖F − E-KFAC‖ ≤ ‖F − K-FAC‖, and the diagonal of F in the basis is s.
#[test]
fn the_eigenbasis_is_nearer_to_the_exact_matrix() {
    let sample = Sample::new(40);
    let (exact, basis, factors) = (sample.dense(), sample.basis(), sample.curvature::<Factors>());
    let ([u_a, u_s], [a, s], p) = (basis.vectors(), factors.sides(), N * OUTPUTS);
    let symmetric = |m: &Dense, i: usize, j: usize| m.at(i.max(j), i.min(j));
    let kronecker = |k: usize, l: usize| symmetric(a, k / OUTPUTS, l / OUTPUTS) * symmetric(s, k % OUTPUTS, l % OUTPUTS);
    let mut eigen = vec![vec![0.0; p]; p];
    for (i, j) in (0..OUTPUTS).flat_map(|i| (0..N).map(move |j| (i, j))) {
        let (in_s, in_a) = (column(u_s, i), column(u_a, j));
        let v: Vec<f64> = in_a.iter().flat_map(|a| in_s.iter().map(move |s| a * s)).collect();
        let diagonal: f64 = v.iter().zip(apply(&exact, &v)).map(|(x, y)| x * y).sum();
        assert!((diagonal - basis.means().at(i, j)).abs() < 1e-12);
        (0..p * p).for_each(|k| eigen[k / p][k % p] += diagonal * v[k / p] * v[k % p]);
    }
    let distance =
        |f: &dyn Fn(usize, usize) -> f64| (0..p * p).map(|k| (exact[k / p][k % p] - f(k / p, k % p)).powi(2)).sum::<f64>().sqrt();
    assert!(distance(&|k, l| eigen[k][l]) < distance(&kronecker));
}

/// The blocks of units, their diagonals and borders are parts of the exact matrix.
#[test]
fn units_borders_and_diagonals_are_parts_of_the_exact_matrix() {
    let (sample, gradient) = (Sample::new(40), numbers(3.0, N * OUTPUTS));
    let exact = sample.dense();
    let units: Units = sample.curvature();
    for (unit, i, j) in (0..OUTPUTS).flat_map(|k| (0..N).flat_map(move |i| (0..=i).map(move |j| (k, i, j)))) {
        assert!((units.block(unit).at(i, j) - exact[i * OUTPUTS + unit][j * OUTPUTS + unit]).abs() < 1e-14);
    }
    let diagonal = solve(sample.curvature::<Squares>(), &gradient, 0.25);
    close(&diagonal, &(0..N * OUTPUTS).map(|k| gradient[k] / (exact[k][k] + 0.25)).collect::<Vec<_>>());
    let natural = solve(units, &gradient, 0.0);
    for unit in 0..OUTPUTS {
        let row =
            |i: usize| (0..N).map(|j| exact[i * OUTPUTS + unit][j * OUTPUTS + unit] * natural[j * OUTPUTS + unit]).sum::<f64>();
        close(&(0..N).map(row).collect::<Vec<_>>(), &(0..N).map(|i| gradient[i * OUTPUTS + unit]).collect::<Vec<_>>());
    }
}

/// Gradient V = Σ g ā ᵀ of the same outputs' derivatives g, before and after ā ← T ā; then ΔW as a function: ΔW′ T = ΔW.
fn is_invariant<T: LayerCurvature>(t: &[[f64; N]; N]) -> bool {
    let sample = Sample::new(40);
    let step = |sample: &Sample| {
        let g = numbers(5.0, sample.count() * OUTPUTS);
        let mut gradient = vec![0.0; N * OUTPUTS];
        for (a, g) in sample.inputs.chunks_exact(N).zip(g.chunks_exact(OUTPUTS)) {
            (0..N * OUTPUTS).for_each(|k| gradient[k] += a[k / OUTPUTS] * g[k % OUTPUTS]);
        }
        solve(sample.curvature::<T>(), &gradient, 0.0)
    };
    let (before, after) = (step(&sample), step(&sample.changed(t)));
    let back = |k: usize| (0..N).map(|j| after[j * OUTPUTS + k % OUTPUTS] * t[j][k / OUTPUTS]).sum::<f64>();
    let scale = before.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    (0..N * OUTPUTS).all(|k| (back(k) - before[k]).abs() < 1e-9 * scale)
}

/// a ← any invertible affine map of a.
const AFFINE: [[f64; N]; N] = [[2.0, 0.3, -0.1, 0.4], [0.2, 1.5, 0.6, -1.0], [-0.4, 0.1, 0.7, 0.2], [0.0, 0.0, 0.0, 1.0]];
/// a_i ← α_i a_i + β_i.
const SCALES: [[f64; N]; N] = [[2.0, 0.0, 0.0, 0.4], [0.0, -0.5, 0.0, -1.0], [0.0, 0.0, 7.0, 0.2], [0.0, 0.0, 0.0, 1.0]];
/// a_i ← α_i a_i.
const UNITS: [[f64; N]; N] = [[2.0, 0.0, 0.0, 0.0], [0.0, -0.5, 0.0, 0.0], [0.0, 0.0, 7.0, 0.0], [0.0, 0.0, 0.0, 1.0]];

#[test]
fn steps_do_not_depend_on_the_coordinates_of_the_inputs() {
    assert!(is_invariant::<Factors>(&AFFINE) && is_invariant::<Units>(&AFFINE));
    assert!(is_invariant::<Bordered>(&SCALES) && !is_invariant::<Bordered>(&AFFINE));
    assert!(is_invariant::<Squares>(&UNITS) && !is_invariant::<Squares>(&SCALES));
}

/// Where a unit's inputs have mean zero the border is zero, and the quasi-diagonal is the diagonal.
#[test]
fn without_a_border_the_quasi_diagonal_is_the_diagonal() {
    let Sample { inputs, deltas } = Sample::new(30);
    let mirrored: Vec<f64> = inputs.chunks_exact(N).flat_map(|row| [-row[0], -row[1], -row[2], 1.0]).collect();
    let sample = Sample { inputs: [inputs, mirrored].concat(), deltas: [deltas.clone(), deltas].concat() };
    let gradient = numbers(3.0, N * OUTPUTS);
    let (bordered, squares) = (sample.curvature::<Bordered>(), sample.curvature::<Squares>());
    close(&solve(bordered, &gradient, 0.0), &solve(squares, &gradient, 0.0));
}
