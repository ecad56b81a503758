//! Kronecker eigenbasis with its own second moments: F ≈ (U_A ⊗ U_S) diag(s) (U_A ⊗ U_S)ᵀ for each layer.
//!
//! U_A, U_S are the eigenvectors of the Kronecker factors A, S; s_ij = E[(U_Sᵀ δ āᵀ U_A)_ij²] is the diagonal of F in that basis, so
//! the approximation is never further from F (in the Frobenius norm) than A ⊗ S. F⁻¹ vec(V) = U_S [(U_Sᵀ V U_A) / (s + λ)] U_Aᵀ.
//!
//! Eigenvectors of one eigenvalue are any basis of their space: s is averaged over it, so that the step does not depend on which basis
//! was found. When the basis is renewed s follows it, s ← (R_S ∘ R_S) s (R_A ∘ R_A)ᵀ with R = Uᵀ_new U_old, which is the diagonal of
//! the same F in the new basis.
//!
//! # References
//! - T. George, C. Laurent, X. Bouthillier, N. Ballas, P. Vincent, *Fast approximate natural gradient descent in a
//!   Kronecker-factored eigenbasis*, NeurIPS 2018 (arXiv 1806.03884).

use super::average::{Adding, Averaging};
use super::kronecker::add_sides;
use super::per_layer::{Item, LayerCurvature, PerLayer};
use super::{Curvature, Damped, Source, singular};
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
    /// U_A and U_S, and those before.
    vectors: [Dense; 2],
    before: [Dense; 2],
    /// The eigenvalues of A and S, ascending.
    values: [Vec<f64>; 2],
    /// For each eigenvalue the number of its space.
    spaces: [Vec<usize>; 2],
    /// s, outputs × (inputs + 1), and its mean over each pair of eigenspaces.
    moments: Dense,
    means: Dense,
    /// Sum and count of s over each pair of eigenspaces.
    sums: Vec<[f64; 2]>,
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

    /// s, outputs × (inputs + 1), averaged over eigenspaces.
    pub fn means(&self) -> &Dense {
        &self.means
    }

    /// Takes the eigenvectors of A and S as the basis; s follows.
    pub fn decompose(&mut self, linear: Linear) -> Result<()> {
        let Self { sides, vectors, before, values, spaces, .. } = self;
        std::mem::swap(vectors, before);
        for (side, vectors) in vectors.iter_mut().enumerate() {
            linear.eigen(&sides[side], &mut values[side], vectors)?;
            number_spaces(&values[side], closest(vectors), &mut spaces[side]);
        }
        self.rotate(linear)
    }

    /// s ← (R_S ∘ R_S) s (R_A ∘ R_A)ᵀ, from the means: the single moments are those of the old basis as it was found.
    fn rotate(&mut self, linear: Linear) -> Result<()> {
        let Self { vectors, before, moments, means, rotated, work: [half, _], .. } = self;
        for ((rotation, new), old) in rotated.iter_mut().zip(&*vectors).zip(&*before) {
            rotation.resize(new.precision(), new.rows(), new.rows());
            linear.product(View::from(new).t(), View::from(old), 1.0, 0.0, rotation)?;
            rotation.map(|x| x * x);
        }
        let [a, s] = rotated.each_ref().map(View::from);
        linear.product(s, View::from(&*means), 1.0, 0.0, half)?;
        linear.product(View::from(&*half), a.t(), 1.0, 0.0, moments)
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
        linear.product(View::from(deltas), View::from(inputs).t(), weight, keep, &mut self.moments)?;
        self.average();
        Ok(())
    }

    /// The means of s over pairs of eigenspaces.
    fn average(&mut self) {
        let Self { moments, means, sums, spaces: [a, s], .. } = self;
        if [&*a, &*s].iter().all(|spaces| spaces.last().is_none_or(|last| last + 1 == spaces.len())) {
            return means.zip(moments, |_, s| s);
        }
        let (outputs, count) = (s.len(), s.last().map_or(0, |last| last + 1));
        let place = |k: usize| a[k / outputs] * count + s[k % outputs];
        sums.fill([0.0; 2]);
        for k in 0..outputs * a.len() {
            let [sum, members] = &mut sums[place(k)];
            (*sum, *members) = (*sum + moments.at(k % outputs, k / outputs), *members + 1.0);
        }
        means.fill(|k| sums[place(k)][0] / sums[place(k)][1]);
    }

    /// V ← U_S f(U_Sᵀ V U_A, s + λ) U_Aᵀ.
    fn in_basis(&mut self, linear: Linear, vector: &[f64], f: impl Fn(f64, f64) -> f64) -> Result<()> {
        let ([v, half], [a, s], lambda) = (&mut self.work, self.vectors.each_ref().map(View::from), self.lambda);
        v.copy_from(vector);
        linear.product(s.t(), View::from(&*v), 1.0, 0.0, half)?;
        linear.product(View::from(&*half), a, 1.0, 0.0, v)?;
        v.zip(&self.means, |v, s| f(v, s + lambda));
        linear.product(s, View::from(&*v), 1.0, 0.0, half)?;
        linear.product(View::from(&*half), a.t(), 1.0, 0.0, v)
    }
}

