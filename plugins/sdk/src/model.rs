//! The trait of a model.

use crate::about::About;
use crate::derived;
use crate::error::{Code, Error, Issue, Result};
use crate::host::Host;
use crate::layers::{Estimation, Layer, Rows};
use crate::parameter::Parameter;
use crate::rng::Rng;
use std::cell::RefCell;

/// What is minimized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Objective {
    /// −ELBO.
    Elbo,
    /// −log evidence.
    Evidence,
}

/// Where the recognition distribution q(h|v) comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recognition {
    /// q(h|v) = p*(h|v), of a joint target.
    Fixed,
    /// q(h|v) = p_θ(h|v); its gradient is taken with q held, which is that of the evidence.
    Exact,
    /// q(h|v) = q_φ(h|v).
    Learned,
}

/// Which Fisher matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fisher {
    /// G(θ).
    Joint,
    /// G_V(θ).
    Visible,
    /// F(φ).
    Recognition,
    /// As the joint one, with the hidden variables from the recognition distribution instead of the model's own.
    Aggregate,
}

/// Sizes of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Number of generative parameters θ.
    pub generative: usize,
    /// Number of recognition parameters φ; 0 without a learned recognition.
    pub recognition: usize,
    /// Visible states; 0 if not finite.
    pub visible_states: usize,
    /// Hidden states; 0 if not finite.
    pub hidden_states: usize,
    /// Whether the target is joint, so that q can be fixed.
    pub has_fixed: bool,
    /// Whether q can be the posterior.
    pub has_exact: bool,
    /// Whether losses and gradients depend on `sample`, the number of the minibatch and its noise.
    pub stochastic: bool,
}

/// A named block of parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Name, as `P(Y|X)`.
    pub name: String,
    /// Whether it belongs to φ rather than to θ.
    pub recognition: bool,
    /// Number of parameters; blocks of each role follow each other.
    pub len: usize,
}

/// Where a point lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// In the open domain.
    Inside,
    /// On its boundary, where some quantity is not finite.
    Boundary {
        /// The first parameter concerned; φ counts on after θ.
        parameter: usize,
    },
    /// Outside.
    Outside {
        /// The first parameter concerned; φ counts on after θ.
        parameter: usize,
    },
}

/// What a model is built with.
#[derive(Debug)]
pub struct ModelSetup {
    /// The host.
    pub host: Host,
    notes: RefCell<Vec<Issue>>,
}

impl ModelSetup {
    /// With a host, and nothing to note.
    pub fn new(host: Host) -> Self {
        Self { host, notes: RefCell::default() }
    }

    /// Something that a user should know of a parameter that is accepted, by its path (`target.table`).
    pub fn note(&self, path: impl Into<String>, message: impl Into<String>) {
        self.notes.borrow_mut().push(Issue { code: Code::BadParameter, path: path.into(), message: message.into() });
    }

    /// What was noted.
    pub fn notes(self) -> Vec<Issue> {
        self.notes.into_inner()
    }
}

fn missing<T>(what: &str) -> Result<T> {
    Err(Error::unsupported(&format!("this model has no {what}")))
}

