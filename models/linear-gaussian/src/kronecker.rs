//! Fisher matrices of one affine layer with independent Gaussian outputs, and of the biases beside it.
//!
//! ```text
//! F = (A ⊗ diag β) ⊕ diag τ        β_i = 1 / variance of output i
//! joint        A = E_{p(z)}[z̄ z̄ᵀ] = I                    β = 1 / σ²    τ = d / 2 of log σ²
//! aggregate    A = E[z̄ z̄ᵀ] under the learned q           β = 1 / σ²    τ = d / 2 of log σ²
//! recognition  A = E[x̄ x̄ᵀ]                               β = 1 / D     τ = 2 of each s
//! ```
//!
//! W̄ and log σ² do not mix, since the noise is symmetric. For a Gaussian of variance v the Fisher matrix is 1/v by the mean, ½ by
//! log v and 2 by ½ log v.

use crate::model::LinearGaussian;
use crate::point::Point;
use elbow_sdk::{Error, Fisher, Recognition, Result};
use faer::{Accum, MatMut, MatRef, Par};

/// One such matrix.
pub(crate) struct Kronecker<'a> {
    /// A.
    pub inputs: MatRef<'a, f64>,
    /// β.
    pub outputs: Vec<f64>,
    /// τ.
    pub tail: Vec<f64>,
}

impl LinearGaussian {
    /// G, F(φ) or the aggregate matrix; an error for G_V, which is no such product.
    pub(crate) fn kronecker<'a>(&'a self, point: &'a mut Point, kind: Fisher) -> Result<Kronecker<'a>> {
        let (d, k) = (self.statistics.columns(), self.latent);
        let (outputs, tail) = match kind {
            Fisher::Recognition => (point.diagonal().map(|d| 1.0 / d).collect(), vec![2.0; k]),
            _ => (vec![1.0 / point.variance; d], if self.fixed.is_none() { vec![0.5 * d as f64] } else { Vec::new() }),
        };
        let inputs = match kind {
            Fisher::Joint => self.identity.as_ref(),
            Fisher::Aggregate => self.moments(point, Recognition::Learned)?.second.as_ref(),
            Fisher::Recognition => self.statistics.second_moment(),
            Fisher::Visible => {
                return Err(Error::unsupported("the visible Fisher matrix of this model has no rows; choose another metric"));
            }
        };
        Ok(Kronecker { inputs, outputs, tail })
    }
}

impl Kronecker<'_> {
    /// Number of parameters of the affine layer.
    fn affine(&self) -> usize {
        self.inputs.ncols() * self.outputs.len()
    }

    /// The whole matrix.
    pub fn dense(&self, out: &mut [f64]) {
        let (outs, n, affine) = (self.outputs.len(), self.affine() + self.tail.len(), self.affine());
        out.fill(0.0);
        for (column, line) in out.chunks_exact_mut(n).take(affine).enumerate() {
            let (j, i) = (column / outs, column % outs);
            let entries = line[i..affine].iter_mut().step_by(outs).zip(self.inputs.col(j).iter());
            entries.for_each(|(out, a)| *out = a * self.outputs[i]);
        }
        self.tail.iter().enumerate().for_each(|(t, x)| out[(affine + t) * (n + 1)] = *x);
    }

    /// The diagonal.
    pub fn diagonal(&self, out: &mut [f64]) {
        let (layer, rest) = out.split_at_mut(self.affine());
        for (j, column) in layer.chunks_exact_mut(self.outputs.len()).enumerate() {
            column.iter_mut().zip(&self.outputs).for_each(|(out, beta)| *out = self.inputs[(j, j)] * beta);
        }
        rest.copy_from_slice(&self.tail);
    }

    /// The product with a vector: diag(β) X A for the layer.
    pub fn product(&self, vector: &[f64], out: &mut [f64]) {
        let (outs, ins) = (self.outputs.len(), self.inputs.ncols());
        let ((layer, rest), (x, t)) = (out.split_at_mut(self.affine()), vector.split_at(self.affine()));
        let product = MatMut::from_column_major_slice_mut(layer, outs, ins);
        let x = MatRef::from_column_major_slice(x, outs, ins);
        faer::linalg::matmul::matmul(product, Accum::Replace, x, self.inputs, 1.0, Par::Seq);
        layer.chunks_exact_mut(outs).for_each(|column| column.iter_mut().zip(&self.outputs).for_each(|(out, beta)| *out *= beta));
        rest.iter_mut().zip(t.iter().zip(&self.tail)).for_each(|(out, (x, tail))| *out = x * tail);
    }
}