/// Rounding of a matrix turns eigenvectors by its share of the gap between their eigenvalues: below √ε they are not told apart.
fn closest(vectors: &Dense) -> f64 {
    vectors.precision().epsilon().sqrt()
}

/// Numbers the eigenspaces: eigenvalues closer to the first of a space than this share of the largest one are not told apart.
fn number_spaces(values: &[f64], share: f64, spaces: &mut [usize]) {
    let gap = share * values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    let (mut space, mut first) = (0, f64::NAN);
    for (place, (value, number)) in values.iter().zip(spaces).enumerate() {
        if place == 0 || value - first > gap {
            (space, first) = (if place == 0 { 0 } else { space + 1 }, *value);
        }
        *number = space;
    }
}

impl LayerCurvature for Basis {
    fn new(layer: &Layer, precision: Precision) -> Self {
        let sizes = [layer.inputs + 1, layer.outputs];
        let sides = || sizes.map(|n| Dense::zeros(precision, n, n));
        let matrix = || Dense::zeros(precision, layer.outputs, layer.inputs + 1);
        Self {
            sides: sides(),
            vectors: sides(),
            before: sides(),
            values: sizes.map(|n| vec![0.0; n]),
            spaces: sizes.map(|n| vec![0; n]),
            moments: matrix(),
            means: matrix(),
            sums: vec![[0.0; 2]; layer.len()],
            rotated: sides(),
            work: [matrix(), matrix()],
            lambda: 0.0,
        }
    }

    fn observe(&mut self, linear: Linear, rows: &Rows<'_>, layer: &LayerRows<'_>, adding: &mut [Adding; 2]) -> Result<()> {
        add_sides(&mut self.sides, linear, rows, layer, adding)
    }

    fn refresh(&mut self, _: Linear, lambda: f64) -> Result<Damped> {
        self.lambda = lambda;
        let ([least, largest], epsilon) = (self.means.range(), self.means.precision().epsilon());
        if lambda == 0.0 && least <= 64.0 * epsilon * largest { Err(singular()) } else { Ok(Damped::with(lambda)) }
    }

    fn solve(&mut self, linear: Linear, gradient: &[f64]) -> Result<()> {
        self.in_basis(linear, gradient, |v, s| v / s)
    }

    fn multiply(&mut self, linear: Linear, vector: &[f64]) -> Result<()> {
        self.in_basis(linear, vector, |v, s| v * s)
    }

    const FOLLOWS: bool = true;

    fn copy_to(&self, out: &mut [f64]) {
        self.work[0].copy_to(out);
    }

    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        state.number(&mut self.lambda)?;
        let Self { sides, vectors, moments, means, work, .. } = self;
        sides.iter_mut().chain(vectors).chain(work).chain([moments, means]).try_for_each(|matrix| matrix.state(state))?;
        for ((values, spaces), vectors) in self.values.iter_mut().zip(&mut self.spaces).zip(&self.vectors) {
            state.numbers(values)?;
            number_spaces(values, closest(vectors), spaces);
        }
        Ok(())
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
    /// moments.
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
        let sides = |item: &mut Item<Basis>, linear, rows: &Rows<'_>, layer: &LayerRows<'_>| {
            item.curvature.observe(linear, rows, layer, &mut item.adding)
        };
        self.layers.visit(at, adding, sides)?;
        if self.updates.is_multiple_of(self.period) {
            self.layers.each(|item, linear| item.curvature.decompose(linear).map(|()| Damped::default()))?;
        }
        self.updates += 1;
        let adding = Adding::new(self.moments.observe());
        self.layers
            .visit(at, adding, |item, linear, rows, layer| item.curvature.add_moments(linear, rows, layer, &mut item.adding[1]))
    }

    fn refresh(&mut self, lambda: f64) -> Result<Damped> {
        self.layers.refresh(lambda)
    }

    fn solve(&mut self, at: &Point<'_>, gradient: &[f64], natural: &mut [f64]) -> Result<()> {
        self.layers.solve(at, gradient, natural)
    }

    fn multiply(&mut self, at: &Point<'_>, vector: &[f64], image: &mut [f64]) -> Result<()> {
        self.layers.multiply(at, vector, image)
    }

    fn follows(&self) -> bool {
        self.layers.follows()
    }

    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        self.factors.state(state)?;
        self.moments.state(state)?;
        state.count(&mut self.updates)?;
        self.layers.state(state)
    }
}