/// A parametrized family with its target: what can be evaluated at a point. The model is shared between threads and only
/// read; an evaluator belongs to one cell and keeps what it computed at its point. Vectors over θ have length
/// [`Shape::generative`], over φ [`Shape::recognition`]; tables go row by row over visible states.
pub trait Model: Sized + Send + Sync + 'static {
    /// Id, text, capabilities, quantities recorded of a point.
    const ABOUT: About;
    /// Declared with [`crate::parameters!`].
    type Parameters: Parameter;
    /// The state of one cell's evaluations.
    type Evaluator: Send + 'static;

    /// A model; reports every issue with its parameters.
    fn new(setup: &ModelSetup, parameters: Self::Parameters) -> Result<Self>;
    /// Sizes.
    fn shape(&self) -> Shape;
    /// Blocks of parameters, θ first.
    fn blocks(&self) -> Vec<Block>;
    /// Where a point lies.
    fn domain(&self, theta: &[f64], phi: &[f64]) -> Domain;
    /// Whether a point outside the domain still has an evidence: Σ_h p_θ(v, h) can be positive for every v although single
    /// p_θ(v, h) are negative. A flow of the evidence under G_V may pass there, and the published ones do.
    fn has_evidence(&self, _theta: &[f64]) -> bool {
        false
    }
    /// Draws parameters from a named distribution; every model has `default`.
    fn draw(&self, kind: &str, rng: &mut Rng<'_>, theta: &mut [f64], phi: &mut [f64]) -> Result<()>;
    /// θ from mean parameters (probabilities).
    fn mean_to_theta(&self, _mean: &[f64], _theta: &mut [f64]) -> Result<()> {
        missing("mean parameters")
    }

    /// An evaluator; it stands nowhere until it is moved. Minibatches and noise come from the streams of `seed`
    /// ([`Host::words`]), so that all optimizers of an experiment see the same.
    fn evaluator(&self, seed: u64) -> Self::Evaluator;
    /// Moves to a point and forgets what was computed. Stochastic models take minibatch and noise from `sample`.
    fn move_to(&self, at: &mut Self::Evaluator, theta: &[f64], phi: &[f64], sample: u64) -> Result<()>;
    /// −ELBO or −log evidence, in nats per datum.
    fn loss(&self, at: &mut Self::Evaluator, objective: Objective, recognition: Recognition) -> Result<f64>;
    /// Gradient of the loss by θ.
    fn gradient(&self, at: &mut Self::Evaluator, objective: Objective, q: Recognition, theta: &mut [f64]) -> Result<()>;
    /// Gradient of −ELBO by φ.
    fn recognition_gradient(&self, _at: &mut Self::Evaluator, _phi: &mut [f64]) -> Result<()> {
        missing("learned recognition")
    }
    /// The quantities that [`About::quantities`] declares, in its order. They do not depend on `sample`.
    fn quantities(&self, at: &mut Self::Evaluator, recognition: Recognition, out: &mut [f64]) -> Result<()>;
    /// Why a quantity that came out as NaN has no meaning at this point, by its place in [`About::quantities`]: it is recorded as
    /// undefined then. `None`: it has a meaning, and a value that is not finite ends the cell.
    fn undefined(&self, _at: &mut Self::Evaluator, _recognition: Recognition, _index: usize) -> Option<String> {
        None
    }

    /// A Fisher matrix, P × P, both triangles. Unless overridden it is summed from the exact rows.
    fn fisher(&self, at: &mut Self::Evaluator, kind: Fisher, out: &mut [f64]) -> Result<()> {
        derived::fisher(self, at, kind, out)
    }
    /// Its diagonal, length P. Unless overridden it is summed from the exact rows.
    fn fisher_diagonal(&self, at: &mut Self::Evaluator, kind: Fisher, out: &mut [f64]) -> Result<()> {
        derived::diagonal(self, at, kind, out)
    }
    /// Its product with a vector, both of length P. Unless overridden it is summed from the exact rows.
    fn fisher_product(&self, at: &mut Self::Evaluator, kind: Fisher, vector: &[f64], out: &mut [f64]) -> Result<()> {
        derived::product(self, at, kind, vector, out)
    }

    /// F⁺∇L where a closed form is known, of φ for [`Fisher::Recognition`] and of θ for the others, and the rank of F. It is as
    /// accurate as the model can make it also where F or ∇L are large or small beyond what a solution with F could give.
    fn natural_gradient(
        &self,
        _at: &mut Self::Evaluator,
        _kind: Fisher,
        _objective: Objective,
        _recognition: Recognition,
        _out: &mut [f64],
    ) -> Result<usize> {
        missing("natural gradient in closed form")
    }

    /// Affine layers, θ first, in the order of their parameters, which they cover; empty for a model that is no network.
    fn layers(&self) -> Vec<Layer> {
        Vec::new()
    }
    /// Visits the rows of a Fisher matrix: those of the recognition layers for [`Fisher::Recognition`], else of the generative ones.
    fn rows(
        &self,
        _at: &mut Self::Evaluator,
        _kind: Fisher,
        _estimation: Estimation,
        _each: &mut dyn FnMut(&Rows<'_>) -> Result<()>,
    ) -> Result<()> {
        missing("layers")
    }
    /// The host that the model was built with; what is summed from rows needs its linear algebra.
    fn host(&self) -> Host {
        Host::NONE
    }

    /// p_θ(v, h), all visible × hidden states.
    fn joint_table(&self, _at: &mut Self::Evaluator, _out: &mut [f64]) -> Result<()> {
        missing("table")
    }
    /// p*(v), all visible states.
    fn target_table(&self, _at: &mut Self::Evaluator, _out: &mut [f64]) -> Result<()> {
        missing("table")
    }
    /// q(h|v), all visible × hidden states.
    fn recognition_table(&self, _at: &mut Self::Evaluator, _recognition: Recognition, _out: &mut [f64]) -> Result<()> {
        missing("table")
    }
    /// ∇_θ log p_θ(v, h): a row of length P for each joint state.
    fn scores(&self, _at: &mut Self::Evaluator, _out: &mut [f64]) -> Result<()> {
        missing("table")
    }
}
