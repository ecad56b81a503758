//! Models, points and comparisons that the tests share.

#![allow(dead_code, reason = "every test file uses its own part")]

mod at;

pub use at::At;

use elbow_check::host::HOST;
use elbow_data::{DataParameters, Source};
use elbow_linear_gaussian::{LinearGaussian, Noise, Parameters};
use elbow_sdk::{FilePath, Host, Model, ModelSetup, Recognition, Result, Rng};
use faer::{Mat, MatRef};

pub const RECOGNITIONS: [Recognition; 2] = [Recognition::Exact, Recognition::Learned];

/// The table in this folder: 11 rows of 4 columns.
pub const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data.csv");

/// Random words from a seed (splitmix64).
pub fn words(mut state: u64) -> impl FnMut() -> u64 {
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

pub fn normals(seed: u64, n: usize) -> Vec<f64> {
    let mut words = words(seed);
    let mut rng = Rng::new(&mut words);
    (0..n).map(|_| rng.normal()).collect()
}

pub fn of_file(path: &str) -> DataParameters {
    DataParameters { source: Source::File, file: FilePath(path.to_owned()), ..DataParameters::default() }
}

/// On the small table.
pub fn small(latent: usize, noise: Noise, center: bool) -> Parameters {
    Parameters { data: of_file(TABLE), center, latent, noise, variance: 0.3 }
}

/// On the digits.
pub fn digits(latent: usize) -> Parameters {
    Parameters { latent, ..Parameters::default() }
}

pub fn build(given: Parameters) -> Result<LinearGaussian> {
    LinearGaussian::new(&ModelSetup::new(Host::of(&HOST)), given)
}

/// At a point with parameters of this size.
pub fn random(given: Parameters, seed: u64, size: f64) -> At {
    let model = build(given).unwrap();
    let shape = model.shape();
    let all: Vec<f64> = normals(seed, shape.generative + shape.recognition).iter().map(|x| size * x).collect();
    At::new(model, &all[..shape.generative], &all[shape.generative..])
}

/// At a start that the model draws.
pub fn drawn(given: Parameters, kind: &str) -> At {
    let model = build(given).unwrap();
    let (mut theta, mut phi) = (vec![f64::NAN; model.shape().generative], vec![f64::NAN; model.shape().recognition]);
    let mut words = words(7);
    model.draw(kind, &mut Rng::new(&mut words), &mut theta, &mut phi).unwrap();
    At::new(model, &theta, &phi)
}

/// Every noise and centring, one to three hidden dimensions.
pub fn cases() -> impl Iterator<Item = At> {
    let all = (1..=3).flat_map(|k| [Noise::Learned, Noise::Fixed].map(|noise| (k, noise)));
    all.flat_map(|(k, noise)| [true, false].map(|center| random(small(k, noise, center), k as u64, 0.6)))
}

/// The data of the small table, as the model sees them.
pub fn table(at: &At) -> Vec<Vec<f64>> {
    let data = elbow_data::read(TABLE).unwrap();
    let mean = data.mean();
    let centered = at.model.statistics().mean().iter().all(|m| *m == 0.0);
    let value = |row, i| data.value(row, i) - if centered { mean[i] } else { 0.0 };
    (0..data.rows()).map(|row| (0..data.columns()).map(|i| value(row, i)).collect()).collect()
}

/// W, μ, σ², V, b, D of a point on the small table.
pub struct Pieces {
    pub w: Mat<f64>,
    pub mu: Vec<f64>,
    pub variance: f64,
    pub v: Mat<f64>,
    pub b: Vec<f64>,
    pub d: Vec<f64>,
}

pub fn pieces(at: &At, fixed: f64) -> Pieces {
    let d = at.model.statistics().columns();
    let k = at.phi.len() / (d + 2);
    let (theta, phi) = (&at.theta, &at.phi);
    Pieces {
        w: Mat::from_fn(d, k, |i, a| theta[a * d + i]),
        mu: theta[k * d..(k + 1) * d].to_vec(),
        variance: theta.get((k + 1) * d).map_or(fixed, |x| x.exp()),
        v: Mat::from_fn(k, d, |a, i| phi[i * k + a]),
        b: phi[d * k..(d + 1) * k].to_vec(),
        d: phi[(d + 1) * k..].iter().map(|s| (2.0 * s).exp()).collect(),
    }
}

/// Largest |a − b|; NaN if any is.
pub fn distance(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    let larger = |most: f64, x: f64| if most.is_nan() || x <= most { most } else { x };
    a.iter().zip(b).map(|(x, y)| (x - y).abs()).fold(0.0, larger)
}

pub fn largest(a: &[f64]) -> f64 {
    distance(a, &vec![0.0; a.len()])
}

/// Fails unless |a − b| ≤ tolerance · max |b| everywhere.
#[track_caller]
pub fn close(a: &[f64], b: &[f64], tolerance: f64) {
    let apart = distance(a, b);
    assert!(apart <= tolerance * largest(b), "{a:?} and {b:?} are {apart:e} apart");
}

/// All entries, column by column.
pub fn entries(m: MatRef<'_, f64>) -> Vec<f64> {
    (0..m.ncols()).flat_map(|j| (0..m.nrows()).map(move |i| m[(i, j)])).collect()
}
