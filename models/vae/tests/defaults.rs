//! What a model is where nothing is said, and what is said of one that is no probability model.

mod common;

use common::{At, Words, build, host, rows_of, write_npy};
use elbow_data::{Binarization, BinarizeParameters, DataParameters};
use elbow_sdk::{Estimation, Fisher, Model, ModelSetup};
use elbow_vae::{Likelihood, Parameters, Vae};
use tempfile::TempDir;

/// What the encoder sees in a step, row after row.
fn seen(at: &mut At, sample: u64) -> Vec<Vec<f64>> {
    let mut all = Vec::new();
    at.sample = sample;
    at.renew();
    at.rows(Fisher::Recognition, Estimation::Empirical, |rows, layers| {
        let (part, columns) = (&rows.layers[0], layers[rows.layers[0].layer].inputs);
        all.extend((0..rows.count).map(|r| (0..columns).map(|j| part.inputs.at(r * (columns + 1) + j)).collect()));
    });
    all
}

/// With no key set the data are the digits, 1 where a level is 9 of 16 or more. A decoder that does not look at z has the bound
/// of independent pixels, −24.424701 nats (`sum(p*log(p) + (1-p)*log(1-p))` over the columns of scikit-learn's `load_digits`).
#[test]
fn zeros_and_ones_of_the_digits() {
    let mut at = At::new(build(Parameters { batch: Some(0), ..Parameters::default() }));
    let rows = seen(&mut at, 0);
    let means: Vec<f64> = (0..64).map(|j| rows.iter().map(|row| row[j]).sum::<f64>() / 1797.0).collect();
    assert!(rows.len() == 1797 && rows.iter().flatten().all(|x| *x == 0.0 || *x == 1.0));
    assert_eq!(format!("{:.5}", means.iter().sum::<f64>() / 64.0), "0.29291");
    at.theta.fill(0.0);
    at.phi.fill(0.0);
    let first = at.theta.len() - 64;
    at.theta[first..].iter_mut().zip(means).for_each(|(bias, p)| *bias = (p / (1.0 - p)).ln().clamp(-60.0, 60.0));
    let quantities = at.renew().quantities();
    assert_eq!(format!("{:.6} {:.6}", quantities["elbo"], quantities["evidence_bound"]), "-24.424701 -24.424701");
    assert_eq!(format!("{:.6}", at.loss()), "24.424701");
}

/// 128 rows, or all if they are fewer; more than there are is a mistake.
#[test]
fn rows_in_a_minibatch() {
    assert_eq!(seen(&mut At::new(build(Parameters::default())), 0).len(), 128);
    let few = DataParameters { limit: 50, ..DataParameters::default() };
    assert_eq!(seen(&mut At::new(build(Parameters { data: few.clone(), ..Parameters::default() })), 0).len(), 50);
    let error = common::try_build(Parameters { data: few, batch: Some(51), ..Parameters::default() }).err().expect("an error");
    assert!(error.to_string().contains("is 51, but there are 50 rows"), "{error}");
}

/// In order, 7 rows in threes: the mean of the gradients of 7 steps is that of all rows, with the same noise for each.
#[test]
fn gradients_in_order_are_unbiased() {
    let (folder, mut words) = (TempDir::new().expect("a folder"), Words(3));
    let values: Vec<f64> = (0..7 * 4).map(|_| words.unit()).collect();
    let data = rows_of(&folder, 4, &values);
    let at = |batch: usize, rows: usize| {
        let noise = write_npy(&folder.path().join(format!("noise{rows}.npy")), &[1, rows, 2], &[0.3, -0.8].repeat(rows));
        let (data, batch, shuffle) = (data.clone(), Some(batch), false);
        At::new(build(Parameters { data, batch, shuffle, latent: 2, noise, ..Parameters::default() }))
    };
    let (mut all, mut some) = (at(0, 7), at(3, 3));
    let (expected, mut mean) = (all.gradient(), vec![0.0; all.gradient().len()]);
    for sample in 0..7 {
        some.sample = sample;
        mean.iter_mut().zip(some.renew().gradient()).for_each(|(mean, g)| *mean += g / 7.0);
    }
    assert!(common::difference(&mean, &expected) < 1e-14);
}

/// The notes as `path: message`.
fn notes(parameters: Parameters) -> Vec<String> {
    let setup = ModelSetup::new(host());
    Vae::new(&setup, parameters).expect("a model");
    let notes = setup.notes();
    let about_values = notes.iter().filter(|note| note.path != "data.file");
    about_values.map(|note| format!("{}: {}", note.path, note.message)).collect()
}

#[test]
fn grey_values_are_noted() {
    let folder = TempDir::new().expect("a folder");
    let grey = rows_of(&folder, 2, &[0.0, 0.5, 0.25, 1.0]);
    let way = |kind| DataParameters { binarize: BinarizeParameters { kind, ..BinarizeParameters::default() }, ..grey.clone() };
    let with = |data| Parameters { data, ..Parameters::default() };
    let none = notes(with(way(Binarization::None)));
    assert!(
        none.len() == 1 && none[0].starts_with("likelihood: is `bernoulli`, but there are values between 0 and 1"),
        "{none:?}"
    );
    let auto = notes(with(way(Binarization::Auto)));
    assert!(
        auto.len() == 1 && auto[0].starts_with("data.binarize.kind: is `auto`: values above 0.5 times the largest"),
        "{auto:?}"
    );
    let silent = [
        with(way(Binarization::Threshold)),
        with(way(Binarization::Stochastic)),
        Parameters::default(),
        with(rows_of(&folder, 2, &[0.0, 1.0])),
        Parameters { likelihood: Likelihood::Gaussian, ..with(DataParameters::default()) },
    ];
    for parameters in silent {
        assert_eq!(notes(parameters.clone()), [""; 0], "{parameters:?}");
    }
}

/// A normal likelihood leaves the digits grey.
#[test]
fn normal_digits_are_grey() {
    let mut at = At::new(build(Parameters { likelihood: Likelihood::Gaussian, batch: Some(0), ..Parameters::default() }));
    let mean = seen(&mut at, 0).iter().flatten().sum::<f64>() / (64.0 * 1797.0);
    // Σ of the levels of scikit-learn's digits: 561718.
    assert!((mean - 561_718.0 / (16.0 * 64.0 * 1797.0)).abs() < 1e-14, "{mean}");
}
