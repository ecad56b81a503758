//! The workloads W1 and W2 of the peer benchmarks: every number from SplitMix64 used as a counter, so that a program in any
//! language rebuilds the same data, start and noise.

use super::{At, rows_of, write_npy};
use elbow_sdk::Model;
use elbow_vae::{EvaluationParameters, Parameters, Scale, Vae, Width};
use std::f64::consts::TAU;
use tempfile::TempDir;

pub const GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

pub fn mix(z: u64) -> u64 {
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Output i of a seed.
fn output(seed: u64, i: usize) -> u64 {
    mix(seed.wrapping_add((i as u64 + 1).wrapping_mul(GAMMA)))
}

fn uniform(seed: u64, i: usize) -> f64 {
    (output(seed, i) >> 11) as f64 * 2f64.powi(-53)
}

fn normals(seed: u64, len: usize) -> Vec<f64> {
    let normal = |i| (-2.0 * (1.0 - uniform(seed, 2 * i)).ln()).sqrt() * (TAU * uniform(seed, 2 * i + 1)).cos();
    (0..len).map(normal).collect()
}

/// Sizes of a workload.
pub struct Workload {
    pub visible: usize,
    pub hidden: usize,
    pub latent: usize,
    pub batch: usize,
    pub rate: f64,
    pub data: Vec<f64>,
}

/// 64-128-8 on the digits in the order of a stable sort.
pub fn w1() -> Workload {
    let digits = elbow_data::digits().expect("digits");
    let mut order: Vec<usize> = (0..digits.rows()).collect();
    order.sort_by_key(|row| output(4, *row));
    let data = order[..1792].iter().flat_map(|row| (0..64).map(|column| digits.value(*row, column))).collect();
    Workload { visible: 64, hidden: 128, latent: 8, batch: 128, rate: 3e-3, data }
}

/// 784-400-20 on unions of three discs.
pub fn w2() -> Workload {
    let mut data = Vec::with_capacity(4096 * 784);
    for i in 0..4096 {
        let discs: Vec<[u64; 3]> =
            (0..3).map(|j| output(10, 3 * i + j) & 0x7FFF_FFFF).map(|r| [r % 28, (r >> 8) % 28, 2 + (r >> 16) % 5]).collect();
        for pixel in 0..784 {
            let (x, y) = (pixel as u64 % 28, pixel as u64 / 28);
            let inside = discs.iter().any(|[cx, cy, radius]| x.abs_diff(*cx).pow(2) + y.abs_diff(*cy).pow(2) <= radius * radius);
            let flipped = output(11, 784 * i + pixel) & 31 == 0;
            data.push(f64::from(u8::from(inside != flipped)));
        }
    }
    Workload { visible: 784, hidden: 400, latent: 20, batch: 256, rate: 1e-3, data }
}

impl Workload {
    /// The model at the peers' start. The folder must live as long as the model is built.
    pub fn start(&self, precision: Width) -> At {
        let folder = TempDir::new().expect("a folder");
        let (rows, latent) = (self.data.len() / self.visible, self.latent);
        let noise = normals(3, 64 * self.batch * latent);
        let noise = write_npy(&folder.path().join("noise.npy"), &[64, self.batch, latent], &noise);
        let particles = write_npy(&folder.path().join("particles.npy"), &[1, rows, latent], &normals(5, rows * latent));
        let model = super::build(Parameters {
            data: rows_of(&folder, self.visible, &self.data),
            encoder: Some(vec![self.hidden as f64]),
            decoder: Some(vec![self.hidden as f64]),
            latent,
            scale: Scale::LogVariance,
            precision,
            batch: self.batch,
            shuffle: false,
            noise,
            evaluation: EvaluationParameters { samples: 1, rows: 0, noise: particles },
            ..Parameters::default()
        });
        self.place(model)
    }

    /// Weights (in, out) row-major and biases: decoder first here, encoder first there.
    fn place(&self, model: Vae) -> At {
        let (d, h, l) = (self.visible, self.hidden, self.latent);
        let sizes = [(d, h), (h, 2 * l), (l, h), (h, d)];
        let layer = |i: usize| {
            let (inputs, outputs) = sizes[i];
            let bound = (6.0 / (inputs + outputs) as f64).sqrt();
            let weight = move |k| (2.0 * uniform(100 + i as u64, k) - 1.0) * bound;
            (0..inputs * outputs).map(weight).chain(std::iter::repeat_n(0.0, outputs))
        };
        let (theta, phi) = (layer(2).chain(layer(3)).collect(), layer(0).chain(layer(1)).collect());
        let at = model.evaluator(0);
        let mut at = At { model, at, theta, phi, sample: 0 };
        at.renew();
        at
    }

    /// Steps of plain gradient descent from `first` on.
    pub fn descend(&self, at: &mut At, first: u64, steps: u64) {
        for t in first..first + steps {
            at.sample = t;
            let (theta, phi) = at.renew().gradients();
            at.theta.iter_mut().zip(theta).for_each(|(x, g)| *x -= self.rate * g);
            at.phi.iter_mut().zip(phi).for_each(|(x, g)| *x -= self.rate * g);
        }
        at.renew();
    }
}
