//! Rows from the data, one for each datum: of outputs drawn from the model, or of the loss itself.
//!
//! ```text
//! sampled    joint, aggregate  z ~ N(0, I) or q(z|x),  x' = W z + μ + σ ε     δ = −ε / σ
//!            recognition       z' = V̄ x̄ + D^½ ε                                δ = −D^{−½} ε           δ_s = 1 − ε²
//! empirical  joint, aggregate  z ~ q(z|x)                                     δ = (W z + μ − x) / σ²
//!            recognition       no draw                                        δ = Tᵀ (T z − Qᵀ (x − μ)) / σ², z = V̄ x̄    δ_s = M_aa D_a / σ² − 1
//! ```
//!
//! In the generative rows log σ² has δ_λ = (d − σ² ‖δ‖²) / 2. The expectation over z of an empirical generative gradient is no
//! product δ āᵀ, so it is taken at one z drawn from q: an unbiased estimate of the gradient. That of the recognition is exact for
//! each datum. Draws are those of the evaluator's seed and the number of the sample.

use crate::model::LinearGaussian;
use crate::point::{Evaluator, Point};
use crate::rows::{Batch, Each};
use elbow_data::{Noise, purpose};
use elbow_sdk::{Error, Estimation, Fisher, Result};
use faer::MatRef;
use std::ops::Range;

/// Rows of a batch.
const CHUNK: usize = 256;

/// Matrix times a vector.
fn times(matrix: MatRef<'_, f64>, x: &[f64], out: &mut [f64]) {
    out.fill(0.0);
    for (column, x) in matrix.col_iter().zip(x) {
        out.iter_mut().zip(column.iter()).for_each(|(out, a)| *out += a * x);
    }
}

/// Data and noise of one batch.
struct Chunk {
    /// x̄ of each row.
    data: Vec<f64>,
    /// Standard normal numbers for z, k for each row.
    hidden: Vec<f64>,
    /// Standard normal numbers for x', d for each row.
    visible: Vec<f64>,
}

impl LinearGaussian {
    pub(crate) fn drawn(&self, at: &mut Evaluator, kind: Fisher, estimation: Estimation, each: Each<'_>) -> Result<()> {
        if kind == Fisher::Visible {
            return Err(Error::unsupported("the visible Fisher matrix of this model has no rows; choose another metric"));
        }
        let (rows, seed, sample) = (self.data.rows(), at.seed, at.sample);
        let (chunks, weight, point) = (rows.div_ceil(CHUNK), 1.0 / rows as f64, at.point()?);
        for chunk in 0..chunks {
            let range = chunk * CHUNK..rows.min((chunk + 1) * CHUNK);
            let stream = (seed, sample.wrapping_mul(chunks as u64).wrapping_add(chunk as u64));
            let batch = match kind {
                Fisher::Recognition => self.encoded(point, range.clone(), stream, estimation)?,
                _ => self.decoded(point, range.clone(), stream, kind, estimation)?,
            };
            batch.visit(range.len(), weight, weight, each)?;
        }
        Ok(())
    }

    /// Data of some rows, and noise for z and for x' where it is asked for.
    fn chunk(&self, rows: Range<usize>, (seed, number): (u64, u64), hidden: bool, visible: bool) -> Result<Chunk> {
        let (d, k, count) = (self.statistics.columns(), self.latent, rows.len());
        let mut data = vec![1.0; count * (d + 1)];
        data.chunks_exact_mut(d + 1).zip(rows).for_each(|(out, row)| self.copy_row(row, &mut out[..d]));
        let noise = |wanted, purpose, width| {
            let mut out = vec![0.0; count * width];
            if wanted {
                Noise::streams().fill(self.host, seed, purpose, number, &mut out)?;
            }
            Ok(out)
        };
        let hidden = noise(hidden, purpose::FISHER_HIDDEN, k)?;
        Ok(Chunk { data, hidden, visible: noise(visible, purpose::FISHER_VISIBLE, d)? })
    }

