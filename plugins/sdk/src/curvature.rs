//! Structured Fisher matrices of a network, each kept as a running average of the rows of its layers and solved with a damping.
//!
//! | curvature | F of a layer is approximated by | exact if |
//! |---|---|---|
//! | [`Kronecker`] | A ⊗ S, A = E[ā āᵀ], S = E[δ δᵀ] | ā and δ are independent |
//! | [`Eigenbasis`] | (U_A ⊗ U_S) diag(s) (U_A ⊗ U_S)ᵀ, s = E[(U_Sᵀ δ āᵀ U_A)²] | it is diagonal in that basis |
//! | [`UnitWise`] | one block E[δ_k² ā āᵀ] for each unit k | different units' δ are uncorrelated |
//! | [`QuasiDiagonal`] | the diagonal of each such block, and its border with the bias | one input |
//! | [`Diagonal`] | E[δ_k² ā_i²] | all products are uncorrelated |
//! | [`Blocks`] | the block itself, of a layer or of a whole network | always |
//! | [`ConjugateGradient`] | nothing: F enters by products | always |
//!
//! An optimizer composes one of them with a [`crate::step::NaturalStep`]; the two-step method takes one for each network.

use crate::error::{Code, Error, Result};
use crate::host::Host;
use crate::layers::{Estimation, Layer, LayerRows, Rows};
use crate::optimizer::Setup;
use crate::point::{Metric, Parts, Point};
use crate::state::State;
use std::ops::Range;

mod average;
mod blocks;
mod conjugate_gradient;
mod diagonal;
mod eigenbasis;
mod kronecker;
mod per_layer;
mod preconditioner;
mod quasi_diagonal;
mod unit_wise;

pub use average::{Adding, Averaging};
pub use blocks::{Blocks, Grouping};
pub use conjugate_gradient::ConjugateGradient;
pub use diagonal::{Diagonal, Squares};
pub use eigenbasis::{Basis, Eigenbasis};
pub use kronecker::{Factors, Kronecker};
pub use per_layer::{LayerCurvature, PerLayer};
pub use preconditioner::{CurvatureParameters, InverseParameters, Preconditioner, StatisticsParameters};
pub use quasi_diagonal::{Bordered, QuasiDiagonal};
pub use unit_wise::{UnitWise, Units};

/// Raises of a damping (λ ← 10 λ) before a matrix is given up.
const MOST_RAISES: u32 = 8;
/// Least damping after a raise, as a share of the matrix's largest diagonal entry.
const LEAST_RAISED: f64 = 1e-12;

/// What a curvature is damped with.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Damped {
    /// The largest λ that one of its matrices is damped with.
    pub lambda: f64,
    /// How often a λ had to be raised for a matrix to be positive definite, over all matrices.
    pub raised: u32,
}

impl Damped {
    /// Not raised.
    pub fn with(lambda: f64) -> Self {
        Self { lambda, raised: 0 }
    }

    /// Of both together.
    pub fn and(self, other: Self) -> Self {
        Self { lambda: self.lambda.max(other.lambda), raised: self.raised + other.raised }
    }
}

