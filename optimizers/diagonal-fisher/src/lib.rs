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

use elbow_sdk::step::{FlowClip, share, slope};
use elbow_sdk::{About, Capability, Flow, FlowParameters, Metric, Optimizer, Point, Quantity, Result, Setup, State};

elbow_sdk::parameters! {
    /// Parameters of the diagonal natural gradient.
    pub struct Parameters {
        /// Step and integrator.
        flow: FlowParameters = FlowParameters::default(), flatten();
        /// The metric F.
        metric: Metric = Metric::default(), flatten();
        /// λ, added to every F_ii. Default: 0 where the Fisher matrix is exact, 0.001 where it is estimated from samples.
        lambda: Option<f64> = None, min(0.0), log(), live();
        /// A bound on the length of a step.
        clip: FlowClip = FlowClip::default(), flatten();
    }
}

/// Diagonal natural gradient descent.
#[derive(Debug)]
pub struct DiagonalFisher {
    metric: Metric,
    lambda: f64,
    /// κ and η.
    kl_clip: f64,
    step_size: f64,
    natural: Vec<f64>,
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
        quantities: &[
            Quantity::plain("damping", "", "λ, added to every F_ii."),
            Quantity::plain(
                "clipped",
                "",
                "s: share of the step that the bound κ on its Fisher length left; 1 where it did not act.",
            ),
        ],
    };
    type Parameters = Parameters;

    fn new(setup: &Setup, Parameters { flow, metric, lambda, clip }: Parameters) -> Result<Self> {
        let lambda = lambda.unwrap_or(if setup.stochastic { 1e-3 } else { 0.0 });
        let (kl_clip, step_size, natural) = (clip.bound(setup), flow.step_size, vec![0.0; setup.dimension]);
        Ok(Self { metric, lambda, kl_clip, step_size, natural, flow: Flow::new(flow, setup.dimension) })
    }

    fn step(&mut self, at: &mut Point<'_>) -> Result<()> {
        let Self { metric, lambda, kl_clip, step_size, natural, flow } = self;
        flow.step(at, |at, velocity| {
            let gradient = at.gradient()?; // ∂_i L
            let diagonal = at.fisher_diagonal(metric)?; // F_ii
            for ((n, g), f) in natural.iter_mut().zip(gradient).zip(diagonal) {
                let curvature = f + *lambda;
                *n = if curvature == 0.0 { 0.0 } else { g / curvature };
            }
            let squared = if *kl_clip > 0.0 { step_size.powi(2) * slope(gradient, natural)? } else { 0.0 };
            let s = share(*kl_clip, squared); // δᵀ(F + λ)δ ≤ κ
            velocity.iter_mut().zip(&*natural).for_each(|(v, n)| *v = -s * n);
            [*lambda, s].into_iter().enumerate().for_each(|(k, x)| at.report(k, x));
            Ok(())
        })
    }

    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        self.flow.state(state)
    }
}
