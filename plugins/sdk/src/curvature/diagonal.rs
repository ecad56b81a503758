//! The diagonal of the Fisher matrix, from rows: F_(k,i)(k,i) = E[δ_k² ā_i²], so Δ = V / (F + λ).
//!
//! # References
//! - Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, *Efficient BackProp*, 1998.

use super::Damped;
use super::average::Adding;
use super::per_layer::{LayerCurvature, PerLayer};
use crate::dense::{Dense, Linear, View};
use crate::error::Result;
use crate::layers::{Layer, LayerRows, Precision, Rows};
use crate::state::State;

/// The diagonal of the layers of a source; see the module's text.
pub type Diagonal = PerLayer<Squares>;

/// Second moments of one layer.
#[derive(Debug)]
pub struct Squares {
    /// E[δ_k² ā_i²].
    moments: Dense,
    /// δ², ā².
    scratch: [Dense; 2],
    work: Dense,
    lambda: f64,
}

impl Squares {
    /// E[δ_k² ā_i²], outputs × (inputs + 1).
    pub fn moments(&self) -> &Dense {
        &self.moments
    }
}

impl LayerCurvature for Squares {
    fn new(layer: &Layer, precision: Precision) -> Self {
        let matrix = || Dense::zeros(precision, layer.outputs, layer.inputs + 1);
        let scratch = [layer.outputs, layer.inputs + 1].map(|rows| Dense::zeros(precision, rows, 0));
        Self { moments: matrix(), scratch, work: matrix(), lambda: 0.0 }
    }

    fn observe(&mut self, linear: Linear, rows: &Rows<'_>, layer: &LayerRows<'_>, adding: &mut [Adding; 2]) -> Result<()> {
        let Some((keep, weight)) = adding[1].next(rows.weight) else { return Ok(()) };
        let [deltas, inputs] = &mut self.scratch;
        deltas.set(deltas.rows(), layer.deltas, |_, x| x * x);
        inputs.set(inputs.rows(), layer.inputs, |_, x| x * x);
        linear.product(View::from(&*deltas), View::from(&*inputs).t(), weight, keep, &mut self.moments)
    }

    fn refresh(&mut self, _: Linear, lambda: f64) -> Result<Damped> {
        self.lambda = lambda;
        Ok(Damped::with(lambda))
    }

    fn solve(&mut self, _: Linear, gradient: &[f64]) -> Result<()> {
        let lambda = self.lambda;
        self.work.copy_from(gradient);
        // A coordinate that the metric does not see stays where it is.
        self.work.zip(&self.moments, |v, f| if f + lambda == 0.0 { 0.0 } else { v / (f + lambda) });
        Ok(())
    }

    fn multiply(&mut self, _: Linear, vector: &[f64]) -> Result<()> {
        let lambda = self.lambda;
        self.work.copy_from(vector);
        self.work.zip(&self.moments, |v, f| v * (f + lambda));
        Ok(())
    }

    const FOLLOWS: bool = true;

    fn copy_to(&self, natural: &mut [f64]) {
        self.work.copy_to(natural);
    }

    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        state.number(&mut self.lambda)?;
        self.moments.state(state)?;
        self.work.state(state)
    }
}
