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

use elbow_sdk::step::{FlowClip, share, slope};
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
        /// A bound on the length of a step.
        clip: FlowClip = FlowClip::default(), flatten();
    }
}

/// Natural gradient descent.
#[derive(Debug)]
pub struct FisherRao {
    metric: Metric,
    damping: Damping,
    /// κ and η.
    kl_clip: f64,
    step_size: f64,
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
            Quantity::plain(
                "clipped",
                "",
                "s: share of the step that the bound κ on its Fisher length left; 1 where it did not act.",
            ),
        ],
    };
    type Parameters = Parameters;

    fn new(setup: &Setup, Parameters { flow, metric, damping, clip }: Parameters) -> Result<Self> {
        let (damping, kl_clip, step_size) = (damping.for_problem(setup), clip.bound(setup), flow.step_size);
        Ok(Self { metric, damping, kl_clip, step_size, flow: Flow::new(flow, setup.dimension) })
    }

    fn step(&mut self, at: &mut Point<'_>) -> Result<()> {
        let Self { metric, damping, kl_clip, step_size, flow } = self;
        flow.step(at, |at, velocity| {
            let natural = damping.natural_gradient(at, metric)?; // M⁺ ∇L
            let squared = if *kl_clip > 0.0 { step_size.powi(2) * slope(at.gradient()?, natural.x)? } else { 0.0 };
            let s = share(*kl_clip, squared); // δᵀMδ ≤ κ for δ = −s η M⁺ ∇L
            velocity.iter_mut().zip(natural.x).for_each(|(v, n)| *v = -s * n);
            [natural.rank as f64, natural.dropped, natural.lambda, s].into_iter().enumerate().for_each(|(k, x)| at.report(k, x));
            Ok(())
        })
    }

    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        self.flow.state(state)
    }
}
