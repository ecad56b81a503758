//! Rows that leave something undetermined: constant, doubled and dead inputs, dead units, equal eigenvalues.

mod common;

use common::{N, OUTPUTS, Sample, apply, close, linear, numbers, solve};
use elbow_sdk::Code;
use elbow_sdk::curvature::{Adding, Basis, Bordered, Factors, LayerCurvature, Squares, Units};

/// Without damping a singular matrix determines no step; the smallest damping that its rounding allows is found and told.
#[test]
fn a_damping_that_is_not_enough_is_raised_and_none_is_refused() {
    let one = Sample { inputs: vec![1.0, 0.0, 0.0, 1.0], deltas: vec![1.0, 0.0, 0.0, 0.0] };
    let mut factors: Factors = one.curvature();
    let error = factors.refresh(linear(), 0.0).unwrap_err();
    assert_eq!(error.code(), Code::Numeric);
    assert!(error.to_string().contains("set `lambda` above 0"), "{error}");
    // √1e-40 is below the rounding of A = (1, 0, 0, 1)(…)ᵀ; the next λ that is tried is 1e-12 of its scale, 1.
    let damped = factors.refresh(linear(), 1e-40).unwrap();
    assert_eq!((damped.raised, damped.lambda), (1, 1e-12));
    assert_eq!(factors.refresh(linear(), 0.1).unwrap().raised, 0);
    let broken = Sample { inputs: vec![f64::NAN; N], deltas: vec![1.0; OUTPUTS] };
    let error = broken.curvature::<Factors>().refresh(linear(), 0.1).unwrap_err();
    assert_eq!(error.code(), Code::Numeric);
}

/// Numbers in units of 1e6: what counts as rounding has the scale of the matrix.
#[test]
fn the_least_damping_has_the_scale_of_the_matrix() {
    let scaled = |unit: f64| {
        let row: Vec<f64> = [1.0, 0.5, 0.25, 1.0].iter().map(|x| x * unit).collect();
        let mut units: Units = Sample { inputs: row, deltas: vec![1.0; OUTPUTS] }.curvature();
        units.refresh(linear(), 1e-300).unwrap().lambda
    };
    assert!((scaled(1024.0) / scaled(1.0) / 1024.0_f64.powi(2) - 1.0).abs() < 1e-12);
}

fn multiplied<T: LayerCurvature>(mut curvature: T, lambda: f64) -> [Vec<f64>; 2] {
    let (gradient, mut natural, mut back) = (numbers(3.0, N * OUTPUTS), vec![0.0; N * OUTPUTS], vec![0.0; N * OUTPUTS]);
    curvature.refresh(linear(), lambda).unwrap();
    curvature.solve(linear(), &gradient).unwrap();
    curvature.copy_to(&mut natural);
    curvature.multiply(linear(), &natural).unwrap();
    curvature.copy_to(&mut back);
    [back, gradient]
}

/// (F + λ)(F + λ)⁻¹ g = g.
#[test]
fn multiplication_undoes_the_solution() {
    let sample = Sample::new(40);
    for [back, gradient] in [
        multiplied(sample.curvature::<Factors>(), 0.3),
        multiplied(sample.basis(), 0.3),
        multiplied(sample.curvature::<Units>(), 0.3),
        multiplied(sample.curvature::<Bordered>(), 0.3),
        multiplied(sample.curvature::<Squares>(), 0.3),
    ] {
        close(&back, &gradient);
    }
}

/// Rows in which inputs 0 and 1 go round a circle: A has one eigenvalue for both, whatever the basis of their plane.
fn round() -> Sample {
    let angles = [0.0_f64, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0].map(|k| k * std::f64::consts::TAU / 8.0);
    let inputs = angles.iter().flat_map(|t| [t.cos(), t.sin(), (3.0 * t).sin() * 0.5, 1.0]).collect();
    // δ depends on the angle, so that s differs from direction to direction of the plane.
    let deltas = angles.iter().flat_map(|t| [t.cos(), 0.3 * t.sin(), 1.0 + 0.5 * (2.0 * t).cos(), 0.7 - t.cos()]).collect();
    Sample { inputs, deltas }
}

/// The rows in other coordinates of the plane are the same problem: the step as a function is the same.
#[test]
fn the_step_does_not_depend_on_the_basis_that_was_found() {
    let (sin, cos) = 0.7_f64.sin_cos();
    let turn = [[cos, -sin, 0.0, 0.0], [sin, cos, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]];
    let step = |sample: &Sample| {
        let mut gradient = vec![0.0; N * OUTPUTS];
        for (a, d) in sample.inputs.chunks_exact(N).zip(round().deltas.chunks_exact(OUTPUTS)) {
            (0..N * OUTPUTS).for_each(|k| gradient[k] += a[k / OUTPUTS] * d[k % OUTPUTS]);
        }
        solve(sample.basis(), &gradient, 0.01)
    };
    let (before, after) = (step(&round()), step(&round().changed(&turn)));
    let back = |k: usize| (0..N).map(|j| after[j * OUTPUTS + k % OUTPUTS] * turn[j][k / OUTPUTS]).sum::<f64>();
    close(&(0..N * OUTPUTS).map(back).collect::<Vec<_>>(), &before);
}

