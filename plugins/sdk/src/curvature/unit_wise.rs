//! Unit-wise curvature: one block F_k = E[φ_k ā āᵀ] for each unit k, φ_k = δ_k², so Δ_k = (F_k + λ I)⁻¹ g_k.
//!
//! δ drawn from the model gives Ollivier's natural modulation (exact for one layer of an exponential family), the δ of the loss his
//! outer-product modulation. At λ = 0 the step as seen by the network does not depend on an affine change of a unit's inputs.
//!
//! # References
//! - Y. Ollivier, *Riemannian metrics for neural networks I: feedforward networks*, Information and Inference 4, 2015
//!   (arXiv 1303.0818).

use super::average::Adding;
use super::per_layer::{LayerCurvature, PerLayer};
use super::{Damped, about, raising};
use crate::dense::{Dense, Linear, View};
use crate::error::Result;
use crate::layers::{Layer, LayerRows, Precision, Rows};
use crate::state::State;

/// Unit-wise curvature of the layers of a source; see the module's text.
pub type UnitWise = PerLayer<Units>;

/// The blocks of one layer: outputs × (inputs + 1)² numbers.
#[derive(Debug)]
pub struct Units {
    /// F_k.
    blocks: Vec<Dense>,
    /// (F_k + λ I)⁻¹, and the λ of each.
    inverses: Vec<Dense>,
    lambdas: Vec<f64>,
    /// ā |δ_k| of each row.
    scaled: Dense,
    /// g_k, Δ_k.
    work: [Dense; 2],
    natural: Vec<f64>,
}

impl Units {
    /// F_k, (inputs + 1)².
    pub fn block(&self, unit: usize) -> &Dense {
        &self.blocks[unit]
    }
}

/// The row of each unit times a matrix of its own.
fn unit_by_unit(linear: Linear, matrices: &[Dense], x: &[f64], [row, product]: &mut [Dense; 2], out: &mut [f64]) -> Result<()> {
    let outputs = matrices.len();
    for (k, matrix) in matrices.iter().enumerate() {
        let at = |i: usize| i * outputs + k;
        row.fill(|i| x[at(i)]);
        linear.product(View::from(matrix), View::from(&*row), 1.0, 0.0, product)?;
        (0..product.rows()).for_each(|i| out[at(i)] = product.at(i, 0));
    }
    Ok(())
}

impl LayerCurvature for Units {
    fn new(layer: &Layer, precision: Precision) -> Self {
        let n = layer.inputs + 1;
        let blocks = || (0..layer.outputs).map(|_| Dense::zeros(precision, n, n)).collect();
        let work = [Dense::zeros(precision, n, 1), Dense::zeros(precision, n, 1)];
        Self {
            blocks: blocks(),
            inverses: blocks(),
            lambdas: vec![0.0; layer.outputs],
            scaled: Dense::zeros(precision, n, 0),
            work,
            natural: vec![0.0; layer.len()],
        }
    }

    fn observe(&mut self, linear: Linear, rows: &Rows<'_>, layer: &LayerRows<'_>, adding: &mut [Adding; 2]) -> Result<()> {
        let Some((keep, weight)) = adding[1].next(rows.weight) else { return Ok(()) };
        let (n, outputs) = (self.scaled.rows(), self.blocks.len());
        for (k, block) in self.blocks.iter_mut().enumerate() {
            self.scaled.set(n, layer.inputs, |place, x| x * layer.deltas.at(place / n * outputs + k));
            linear.gram(View::from(&self.scaled), weight, keep, block)?;
        }
        Ok(())
    }

    fn refresh(&mut self, linear: Linear, lambda: f64) -> Result<Damped> {
        let (units, mut all) = (self.blocks.iter().zip(&mut self.inverses).zip(&mut self.lambdas), Damped::default());
        for (k, ((block, inverse), kept)) in units.enumerate() {
            let damped = raising(lambda, block.largest_diagonal(), |lambda| linear.inverse(block, lambda, inverse));
            let damped = damped.map_err(|error| about(format!("unit {k}"))(error))?;
            (*kept, all) = (damped.lambda, all.and(damped));
        }
        Ok(all)
    }

    fn solve(&mut self, linear: Linear, gradient: &[f64]) -> Result<()> {
        let Self { inverses, work, natural, .. } = self;
        unit_by_unit(linear, inverses, gradient, work, natural)
    }

    fn multiply(&mut self, linear: Linear, vector: &[f64]) -> Result<()> {
        let Self { blocks, lambdas, work, natural, .. } = self;
        blocks.iter_mut().for_each(Dense::mirror);
        unit_by_unit(linear, blocks, vector, work, natural)?;
        let outputs = lambdas.len();
        natural.iter_mut().zip(vector).enumerate().for_each(|(k, (image, x))| *image += lambdas[k % outputs] * x);
        Ok(())
    }

    fn copy_to(&self, natural: &mut [f64]) {
        natural.copy_from_slice(&self.natural);
    }

    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        state.numbers(&mut self.natural)?;
        state.numbers(&mut self.lambdas)?;
        self.blocks.iter_mut().chain(&mut self.inverses).chain(&mut self.work).try_for_each(|matrix| matrix.state(state))
    }
}
