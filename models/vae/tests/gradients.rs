//! Gradients against difference quotients, with minibatch and noise held.

mod common;

use common::{At, Words, build, rows_of};
use elbow_sdk::{Fisher, Model};
use elbow_vae::{Activation, Bound, Likelihood, Parameters, Scale, Width};
use tempfile::TempDir;

/// A small model on random data from 0 to 1.
fn small(parameters: Parameters) -> At {
    sized(5, Parameters { latent: 2, batch: Some(6), ..parameters })
}

/// The same with so many columns.
fn sized(columns: usize, parameters: Parameters) -> At {
    let folder = TempDir::new().expect("a folder");
    let mut words = Words(11);
    let values: Vec<f64> = (0..9 * columns).map(|_| words.unit()).collect();
    let data = rows_of(&folder, columns, &values);
    At::new(build(Parameters { data, ..parameters }))
}

fn hidden() -> Parameters {
    Parameters { encoder: Some(vec![4.0, 3.0]), decoder: Some(vec![3.0]), ..Parameters::default() }
}

/// Fourth-order central differences of the loss by every parameter.
fn quotients(at: &mut At) -> Vec<f64> {
    let (n, m) = (at.theta.len(), at.phi.len());
    let mut loss = |i: usize, shift: f64| {
        let (x, place) = if i < n { (&mut at.theta, i) } else { (&mut at.phi, i - n) };
        let before = x[place];
        x[place] += shift;
        let loss = at.renew().loss();
        if i < n {
            at.theta[i] = before
        } else {
            at.phi[i - n] = before
        }
        loss
    };
    let h = 1e-3;
    let quotient = |i| {
        let (near, far) = (loss(i, h) - loss(i, -h), loss(i, 2.0 * h) - loss(i, -2.0 * h));
        (8.0 * near - far) / (12.0 * h)
    };
    (0..n + m).map(quotient).collect()
}

#[track_caller]
fn check(parameters: Parameters) {
    let name = format!("{parameters:?}");
    compare(small(parameters), &name);
}

#[track_caller]
fn compare(mut at: At, name: &str) {
    at.sample = 3;
    let exact = at.renew().gradient();
    let quotients = quotients(&mut at);
    for (i, (exact, quotient)) in exact.iter().zip(&quotients).enumerate() {
        let scale = 1.0 + exact.abs();
        assert!((exact - quotient).abs() < 3e-9 * scale, "∂{i} is {exact}, the difference quotient {quotient}: {name}");
    }
    // Not a test of nothing.
    assert!(exact.iter().filter(|x| x.abs() > 1e-3).count() > exact.len() / 2, "{name}");
}

#[test]
fn activations_and_likelihoods() {
    for activation in [Activation::Tanh, Activation::Softplus, Activation::Relu] {
        for (likelihood, learned_variance) in
            [(Likelihood::Bernoulli, false), (Likelihood::Gaussian, false), (Likelihood::Gaussian, true)]
        {
            check(Parameters { activation, likelihood, learned_variance, variance: 0.3, ..hidden() });
        }
    }
}

#[test]
fn scales_draws_and_bounds() {
    for scale in [Scale::LogSigma, Scale::LogVariance] {
        for (samples, bound) in [(1, Bound::Elbo), (3, Bound::Elbo), (1, Bound::Iwae), (4, Bound::Iwae)] {
            check(Parameters { scale, samples, bound, ..hidden() });
        }
    }
}

#[test]
fn weighted_bound_of_a_normal_likelihood() {
    let learned = Parameters { likelihood: Likelihood::Gaussian, learned_variance: true, variance: 0.3, ..hidden() };
    check(Parameters { samples: 3, bound: Bound::Iwae, ..learned });
}

#[test]
fn without_hidden_layers() {
    check(Parameters { encoder: Some(Vec::new()), decoder: Some(Vec::new()), ..Parameters::default() });
}

