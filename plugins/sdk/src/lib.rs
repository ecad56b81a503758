//! The one dependency of a plugin author: traits for models and optimizers, parameters with their schema, and the pieces
//! that several of them share. Nothing here needs `unsafe` from an author.
//!
//! ```
//! use elbow_sdk::{About, Capability, Optimizer, Point, Result, Setup};
//!
//! elbow_sdk::parameters! {
//!     /// Parameters of plain gradient descent.
//!     pub struct Parameters {
//!         /// η, the length of a step.
//!         step_size: f64 = 0.01, above(0.0), log(), live();
//!     }
//! }
//!
//! /// θ ← θ − η ∇L(θ)
//! pub struct Descent(Parameters);
//!
//! impl Optimizer for Descent {
//!     const ABOUT: About = About {
//!         id: "org.example.descent",
//!         summary: "Gradient descent.",
//!         family: "first order",
//!         references: &[],
//!         capabilities: &[Capability::Gradient],
//!         quantities: &[],
//!     };
//!     type Parameters = Parameters;
//!
//!     fn new(_: &Setup, parameters: Parameters) -> Result<Self> {
//!         Ok(Self(parameters))
//!     }
//!
//!     fn step(&mut self, at: &mut Point<'_>) -> Result<()> {
//!         at.step_along(at.gradient()?, -self.0.step_size);
//!         Ok(())
//!     }
//! }
//!
//! elbow_sdk::bundle!(pub fn bundle = [optimizer Descent]);
//! ```
//!
//! # What does this crate not do?
//! It has no linear algebra of its own: a built-in optimizer uses the host's, through [`Point`], [`Damping`] and [`Linear`]. It starts
//! no thread.

pub use elbow_abi as abi;

mod about;
mod bundle;
pub mod curvature;
mod damping;
mod dense;
mod derived;
mod error;
mod flow;
mod guard;
mod host;
mod layers;
mod model;
mod model_class;
mod optimizer;
pub mod parameter;
mod point;
mod rng;
mod state;
pub mod step;
pub mod tableau;
mod text;
pub mod value;

pub use about::{About, Capability, Quantity};
pub use bundle::{Descriptor, Entry, entry, meta};
pub use damping::{Damping, DampingKind, Solution};
pub use dense::{Dense, Linear, View};
pub use error::{Code, Error, Issue, Issues, Result};
pub use flow::{Flow, FlowParameters, Integrator};
pub use host::Host;
pub use layers::{Estimation, Layer, LayerRows, Numbers, Precision, Rows};
pub use model::{Block, Domain, Fisher, Model, ModelSetup, Objective, Recognition, Shape};
pub use optimizer::{Optimizer, Setup};
pub use parameter::{FilePath, Tables};
pub use point::{Matrix, Metric, MetricKind, Parts, Point};
pub use rng::Rng;
pub use state::State;
