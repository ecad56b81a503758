//! What the same seed shares: starts depend on the sizes of the networks alone, steps on nothing that is only measured.

mod common;

use common::{At, Words, build, rows_of, write_npy};
use elbow_data::{DataParameters, Source};
use elbow_sdk::{Estimation, Fisher, Model, Rng};
use elbow_vae::{Bound, EvaluationParameters, Likelihood, Parameters, Scale, Vae, Width};
use tempfile::TempDir;

/// The start that some random words make.
fn start(model: &Vae, kind: &str) -> (Vec<f64>, Vec<f64>) {
    let (shape, mut words) = (model.shape(), Words(17));
    let (mut theta, mut phi) = (vec![f64::NAN; shape.generative], vec![f64::NAN; shape.recognition]);
    model.draw(kind, &mut Rng::new(&mut || words.next()), &mut theta, &mut phi).expect("a draw");
    (theta, phi)
}

/// Two hidden layers each, on the digits.
fn base() -> Parameters {
    Parameters { encoder: Some(vec![7.0, 5.0]), decoder: Some(vec![3.0]), ..Parameters::default() }
}

fn evaluation(samples: usize, rows: usize) -> EvaluationParameters {
    EvaluationParameters { samples, rows, ..EvaluationParameters::default() }
}

#[test]
fn starts_depend_on_the_shape_alone() {
    let folder = TempDir::new().expect("a folder");
    let noise = write_npy(&folder.path().join("noise.npy"), &[1, 128, 4], &vec![0.5; 128 * 4]);
    let others = [
        Parameters { batch: Some(10), shuffle: false, samples: 3, particles: 2, ..base() },
        Parameters { bound: Bound::Iwae, precision: Width::Single, noise, ..base() },
        Parameters { evaluation: evaluation(3, 5), data: DataParameters { limit: 200, test: 0.5, ..base().data }, ..base() },
        Parameters { likelihood: Likelihood::Gaussian, variance: 0.3, ..base() },
    ];
    for kind in ["default", "he"] {
        let expected = start(&build(base()), kind);
        for other in &others {
            assert_eq!(start(&build(other.clone()), kind), expected, "{other:?}");
        }
        // A variance that is learned stands last in θ and takes no random numbers.
        let learned = Parameters { likelihood: Likelihood::Gaussian, learned_variance: true, variance: 0.3, ..base() };
        let (theta, phi) = start(&build(learned), kind);
        assert!(theta[..theta.len() - 1] == expected.0 && phi == expected.1);
    }
}

/// The same file in two folders, under two names.
#[test]
fn starts_do_not_depend_on_places() {
    let [first, second] = ["rows.npy", "same-rows.npy"].map(|name| {
        let folder = TempDir::new().expect("a folder");
        let file = write_npy(&folder.path().join(name), &[2, 3], &[0.0, 1.0, 1.0, 1.0, 0.0, 0.0]);
        let data = DataParameters { source: Source::File, file, ..DataParameters::default() };
        start(&build(Parameters { data, ..base() }), "default")
    });
    assert_eq!(first, second);
}

/// In either coordinate of the standard deviation a start is the same q: s = log σ² is 2 log σ, and μ is the same.
#[test]
fn scales_start_at_one_distribution() {
    for kind in ["default", "he"] {
        for encoder in [vec![5.0], Vec::new()] {
            let [deviations, variances] = [Scale::LogSigma, Scale::LogVariance].map(|scale| {
                let model = build(Parameters { scale, encoder: Some(encoder.clone()), ..base() });
                start(&model, kind)
            });
            assert_eq!(deviations.0, variances.0);
            let inputs = encoder.last().map_or(64, |units| *units as usize);
            let first = deviations.1.len() - 8 * (inputs + 1);
            assert_eq!(deviations.1[..first], variances.1[..first]);
            for (a, b) in deviations.1[first..].chunks_exact(8).zip(variances.1[first..].chunks_exact(8)) {
                assert!(a[..4] == b[..4] && (4..8).all(|i| b[i] == 2.0 * a[i]), "{a:?} {b:?}");
            }
        }
    }
}

/// (θ, φ) after some steps of gradient descent, with what is asked between them.
fn descend(parameters: Parameters, mut between: impl FnMut(&mut At)) -> Vec<u64> {
    let mut at = At::new(build(parameters));
    for sample in 0..12 {
        at.sample = sample;
        let (theta, phi) = at.renew().gradients();
        between(&mut at);
        at.theta.iter_mut().zip(theta).for_each(|(x, g)| *x -= 0.01 * g);
        at.phi.iter_mut().zip(phi).for_each(|(x, g)| *x -= 0.01 * g);
    }
    at.theta.iter().chain(&at.phi).map(|x| x.to_bits()).collect()
}

/// To the bit, whatever is recorded, how often, and with how many draws.
#[test]
fn steps_do_not_depend_on_what_is_measured() {
    for bound in [Bound::Elbo, Bound::Iwae] {
        let given = Parameters { bound, samples: 2, data: DataParameters { test: 0.25, ..base().data }, ..base() };
        let expected = descend(given.clone(), |_| ());
        for (samples, rows) in [(1, 0), (300, 20), (64, 1)] {
            let measured = Parameters { evaluation: evaluation(samples, rows), ..given.clone() };
            assert_eq!(descend(measured, |at| drop(at.quantities())), expected);
        }
        let products = Parameters { particles: 3, ..given };
        let product = |at: &mut At| {
            at.product(Fisher::Visible, &at.theta.clone());
            at.scores(Fisher::Recognition, Estimation::Sampled);
        };
        assert_eq!(descend(products, product), expected);
    }
}

/// Rows and z of a step: the encoder's and the decoder's inputs.
fn seen(parameters: Parameters) -> [Vec<f64>; 2] {
    let mut at = At::new(build(parameters));
    at.sample = 5;
    at.renew();
    [Fisher::Recognition, Fisher::Aggregate].map(|kind| {
        let mut all = Vec::new();
        at.rows(kind, Estimation::Empirical, |rows, _| {
            let inputs = &rows.layers[0].inputs;
            all.extend((0..inputs.len()).map(|k| inputs.at(k)));
        });
        all
    })
}

/// Minibatch and noise are those of the step, whatever is maximized and in whatever precision.
#[test]
fn minibatches_and_noise_of_a_step() {
    let folder = TempDir::new().expect("a folder");
    let mut words = Words(3);
    let values: Vec<f64> = (0..40 * 6).map(|_| words.unit()).collect();
    let given = Parameters { data: rows_of(&folder, 6, &values), batch: Some(16), samples: 3, ..base() };
    let expected = seen(given.clone());
    assert_eq!(seen(Parameters { bound: Bound::Iwae, ..given.clone() }), expected);
    let single = seen(Parameters { precision: Width::Single, ..given });
    for (single, double) in single.into_iter().flatten().zip(expected.into_iter().flatten()) {
        assert!((single - double).abs() < 1e-5, "{single} against {double}");
    }
}
