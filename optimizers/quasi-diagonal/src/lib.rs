//! Quasi-diagonal natural gradient.
//!
//! Of each unit's block of the Fisher matrix only the diagonal and the border with the bias are kept, M₀₀ = E δ_k²,
//! M₀ᵢ = E δ_k² a_i, Mᵢᵢ = E δ_k² a_i²: with g the gradient of the unit's weights and g₀ that of its bias
//!
//! Δw_i = (g_i M₀₀ − M₀ᵢ g₀) / (Mᵢᵢ M₀₀ − M₀ᵢ²),   Δb = g₀/M₀₀ − Σ_i (M₀ᵢ/M₀₀) Δw_i,   θ ← θ − η ν Δ.
//!
//! It costs little more than a gradient, and at λ = 0 the step as seen by the network does not depend on scale and offset of single
//! inputs. `estimation = "empirical"` is the outer-product variant, `"sampled"` the Monte-Carlo natural one.
//!
//! # References
//! - Y. Ollivier, *Riemannian metrics for neural networks I*, Information and Inference 4, 2015 (arXiv 1303.0818).
//! - G. Marceau-Caron, Y. Ollivier, *Practical Riemannian neural networks*, 2016 (arXiv 1602.08007).
#![forbid(unsafe_code)]

use elbow_sdk::curvature::{CurvatureParameters, Preconditioner, QuasiDiagonal};
use elbow_sdk::step::{NaturalStep, REPORTED, StepParameters};
use elbow_sdk::{About, Capability, Optimizer, Parts, Point, Result, Setup, State};

elbow_sdk::parameters! {
    /// Parameters of the quasi-diagonal natural gradient.
    pub struct Parameters {
        /// Length and damping of a step.
        step: StepParameters = StepParameters::default(), flatten();
        /// Statistics of the Fisher matrix.
        curvature: CurvatureParameters = CurvatureParameters::default(), flatten();
    }
}

/// Diagonal of each unit's block of the Fisher matrix, and its border with the bias.
#[derive(Debug)]
pub struct QuasiDiagonalGradient {
    preconditioner: Preconditioner<QuasiDiagonal>,
    step: NaturalStep,
}

impl Optimizer for QuasiDiagonalGradient {
    const ABOUT: About = About {
        id: "elbow.quasi-diagonal",
        summary: "Diagonal of each unit's block of the Fisher matrix, and its border with the bias.",
        family: "natural gradient",
        references: &[
            "Ollivier: Riemannian metrics for neural networks I. Information and Inference 4, 2015, arXiv 1303.0818",
            "Marceau-Caron, Ollivier: Practical Riemannian neural networks. 2016, arXiv 1602.08007",
        ],
        capabilities: &[Capability::Gradient, Capability::Fisher, Capability::Layers],
        quantities: &REPORTED,
    };
    type Parameters = Parameters;

    fn new(setup: &Setup, parameters: Parameters) -> Result<Self> {
        let CurvatureParameters { metric, statistics } = &parameters.curvature;
        let (source, decay) = (statistics.source(metric, Parts::Both), statistics.decay(setup));
        let curvature = QuasiDiagonal::new(setup, source, decay)?;
        let preconditioner = Preconditioner::new(curvature, &parameters.curvature, None, setup);
        Ok(Self { preconditioner, step: NaturalStep::new(parameters.step, setup.dimension)? })
    }

    fn step(&mut self, at: &mut Point<'_>) -> Result<()> {
        let metric = self.preconditioner.metric().clone();
        let natural = self.preconditioner.natural(at, &mut self.step)?; // (Δw, Δb) of each unit
        self.step.take(at, &metric, natural)?;
        self.step.report(at, self.preconditioner.damped());
        Ok(())
    }

    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        self.preconditioner.state(state)?;
        self.step.state(state)
    }
}
