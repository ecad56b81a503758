//! The model that parameters describe, checked: sizes, data, noise.

use crate::latent::Latent;
use crate::network::Network;
use crate::parameters::{Bound, EvaluationParameters, Likelihood, Parameters};
use elbow_data::{Batches, Data, Loaded, Noise};
use elbow_sdk::{Code, Error, FilePath, Host, Issues, Result};

/// Units of the hidden layer where none are given.
const HIDDEN: f64 = 32.0;
/// Most units in a layer.
const MOST_UNITS: f64 = 65_536.0;
/// Most parameters, 2²⁷.
const MOST_PARAMETERS: usize = 1 << 27;
/// Most draws of z for a row, and most in a step.
const MOST_SAMPLES: usize = 1 << 20;
const MOST_DRAWS: usize = 1 << 24;

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
    pub fn new(parameters: &Parameters, host: Host) -> Result<Self> {
        let mut issues = Issues::default();
        let data = parameters.data.load(host, &mut issues);
        let hidden = [("encoder", &parameters.encoder), ("decoder", &parameters.decoder)]
            .map(|(key, sizes)| widths(key, sizes.as_deref().unwrap_or(&[HIDDEN]), &mut issues));
        scalars(parameters, &mut issues);
        let Some(data) = data.filter(|_| issues.is_empty()) else { return Err(unfinished(issues)) };
        if parameters.likelihood == Likelihood::Bernoulli {
            check_bits(&data, &mut issues);
        }
        let spec = Spec::new(parameters, data.train.columns(), hidden);
        check_size(&spec, &mut issues);
        let batches = issues.take(Batches::new(data.train.rows(), parameters.batch, parameters.shuffle));
        let rows = draws(batches.as_ref(), parameters, &mut issues);
        let noise = table("noise", &parameters.noise, [None, Some(rows), Some(parameters.latent)], &mut issues);
        let evaluation = evaluation(&parameters.evaluation, &data.train, parameters.latent, &mut issues);
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

/// Sizes of hidden layers; they come as numbers.
fn widths(key: &str, sizes: &[f64], issues: &mut Issues) -> Vec<usize> {
    for (k, size) in sizes.iter().enumerate() {
        if !(size.fract() == 0.0 && (1.0..=MOST_UNITS).contains(size)) {
            issues.parameter(format!("{key}[{k}]"), format!("is {size}; expected a number of units from 1 to {MOST_UNITS}"));
        }
    }
    sizes.iter().map(|size| *size as usize).collect()
}

/// Parameters whose limits need no data; the host checks some of them, too.
fn scalars(parameters: &Parameters, issues: &mut Issues) {
    let most = MOST_UNITS as usize;
    if !(1..=most).contains(&parameters.latent) {
        issues.parameter("latent", format!("is {}; z has from 1 to {most} components", parameters.latent));
    }
    let evaluation = parameters.evaluation.samples;
    for (path, samples) in
        [("samples", parameters.samples), ("particles", parameters.particles), ("evaluation.samples", evaluation)]
    {
        if !(1..=MOST_SAMPLES).contains(&samples) {
            issues.parameter(path, format!("is {samples}; expected from 1 to {MOST_SAMPLES} draws"));
        }
    }
    if !(parameters.variance > 0.0 && parameters.variance.is_finite()) {
        issues.parameter("variance", format!("is {}; expected a positive number", parameters.variance));
    }
    if parameters.learned_variance && parameters.likelihood == Likelihood::Bernoulli {
        issues.parameter("learned_variance", "a Bernoulli likelihood has no variance; expected false, or `gaussian`");
    }
}

/// A Bernoulli likelihood is about values from 0 to 1.
fn check_bits(data: &Loaded, issues: &mut Issues) {
    let sets = [Some(&data.train), data.test.as_ref()];
    let range = sets.into_iter().flatten().map(Data::range).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    if let Some((least, largest)) = range.filter(|(least, largest)| *least < 0.0 || *largest > 1.0) {
        let message = format!("is `bernoulli`, for values from 0 to 1, but the data go from {least} to {largest}");
        issues.parameter("likelihood", format!("{message}; expected `gaussian`, or `data.binarize`"));
    }
}

fn check_size(spec: &Spec, issues: &mut Issues) {
    let parameters = spec.generative + spec.recognition;
    if parameters > MOST_PARAMETERS {
        issues.parameter("decoder", format!("the networks have {parameters} parameters; at most {MOST_PARAMETERS} are possible"));
    }
}

/// Draws of z in a step, all of which are kept at once.
fn draws(batches: Option<&Batches>, parameters: &Parameters, issues: &mut Issues) -> usize {
    let batch = batches.map_or(0, Batches::size);
    for (path, each) in [("samples", parameters.samples), ("particles", parameters.particles)] {
        let all = batch * each;
        if all > MOST_DRAWS {
            issues.parameter(path, format!("{batch} rows with {each} draws each are {all}; at most {MOST_DRAWS} are possible"));
        }
    }
    batch * parameters.samples
}

/// Noise from a file of this shape, or from streams.
fn table(path: &str, file: &FilePath, shape: [Option<usize>; 3], issues: &mut Issues) -> Option<Noise> {
    if file.0.is_empty() {
        return Some(Noise::streams());
    }
    let noise = Noise::file(&file.0).map_err(|error| issues.parameter(path, error.to_string())).ok()?;
    let found = noise.shape().unwrap_or_default();
    if found.iter().zip(shape).all(|(found, expected)| expected.is_none_or(|expected| expected == *found)) {
        return Some(noise);
    }
    let name = |size: Option<usize>| size.map_or("any".to_owned(), |size| size.to_string());
    let expected = shape.map(name).join(", ");
    issues
        .parameter(path, format!("{}: has the shape {found:?}; expected ({expected}): (cycle, rows · samples, latent)", file.0));
    None
}

fn evaluation(given: &EvaluationParameters, data: &Data, latent: usize, issues: &mut Issues) -> Option<Evaluation> {
    let mut evaluation = Evaluation { samples: given.samples, rows: given.rows, noise: Noise::streams() };
    let draws = evaluation.rows_of(data) * given.samples;
    evaluation.noise = table("evaluation.noise", &given.noise, [Some(1), Some(draws), Some(latent)], issues)?;
    Some(evaluation)
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