/// In the new basis s is the diagonal of the F that the old basis stood for.
#[test]
fn moments_follow_a_basis_that_is_renewed() {
    let (first, second) = (Sample::new(40), Sample { deltas: numbers(9.0, 40 * OUTPUTS), ..Sample::new(40).changed(&MIXED) });
    let mut basis = first.basis();
    let columns = |basis: &Basis| -> Vec<Vec<f64>> {
        let [a, s] = basis.vectors();
        let column =
            |k: usize| (0..N * OUTPUTS).map(|p| a.at(p / OUTPUTS, k / OUTPUTS) * s.at(p % OUTPUTS, k % OUTPUTS)).collect();
        (0..N * OUTPUTS).map(column).collect()
    };
    let moments = |basis: &Basis| (0..N * OUTPUTS).map(|k| basis.means().at(k % OUTPUTS, k / OUTPUTS)).collect::<Vec<_>>();
    let (old, s) = (columns(&basis), moments(&basis));
    let mut adding = [Adding::new((0.2, 0.8)); 2];
    second.with(|rows, layer| basis.observe(linear(), rows, layer, &mut adding)).unwrap();
    basis.decompose(linear()).unwrap();
    // A batch of no weight shows what is kept.
    second.with(|rows, layer| basis.add_moments(linear(), rows, layer, &mut Adding::new((1.0, 0.0)))).unwrap();
    let (new, found) = (columns(&basis), moments(&basis));
    let dense: Vec<Vec<f64>> = (0..N * OUTPUTS)
        .map(|p| (0..N * OUTPUTS).map(|q| (0..N * OUTPUTS).map(|k| old[k][p] * s[k] * old[k][q]).sum()).collect())
        .collect();
    let expected: Vec<f64> = new.iter().map(|u| u.iter().zip(apply(&dense, u)).map(|(x, y)| x * y).sum()).collect();
    close(&found, &expected);
    assert!(s.iter().zip(&found).any(|(old, new)| (old - new).abs() > 1e-3), "the basis has turned");
}

const MIXED: [[f64; N]; N] = [[0.2, 1.5, 0.0, 0.1], [-1.0, 0.3, 0.4, 0.0], [0.5, 0.0, 2.0, -0.3], [0.0, 0.0, 0.0, 1.0]];

/// An input that never changes is a second bias: with it the unit takes the same step as without, and no weight runs away.
#[test]
fn a_constant_input_is_a_second_bias() {
    let (plain, gradient) = (Sample::new(40), numbers(3.0, N * OUTPUTS));
    let constant =
        Sample { inputs: plain.inputs.chunks_exact(N).flat_map(|a| [2.0, a[1], a[2], 1.0]).collect(), ..Sample::new(40) };
    // The gradient of a constant input is that of the bias times its value.
    let gradient: Vec<f64> =
        (0..N * OUTPUTS).map(|k| if k < OUTPUTS { 2.0 * gradient[3 * OUTPUTS + k] } else { gradient[k] }).collect();
    let with = solve(constant.curvature::<Bordered>(), &gradient, 0.0);
    let without =
        Sample { inputs: plain.inputs.chunks_exact(N).flat_map(|a| [0.0, a[1], a[2], 1.0]).collect(), ..Sample::new(40) };
    let unseen: Vec<f64> = (0..N * OUTPUTS).map(|k| if k < OUTPUTS { 0.0 } else { gradient[k] }).collect();
    close(&with, &solve(without.curvature::<Bordered>(), &unseen, 0.0));
}

/// A unit that is never active has no curvature and no gradient: it stays where it is.
#[test]
fn a_dead_unit_stays() {
    let mut sample = Sample::new(40);
    sample.deltas.chunks_exact_mut(OUTPUTS).for_each(|row| row[1] = 0.0);
    let gradient: Vec<f64> =
        numbers(3.0, N * OUTPUTS).iter().enumerate().map(|(k, g)| if k % OUTPUTS == 1 { 0.0 } else { *g }).collect();
    for (natural, name) in [
        (solve(sample.curvature::<Bordered>(), &gradient, 0.0), "quasi-diagonal"),
        (solve(sample.curvature::<Squares>(), &gradient, 0.0), "diagonal"),
        (solve(sample.curvature::<Units>(), &gradient, 0.1), "unit-wise"),
        (solve(sample.curvature::<Factors>(), &gradient, 0.1), "kfac"),
        (solve(sample.basis(), &gradient, 0.1), "ekfac"),
    ] {
        assert!(natural.iter().all(|d| d.is_finite()), "{name}");
        assert!((0..N).all(|i| natural[i * OUTPUTS + 1].abs() < 1e-12), "{name}");
    }
}

/// Twice the same rows are the same statistics.
#[test]
fn doubled_rows_give_the_same_step() {
    let (once, gradient) = (Sample::new(40), numbers(3.0, N * OUTPUTS));
    let twice = Sample { inputs: once.inputs.repeat(2), deltas: once.deltas.repeat(2) };
    close(&solve(twice.curvature::<Factors>(), &gradient, 0.1), &solve(once.curvature::<Factors>(), &gradient, 0.1));
    close(&solve(twice.basis(), &gradient, 0.1), &solve(once.basis(), &gradient, 0.1));
    close(&solve(twice.curvature::<Units>(), &gradient, 0.1), &solve(once.curvature::<Units>(), &gradient, 0.1));
    close(&solve(twice.curvature::<Bordered>(), &gradient, 0.1), &solve(once.curvature::<Bordered>(), &gradient, 0.1));
}
