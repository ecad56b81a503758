//! Unit-wise natural gradient.
//!
//! Of the Fisher matrix of a network one block is kept for each unit k: F_k = E[δ_k² ā āᵀ] with ā = (a, 1) the unit's inputs, so the unit's
//! weights and bias w̄_k with gradient g_k take
//!
//! w̄_k ← w̄_k − η ν (F_k + λ I)⁻¹ g_k.
//!
//! `estimation = "sampled"` or `"exact"` is the natural modulation (exact for one layer of an exponential family), `"empirical"` the
//! outer-product one. At λ = 0 the step as seen by the network does not depend on an affine change of a unit's inputs.
//!
//! # References
//! - Y. Ollivier, *Riemannian metrics for neural networks I: feedforward networks*, Information and Inference 4, 2015
//!   (arXiv 1303.0818).
#![forbid(unsafe_code)]

use elbow_sdk::curvature::{CurvatureParameters, InverseParameters, Preconditioner, UnitWise};
use elbow_sdk::step::{NaturalStep, REPORTED, StepParameters};
use elbow_sdk::{About, Capability, Optimizer, Parts, Point, Result, Setup, State};

elbow_sdk::parameters! {
    /// Parameters of the unit-wise natural gradient.
    pub struct Parameters {
        /// Length and damping of a step.
        step: StepParameters = StepParameters::default(), flatten();
        /// Statistics of the Fisher matrix.
        curvature: CurvatureParameters = CurvatureParameters::default(), flatten();
        /// When it is inverted.
        inverse: InverseParameters = InverseParameters::default(), flatten();
    }
}

/// One block of the Fisher matrix for each unit.
#[derive(Debug)]
pub struct UnitWiseGradient {
    preconditioner: Preconditioner<UnitWise>,
    step: NaturalStep,
}

impl Optimizer for UnitWiseGradient {
    const ABOUT: About = About {
        id: "elbow.unit-wise",
        summary: "One block of the Fisher matrix for each unit.",
        family: "natural gradient",
        references: &[
            "Ollivier: Riemannian metrics for neural networks I: feedforward networks. Information and Inference 4, 2015, arXiv 1303.0818",
        ],
        capabilities: &[Capability::Gradient, Capability::Fisher, Capability::Layers],
        quantities: &REPORTED,
    };
    type Parameters = Parameters;

    fn new(setup: &Setup, parameters: Parameters) -> Result<Self> {
        let CurvatureParameters { metric, statistics } = &parameters.curvature;
        let (source, decay) = (statistics.source(metric, Parts::Both), statistics.decay(setup));
        let curvature = UnitWise::new(setup, source, decay)?;
        let preconditioner = Preconditioner::new(curvature, &parameters.curvature, Some(&parameters.inverse), setup);
        Ok(Self { preconditioner, step: NaturalStep::new(parameters.step, setup.dimension)? })
    }

    fn step(&mut self, at: &mut Point<'_>) -> Result<()> {
        let metric = self.preconditioner.metric().clone();
        let natural = self.preconditioner.natural(at, &mut self.step)?; // (F_k + λI)⁻¹ g_k of each unit
        self.step.take(at, &metric, natural)?;
        self.step.report(at, self.preconditioner.damped());
        Ok(())
    }

    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        self.preconditioner.state(state)?;
        self.step.state(state)
    }
}