/// An approximation of the Fisher matrix of some layers.
pub trait Curvature: Send {
    /// Takes in the rows at the point.
    fn update(&mut self, at: &Point<'_>) -> Result<()>;
    /// Prepares solving with damping λ, which is raised where a matrix is not positive definite.
    ///
    /// # Errors
    /// [`Code::Numeric`] with the name of the layer whose matrix is singular and λ = 0, or is not positive definite after 8 raises.
    fn refresh(&mut self, lambda: f64) -> Result<Damped>;
    /// natural ← (F + λ)⁻¹ gradient, for the parameters of its layers; the others are left alone.
    fn solve(&mut self, at: &Point<'_>, gradient: &[f64], natural: &mut [f64]) -> Result<()>;
    /// image ← (F + λ) vector, for the parameters of its layers, with the F that [`Curvature::solve`] would invert now.
    fn multiply(&mut self, at: &Point<'_>, vector: &[f64], image: &mut [f64]) -> Result<()>;
    /// Whether the F that is inverted changes with each update, and not only when it is refreshed.
    fn follows(&self) -> bool {
        false
    }
    /// Visits what it carries from step to step.
    fn state(&mut self, state: &mut State<'_>) -> Result<()>;
}

impl Curvature for Box<dyn Curvature> {
    fn update(&mut self, at: &Point<'_>) -> Result<()> {
        (**self).update(at)
    }
    fn refresh(&mut self, lambda: f64) -> Result<Damped> {
        (**self).refresh(lambda)
    }
    fn solve(&mut self, at: &Point<'_>, gradient: &[f64], natural: &mut [f64]) -> Result<()> {
        (**self).solve(at, gradient, natural)
    }
    fn multiply(&mut self, at: &Point<'_>, vector: &[f64], image: &mut [f64]) -> Result<()> {
        (**self).multiply(at, vector, image)
    }
    fn follows(&self) -> bool {
        (**self).follows()
    }
    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        (**self).state(state)
    }
}

/// Which rows a curvature is made of.
#[derive(Clone, Debug)]
pub struct Source {
    /// Whose Fisher matrix.
    pub metric: Metric,
    /// Which rows of it.
    pub estimation: Estimation,
    /// Of which networks.
    pub parts: Parts,
}

/// The layers of a source.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    pub host: Host,
    pub source: Source,
    /// All trained layers.
    layers: Vec<Layer>,
    /// Those of the source.
    range: Range<usize>,
}

impl Network {
    pub fn new(setup: &Setup, source: Source) -> Result<Self> {
        let (host, layers) = (setup.host, setup.layers.clone());
        let generative = layers.iter().take_while(|layer| !layer.recognition).count();
        let range = match source.parts {
            Parts::Generative => 0..generative,
            Parts::Recognition => generative..layers.len(),
            Parts::Both => 0..layers.len(),
        };
        if range.is_empty() {
            return Err(Error::new(Code::Unsupported, "the cell trains no layer of this network"));
        }
        Ok(Self { host, source, layers, range })
    }

    /// The layers of the source.
    pub fn layers(&self) -> &[Layer] {
        &self.layers[self.range.clone()]
    }

    /// Visits the rows; places of layers count within [`Network::layers`].
    pub fn visit(&self, at: &Point<'_>, each: &mut dyn FnMut(&Rows<'_>) -> Result<()>) -> Result<()> {
        let Source { metric, estimation, parts } = &self.source;
        at.rows(metric, *estimation, *parts, &self.layers, each)
    }

    /// The rows of the layer at a place within [`Network::layers`], if the batch has some.
    pub fn rows_of<'a>(&self, rows: &Rows<'a>, place: usize) -> Option<LayerRows<'a>> {
        rows.layers.iter().find(|layer| layer.layer == self.range.start + place).copied()
    }
}

/// Tries λ, 10 λ, … until a matrix is positive definite: λ is too small then for the rounding of a matrix of this `scale`. Without
/// damping a matrix that is singular stays so: λ = 0 is not raised.
pub(crate) fn raising(lambda: f64, scale: f64, mut attempt: impl FnMut(f64) -> Result<()>) -> Result<Damped> {
    let mut damped = Damped::with(lambda);
    loop {
        match attempt(damped.lambda) {
            Err(error) if error.code() == Code::Numeric && lambda == 0.0 => return Err(singular()),
            Err(error) if error.code() == Code::Numeric && damped.raised < MOST_RAISES => {
                damped = Damped { lambda: (10.0 * damped.lambda).max(LEAST_RAISED * scale), raised: damped.raised + 1 };
            }
            done => return done.map(|()| damped),
        }
    }
}

/// The error of a matrix that λ = 0 leaves singular.
pub(crate) fn singular() -> Error {
    Error::new(Code::Numeric, "its Fisher matrix is singular and `lambda` is 0: the step is not determined; set `lambda` above 0")
}

/// An error with the part of the problem that it is about.
pub(crate) fn about(part: impl std::fmt::Display) -> impl FnOnce(Error) -> Error {
    move |error| Error::new(error.code(), format!("{part}: {error}"))
}

/// The first error of some parallel parts, or what all of them are damped with.
pub(crate) fn gather<'a>(outcomes: impl Iterator<Item = &'a mut Result<Damped>>) -> Result<Damped> {
    let mut all = Damped::default();
    for outcome in outcomes {
        all = all.and(std::mem::replace(outcome, Ok(Damped::default()))?);
    }
    Ok(all)
}