/// One visible, one latent, one hidden unit or none, and minibatches of one row or of all.
#[test]
fn smallest_networks() {
    let layers = [Vec::new(), vec![1.0], vec![1.0, 1.0]];
    for (encoder, decoder) in layers.iter().flat_map(|encoder| layers.iter().map(move |decoder| (encoder, decoder))) {
        for (likelihood, batch) in [(Likelihood::Bernoulli, 1), (Likelihood::Gaussian, 0)] {
            let (encoder, decoder, batch) = (Some(encoder.clone()), Some(decoder.clone()), Some(batch));
            let learned_variance = likelihood == Likelihood::Gaussian;
            let given = Parameters { encoder, decoder, likelihood, learned_variance, batch, latent: 1, ..Parameters::default() };
            let name = format!("{given:?}");
            compare(sized(1, given), &name);
        }
    }
}

/// The order of questions changes no bit: loss first, gradient first, a Fisher product between gradients.
#[test]
fn order_of_questions() {
    for bound in [Bound::Elbo, Bound::Iwae] {
        let ask = |order: usize| {
            let mut at = small(Parameters { bound, samples: 2, ..hidden() });
            let (mut theta, mut phi) = (vec![0.0; at.theta.len()], vec![0.0; at.phi.len()]);
            let (model, evaluator) = (&at.model, &mut at.at);
            let (elbo, learned) = (elbow_sdk::Objective::Elbo, elbow_sdk::Recognition::Learned);
            let mut loss = f64::NAN;
            if order == 0 {
                loss = model.loss(evaluator, elbo, learned).expect("a loss");
            }
            model.gradient(evaluator, elbo, learned, &mut theta).expect("a gradient");
            if order == 2 {
                let mut out = vec![0.0; theta.len()];
                model.fisher_product(evaluator, Fisher::Joint, &theta.clone(), &mut out).expect("a product");
                model.gradient(evaluator, elbo, learned, &mut theta).expect("a gradient");
            }
            model.recognition_gradient(evaluator, &mut phi).expect("a gradient");
            if order > 0 {
                loss = model.loss(evaluator, elbo, learned).expect("a loss");
            }
            let all: Vec<u64> = theta.iter().chain(&phi).chain([&loss]).map(|x| x.to_bits()).collect();
            all
        };
        assert_eq!(ask(0), ask(1));
        assert_eq!(ask(0), ask(2));
    }
}

/// 32 bits against 64, for the loss and every derivative.
#[test]
fn single_agrees_with_double() {
    for (samples, bound) in [(1, Bound::Elbo), (3, Bound::Elbo), (3, Bound::Iwae)] {
        for (likelihood, learned_variance) in [(Likelihood::Bernoulli, false), (Likelihood::Gaussian, true)] {
            let [(loss, gradient), (single_loss, single)] = [Width::Double, Width::Single].map(|precision| {
                let mut at = small(Parameters { precision, samples, bound, likelihood, learned_variance, ..hidden() });
                (at.loss(), at.gradient())
            });
            assert!((single_loss / loss - 1.0).abs() < 1e-6, "{single_loss} against {loss}");
            assert_ne!(single_loss, loss);
            assert!(common::difference(&single, &gradient) < 1e-5);
        }
    }
}

/// The same minibatch at the same sample, another at another; and noise of its own.
#[test]
fn samples_tell_the_minibatch() {
    let mut at = small(hidden());
    let first = at.loss();
    at.sample = 1;
    let second = at.renew().loss();
    at.sample = 0;
    assert_eq!(at.renew().loss(), first);
    assert_ne!(first, second);
    let mut all = small(hidden());
    all.model = {
        let folder = TempDir::new().expect("a folder");
        let mut words = Words(11);
        let values: Vec<f64> = (0..9 * 5).map(|_| words.unit()).collect();
        build(Parameters { data: rows_of(&folder, 5, &values), latent: 2, batch: Some(0), ..hidden() })
    };
    all.at = all.model.evaluator(7);
    let first = all.renew().loss();
    all.sample = 1;
    assert_ne!(all.renew().loss(), first, "all rows, but other noise");
}
