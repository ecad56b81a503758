//! Two-step natural gradient: the recognition network (encoder) and the generative one (decoder) each with a metric of its own.
//!
//! φ ← φ − η_φ (F(φ) + λ_φ)⁻¹ ∇_φ(−ELBO),   then   θ ← θ − η_θ (G(θ) + λ_θ)⁻¹ ∇_θ(−ELBO)
//!
//! F(φ) = E_{p*} E_q[∇log q_φ ∇log q_φᵀ]; G is the decoder's Fisher matrix with hidden variables from the prior (`joint`, the metric of
//! the joint distribution p_θ(x, z)) or from the encoder (`aggregate`). φ does not parametrize p_θ, so it has no part in G: the two are
//! the natural gradient for the product metric of pairs (Q_φ, p_θ). `jacobi` takes both steps from the same gradients, `gauss-seidel`
//! the decoder's from the gradient at the encoder's new parameters, with `encoder.steps` : `decoder.steps` inner steps on the
//! minibatch. Each network has its own solver, step size, clipping and damping.
//!
//! # References
//! - C. Roman, L. Malagò, *On the Use of Natural Gradient for Variational AutoEncoders* (extended abstract: the update rule here is a
//!   reading of it, with the two Fisher matrices made explicit).
#![forbid(unsafe_code)]

mod network;

use elbow_sdk::step::loss_at;
use elbow_sdk::{About, Capability, Optimizer, Parts, Point, Quantity, Result, Setup, State};
use network::{Network, NetworkParameters};

elbow_sdk::choices! {
    /// In which order the two networks step.
    pub enum Order {
        /// The decoder from the gradient at the encoder's new parameters.
        GaussSeidel = "gauss-seidel",
        /// Both from the same gradient.
        Jacobi = "jacobi",
    }
}

elbow_sdk::parameters! {
    /// Parameters of the two-step natural gradient.
    pub struct Parameters {
        /// In which order the two networks step.
        order: Order = Order::GaussSeidel;
        /// The recognition network.
        encoder: NetworkParameters = NetworkParameters::default();
        /// The generative network.
        decoder: NetworkParameters = NetworkParameters::default();
    }
}

/// Two-step natural gradient.
pub struct TwoStep {
    order: Order,
    /// Encoder, decoder: those that are trained.
    networks: Vec<Network>,
    position: Vec<f64>,
    /// Where a step of both starts, and a trial of one of them.
    start: Vec<f64>,
    trial: Vec<f64>,
}

impl Optimizer for TwoStep {
    const ABOUT: About = About {
        id: "elbow.two-step",
        summary: "Encoder and decoder in turn, each with its own metric, solver, step size and damping.",
        family: "natural gradient",
        references: &["Roman, Malagò: On the Use of Natural Gradient for Variational AutoEncoders. Extended abstract"],
        capabilities: &[Capability::Gradient, Capability::Fisher, Capability::Layers],
        quantities: &[
            Quantity::plain("damping_encoder", "", "The largest λ that a matrix of the recognition network was inverted with."),
            Quantity::plain("clipped_encoder", "", "s: share of its step that the bound κ on the Fisher length left."),
            Quantity::plain("damping_decoder", "", "The largest λ that a matrix of the generative network was inverted with."),
            Quantity::plain("clipped_decoder", "", "s: share of its step that the bound κ on the Fisher length left."),
        ],
    };
    type Parameters = Parameters;

    fn new(setup: &Setup, Parameters { order, encoder, decoder }: Parameters) -> Result<Self> {
        let all = [(Parts::Recognition, encoder), (Parts::Generative, decoder)];
        let trained = all.into_iter().filter(|(part, _)| !network::range(setup, *part).is_empty());
        let networks = trained.map(|(part, parameters)| Network::new(setup, part, parameters)).collect::<Result<_>>()?;
        let zeros = || vec![0.0; setup.dimension];
        Ok(Self { order, networks, position: zeros(), start: zeros(), trial: zeros() })
    }

    fn step(&mut self, at: &mut Point<'_>) -> Result<()> {
        self.position.copy_from_slice(at.position());
        self.networks.iter_mut().for_each(|network| network.shorten(at.taken()));
        match self.order {
            Order::GaussSeidel => self.in_turn(at)?,
            Order::Jacobi => self.at_once(at)?,
        }
        self.networks.iter().for_each(|network| network.report(at));
        at.propose(&self.position);
        Ok(())
    }

    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        self.networks.iter_mut().try_for_each(|network| network.state(state))
    }
}

impl TwoStep {
    /// Encoder, then decoder from the gradient at the encoder's new parameters.
    fn in_turn(&mut self, at: &mut Point<'_>) -> Result<()> {
        let Self { networks, position, .. } = self;
        let last = networks.len() - 1;
        for (place, network) in networks.iter_mut().enumerate() {
            for inner in 1..=network.steps {
                network.step(at, position)?; // φ or θ ← … − η (F + λ)⁻¹ ∇(−ELBO)
                if let Some(predicted) = network.predicted() {
                    let before = at.loss()?;
                    network.observe(loss_at(at, position)? - before, predicted);
                } else if (place, inner) != (last, network.steps) {
                    at.move_to(position)?;
                }
            }
        }
        Ok(())
    }

    /// Both from the same gradient. A damping that is due learns from its own network's step alone: the metric is block-diagonal, and
    /// what one network predicts says nothing of the other.
    fn at_once(&mut self, at: &mut Point<'_>) -> Result<()> {
        let Self { networks, position, start, trial, .. } = self;
        start.copy_from_slice(position);
        networks.iter_mut().try_for_each(|network| network.step(at, position))?;
        let due = networks.iter().any(|network| network.predicted().is_some());
        let before = if due { at.loss()? } else { 0.0 };
        for network in networks {
            let Some(predicted) = network.predicted() else { continue };
            trial.copy_from_slice(start);
            trial[network.range.clone()].copy_from_slice(&position[network.range.clone()]);
            network.observe(loss_at(at, trial)? - before, predicted);
        }
        Ok(())
    }
}
