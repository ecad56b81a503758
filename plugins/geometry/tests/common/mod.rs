//! Random matrices and comparisons shared by the tests.
#![allow(dead_code, missing_docs, reason = "each test uses some of it; helpers of tests")]

use faer::{Mat, MatRef};
use proptest::test_runner::{Config, RngAlgorithm, RngSeed};

/// A fixed seed, so that every run sees the same cases.
pub fn config(cases: u32) -> Config {
    Config {
        cases,
        rng_seed: RngSeed::Fixed(20_240_607),
        rng_algorithm: RngAlgorithm::ChaCha,
        failure_persistence: None,
        ..Config::default()
    }
}

/// A small generator (Marsaglia's xorshift, 64 bits) of doubles in [0, 1).
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn vector(&mut self, n: usize) -> Vec<f64> {
        (0..n).map(|_| 2.0 * self.next() - 1.0).collect()
    }

    /// Positive numbers that sum to 1.
    pub fn probabilities(&mut self, n: usize) -> Vec<f64> {
        let raw: Vec<f64> = (0..n).map(|_| 0.02 + self.next()).collect();
        let sum: f64 = raw.iter().sum();
        raw.iter().map(|x| x / sum).collect()
    }

    pub fn matrix(&mut self, rows: usize, columns: usize) -> Mat<f64> {
        Mat::from_fn(rows, columns, |_, _| 2.0 * self.next() - 1.0)
    }

    /// Orthonormal columns, n×n.
    pub fn orthogonal(&mut self, n: usize) -> Mat<f64> {
        self.matrix(n, n).qr().compute_Q()
    }

    /// `Q diag(values) Qᵀ`, exactly symmetric.
    pub fn with_spectrum(&mut self, values: &[f64]) -> Mat<f64> {
        let n = values.len();
        let q = self.orthogonal(n);
        let scaled = Mat::from_fn(n, n, |i, k| q[(i, k)] * values[k]);
        symmetric((&scaled * q.transpose()).as_ref())
    }
}

pub fn symmetric(a: MatRef<'_, f64>) -> Mat<f64> {
    Mat::from_fn(a.nrows(), a.ncols(), |i, j| 0.5 * (a[(i, j)] + a[(j, i)]))
}

pub fn product(a: MatRef<'_, f64>, b: &[f64]) -> Vec<f64> {
    (0..a.nrows()).map(|i| (0..a.ncols()).map(|j| a[(i, j)] * b[j]).sum()).collect()
}

pub fn norm(a: &[f64]) -> f64 {
    a.iter().map(|x| x * x).sum::<f64>().sqrt()
}

pub fn difference(a: &[f64], b: &[f64]) -> f64 {
    norm(&a.iter().zip(b).map(|(x, y)| x - y).collect::<Vec<_>>())
}

pub fn largest(a: MatRef<'_, f64>) -> f64 {
    (0..a.nrows()).flat_map(|i| (0..a.ncols()).map(move |j| a[(i, j)].abs())).fold(0.0, f64::max)
}
