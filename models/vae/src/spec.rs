//! The model that parameters describe, checked: sizes, data, noise.

use crate::check;
use crate::latent::Latent;
use crate::network::Network;
use crate::parameters::{Bound, Likelihood, Parameters};
use elbow_data::{Batches, Data, Loaded, Noise};
use elbow_sdk::{Code, Error, Issues, ModelSetup, Result};

/// Units of the hidden layer where none are given.
const HIDDEN: f64 = 32.0;
/// What is computed.
pub(crate) struct Spec {
    /// p_θ(x|z).
    pub decoder: Network,
    /// q_φ(z|x).
    pub encoder: Network,
    pub latent: Latent,
    pub likelihood: Likelihood,
    /// Length of x.
    pub visible: usize,
    /// log σ² of a normal likelihood where it is no parameter; where it starts if it is one.
    pub log_variance: f64,
    /// Place of the parameter log σ² in θ.
    pub learned: Option<usize>,
    /// Number of parameters θ.
    pub generative: usize,
    /// Number of parameters φ.
    pub recognition: usize,
    /// Draws of z for each row and step.
    pub samples: usize,
    /// Draws in each of two sets for a product with the visible Fisher matrix.
    pub particles: usize,
    pub bound: Bound,
}

/// How quantities are estimated.
pub(crate) struct Evaluation {
    pub samples: usize,
    /// Most rows; 0: all.
    pub rows: usize,
    pub noise: Noise,
}

impl Evaluation {
    /// How many rows of a data set count.
    pub fn rows_of(&self, data: &Data) -> usize {
        if self.rows == 0 { data.rows() } else { self.rows.min(data.rows()) }
    }
}

/// Everything that a model is made of.
pub(crate) struct Parts {
    pub spec: Spec,
    pub data: Loaded,
    pub batches: Batches,
    pub noise: Noise,
    pub evaluation: Evaluation,
}

impl Parts {
    /// Reads and checks; reports every issue.
    pub fn new(parameters: &Parameters, setup: &ModelSetup) -> Result<Self> {
        let mut issues = Issues::default();
        let data = match parameters.likelihood {
            Likelihood::Bernoulli => parameters.data.load_bits(setup.host, &mut issues),
            Likelihood::Gaussian => parameters.data.load(setup.host, &mut issues),
        };
        let hidden = [("encoder", &parameters.encoder), ("decoder", &parameters.decoder)]
            .map(|(key, sizes)| check::widths(key, sizes.as_deref().unwrap_or(&[HIDDEN]), &mut issues));
        check::scalars(parameters, &mut issues);
        let Some(data) = data.filter(|_| issues.is_empty()) else { return Err(unfinished(issues)) };
        data.note(setup);
        check::likelihood(parameters, &data, setup, &mut issues);
        let spec = Spec::new(parameters, data.train.columns(), hidden);
        check::size(&spec, &mut issues);
        let batches = issues.take(check::batches(parameters, data.train.rows()));
        let rows = check::draws(batches.as_ref(), parameters, &mut issues);
        let noise = check::table("noise", &parameters.noise, [None, Some(rows), Some(parameters.latent)], &mut issues);
        let evaluation = check::evaluation(&parameters.evaluation, &data.train, parameters.latent, &mut issues);
        match (batches, noise, evaluation) {
            (Some(batches), Some(noise), Some(evaluation)) if issues.is_empty() => {
                Ok(Self { spec, data, batches, noise, evaluation })
            }
            _ => Err(unfinished(issues)),
        }
    }
}

fn unfinished(issues: Issues) -> Error {
    issues.finish().err().unwrap_or_else(|| Error::new(Code::Failed, "the model could not be built"))
}

impl Spec {
    fn new(parameters: &Parameters, visible: usize, [encoder, decoder]: [Vec<usize>; 2]) -> Self {
        let sizes = |first: usize, hidden: Vec<usize>, last: usize| -> Vec<usize> {
            [first].into_iter().chain(hidden).chain([last]).collect()
        };
        let latent = parameters.latent;
        let decoder = Network::new(&sizes(latent, decoder, visible), parameters.activation, 0);
        let learned = parameters.learned_variance.then_some(decoder.len());
        let generative = decoder.len() + usize::from(parameters.learned_variance);
        let encoder = Network::new(&sizes(visible, encoder, 2 * latent), parameters.activation, generative);
        Self {
            recognition: encoder.len(),
            decoder,
            encoder,
            latent: Latent::new(latent, parameters.scale),
            likelihood: parameters.likelihood,
            visible,
            log_variance: parameters.variance.ln(),
            learned,
            generative,
            samples: parameters.samples,
            particles: parameters.particles,
            bound: parameters.bound,
        }
    }
}
