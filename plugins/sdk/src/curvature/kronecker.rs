//! Kronecker-factored curvature: F ≈ A ⊗ S for each layer, so F⁻¹ vec(V) = vec(S⁻¹ V A⁻¹).
//!
//! A = E[ā āᵀ], S = E[δ δᵀ]; damped as (A + π√λ I) ⊗ (S + √λ/π I) with π² = (tr A / dim A) / (tr S / dim S).
//!
//! # References
//! - J. Martens, R. Grosse, *Optimizing neural networks with Kronecker-factored approximate curvature*, ICML 2015
//!   (arXiv 1503.05671), sections 3 and 6.3.

use super::average::Adding;
use super::per_layer::{LayerCurvature, PerLayer};
use super::raising;
use crate::dense::{Dense, Linear, View};
use crate::error::Result;
use crate::layers::{Layer, LayerRows, Precision, Rows};
use crate::state::State;

/// Kronecker factors of the layers of a source; see the module's text.
pub type Kronecker = PerLayer<Factors>;

/// The factors of one layer.
#[derive(Debug)]
pub struct Factors {
    /// A and S.
    sides: [Dense; 2],
    /// Their damped inverses.
    inverses: [Dense; 2],
    /// V, S⁻¹ V.
    work: [Dense; 2],
}

impl Factors {
    /// A = E[ā āᵀ], (inputs + 1)², and S = E[δ δᵀ], outputs².
    pub fn sides(&self) -> [&Dense; 2] {
        self.sides.each_ref()
    }
}

/// Adds a batch to A and S.
pub(crate) fn add_sides(
    sides: &mut [Dense; 2],
    linear: Linear,
    rows: &Rows<'_>,
    layer: &LayerRows<'_>,
    adding: &mut [Adding; 2],
) -> Result<()> {
    let numbers = [(layer.inputs, rows.inputs_weight), (layer.deltas, rows.weight)];
    for ((side, adding), (numbers, weight)) in sides.iter_mut().zip(adding).zip(numbers) {
        if let Some((keep, weight)) = adding.next(weight) {
            linear.gram(View::new(numbers, side.rows()), weight, keep, side)?;
        }
    }
    Ok(())
}

impl LayerCurvature for Factors {
    fn new(layer: &Layer, precision: Precision) -> Self {
        let sides = || [layer.inputs + 1, layer.outputs].map(|n| Dense::zeros(precision, n, n));
        let work = || Dense::zeros(precision, layer.outputs, layer.inputs + 1);
        Self { sides: sides(), inverses: sides(), work: [work(), work()] }
    }

    fn observe(&mut self, linear: Linear, rows: &Rows<'_>, layer: &LayerRows<'_>, adding: &mut [Adding; 2]) -> Result<()> {
        add_sides(&mut self.sides, linear, rows, layer, adding)
    }

    fn refresh(&mut self, linear: Linear, lambda: f64) -> Result<u32> {
        let [a, s] = self.sides.each_ref().map(Dense::mean_eigenvalue);
        let pi = if a > 0.0 && s > 0.0 { (a / s).sqrt() } else { 1.0 };
        raising(lambda, |lambda| {
            for (side, share) in [pi, 1.0 / pi].into_iter().enumerate() {
                linear.inverse(&self.sides[side], share * lambda.sqrt(), &mut self.inverses[side])?;
            }
            Ok(())
        })
    }

    /// V ← S⁻¹ V A⁻¹.
    fn solve(&mut self, linear: Linear, gradient: &[f64]) -> Result<()> {
        let [v, half] = &mut self.work;
        v.copy_from(gradient);
        linear.product(View::from(&self.inverses[1]), View::from(&*v), 1.0, 0.0, half)?;
        linear.product(View::from(&*half), View::from(&self.inverses[0]), 1.0, 0.0, v)
    }

    fn copy_to(&self, natural: &mut [f64]) {
        self.work[0].copy_to(natural);
    }

    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        let Self { sides, inverses, work } = self;
        sides.iter_mut().chain(inverses).chain(work).try_for_each(|matrix| matrix.state(state))
    }
}
