//! Quasi-diagonal curvature: of each unit's block only the diagonal and the border with the bias are kept.
//!
//! With M₀₀ = E φ_k, M₀ᵢ = E φ_k a_i, Mᵢᵢ = E φ_k a_i², φ_k = δ_k², and g₀ the bias's gradient,
//!
//! Δw_i = (g_i M₀₀ − M₀ᵢ g₀) / (Mᵢᵢ M₀₀ − M₀ᵢ²),   Δb = g₀/M₀₀ − Σ_i (M₀ᵢ/M₀₀) Δw_i,
//!
//! with λ added to M₀₀ and Mᵢᵢ. This inverts F = M₀₀ b̂² + Σ_i (Mᵢᵢ − M₀ᵢ²/M₀₀) w_i², b̂ = b + Σ_i (M₀ᵢ/M₀₀) w_i. An input that never
//! changes is a second bias (its denominator is 0 to rounding) and takes no step, nor does a unit that is never active (M₀₀ = 0). At
//! λ = 0 the step as seen by the network does not depend on scale and offset of single inputs.
//!
//! # References
//! - Y. Ollivier, *Riemannian metrics for neural networks I*, Information and Inference 4, 2015 (arXiv 1303.0818).
//! - G. Marceau-Caron, Y. Ollivier, *Practical Riemannian neural networks*, 2016 (arXiv 1602.08007).

use super::Damped;
use super::average::Adding;
use super::per_layer::{LayerCurvature, PerLayer};
use crate::dense::{Dense, Linear, View};
use crate::error::Result;
use crate::layers::{Layer, LayerRows, Precision, Rows};
use crate::state::State;

/// Quasi-diagonal curvature of the layers of a source; see the module's text.
pub type QuasiDiagonal = PerLayer<Bordered>;

/// Moments of one layer.
#[derive(Debug)]
pub struct Bordered {
    /// M₀ᵢ, and M₀₀ in the last column; outputs × (inputs + 1).
    border: Dense,
    /// Mᵢᵢ, outputs × (inputs + 1).
    diagonal: Dense,
    /// φ; a_i times the bias's input; a_i².
    scratch: [Dense; 3],
    natural: Vec<f64>,
    lambda: f64,
}

/// a / b, and 0 in a direction that is not seen (b = 0).
fn ratio(a: f64, b: f64) -> f64 {
    if b == 0.0 { 0.0 } else { a / b }
}

impl Bordered {
    /// M₀₀ of a unit, damped.
    fn active(&self, k: usize) -> f64 {
        self.border.at(k, self.border.cols() - 1) + self.lambda
    }

    /// M₀ᵢ/M₀₀ and Mᵢᵢ − M₀ᵢ²/M₀₀ of an input of a unit; the latter is 0 where all of it is rounding.
    fn unit(&self, k: usize, i: usize, m00: f64) -> (f64, f64) {
        let (m0i, mii) = (self.border.at(k, i), self.diagonal.at(k, i) + self.lambda);
        let slope = ratio(m0i, m00);
        let own = mii - slope * m0i;
        // The rounding of the moments is no curvature.
        (slope, if own > 64.0 * self.border.precision().epsilon() * mii { own } else { 0.0 })
    }
}

impl LayerCurvature for Bordered {
    fn new(layer: &Layer, precision: Precision) -> Self {
        let matrix = || Dense::zeros(precision, layer.outputs, layer.inputs + 1);
        let scratch = [layer.outputs, layer.inputs + 1, layer.inputs + 1].map(|rows| Dense::zeros(precision, rows, 0));
        Self { border: matrix(), diagonal: matrix(), scratch, natural: vec![0.0; layer.len()], lambda: 0.0 }
    }

    fn observe(&mut self, linear: Linear, rows: &Rows<'_>, layer: &LayerRows<'_>, adding: &mut [Adding; 2]) -> Result<()> {
        let Some((keep, weight)) = adding[1].next(rows.weight) else { return Ok(()) };
        let [phi, crossed, squared] = &mut self.scratch;
        let n = squared.rows();
        phi.set(phi.rows(), layer.deltas, |_, x| x * x);
        crossed.set(n, layer.inputs, |k, x| x * layer.inputs.at(k - k % n + n - 1));
        squared.set(n, layer.inputs, |_, x| x * x);
        linear.product(View::from(&*phi), View::from(&*crossed).t(), weight, keep, &mut self.border)?;
        linear.product(View::from(&*phi), View::from(&*squared).t(), weight, keep, &mut self.diagonal)
    }

    fn refresh(&mut self, _: Linear, lambda: f64) -> Result<Damped> {
        self.lambda = lambda;
        Ok(Damped::with(lambda))
    }

    fn solve(&mut self, _: Linear, gradient: &[f64]) -> Result<()> {
        let (outputs, inputs) = (self.border.rows(), self.border.cols() - 1);
        for k in 0..outputs {
            let (g0, m00) = (gradient[inputs * outputs + k], self.active(k));
            let mut bias = ratio(g0, m00);
            for i in 0..inputs {
                let (slope, own) = self.unit(k, i, m00);
                let step = ratio(gradient[i * outputs + k] - slope * g0, own);
                bias -= slope * step;
                self.natural[i * outputs + k] = step;
            }
            self.natural[inputs * outputs + k] = bias;
        }
        Ok(())
    }

    fn multiply(&mut self, _: Linear, vector: &[f64]) -> Result<()> {
        let (outputs, inputs) = (self.border.rows(), self.border.cols() - 1);
        for k in 0..outputs {
            let m00 = self.active(k);
            let shifted =
                vector[inputs * outputs + k] + (0..inputs).map(|i| self.unit(k, i, m00).0 * vector[i * outputs + k]).sum::<f64>();
            for i in 0..inputs {
                let (slope, own) = self.unit(k, i, m00);
                self.natural[i * outputs + k] = own * vector[i * outputs + k] + slope * m00 * shifted;
            }
            self.natural[inputs * outputs + k] = m00 * shifted;
        }
        Ok(())
    }

    const FOLLOWS: bool = true;

    fn copy_to(&self, natural: &mut [f64]) {
        natural.copy_from_slice(&self.natural);
    }

    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        state.number(&mut self.lambda)?;
        state.numbers(&mut self.natural)?;
        self.border.state(state)?;
        self.diagonal.state(state)
    }
}
