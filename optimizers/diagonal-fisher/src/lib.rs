//! Natural gradient with the diagonal of the Fisher matrix.
//!
//! dθ_i/dt = −∂_i L(θ) / (F_ii(θ) + λ)
//!
//! Exact where F is diagonal: independent variables in mean coordinates, or binary networks under the joint metric. With
//! λ = 0 a coordinate that the metric does not see (F_ii = 0) stays where it is.
//!
//! # References
//! - Y. LeCun, L. Bottou, G. Orr, K.-R. Müller, *Efficient BackProp*, 1998 (diagonal curvature).
//! - S. Amari, *Natural gradient works efficiently in learning*, Neural Computation 10, 1998.
#![forbid(unsafe_code)]

use elbow_sdk::{About, Capability, Flow, FlowParameters, Metric, Optimizer, Point, Result, Setup, State};

elbow_sdk::parameters! {
    /// Parameters of the diagonal natural gradient.
    pub struct Parameters {
        /// Step and integrator.
        flow: FlowParameters = FlowParameters::default(), flatten();
        /// The metric F.
        metric: Metric = Metric::default(), flatten();
        /// λ, added to every F_ii.
        lambda: f64 = 0.0, min(0.0), log(), live();
    }
}

/// Diagonal natural gradient descent.
#[derive(Debug)]
pub struct DiagonalFisher {
    metric: Metric,
    lambda: f64,
    flow: Flow,
}

impl Optimizer for DiagonalFisher {
    const ABOUT: About = About {
        id: "elbow.diagonal-fisher",
        summary: "Gradient divided by the diagonal of a Fisher matrix.",
        family: "natural gradient",
        references: &[
            "LeCun, Bottou, Orr, Müller: Efficient BackProp. 1998",
            "Amari: Natural gradient works efficiently in learning. Neural Computation 10, 1998",
        ],
        capabilities: &[Capability::Gradient, Capability::Fisher],
        quantities: &[],
    };
    type Parameters = Parameters;

    fn new(setup: &Setup, Parameters { flow, metric, lambda }: Parameters) -> Result<Self> {
        Ok(Self { metric, lambda, flow: Flow::new(flow, setup.dimension) })
    }

    fn step(&mut self, at: &mut Point<'_>) -> Result<()> {
        let Self { metric, lambda, flow } = self;
        flow.step(at, |at, velocity| {
            let gradient = at.gradient()?; // ∂_i L
            let diagonal = at.fisher_diagonal(metric)?; // F_ii
            for ((v, g), f) in velocity.iter_mut().zip(gradient).zip(diagonal) {
                let curvature = f + *lambda;
                *v = if curvature == 0.0 { 0.0 } else { -g / curvature };
            }
            Ok(())
        })
    }

    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        self.flow.state(state)
    }
}
