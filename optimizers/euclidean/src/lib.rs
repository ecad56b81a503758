//! Gradient descent in the Euclidean metric of the coordinates, with heavy-ball or Nesterov momentum.
//!
//! m ← β m + ∇L(θ),   θ ← θ − η m   (Nesterov: θ ← θ − η (∇L + β m))
//!
//! Of a step that left the domain a share was made, and m is that much shorter. Without momentum (β = 0) this is the gradient flow dθ/dt = −∇L(θ), which any integrator may follow.
//!
//! # References
//! - B. Polyak, *Some methods of speeding up the convergence of iteration methods*, 1964.
//! - I. Sutskever, J. Martens, G. Dahl, G. Hinton, *On the importance of initialization and momentum in deep learning*,
//!   ICML 2013 (the form of Nesterov's method).
#![forbid(unsafe_code)]

use elbow_sdk::{About, Capability, Error, Flow, FlowParameters, Integrator, Optimizer, Point, Result, Setup, State};

elbow_sdk::parameters! {
    /// Parameters of gradient descent.
    pub struct Parameters {
        /// Step and integrator.
        flow: FlowParameters = FlowParameters::default(), flatten();
        /// β: share of the last step's momentum that is kept.
        momentum: f64 = 0.0, min(0.0), below(1.0), live();
        /// Nesterov's momentum: the gradient is added once more.
        nesterov: bool = false;
    }
}

/// Gradient descent.
#[derive(Debug)]
pub struct Euclidean {
    step_size: f64,
    beta: f64,
    nesterov: bool,
    /// m
    momentum: Vec<f64>,
    direction: Vec<f64>,
    flow: Flow,
}

impl Optimizer for Euclidean {
    const ABOUT: About = About {
        id: "elbow.euclidean",
        summary: "Gradient descent, with momentum or Nesterov's momentum.",
        family: "first order",
        references: &[
            "Polyak: Some methods of speeding up the convergence of iteration methods. 1964",
            "Sutskever, Martens, Dahl, Hinton: On the importance of initialization and momentum in deep learning. ICML 2013",
        ],
        capabilities: &[Capability::Gradient],
        quantities: &[],
    };
    type Parameters = Parameters;

    fn new(setup: &Setup, Parameters { flow, momentum: beta, nesterov }: Parameters) -> Result<Self> {
        if beta > 0.0 && flow.integrator != Integrator::Euler {
            return Err(Error::parameter("momentum", "momentum is a discrete method: set it to 0, or the integrator to `euler`"));
        }
        if nesterov && beta == 0.0 {
            return Err(Error::parameter("nesterov", "Nesterov's method needs a `momentum` above 0"));
        }
        let zeros = || vec![0.0; setup.dimension];
        let (step_size, flow) = (flow.step_size, Flow::new(flow, setup.dimension));
        Ok(Self { step_size, beta, nesterov, momentum: zeros(), direction: zeros(), flow })
    }

    fn step(&mut self, at: &mut Point<'_>) -> Result<()> {
        if self.beta == 0.0 {
            return self.flow.step(at, |at, velocity| {
                velocity.iter_mut().zip(at.gradient()?).for_each(|(v, g)| *v = -g);
                Ok(())
            });
        }
        let (gradient, kept) = (at.gradient()?, self.beta * at.taken());
        for ((m, d), g) in self.momentum.iter_mut().zip(&mut self.direction).zip(gradient) {
            *m = kept * *m + g;
            *d = if self.nesterov { g + self.beta * *m } else { *m };
        }
        at.step_along(&self.direction, -self.step_size);
        Ok(())
    }

    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        state.numbers(&mut self.momentum)?;
        self.flow.state(state)
    }
}
