//! Kronecker eigenbasis with its own second moments: F ≈ (U_A ⊗ U_S) diag(s) (U_A ⊗ U_S)ᵀ for each layer.
//!
//! U_A, U_S are the eigenvectors of the Kronecker factors A, S; s_ij = E[(U_Sᵀ δ āᵀ U_A)_ij²] is the diagonal of F in that basis, so
//! the approximation is never further from F (in the Frobenius norm) than A ⊗ S. F⁻¹ vec(V) = U_S [(U_Sᵀ V U_A) / (s + λ)] U_Aᵀ.
//!
//! # References
//! - T. George, C. Laurent, X. Bouthillier, N. Ballas, P. Vincent, *Fast approximate natural gradient descent in a
//!   Kronecker-factored eigenbasis*, NeurIPS 2018 (arXiv 1806.03884).

use super::average::{Adding, Averaging};
use super::kronecker::add_sides;
use super::per_layer::{LayerCurvature, PerLayer};
use super::{Curvature, Source};
use crate::dense::{Dense, Linear, View};
use crate::error::Result;
use crate::layers::{Layer, LayerRows, Precision, Rows};
use crate::optimizer::Setup;
use crate::point::Point;
use crate::state::State;

/// The eigenbasis of one layer.
#[derive(Debug)]
pub struct Basis {
    /// A and S.
    sides: [Dense; 2],
    /// U_A and U_S.
    vectors: [Dense; 2],
    /// s, outputs × (inputs + 1).
    moments: Dense,
    /// (U_Aᵀ Ā)² and (U_Sᵀ Δ)².
    rotated: [Dense; 2],
    work: [Dense; 2],
    lambda: f64,
}

impl Basis {
    /// U_A, U_S.
    pub fn vectors(&self) -> [&Dense; 2] {
        self.vectors.each_ref()
    }

    /// s, outputs × (inputs + 1).
    pub fn moments(&self) -> &Dense {
        &self.moments
    }

    /// Takes the eigenvectors of A and S as the basis.
    pub fn decompose(&mut self, linear: Linear) -> Result<()> {
        for (side, vectors) in self.sides.iter().zip(&mut self.vectors) {
            linear.eigen(side, vectors)?;
        }
        Ok(())
    }

    /// Adds a batch to s.
    pub fn add_moments(&mut self, linear: Linear, rows: &Rows<'_>, layer: &LayerRows<'_>, adding: &mut Adding) -> Result<()> {
        let Some((keep, weight)) = adding.next(rows.weight) else { return Ok(()) };
        for ((rotated, vectors), numbers) in self.rotated.iter_mut().zip(&self.vectors).zip([layer.inputs, layer.deltas]) {
            rotated.resize(numbers.precision(), vectors.rows(), rows.count);
            linear.product(View::from(vectors).t(), View::new(numbers, vectors.rows()), 1.0, 0.0, rotated)?;
            rotated.map(|x| x * x);
        }
        let [inputs, deltas] = &self.rotated;
        linear.product(View::from(deltas), View::from(inputs).t(), weight, keep, &mut self.moments)
    }
}

impl LayerCurvature for Basis {
    fn new(layer: &Layer, precision: Precision) -> Self {
        let sides = || [layer.inputs + 1, layer.outputs].map(|n| Dense::zeros(precision, n, n));
        let matrix = || Dense::zeros(precision, layer.outputs, layer.inputs + 1);
        let rotated = [Dense::zeros(precision, 0, 0), Dense::zeros(precision, 0, 0)];
        Self { sides: sides(), vectors: sides(), moments: matrix(), rotated, work: [matrix(), matrix()], lambda: 0.0 }
    }

    fn observe(&mut self, linear: Linear, rows: &Rows<'_>, layer: &LayerRows<'_>, adding: &mut [Adding; 2]) -> Result<()> {
        add_sides(&mut self.sides, linear, rows, layer, adding)
    }

    fn refresh(&mut self, _: Linear, lambda: f64) -> Result<u32> {
        self.lambda = lambda;
        Ok(0)
    }

    /// V ← U_S [(U_Sᵀ V U_A) / (s + λ)] U_Aᵀ.
    fn solve(&mut self, linear: Linear, gradient: &[f64]) -> Result<()> {
        let ([v, half], [a, s]) = (&mut self.work, self.vectors.each_ref().map(View::from));
        v.copy_from(gradient);
        linear.product(s.t(), View::from(&*v), 1.0, 0.0, half)?;
        linear.product(View::from(&*half), a, 1.0, 0.0, v)?;
        let lambda = self.lambda;
        v.zip(&self.moments, |v, s| v / (s + lambda));
        linear.product(s, View::from(&*v), 1.0, 0.0, half)?;
        linear.product(View::from(&*half), a.t(), 1.0, 0.0, v)
    }

    fn copy_to(&self, natural: &mut [f64]) {
        self.work[0].copy_to(natural);
    }

    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        state.number(&mut self.lambda)?;
        let Self { sides, vectors, moments, work, .. } = self;
        sides.iter_mut().chain(vectors).chain(work).chain([moments]).try_for_each(|matrix| matrix.state(state))
    }
}

/// Kronecker eigenbases of the layers of a source; see the module's text.
#[derive(Debug)]
pub struct Eigenbasis {
    layers: PerLayer<Basis>,
    factors: Averaging,
    moments: Averaging,
    period: u64,
    updates: u64,
}

impl Eigenbasis {
    /// For the layers of a source: the basis is renewed every `period` updates; `decays` are those of the factors and of the
    /// moments, which begin anew with each basis.
    ///
    /// # Errors
    /// [`crate::Code::Unsupported`] if the source has no layer.
    pub fn new(setup: &Setup, source: Source, decays: [f64; 2], period: u64) -> Result<Self> {
        let [factors, moments] = decays.map(Averaging::new);
        Ok(Self { layers: PerLayer::new(setup, source, decays[0])?, factors, moments, period, updates: 0 })
    }

    /// The basis of the layer at a place among those of the source, once there was an update.
    pub fn layer(&self, place: usize) -> Option<&Basis> {
        self.layers.layer(place)
    }
}

impl Curvature for Eigenbasis {
    fn update(&mut self, at: &Point<'_>) -> Result<()> {
        let adding = Adding::new(self.factors.observe());
        let sides = |item: &mut super::per_layer::Item<Basis>, linear, rows: &Rows<'_>, layer: &LayerRows<'_>| {
            item.curvature.observe(linear, rows, layer, &mut item.adding)
        };
        self.layers.visit(at, adding, sides)?;
        if self.updates.is_multiple_of(self.period) {
            self.layers.each(|item, linear| item.curvature.decompose(linear).map(|()| 0))?;
            self.moments.restart();
        }
        self.updates += 1;
        let adding = Adding::new(self.moments.observe());
        self.layers
            .visit(at, adding, |item, linear, rows, layer| item.curvature.add_moments(linear, rows, layer, &mut item.adding[1]))
    }

    fn refresh(&mut self, lambda: f64) -> Result<u32> {
        self.layers.refresh(lambda)
    }

    fn solve(&mut self, at: &Point<'_>, gradient: &[f64], natural: &mut [f64]) -> Result<()> {
        self.layers.solve(at, gradient, natural)
    }

    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        self.factors.state(state)?;
        self.moments.state(state)?;
        state.count(&mut self.updates)?;
        self.layers.state(state)
    }
}
