//! Models, points and starts that the tests share.

#![allow(dead_code, reason = "every test file uses its own part")]

mod at;

pub use at::At;

use elbow_geometry::solve::Solver;
use elbow_sdk::{Host, Model, ModelSetup, Recognition, Result};
use elbow_simplex::{Chart, Parameters, Simplex, TargetParameters};
use faer::{Mat, MatRef};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

pub const RECOGNITIONS: [Recognition; 3] = [Recognition::Fixed, Recognition::Exact, Recognition::Learned];

/// The same cases in every run.
pub fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, rng_seed: RngSeed::Fixed(2025), failure_persistence: None, ..ProptestConfig::default() }
}

/// Random words from a seed (splitmix64).
pub fn words(mut state: u64) -> impl FnMut() -> u64 {
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

pub fn build(given: Parameters) -> Result<Simplex> {
    Simplex::new(&ModelSetup::new(Host::NONE), given)
}

pub fn table(values: &[f64]) -> TargetParameters {
    TargetParameters { table: Some(values.to_vec()), counts: None }
}

pub fn counts(values: &[f64]) -> TargetParameters {
    TargetParameters { table: None, counts: Some(values.to_vec()) }
}

/// Sizes, a joint target, a point p and a recognition q.
#[derive(Clone, Debug)]
pub struct Case {
    pub visible: usize,
    pub hidden: usize,
    pub chart: Chart,
    pub target: Vec<f64>,
    pub p: Vec<f64>,
    pub q: Vec<f64>,
}

pub fn normalized(weights: &[f64]) -> Vec<f64> {
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|x| x / sum).collect()
}

/// Sums over h.
pub fn marginal(table: &[f64], hidden: usize) -> Vec<f64> {
    table.chunks(hidden).map(|row| row.iter().sum()).collect()
}

/// Divides every row by its sum.
pub fn conditional(table: &[f64], hidden: usize) -> Vec<f64> {
    table.chunks(hidden).flat_map(normalized).collect()
}

/// Cases with probabilities between about 1/50 and 1/2.
pub fn cases() -> impl Strategy<Value = Case> {
    let sizes = (2_usize..=4, 2_usize..=3, prop_oneof![Just(Chart::Mean), Just(Chart::Logit)]);
    sizes.prop_flat_map(|(visible, hidden, chart)| {
        let weights = || proptest::collection::vec(0.2..1.0_f64, visible * hidden);
        (weights(), weights(), weights()).prop_map(move |(target, p, q)| Case {
            visible,
            hidden,
            chart,
            target: normalized(&target),
            p: normalized(&p),
            q: conditional(&q, hidden),
        })
    })
}

impl Case {
    pub fn with(&self, chart: Chart) -> Self {
        Self { chart, ..self.clone() }
    }

    pub fn model(&self) -> Simplex {
        let (visible, hidden, chart) = (self.visible, self.hidden, self.chart);
        build(Parameters { visible, hidden, chart, target: table(&self.target), learned: true }).unwrap()
    }

    /// θ of p.
    pub fn theta(&self) -> Vec<f64> {
        coordinates(self.chart, &self.p)
    }

    /// φ of q.
    pub fn phi(&self) -> Vec<f64> {
        self.q.chunks(self.hidden).flat_map(|row| coordinates(self.chart, row)).collect()
    }

    pub fn at(&self) -> At {
        At::new(self.model(), &self.theta(), &self.phi())
    }
}

/// Of a row of probabilities, written down anew.
pub fn coordinates(chart: Chart, p: &[f64]) -> Vec<f64> {
    let (last, free) = p.split_last().unwrap();
    free.iter().map(|x| if chart == Chart::Mean { *x } else { (x / last).ln() }).collect()
}

/// A change of p from a change x of θ, written down anew: dp_i = x_i, or p_i (x_i − Σ p x).
pub fn pushed(chart: Chart, p: &[f64], x: &[f64]) -> Vec<f64> {
    let mean: f64 = p.iter().zip(x).map(|(p, x)| p * x).sum();
    let of = |(p, x): (&f64, &f64)| if chart == Chart::Mean { *x } else { p * (x - mean) };
    let mut all: Vec<f64> = p.iter().zip(x).map(of).collect();
    all.push(-all.iter().sum::<f64>());
    all
}

pub fn solve(f: MatRef<'_, f64>, b: &[f64]) -> Vec<f64> {
    let mut x = vec![f64::NAN; b.len()];
    Solver::new().pseudo_inverse(f, None, b, 1e-9, &mut x).unwrap();
    x
}

/// A table as a matrix.
pub fn matrix(values: &[f64], columns: usize) -> Mat<f64> {
    Mat::from_fn(values.len() / columns, columns, |i, j| values[i * columns + j])
}

/// Largest |a − b|.
pub fn distance(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    // Not `f64::max`, which would pass over NaN.
    let larger = |most: f64, x: f64| if most.is_nan() || x <= most { most } else { x };
    a.iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0.0, larger)
}

pub fn largest(a: &[f64]) -> f64 {
    distance(a, &vec![0.0; a.len()])
}

/// Fails unless |a − b| ≤ tolerance (1 + max |b|) everywhere.
#[track_caller]
pub fn close(a: &[f64], b: &[f64], tolerance: f64) {
    let apart = distance(a, b);
    assert!(apart <= tolerance * (1.0 + largest(b)), "{a:?} and {b:?} are {apart:e} apart");
}

/// All entries, column by column.
pub fn entries(m: &Mat<f64>) -> Vec<f64> {
    (0..m.ncols()).flat_map(|j| (0..m.nrows()).map(move |i| m[(i, j)])).collect()
}
