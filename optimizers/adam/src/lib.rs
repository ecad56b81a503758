//! Adam: gradient descent scaled by running moments of the gradient.
//!
//! m ← β₁ m + (1−β₁) g,   v ← β₂ v + (1−β₂) g²,   θ ← θ − η m̂ / (√v̂ + ε),   m̂ = m/(1−β₁ᵗ),   v̂ = v/(1−β₂ᵗ)
//!
//! # References
//! - D. Kingma, J. Ba, *Adam: a method for stochastic optimization*, ICLR 2015 (arXiv 1412.6980).
#![forbid(unsafe_code)]

use elbow_sdk::{About, Capability, Optimizer, Point, Result, Setup, State};

elbow_sdk::parameters! {
    /// Parameters of Adam.
    pub struct Parameters {
        /// η, the length of a step in each coordinate.
        step_size: f64 = 1e-3, above(0.0), log(), live();
        /// β₁, decay of the first moment.
        beta1: f64 = 0.9, min(0.0), below(1.0);
        /// β₂, decay of the second moment.
        beta2: f64 = 0.999, min(0.0), below(1.0);
        /// ε, keeps the division finite.
        epsilon: f64 = 1e-8, above(0.0), log();
    }
}

/// Adam.
#[derive(Debug)]
pub struct Adam {
    parameters: Parameters,
    /// t, the number of steps made.
    t: u64,
    /// First moment m.
    first: Vec<f64>,
    /// Second moment v.
    second: Vec<f64>,
    direction: Vec<f64>,
}

impl Optimizer for Adam {
    const ABOUT: About = About {
        id: "elbow.adam",
        summary: "Adam: steps scaled by running moments of the gradient.",
        family: "first order",
        references: &["Kingma, Ba: Adam: a method for stochastic optimization. ICLR 2015, arXiv 1412.6980"],
        capabilities: &[Capability::Gradient],
        quantities: &[],
    };
    type Parameters = Parameters;

    fn new(setup: &Setup, parameters: Parameters) -> Result<Self> {
        let zeros = || vec![0.0; setup.dimension];
        Ok(Self { parameters, t: 0, first: zeros(), second: zeros(), direction: zeros() })
    }

    fn step(&mut self, at: &mut Point<'_>) -> Result<()> {
        let Parameters { step_size, beta1, beta2, epsilon } = self.parameters;
        self.t += 1;
        let t = i32::try_from(self.t).unwrap_or(i32::MAX);
        let (unbias1, unbias2) = (1.0 - beta1.powi(t), 1.0 - beta2.powi(t));
        let moments = self.first.iter_mut().zip(&mut self.second);
        for (((m, v), d), g) in moments.zip(&mut self.direction).zip(at.gradient()?) {
            *m = beta1 * *m + (1.0 - beta1) * g;
            *v = beta2 * *v + (1.0 - beta2) * g * g;
            *d = (*m / unbias1) / ((*v / unbias2).sqrt() + epsilon);
        }
        at.step_along(&self.direction, -step_size);
        Ok(())
    }

    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        state.count(&mut self.t)?;
        state.numbers(&mut self.first)?;
        state.numbers(&mut self.second)
    }
}
