//! Natural gradient in a Kronecker-factored eigenbasis (E-KFAC).
//!
//! F ≈ (U_A ⊗ U_S) diag(s) (U_A ⊗ U_S)ᵀ for each layer, with U_A, U_S the eigenvectors of K-FAC's factors A, S and
//! s_ij = E[(U_Sᵀ δ āᵀ U_A)_ij²] the diagonal of F in that basis, so a layer with gradient V takes
//!
//! W̄ ← W̄ − η ν U_S [(U_Sᵀ V U_A) / (s + λ)] U_Aᵀ.
//!
//! In the Frobenius norm this F is never further from the exact one than A ⊗ S. The basis is costly and changes slowly, s is cheap
//! and follows every step.
//!
//! # References
//! - T. George, C. Laurent, X. Bouthillier, N. Ballas, P. Vincent, *Fast approximate natural gradient descent in a
//!   Kronecker-factored eigenbasis*, NeurIPS 2018 (arXiv 1806.03884).
#![forbid(unsafe_code)]

use elbow_sdk::curvature::{CurvatureParameters, Eigenbasis, Preconditioner};
use elbow_sdk::step::{NaturalStep, REPORTED, StepParameters};
use elbow_sdk::{About, Capability, Optimizer, Parts, Point, Result, Setup, State};

elbow_sdk::parameters! {
    /// Parameters of E-KFAC.
    pub struct Parameters {
        /// Length and damping of a step.
        step: StepParameters = StepParameters::default(), flatten();
        /// Statistics of the Fisher matrix.
        curvature: CurvatureParameters = CurvatureParameters::default(), flatten();
        /// Updates of the statistics from one eigenbasis to the next.
        basis_period: usize = 50, min(1.0);
        /// Share of the previous second moments in their running average.
        moments_decay: f64 = 0.75, min(0.0), below(1.0);
    }
}

/// Curvature diagonal in the Kronecker-factored eigenbasis of each layer.
#[derive(Debug)]
pub struct Ekfac {
    preconditioner: Preconditioner<Eigenbasis>,
    step: NaturalStep,
}

impl Optimizer for Ekfac {
    const ABOUT: About = About {
        id: "elbow.ekfac",
        summary: "Curvature diagonal in the Kronecker-factored eigenbasis of each layer.",
        family: "natural gradient",
        references: &[
            "George, Laurent, Bouthillier, Ballas, Vincent: Fast approximate natural gradient descent in a Kronecker-factored \
             eigenbasis. NeurIPS 2018, arXiv 1806.03884",
        ],
        capabilities: &[Capability::Gradient, Capability::Fisher, Capability::Layers],
        quantities: &REPORTED,
    };
    type Parameters = Parameters;

    fn new(setup: &Setup, parameters: Parameters) -> Result<Self> {
        let CurvatureParameters { metric, statistics } = &parameters.curvature;
        let (source, decay) = (statistics.source(metric, Parts::Both), statistics.decay(setup));
        let decays = [decay, parameters.moments_decay];
        let curvature = Eigenbasis::new(setup, source, decays, parameters.basis_period as u64)?;
        let preconditioner = Preconditioner::new(curvature, &parameters.curvature, None, setup);
        Ok(Self { preconditioner, step: NaturalStep::new(parameters.step, setup.dimension)? })
    }

    fn step(&mut self, at: &mut Point<'_>) -> Result<()> {
        let metric = self.preconditioner.metric().clone();
        let natural = self.preconditioner.natural(at, &mut self.step)?; // U_S [(U_Sᵀ V U_A) / (s + λ)] U_Aᵀ of each layer
        self.step.take(at, &metric, natural)?;
        self.step.report(at, self.preconditioner.damped());
        Ok(())
    }

    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        self.preconditioner.state(state)?;
        self.step.state(state)
    }
}
