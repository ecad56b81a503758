//! Curvatures of one layer on given rows: against the dense matrix, against each other, and under changes of the layer's inputs.

use elbow_sdk::curvature::{Adding, Basis, Bordered, Factors, LayerCurvature, Squares, Units};
use elbow_sdk::{Dense, Host, Layer, LayerRows, Linear, Numbers, Precision, Rows};

const INPUTS: usize = 3;
const OUTPUTS: usize = 4;
const N: usize = INPUTS + 1;

fn linear() -> Linear {
    Host::of(&elbow_host::HOST).linear()
}

fn layer() -> Layer {
    Layer { name: "layer".into(), recognition: false, offset: 0, inputs: INPUTS, outputs: OUTPUTS }
}

/// Numbers in (−1, 1) that look random.
fn numbers(seed: f64, len: usize) -> Vec<f64> {
    (0..len).map(|k| ((k as f64 * 12.9898 + seed * 78.233).sin() * 43_758.545_3).fract()).collect()
}

/// Rows (ā, δ), one after the other.
struct Sample {
    inputs: Vec<f64>,
    deltas: Vec<f64>,
}

impl Sample {
    fn new(count: usize) -> Self {
        let mut inputs = numbers(1.0, count * N);
        inputs.chunks_exact_mut(N).for_each(|row| row[INPUTS] = 1.0);
        Self { inputs, deltas: numbers(2.0, count * OUTPUTS) }
    }

    /// Every ā with every δ: independent, whatever their distributions.
    fn product(count: usize) -> Self {
        let Self { inputs, deltas } = Self::new(count);
        let repeat = |rows: &[f64], n: usize, each: bool| -> Vec<f64> {
            (0..count * count).flat_map(|k| rows[n * if each { k / count } else { k % count }..][..n].to_vec()).collect()
        };
        Self { inputs: repeat(&inputs, N, true), deltas: repeat(&deltas, OUTPUTS, false) }
    }

    fn count(&self) -> usize {
        self.inputs.len() / N
    }

    /// ā ← T ā.
    fn changed(&self, t: &[[f64; N]; N]) -> Self {
        let apply = |row: &[f64]| t.iter().map(|t| t.iter().zip(row).map(|(t, x)| t * x).sum::<f64>()).collect::<Vec<_>>();
        Self { inputs: self.inputs.chunks_exact(N).flat_map(apply).collect(), deltas: self.deltas.clone() }
    }

    /// F = (1/n) Σ vec(δ āᵀ) vec(δ āᵀ)ᵀ.
    fn dense(&self) -> Vec<Vec<f64>> {
        let p = N * OUTPUTS;
        let mut f = vec![vec![0.0; p]; p];
        for (a, d) in self.inputs.chunks_exact(N).zip(self.deltas.chunks_exact(OUTPUTS)) {
            let s: Vec<f64> = a.iter().flat_map(|a| d.iter().map(move |d| a * d)).collect();
            (0..p * p).for_each(|k| f[k / p][k % p] += s[k / p] * s[k % p] / self.count() as f64);
        }
        f
    }

    fn with<T>(&self, body: impl FnOnce(&Rows<'_>, &LayerRows<'_>) -> T) -> T {
        let layer = LayerRows { layer: 0, inputs: Numbers::Double(&self.inputs), deltas: Numbers::Double(&self.deltas) };
        let weight = 1.0 / self.count() as f64;
        body(&Rows { count: self.count(), weight, inputs_weight: weight, layers: &[layer] }, &layer)
    }

    fn curvature<T: LayerCurvature>(&self) -> T {
        let mut curvature = T::new(&layer(), Precision::Double);
        let mut adding = [Adding::new((0.0, 1.0)); 2];
        self.with(|rows, layer| curvature.observe(linear(), rows, layer, &mut adding)).unwrap();
        curvature
    }

    fn basis(&self) -> Basis {
        let mut basis: Basis = self.curvature();
        basis.decompose(linear()).unwrap();
        self.with(|rows, layer| basis.add_moments(linear(), rows, layer, &mut Adding::new((0.0, 1.0)))).unwrap();
        basis
    }
}

fn solve<T: LayerCurvature>(mut curvature: T, gradient: &[f64], lambda: f64) -> Vec<f64> {
    let mut natural = vec![0.0; gradient.len()];
    curvature.refresh(linear(), lambda).unwrap();
    curvature.solve(linear(), gradient).unwrap();
    curvature.copy_to(&mut natural);
    natural
}

fn close(found: &[f64], expected: &[f64]) {
    let scale = expected.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    for (k, (x, y)) in found.iter().zip(expected).enumerate() {
        assert!((x - y).abs() < 1e-10 * scale, "{k}: {x}, not {y}");
    }
}

/// F x.
fn apply(f: &[Vec<f64>], x: &[f64]) -> Vec<f64> {
    f.iter().map(|row| row.iter().zip(x).map(|(f, x)| f * x).sum()).collect()
}

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
        assert!((diagonal - basis.moments().at(i, j)).abs() < 1e-12);
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

/// A matrix that is singular at λ = 0 is damped until it can be inverted, and that is told.
#[test]
fn a_damping_that_is_not_enough_is_raised() {
    let one = Sample { inputs: vec![1.0, 0.0, 0.0, 1.0], deltas: vec![1.0, 0.0, 0.0, 0.0] };
    let mut factors: Factors = one.curvature();
    assert!(factors.refresh(linear(), 0.0).unwrap() > 0);
    assert_eq!(factors.refresh(linear(), 0.1).unwrap(), 0);
    let broken = Sample { inputs: vec![f64::NAN; N], deltas: vec![1.0; OUTPUTS] };
    let error = broken.curvature::<Factors>().refresh(linear(), 0.1).unwrap_err();
    assert_eq!(error.code(), elbow_sdk::Code::Numeric);
}
