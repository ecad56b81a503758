//! Rows of one layer, and what a curvature makes of them.
#![allow(dead_code, missing_docs, reason = "each test uses some of it; helpers of tests")]

use elbow_sdk::curvature::{Adding, Basis, LayerCurvature};
use elbow_sdk::{Host, Layer, LayerRows, Linear, Numbers, Precision, Rows};

pub const INPUTS: usize = 3;
pub const OUTPUTS: usize = 4;
pub const N: usize = INPUTS + 1;

pub fn linear() -> Linear {
    Host::of(&elbow_host::HOST).linear()
}

pub fn layer() -> Layer {
    Layer { name: "layer".into(), recognition: false, offset: 0, inputs: INPUTS, outputs: OUTPUTS }
}

/// Numbers in (−1, 1) that look random.
pub fn numbers(seed: f64, len: usize) -> Vec<f64> {
    (0..len).map(|k| ((k as f64 * 12.9898 + seed * 78.233).sin() * 43_758.545_3).fract()).collect()
}

/// Rows (ā, δ), one after the other.
pub struct Sample {
    pub inputs: Vec<f64>,
    pub deltas: Vec<f64>,
}

impl Sample {
    pub fn new(count: usize) -> Self {
        let mut inputs = numbers(1.0, count * N);
        inputs.chunks_exact_mut(N).for_each(|row| row[INPUTS] = 1.0);
        Self { inputs, deltas: numbers(2.0, count * OUTPUTS) }
    }

    /// Every ā with every δ: independent, whatever their distributions.
    pub fn product(count: usize) -> Self {
        let Self { inputs, deltas } = Self::new(count);
        let repeat = |rows: &[f64], n: usize, each: bool| -> Vec<f64> {
            (0..count * count).flat_map(|k| rows[n * if each { k / count } else { k % count }..][..n].to_vec()).collect()
        };
        Self { inputs: repeat(&inputs, N, true), deltas: repeat(&deltas, OUTPUTS, false) }
    }

    pub fn count(&self) -> usize {
        self.inputs.len() / N
    }

    /// ā ← T ā.
    pub fn changed(&self, t: &[[f64; N]; N]) -> Self {
        let apply = |row: &[f64]| t.iter().map(|t| t.iter().zip(row).map(|(t, x)| t * x).sum::<f64>()).collect::<Vec<_>>();
        Self { inputs: self.inputs.chunks_exact(N).flat_map(apply).collect(), deltas: self.deltas.clone() }
    }

    /// F = (1/n) Σ vec(δ āᵀ) vec(δ āᵀ)ᵀ.
    pub fn dense(&self) -> Vec<Vec<f64>> {
        let p = N * OUTPUTS;
        let mut f = vec![vec![0.0; p]; p];
        for (a, d) in self.inputs.chunks_exact(N).zip(self.deltas.chunks_exact(OUTPUTS)) {
            let s: Vec<f64> = a.iter().flat_map(|a| d.iter().map(move |d| a * d)).collect();
            (0..p * p).for_each(|k| f[k / p][k % p] += s[k / p] * s[k % p] / self.count() as f64);
        }
        f
    }

    pub fn with<T>(&self, body: impl FnOnce(&Rows<'_>, &LayerRows<'_>) -> T) -> T {
        let layer = LayerRows { layer: 0, inputs: Numbers::Double(&self.inputs), deltas: Numbers::Double(&self.deltas) };
        let weight = 1.0 / self.count() as f64;
        body(&Rows { count: self.count(), weight, inputs_weight: weight, layers: &[layer] }, &layer)
    }

    pub fn curvature<T: LayerCurvature>(&self) -> T {
        let mut curvature = T::new(&layer(), Precision::Double);
        let mut adding = [Adding::new((0.0, 1.0)); 2];
        self.with(|rows, layer| curvature.observe(linear(), rows, layer, &mut adding)).unwrap();
        curvature
    }

    pub fn basis(&self) -> Basis {
        let mut basis: Basis = self.curvature();
        basis.decompose(linear()).unwrap();
        self.with(|rows, layer| basis.add_moments(linear(), rows, layer, &mut Adding::new((0.0, 1.0)))).unwrap();
        basis
    }
}

pub fn solve<T: LayerCurvature>(mut curvature: T, gradient: &[f64], lambda: f64) -> Vec<f64> {
    let mut natural = vec![0.0; gradient.len()];
    curvature.refresh(linear(), lambda).unwrap();
    curvature.solve(linear(), gradient).unwrap();
    curvature.copy_to(&mut natural);
    natural
}

pub fn close(found: &[f64], expected: &[f64]) {
    let scale = expected.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    for (k, (x, y)) in found.iter().zip(expected).enumerate() {
        assert!((x - y).abs() < 1e-10 * scale, "{k}: {x}, not {y}");
    }
}

/// F x.
pub fn apply(f: &[Vec<f64>], x: &[f64]) -> Vec<f64> {
    f.iter().map(|row| row.iter().zip(x).map(|(f, x)| f * x).sum()).collect()
}
