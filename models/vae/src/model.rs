//! The model: what it is built from and what it answers.

use crate::draw;
use crate::evaluator::{Evaluator, either};
use crate::network::Network;
use crate::parameters::{Parameters, Width};
use crate::quantities;
use crate::spec::{Evaluation, Parts, Spec};
use elbow_data::{Batches, Loaded, Noise};
use elbow_sdk::{
    About, Block, Capability, Domain, Error, Estimation, Fisher, Host, Layer, Model, ModelSetup, Objective, Recognition, Result,
    Rng, Rows, Shape,
};

/// A variational autoencoder.
pub struct Vae {
    pub(crate) host: Host,
    pub(crate) spec: Spec,
    pub(crate) data: Loaded,
    pub(crate) batches: Batches,
    pub(crate) noise: Noise,
    pub(crate) evaluation: Evaluation,
    pub(crate) width: Width,
}

impl Vae {
    /// Layers that hold θ.
    pub(crate) fn decoder_layers(&self) -> usize {
        self.spec.decoder.layers.len() + usize::from(self.spec.learned.is_some())
    }
}

/// There is one objective.
fn check(objective: Objective, q: Recognition) -> Result<()> {
    match (objective, q) {
        (Objective::Elbo, Recognition::Learned) => Ok(()),
        (Objective::Evidence, _) => {
            Err(Error::unsupported("the evidence of a variational autoencoder has no closed form; the objective is `elbo`"))
        }
        _ => Err(Error::unsupported("the recognition of a variational autoencoder is `learned`")),
    }
}

/// Layers of one network.
fn list(network: &Network, name: &str, recognition: bool, first: usize) -> impl Iterator<Item = Layer> {
    network.layers.iter().enumerate().map(move |(l, affine)| Layer {
        name: format!("{name}.{}", l + 1),
        recognition,
        offset: affine.offset - first,
        inputs: affine.inputs,
        outputs: affine.outputs,
    })
}

impl Model for Vae {
    const ABOUT: About = About {
        id: "elbow.vae",
        summary: "Variational autoencoder of perceptrons.",
        family: "network",
        references: &[
            "D. P. Kingma, M. Welling, Auto-Encoding Variational Bayes, ICLR 2014, arXiv:1312.6114",
            "Y. Burda, R. Grosse, R. Salakhutdinov, Importance Weighted Autoencoders, ICLR 2016, arXiv:1509.00519",
        ],
        capabilities: &[Capability::Gradient, Capability::Fisher, Capability::Layers],
        quantities: &quantities::ALL,
    };
    type Parameters = Parameters;
    type Evaluator = Evaluator;

    fn new(setup: &ModelSetup, parameters: Parameters) -> Result<Self> {
        let (host, width) = (setup.host, parameters.precision);
        let Parts { spec, data, batches, noise, evaluation } = Parts::new(&parameters, setup)?;
        Ok(Self { host, spec, data, batches, noise, evaluation, width })
    }

    fn shape(&self) -> Shape {
        Shape {
            generative: self.spec.generative,
            recognition: self.spec.recognition,
            visible_states: 0,
            hidden_states: 0,
            has_fixed: false,
            has_exact: false,
            stochastic: true,
        }
    }

    fn blocks(&self) -> Vec<Block> {
        let block = |layer: &Layer| Block { name: layer.name.clone(), recognition: layer.recognition, len: layer.len() };
        self.layers().iter().map(block).collect()
    }

    fn domain(&self, _theta: &[f64], _phi: &[f64]) -> Domain {
        Domain::Inside
    }

    fn draw(&self, kind: &str, rng: &mut Rng<'_>, theta: &mut [f64], phi: &mut [f64]) -> Result<()> {
        draw::draw(&self.spec, kind, rng, theta, phi)
    }

    fn evaluator(&self, seed: u64) -> Evaluator {
        Evaluator::new(self, seed)
    }

    fn move_to(&self, at: &mut Evaluator, theta: &[f64], phi: &[f64], sample: u64) -> Result<()> {
        either!(at, engine => engine.move_to(self, theta, phi, sample));
        Ok(())
    }

    fn loss(&self, at: &mut Evaluator, objective: Objective, q: Recognition) -> Result<f64> {
        check(objective, q)?;
        either!(at, engine => engine.loss(self))
    }

    fn gradient(&self, at: &mut Evaluator, objective: Objective, q: Recognition, theta: &mut [f64]) -> Result<()> {
        check(objective, q)?;
        either!(at, engine => engine.gradient(self, false, theta))
    }

    fn recognition_gradient(&self, at: &mut Evaluator, phi: &mut [f64]) -> Result<()> {
        either!(at, engine => engine.gradient(self, true, phi))
    }

    fn quantities(&self, at: &mut Evaluator, q: Recognition, out: &mut [f64]) -> Result<()> {
        check(Objective::Elbo, q)?;
        either!(at, engine => engine.quantities(self, out))
    }

    fn undefined(&self, _: &mut Evaluator, _: Recognition, index: usize) -> Option<String> {
        quantities::undefined(self, index)
    }

    fn fisher(&self, at: &mut Evaluator, kind: Fisher, out: &mut [f64]) -> Result<()> {
        either!(at, engine => engine.fisher(self, kind, out))
    }

    fn fisher_product(&self, at: &mut Evaluator, kind: Fisher, vector: &[f64], out: &mut [f64]) -> Result<()> {
        either!(at, engine => engine.fisher_product(self, kind, vector, out))
    }

    fn layers(&self) -> Vec<Layer> {
        let spread = |offset| Layer { name: "log_variance".into(), recognition: false, offset, inputs: 0, outputs: 1 };
        let decoder = list(&self.spec.decoder, "decoder", false, 0).chain(self.spec.learned.map(spread));
        decoder.chain(list(&self.spec.encoder, "encoder", true, self.spec.generative)).collect()
    }

    fn rows(
        &self,
        at: &mut Evaluator,
        kind: Fisher,
        estimation: Estimation,
        each: &mut dyn FnMut(&Rows<'_>) -> Result<()>,
    ) -> Result<()> {
        either!(at, engine => engine.visit(self, kind, estimation, each))
    }

    fn host(&self) -> Host {
        self.host
    }
}
