//! Natural gradient descent under an exact Fisher–Rao metric.
//!
//! dθ/dt = −M(θ)⁺ ∇L(θ),   M ∈ { G, G_V, F(φ), (1−τ) G + τ G_V },   G(θ) = E_p[∇log p_θ ∇log p_θᵀ]
//!
//! The ELBO under the metric G, with q fixed or exact, and the evidence under G_V are the three flows of the paper; on a
//! cylindrical model their visible parts agree. Followed by Euler steps this is θ ← θ − η M⁺ ∇L.
//!
//! # References
//! - N. Ay, J. van Oostrum, A. Datar, *On the Natural Gradient of the Evidence Lower Bound*, JMLR 2025 (arXiv 2307.11249).
//! - S. Amari, *Natural gradient works efficiently in learning*, Neural Computation 10, 1998.
#![forbid(unsafe_code)]

use elbow_sdk::{About, Capability, Damping, Flow, FlowParameters, Metric, Optimizer, Point, Quantity, Result, Setup, State};

elbow_sdk::parameters! {
    /// Parameters of the natural gradient.
    pub struct Parameters {
        /// Step and integrator.
        flow: FlowParameters = FlowParameters::default(), flatten();
        /// The metric M.
        metric: Metric = Metric::default(), flatten();
        /// How M is inverted where it is singular or ill-conditioned.
        damping: Damping = Damping::default();
    }
}

/// Natural gradient descent.
#[derive(Debug)]
pub struct FisherRao {
    metric: Metric,
    damping: Damping,
    flow: Flow,
}

impl Optimizer for FisherRao {
    const ABOUT: About = About {
        id: "elbow.fisher-rao",
        summary: "Natural gradient under an exact Fisher matrix: joint, visible, recognition or a mixture.",
        family: "natural gradient",
        references: &[
            "Ay, van Oostrum, Datar: On the Natural Gradient of the Evidence Lower Bound. JMLR 2025, arXiv 2307.11249",
            "Amari: Natural gradient works efficiently in learning. Neural Computation 10, 1998",
        ],
        capabilities: &[Capability::Gradient, Capability::Fisher],
        quantities: &[
            Quantity::plain("rank", "", "Rank of the metric that the step inverted."),
            Quantity::plain("dropped", "", "Share of ∇L in directions that the pseudo-inverse took for null, 0 … 1."),
            Quantity::plain("damping", "", "λ that the step was solved with; 0 for the pseudo-inverse."),
        ],
    };
    type Parameters = Parameters;

    fn new(setup: &Setup, Parameters { flow, metric, damping }: Parameters) -> Result<Self> {
        Ok(Self { metric, damping, flow: Flow::new(flow, setup.dimension) })
    }

    fn step(&mut self, at: &mut Point<'_>) -> Result<()> {
        let Self { metric, damping, flow } = self;
        flow.step(at, |at, velocity| {
            let natural = damping.natural_gradient(at, metric)?; // M⁺ ∇L
            velocity.iter_mut().zip(natural.x).for_each(|(v, n)| *v = -n);
            at.report(0, natural.rank as f64);
            at.report(1, natural.dropped);
            at.report(2, natural.lambda);
            Ok(())
        })
    }

    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        self.flow.state(state)
    }
}
