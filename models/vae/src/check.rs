//! What can be wrong with parameters, each with its path.

use crate::parameters::{EvaluationParameters, Likelihood, Parameters};
use crate::spec::{Evaluation, Spec};
use elbow_data::{Batches, Data, Loaded, Noise, Source};
use elbow_sdk::{FilePath, Issues, ModelSetup, Result};

/// Most units in a layer.
const MOST_UNITS: f64 = 65_536.0;
/// Most parameters, 2²⁷.
const MOST_PARAMETERS: usize = 1 << 27;
/// Most draws of z for a row, and most in a step.
const MOST_SAMPLES: usize = 1 << 20;
const MOST_DRAWS: usize = 1 << 24;

/// Sizes of hidden layers; they come as numbers.
pub(crate) fn widths(key: &str, sizes: &[f64], issues: &mut Issues) -> Vec<usize> {
    for (k, size) in sizes.iter().enumerate() {
        if !(size.fract() == 0.0 && (1.0..=MOST_UNITS).contains(size)) {
            issues.parameter(format!("{key}[{k}]"), format!("is {size}; expected a number of units from 1 to {MOST_UNITS}"));
        }
    }
    sizes.iter().map(|size| *size as usize).collect()
}

/// Parameters whose limits need no data; the host checks some of them, too.
pub(crate) fn scalars(parameters: &Parameters, issues: &mut Issues) {
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

/// Whether the likelihood is one of such data.
pub(crate) fn likelihood(parameters: &Parameters, data: &Loaded, setup: &ModelSetup, issues: &mut Issues) {
    match parameters.likelihood {
        Likelihood::Bernoulli => bits(parameters, data, setup, issues),
        Likelihood::Gaussian if parameters.learned_variance && !data.stochastic && is_one_row(&data.train) => {
            let message = "is true, but all rows are equal, so the likelihood has no maximum; expected false, or other data";
            issues.parameter("learned_variance", message);
        }
        Likelihood::Gaussian => {}
    }
}

/// A Bernoulli likelihood is about zeros and ones; values between them are accepted, with a note.
fn bits(parameters: &Parameters, data: &Loaded, setup: &ModelSetup, issues: &mut Issues) {
    let sets = [Some(&data.train), data.test.as_ref()].into_iter().flatten();
    let range = sets.clone().map(Data::range).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    if let Some((least, largest)) = range.filter(|(least, largest)| *least < 0.0 || *largest > 1.0) {
        let message = format!("is `bernoulli`, for values from 0 to 1, but the data go from {least} to {largest}");
        issues.parameter("likelihood", format!("{message}; expected `gaussian`, or `data.binarize`"));
    } else if !data.stochastic && !sets.clone().all(Data::is_binary) {
        let message = "is `bernoulli`, but there are values between 0 and 1: over these p(x|z) is no probability";
        setup.note("likelihood", format!("{message}, so neither are the bounds; for such take `gaussian`, or `data.binarize`"));
    } else if data.automatic && parameters.data.source == Source::File {
        let share = parameters.data.binarize.threshold;
        let message =
            format!("is `auto`: values above {share} times the largest are 1, the others 0; `none` leaves them as they are");
        setup.note("data.binarize.kind", message);
    }
}

/// Whether all rows are equal.
fn is_one_row(data: &Data) -> bool {
    (0..data.rows()).all(|row| (0..data.columns()).all(|column| data.value(row, column) == data.value(0, column)))
}

/// The networks must fit into memory.
pub(crate) fn size(spec: &Spec, issues: &mut Issues) {
    let parameters = spec.generative + spec.recognition;
    if parameters > MOST_PARAMETERS {
        issues.parameter("decoder", format!("the networks have {parameters} parameters; at most {MOST_PARAMETERS} are possible"));
    }
}

/// Rows in a minibatch where nothing is said.
const BATCH: usize = 128;

/// The minibatches of so many rows.
pub(crate) fn batches(parameters: &Parameters, rows: usize) -> Result<Batches> {
    Batches::new(rows, parameters.batch.unwrap_or(BATCH.min(rows)), parameters.shuffle)
}

/// Draws of z in a step, all of which are kept at once.
pub(crate) fn draws(batches: Option<&Batches>, parameters: &Parameters, issues: &mut Issues) -> usize {
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
pub(crate) fn table(path: &str, file: &FilePath, shape: [Option<usize>; 3], issues: &mut Issues) -> Option<Noise> {
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

/// How quantities are estimated.
pub(crate) fn evaluation(given: &EvaluationParameters, data: &Data, latent: usize, issues: &mut Issues) -> Option<Evaluation> {
    let mut evaluation = Evaluation { samples: given.samples, rows: given.rows, noise: Noise::streams() };
    let draws = evaluation.rows_of(data) * given.samples;
    evaluation.noise = table("evaluation.noise", &given.noise, [Some(1), Some(draws), Some(latent)], issues)?;
    Some(evaluation)
}
