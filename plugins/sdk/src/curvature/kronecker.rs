//! Kronecker-factored curvature: F ≈ A ⊗ S for each layer, so F⁻¹ vec(V) = vec(S⁻¹ V A⁻¹).
//!
//! A = E[ā āᵀ], S = E[δ δᵀ]; damped as (A + π√λ I) ⊗ (S + √λ/π I) with π² = (tr A / dim A) / (tr S / dim S).
//!
//! # References
//! - J. Martens, R. Grosse, *Optimizing neural networks with Kronecker-factored approximate curvature*, ICML 2015
//!   (arXiv 1503.05671), sections 3 and 6.3.

use super::average::Adding;
use super::per_layer::{LayerCurvature, PerLayer};
use super::{Damped, raising};
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
    /// π√λ and √λ/π, which A and S are damped with.
    shifts: [f64; 2],
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
        Self { sides: sides(), inverses: sides(), shifts: [0.0; 2], work: [work(), work()] }
    }

    fn observe(&mut self, linear: Linear, rows: &Rows<'_>, layer: &LayerRows<'_>, adding: &mut [Adding; 2]) -> Result<()> {
        add_sides(&mut self.sides, linear, rows, layer, adding)
    }

    fn refresh(&mut self, linear: Linear, lambda: f64) -> Result<Damped> {
        let Self { sides, inverses, shifts, .. } = self;
        let [a, s] = sides.each_ref().map(Dense::mean_eigenvalue);
        let pi = if a > 0.0 && s > 0.0 { (a / s).sqrt() } else { 1.0 };
        let scale = sides.iter().map(Dense::largest_diagonal).product();
        raising(lambda, scale, |lambda| {
            *shifts = [pi * lambda.sqrt(), lambda.sqrt() / pi];
            let each = sides.iter().zip(&mut *inverses).zip(&*shifts);
            each.into_iter().try_for_each(|((side, inverse), shift)| linear.inverse(side, *shift, inverse))
        })
    }

    /// V ← S⁻¹ V A⁻¹.
    fn solve(&mut self, linear: Linear, gradient: &[f64]) -> Result<()> {
        let [v, half] = &mut self.work;
        v.copy_from(gradient);
        linear.product(View::from(&self.inverses[1]), View::from(&*v), 1.0, 0.0, half)?;
        linear.product(View::from(&*half), View::from(&self.inverses[0]), 1.0, 0.0, v)
    }

    /// V ← S_λ V A_λ.
    fn multiply(&mut self, linear: Linear, vector: &[f64]) -> Result<()> {
        let Self { sides: [a, s], shifts, work: [v, half], .. } = self;
        [&mut *a, &mut *s].into_iter().for_each(Dense::mirror);
        v.copy_from(vector);
        linear.product(View::from(&*s), View::from(&*v), 1.0, 0.0, half)?;
        half.zip(v, |sv, v| sv + shifts[1] * v);
        linear.product(View::from(&*half), View::from(&*a), 1.0, 0.0, v)?;
        v.zip(half, |va, half| va + shifts[0] * half);
        Ok(())
    }

    fn copy_to(&self, natural: &mut [f64]) {
        self.work[0].copy_to(natural);
    }

    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        let Self { sides, inverses, shifts, work } = self;
        shifts.iter_mut().try_for_each(|shift| state.number(shift))?;
        sides.iter_mut().chain(inverses).chain(work).try_for_each(|matrix| matrix.state(state))
    }
}
