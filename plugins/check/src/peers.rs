//! The workloads W1 and W2 of the peer benchmarks, a variational autoencoder each: every number comes from SplitMix64 used as a
//! counter, so that a program in any language rebuilds the same data, start and noise.
//!
//! | | visible | hidden | latent | batch | rows |
//! |---|---|---|---|---|---|
//! | W1 | 64 | 128 | 8 | 128 | 1792 digits |
//! | W2 | 784 | 400 | 20 | 256 | 4096 unions of three discs |

use std::f64::consts::TAU;

/// Output i of a seed.
fn output(seed: u64, i: usize) -> u64 {
    let z = seed.wrapping_add((i as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Uniform number i of a seed, in [0, 1).
fn uniform(seed: u64, i: usize) -> f64 {
    (output(seed, i) >> 11) as f64 * 2f64.powi(-53)
}

/// The first standard normal numbers of a seed.
fn normals(seed: u64, len: usize) -> Vec<f64> {
    let normal = |i| (-2.0 * (1.0 - uniform(seed, 2 * i)).ln()).sqrt() * (TAU * uniform(seed, 2 * i + 1)).cos();
    (0..len).map(normal).collect()
}

/// A workload.
#[derive(Clone, Debug)]
pub struct Workload {
    /// Number of pixels.
    pub visible: usize,
    /// Units in each hidden layer.
    pub hidden: usize,
    /// Length of z.
    pub latent: usize,
    /// Rows in a minibatch.
    pub batch: usize,
    /// Rows, one after the other, from 0 to 1.
    pub data: Vec<f64>,
}

impl Workload {
    /// W1 from the digits, `pixel(row, column)` from 0 to 1 of 1797 × 64, in the order of a stable sort.
    pub fn w1(pixel: impl Fn(usize, usize) -> f64) -> Self {
        let mut order: Vec<usize> = (0..1797).collect();
        order.sort_by_key(|row| output(4, *row));
        let pixel = &pixel;
        let data = order[..1792].iter().flat_map(|row| (0..64).map(move |column| pixel(*row, column))).collect();
        Self { visible: 64, hidden: 128, latent: 8, batch: 128, data }
    }

    /// W2.
    pub fn w2() -> Self {
        Self { visible: 784, hidden: 400, latent: 20, batch: 256, data: (0..4096).flat_map(discs).collect() }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.data.len() / self.visible
    }

    /// Noise of the steps, 64 × batch × latent.
    pub fn noise(&self) -> Vec<f64> {
        normals(3, 64 * self.batch * self.latent)
    }

    /// Noise of the objective, rows × latent.
    pub fn particles(&self) -> Vec<f64> {
        normals(5, self.rows() * self.latent)
    }

    /// Where every program starts, as (θ, φ): uniform weights, (inputs, outputs) row by row, biases 0.
    pub fn start(&self) -> (Vec<f64>, Vec<f64>) {
        let (d, h, l) = (self.visible, self.hidden, self.latent);
        let layer = |seed, inputs: usize, outputs: usize| {
            let bound = (6.0 / (inputs + outputs) as f64).sqrt();
            let weight = move |k| (2.0 * uniform(seed, k) - 1.0) * bound;
            (0..inputs * outputs).map(weight).chain(std::iter::repeat_n(0.0, outputs))
        };
        (layer(102, l, h).chain(layer(103, h, d)).collect(), layer(100, d, h).chain(layer(101, h, 2 * l)).collect())
    }
}

/// Image i of W2: 28 × 28 pixels inside any of three discs, some of them flipped.
fn discs(i: usize) -> impl Iterator<Item = f64> {
    let discs: [[u64; 3]; 3] = std::array::from_fn(|j| {
        let r = output(10, 3 * i + j) & 0x7FFF_FFFF;
        [r % 28, (r >> 8) % 28, 2 + (r >> 16) % 5]
    });
    (0..784).map(move |pixel| {
        let (x, y) = (pixel as u64 % 28, pixel as u64 / 28);
        let inside = discs.iter().any(|[cx, cy, radius]| x.abs_diff(*cx).pow(2) + y.abs_diff(*cy).pow(2) <= radius * radius);
        let flipped = output(11, 784 * i + pixel) & 31 == 0;
        f64::from(u8::from(inside != flipped))
    })
}
