//! Natural gradient block by block.
//!
//! θ_b ← θ_b − η ν (F_b + λ I)⁻¹ ∂_b L,   F_b = E[s_b s_bᵀ] the block of the Fisher matrix for layer b.
//!
//! Exact where the Fisher matrix is block-diagonal: the joint metric of a directed network with one block of parameters for each node,
//! as in sigmoid belief networks. On a model that is no network the blocks are those that the model names, cut out of its exact
//! matrix.
//!
//! # References
//! - N. Ay, *On the locality of the natural gradient for learning in deep Bayesian networks*, Information Geometry 6, 2023
//!   (arXiv 2005.10791).
#![forbid(unsafe_code)]

use elbow_sdk::curvature::{Blocks, CurvatureParameters, Grouping, InverseParameters, Preconditioner};
use elbow_sdk::step::{NaturalStep, REPORTED, StepParameters};
use elbow_sdk::{About, Capability, Optimizer, Parts, Point, Result, Setup, State};

elbow_sdk::parameters! {
    /// Parameters of the block-diagonal natural gradient.
    pub struct Parameters {
        /// Length and damping of a step.
        step: StepParameters = StepParameters::default(), flatten();
        /// Statistics of the Fisher matrix.
        curvature: CurvatureParameters = CurvatureParameters::default(), flatten();
        /// When it is inverted.
        inverse: InverseParameters = InverseParameters::default(), flatten();
        /// What makes a block.
        blocks: Grouping = Grouping::Layer;
    }
}

/// Natural gradient block by block.
#[derive(Debug)]
pub struct BlockDiagonal {
    preconditioner: Preconditioner<Blocks>,
    step: NaturalStep,
}

impl Optimizer for BlockDiagonal {
    const ABOUT: About = About {
        id: "elbow.block-diagonal",
        summary: "One dense block of the Fisher matrix for each layer or network.",
        family: "natural gradient",
        references: &[
            "Ay: On the locality of the natural gradient for learning in deep Bayesian networks. Information Geometry 6, 2023, \
             arXiv 2005.10791",
        ],
        capabilities: &[Capability::Gradient, Capability::Fisher],
        quantities: &REPORTED,
    };
    type Parameters = Parameters;

    fn new(setup: &Setup, parameters: Parameters) -> Result<Self> {
        let CurvatureParameters { metric, statistics } = &parameters.curvature;
        let (source, decay) = (statistics.source(metric, Parts::Both), statistics.decay(setup));
        let curvature = Blocks::new(setup, source, decay, parameters.blocks)?;
        let preconditioner = Preconditioner::new(curvature, &parameters.curvature, Some(&parameters.inverse), setup);
        Ok(Self { preconditioner, step: NaturalStep::new(parameters.step, setup.dimension)? })
    }

    fn step(&mut self, at: &mut Point<'_>) -> Result<()> {
        let metric = self.preconditioner.metric().clone();
        let natural = self.preconditioner.natural(at, &mut self.step)?; // (F_b + λI)⁻¹ ∂_b L of each block
        self.step.take(at, &metric, natural)?;
        self.step.report(at, self.preconditioner.damped());
        Ok(())
    }

    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        self.preconditioner.state(state)?;
        self.step.state(state)
    }
}
