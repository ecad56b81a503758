//! What the tests share: the host, a model with an evaluator, files of arrays, finite differences.
#![allow(dead_code, reason = "each test binary uses its own part")]

pub mod affine;
pub mod hosts;
pub mod workload;

use elbow_data::{Binarization, BinarizeParameters, DataParameters, Source};
use elbow_sdk::{Estimation, FilePath, Fisher, Host, Layer, Model, ModelSetup, Objective, Recognition, Result, Rng, Rows};
use elbow_vae::{Evaluator, Parameters, Vae};
use std::path::Path;
use tempfile::TempDir;

/// The real host.
pub fn host() -> Host {
    Host::of(&elbow_check::host::HOST)
}

pub fn try_build(parameters: Parameters) -> Result<Vae> {
    Vae::new(&ModelSetup::new(host()), parameters)
}

/// A model all of whose work is done by the calling thread.
pub fn build_alone(parameters: Parameters) -> Vae {
    Vae::new(&ModelSetup::new(Host::of(&hosts::FORWARDS)), parameters).expect("a model")
}

pub fn build(parameters: Parameters) -> Vae {
    try_build(parameters).expect("a model")
}

/// Writes numbers as a `.npy` file of this shape.
pub fn write_npy(path: &Path, shape: &[usize], values: &[f64]) -> FilePath {
    let sizes: String = shape.iter().map(|n| format!("{n}, ")).collect();
    let mut header = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({sizes}), }}");
    header.push_str(&" ".repeat(63 - (10 + header.len()) % 64));
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    values.iter().for_each(|x| bytes.extend(x.to_le_bytes()));
    std::fs::write(path, bytes).expect("a file");
    FilePath(path.to_str().expect("a path").to_owned())
}

/// Data from a file of rows, as they stand.
pub fn rows_of(folder: &TempDir, columns: usize, values: &[f64]) -> DataParameters {
    let file = write_npy(&folder.path().join("data.npy"), &[values.len() / columns, columns], values);
    let binarize = BinarizeParameters { kind: Binarization::None, ..BinarizeParameters::default() };
    DataParameters { source: Source::File, file, binarize, ..DataParameters::default() }
}

/// SplitMix64.
pub struct Words(pub u64);

impl Words {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 * 2f64.powi(-53)
    }
}

/// The recorded quantities, by name.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded(pub Vec<f64>);

/// Where a quantity stands.
pub fn place(name: &str) -> usize {
    Vae::ABOUT.quantities.iter().position(|quantity| quantity.name == name).unwrap_or_else(|| panic!("there is no {name}"))
}

impl std::ops::Index<&str> for Recorded {
    type Output = f64;

    fn index(&self, name: &str) -> &f64 {
        &self.0[place(name)]
    }
}

/// A model with an evaluator at a point.
pub struct At {
    pub model: Vae,
    pub at: Evaluator,
    pub theta: Vec<f64>,
    pub phi: Vec<f64>,
    pub sample: u64,
}

impl At {
    /// Stands at a drawn point whose biases are not zero.
    pub fn new(model: Vae) -> Self {
        let (at, shape) = (model.evaluator(7), model.shape());
        let (mut theta, mut phi) = (vec![0.0; shape.generative], vec![0.0; shape.recognition]);
        let mut words = Words(5);
        let mut source = || words.next();
        model.draw("default", &mut Rng::new(&mut source), &mut theta, &mut phi).expect("a draw");
        theta.iter_mut().chain(&mut phi).for_each(|x| *x += 0.2 * (words.unit() - 0.5));
        let mut at = Self { model, at, theta, phi, sample: 0 };
        at.renew();
        at
    }

    pub fn renew(&mut self) -> &mut Self {
        self.model.move_to(&mut self.at, &self.theta, &self.phi, self.sample).expect("a point");
        self
    }

    pub fn loss(&mut self) -> f64 {
        self.model.loss(&mut self.at, Objective::Elbo, Recognition::Learned).expect("a loss")
    }

    pub fn gradients(&mut self) -> (Vec<f64>, Vec<f64>) {
        let (mut theta, mut phi) = (vec![f64::NAN; self.theta.len()], vec![f64::NAN; self.phi.len()]);
        self.model.gradient(&mut self.at, Objective::Elbo, Recognition::Learned, &mut theta).expect("a gradient");
        self.model.recognition_gradient(&mut self.at, &mut phi).expect("a gradient");
        (theta, phi)
    }

    /// Both gradients after each other.
    pub fn gradient(&mut self) -> Vec<f64> {
        let (theta, phi) = self.gradients();
        theta.into_iter().chain(phi).collect()
    }

    pub fn quantities(&mut self) -> Recorded {
        let mut out = vec![f64::NAN; Vae::ABOUT.quantities.len()];
        self.model.quantities(&mut self.at, Recognition::Learned, &mut out).expect("quantities");
        Recorded(out)
    }

    pub fn size(&self, kind: Fisher) -> usize {
        if kind == Fisher::Recognition { self.phi.len() } else { self.theta.len() }
    }

    /// Column by column.
    pub fn fisher(&mut self, kind: Fisher) -> Vec<f64> {
        let n = self.size(kind);
        let mut out = vec![f64::NAN; n * n];
        self.model.fisher(&mut self.at, kind, &mut out).expect("a matrix");
        out
    }

    pub fn product(&mut self, kind: Fisher, vector: &[f64]) -> Vec<f64> {
        let mut out = vec![f64::NAN; vector.len()];
        self.model.fisher_product(&mut self.at, kind, vector, &mut out).expect("a product");
        out
    }

    pub fn rows(&mut self, kind: Fisher, estimation: Estimation, mut each: impl FnMut(&Rows<'_>, &[Layer])) {
        let layers = self.model.layers();
        let mut visit = |rows: &Rows<'_>| {
            each(rows, &layers);
            Ok(())
        };
        self.model.rows(&mut self.at, kind, estimation, &mut visit).expect("rows");
    }

    /// The weighted scores of all rows: (weight, s), s over the parameters of the role.
    pub fn scores(&mut self, kind: Fisher, estimation: Estimation) -> Vec<(f64, Vec<f64>)> {
        let (mut all, p) = (Vec::new(), self.size(kind));
        self.rows(kind, estimation, |rows, layers| {
            for r in 0..rows.count {
                let mut score = vec![0.0; p];
                for part in rows.layers {
                    let (layer, out) = (&layers[part.layer], layers[part.layer].outputs);
                    for (k, s) in layer.of_mut(&mut score).iter_mut().enumerate() {
                        *s = part.deltas.at(r * out + k % out) * part.inputs.at(r * (layer.inputs + 1) + k / out);
                    }
                }
                all.push((rows.weight, score));
            }
        });
        all
    }
}

/// Σ w s sᵀ.
pub fn gram(scores: &[(f64, Vec<f64>)]) -> Vec<f64> {
    let p = scores[0].1.len();
    let mut out = vec![0.0; p * p];
    for (weight, s) in scores {
        for (column, b) in out.chunks_exact_mut(p).zip(s) {
            column.iter_mut().zip(s).for_each(|(out, a)| *out += weight * a * b);
        }
    }
    out
}

/// Largest difference, relative to the larger of 1 and the largest value.
pub fn difference(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    let scale = b.iter().fold(1.0_f64, |scale, x| scale.max(x.abs()));
    let worst = |worst: f64, (x, y): (&f64, &f64)| if (x - y).abs() <= worst { worst } else { (x - y).abs() };
    a.iter().zip(b).fold(0.0, worst) / scale
}
