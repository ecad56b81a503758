//! Kronecker-factored natural gradient (K-FAC).
//!
//! F ≈ A ⊗ S for each layer, A = E[ā āᵀ], S = E[δ δᵀ], so a layer with gradient V takes
//!
//! W̄ ← W̄ − η ν S_λ⁻¹ V A_λ⁻¹,   A_λ = A + π√λ I,   S_λ = S + √λ/π I,   π² = (tr A / dim A) / (tr S / dim S).
//!
//! δ comes from outputs drawn from the model (`sampled`), from the exact output Fisher matrix (`exact`), or from the loss itself
//! (`empirical`, which is not a Fisher matrix). Encoder and decoder are factored apart: their Fisher matrix is block-diagonal. The step
//! is cut where δᵀFδ would exceed κ (`kl-clip`), or found by the quadratic model, with a fixed or adapting damping.
//!
//! # References
//! - J. Martens, R. Grosse, *Optimizing neural networks with Kronecker-factored approximate curvature*, ICML 2015
//!   (arXiv 1503.05671).
#![forbid(unsafe_code)]

use elbow_sdk::curvature::{CurvatureParameters, InverseParameters, Kronecker, Preconditioner};
use elbow_sdk::step::{NaturalStep, REPORTED, StepParameters};
use elbow_sdk::{About, Capability, Optimizer, Parts, Point, Result, Setup, State};

elbow_sdk::parameters! {
    /// Parameters of K-FAC.
    pub struct Parameters {
        /// Length and damping of a step.
        step: StepParameters = StepParameters::default(), flatten();
        /// Statistics of the Fisher matrix.
        curvature: CurvatureParameters = CurvatureParameters::default(), flatten();
        /// When it is inverted.
        inverse: InverseParameters = InverseParameters::default(), flatten();
    }
}

/// Kronecker-factored approximate curvature: F ≈ A ⊗ S for each layer.
#[derive(Debug)]
pub struct Kfac {
    preconditioner: Preconditioner<Kronecker>,
    step: NaturalStep,
}

impl Optimizer for Kfac {
    const ABOUT: About = About {
        id: "elbow.kfac",
        summary: "Kronecker-factored approximate curvature: F ≈ A ⊗ S for each layer.",
        family: "natural gradient",
        references: &[
            "Martens, Grosse: Optimizing neural networks with Kronecker-factored approximate curvature. ICML 2015, arXiv 1503.05671",
        ],
        capabilities: &[Capability::Gradient, Capability::Fisher, Capability::Layers],
        quantities: &REPORTED,
    };
    type Parameters = Parameters;

    fn new(setup: &Setup, parameters: Parameters) -> Result<Self> {
        let CurvatureParameters { metric, statistics } = &parameters.curvature;
        let (source, decay) = (statistics.source(metric, Parts::Both), statistics.decay(setup));
        let curvature = Kronecker::new(setup, source, decay)?;
        let preconditioner = Preconditioner::new(curvature, &parameters.curvature, Some(&parameters.inverse), setup);
        Ok(Self { preconditioner, step: NaturalStep::new(parameters.step, setup.dimension)? })
    }

    fn step(&mut self, at: &mut Point<'_>) -> Result<()> {
        let metric = self.preconditioner.metric().clone();
        let natural = self.preconditioner.natural(at, &mut self.step)?; // S⁻¹ V A⁻¹ of each layer
        self.step.take(at, &metric, natural)?;
        self.step.report(at, self.preconditioner.damped());
        Ok(())
    }

    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        self.preconditioner.state(state)?;
        self.step.state(state)
    }
}