    /// Rows of the decoder, with those of log σ².
    fn decoded(&self, point: &Point, rows: Range<usize>, stream: (u64, u64), kind: Fisher, how: Estimation) -> Result<Batch> {
        let (d, k, is_sampled) = (self.statistics.columns(), self.latent, how == Estimation::Sampled);
        let given = self.chunk(rows.clone(), stream, true, is_sampled)?;
        let (mut inputs, mut deltas) = (vec![1.0; rows.len() * (k + 1)], vec![0.0; rows.len() * d]);
        let data = given.data.chunks_exact(d + 1).zip(given.hidden.chunks_exact(k).zip(given.visible.chunks_exact(d)));
        let out = inputs.chunks_exact_mut(k + 1).zip(deltas.chunks_exact_mut(d));
        for ((x, (hidden, visible)), (z, delta)) in data.zip(out) {
            if is_sampled && kind == Fisher::Joint {
                z[..k].copy_from_slice(hidden)
            } else {
                point.hidden(x, hidden, &mut z[..k])
            }
            if is_sampled { point.drawn_delta(visible, delta) } else { point.delta(z, x, delta) }
        }
        let square = |delta: &[f64]| delta.iter().map(|x| x * x).sum::<f64>();
        let tail = deltas.chunks_exact(d).map(|delta| 0.5 * (d as f64 - point.variance * square(delta))).collect();
        Ok(Batch { layer: 0, biases: usize::from(self.fixed.is_none()), inputs, deltas, tail })
    }

    /// Rows of the encoder, with those of s.
    fn encoded(&self, point: &Point, rows: Range<usize>, stream: (u64, u64), how: Estimation) -> Result<Batch> {
        let (d, k, count) = (self.statistics.columns(), self.latent, rows.len());
        let given = self.chunk(rows, stream, how == Estimation::Sampled, false)?;
        let (mut deltas, mut tail) = (vec![0.0; count * k], vec![0.0; count * k]);
        if how == Estimation::Sampled {
            let inverse = |a: usize| (-point.log_sigma[a % k]).exp();
            deltas.iter_mut().zip(&given.hidden).enumerate().for_each(|(a, (delta, e))| *delta = -e * inverse(a));
            tail.iter_mut().zip(&given.hidden).for_each(|(tail, e)| *tail = 1.0 - e * e);
        } else {
            let slope = point.by_hidden();
            let each = deltas.chunks_exact_mut(k).zip(given.data.chunks_exact(d + 1));
            each.for_each(|(delta, x)| times(slope.as_ref(), x, delta));
            let of_s: Vec<f64> = point.by_log_sigma().collect();
            tail.chunks_exact_mut(k).for_each(|tail| tail.copy_from_slice(&of_s));
        }
        Ok(Batch { layer: self.first_layer(Fisher::Recognition), biases: k, inputs: given.data, deltas, tail })
    }
}

impl Point {
    /// z = V̄ x̄ + D^½ ε.
    fn hidden(&self, x: &[f64], noise: &[f64], z: &mut [f64]) {
        times(self.encoder.as_ref(), x, z);
        z.iter_mut().zip(noise.iter().zip(&self.log_sigma)).for_each(|(z, (e, s))| *z += s.exp() * e);
    }

    /// δ = −ε / σ.
    fn drawn_delta(&self, noise: &[f64], delta: &mut [f64]) {
        delta.iter_mut().zip(noise).for_each(|(delta, e)| *delta = -e / self.variance.sqrt());
    }

    /// δ = (W̄ z̄ − x) / σ².
    fn delta(&self, z: &[f64], x: &[f64], delta: &mut [f64]) {
        times(self.decoder.as_ref(), z, delta);
        delta.iter_mut().zip(x).for_each(|(delta, x)| *delta = (*delta - x) / self.variance);
    }
}
