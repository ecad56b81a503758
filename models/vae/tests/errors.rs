//! What is said of wrong parameters: all of it, each with its path.

mod common;

use common::{At, rows_of, try_build, write_npy};
use elbow_data::{Binarization, BinarizeParameters, DataParameters};
use elbow_sdk::{Code, FilePath, Fisher, Host, Model, ModelSetup, Objective, Recognition, Rng};
use elbow_vae::{EvaluationParameters, Likelihood, Parameters, Vae};
use tempfile::TempDir;

/// Each expected line begins an issue, in order, and there are no more.
#[track_caller]
fn expect(parameters: Parameters, expected: &[&str]) {
    let error = try_build(parameters).err().expect("an error");
    assert!(error.issues().iter().all(|issue| issue.code == Code::BadParameter));
    let found: Vec<String> = error.issues().iter().map(|issue| format!("{}: {}", issue.path, issue.message)).collect();
    let all = found.len() == expected.len() && found.iter().zip(expected).all(|(found, expected)| found.starts_with(expected));
    assert!(all, "{found:#?}");
}

#[test]
fn sizes() {
    expect(
        Parameters {
            encoder: Some(vec![3.0, 2.5, -1.0]),
            decoder: Some(vec![0.0, f64::NAN, 1e9]),
            latent: 0,
            samples: 0,
            variance: 0.0,
            evaluation: EvaluationParameters { samples: 0, ..EvaluationParameters::default() },
            ..Parameters::default()
        },
        &[
            "encoder[1]: is 2.5; expected a number of units",
            "encoder[2]: is -1;",
            "decoder[0]: is 0;",
            "decoder[1]: is NaN;",
            "decoder[2]: is 1000000000;",
            "latent: is 0;",
            "samples: is 0;",
            "evaluation.samples: is 0;",
            "variance: is 0;",
        ],
    );
    let wide = Some(vec![65_536.0, 65_536.0]);
    expect(Parameters { decoder: wide, ..Parameters::default() }, &["decoder: the networks have 42"]);
    expect(Parameters { batch: Some(1798), ..Parameters::default() }, &["batch: is 1798, but there are 1797 rows"]);
    expect(Parameters { particles: 1 << 18, ..Parameters::default() }, &["particles: 128 rows with 262144 draws each"]);
    expect(Parameters { samples: 1 << 18, ..Parameters::default() }, &["samples: 128 rows with 262144 draws each are 33554432"]);
}

#[test]
fn likelihoods() {
    let folder = TempDir::new().expect("a folder");
    let data = rows_of(&folder, 2, &[0.0, 1.0, 0.5, -0.25, 3.0, 1.0]);
    let bits = Parameters { data, batch: Some(0), ..Parameters::default() };
    expect(bits.clone(), &["likelihood: is `bernoulli`, for values from 0 to 1, but the data go from -0.25 to 3"]);
    assert!(try_build(Parameters { likelihood: Likelihood::Gaussian, ..bits }).is_ok());
    let data = rows_of(&folder, 2, &[0.0, 1.5]);
    expect(Parameters { data, batch: Some(0), ..Parameters::default() }, &["likelihood: is `bernoulli`"]);
    let learned = Parameters { learned_variance: true, ..Parameters::default() };
    expect(learned, &["learned_variance: a Bernoulli likelihood has no variance"]);
    // With equal rows b = x and σ² → 0 have any likelihood.
    let one = Parameters { likelihood: Likelihood::Gaussian, learned_variance: true, ..Parameters::default() };
    for values in [&[0.5, 2.0][..], &[0.5, 2.0, 0.5, 2.0]] {
        let data = rows_of(&folder, 2, values);
        expect(Parameters { data: data.clone(), ..one.clone() }, &["learned_variance: is true, but all rows are equal"]);
        assert!(try_build(Parameters { data, learned_variance: false, ..one.clone() }).is_ok());
    }
    // Drawn pixels are data as others are.
    let binarize = BinarizeParameters { kind: Binarization::Stochastic, ..BinarizeParameters::default() };
    let data = DataParameters { binarize, ..DataParameters::default() };
    assert!(try_build(Parameters { data, likelihood: Likelihood::Gaussian, ..Parameters::default() }).is_ok());
}

#[test]
fn noise() {
    let folder = TempDir::new().expect("a folder");
    let file = |name: &str, shape: [usize; 3]| write_npy(&folder.path().join(name), &shape, &vec![0.5; shape.iter().product()]);
    let base = Parameters { samples: 2, latent: 3, batch: Some(4), ..Parameters::default() };
    assert!(try_build(Parameters { noise: file("good.npy", [5, 8, 3]), ..base.clone() }).is_ok());
    for shape in [[5, 4, 3], [5, 8, 2], [8, 5, 3]] {
        let error = try_build(Parameters { noise: file("bad.npy", shape), ..base.clone() }).err().expect("an error");
        assert_eq!(error.issues()[0].path, "noise");
        assert!(error.to_string().contains("expected (any, 8, 3)"), "{error}");
    }
    let evaluation = |shape| EvaluationParameters { samples: 2, rows: 3, noise: file("particles.npy", shape) };
    assert!(try_build(Parameters { evaluation: evaluation([1, 6, 3]), ..base.clone() }).is_ok());
    let error = try_build(Parameters { evaluation: evaluation([2, 6, 3]), ..base.clone() }).err().expect("an error");
    assert_eq!(error.issues()[0].path, "evaluation.noise");
    assert!(error.to_string().contains("expected (1, 6, 3)"), "{error}");
    let absent = FilePath(folder.path().join("absent.npy").to_str().expect("a path").to_owned());
    let error = try_build(Parameters { noise: absent, ..base }).err().expect("an error");
    assert!(error.to_string().starts_with("noise: ") && error.to_string().contains("absent.npy"), "{error}");
}

#[test]
fn what_a_model_lacks() {
    let mut at = At::new(common::build(Parameters::default()));
    let mut theta = at.theta.clone();
    for (objective, q, says) in [
        (Objective::Evidence, Recognition::Learned, "no closed form"),
        (Objective::Elbo, Recognition::Exact, "`learned`"),
        (Objective::Elbo, Recognition::Fixed, "`learned`"),
    ] {
        let refused = at.model.gradient(&mut at.at, objective, q, &mut theta).expect_err("a refusal");
        assert_eq!(refused.code(), Code::Unsupported);
        assert!(refused.to_string().contains(says), "{refused}");
        assert!(at.model.loss(&mut at.at, objective, q).is_err());
    }
    let mut words = || 1;
    let kind = at.model.draw("cauchy", &mut Rng::new(&mut words), &mut theta, &mut at.phi).expect_err("no such draw");
    assert!(kind.to_string().contains("default | he"));
    let mut nowhere = at.model.evaluator(0);
    let error = at.model.loss(&mut nowhere, Objective::Elbo, Recognition::Learned).expect_err("no point");
    assert!(error.to_string().contains("not moved"));
    let joint = at.model.fisher_product(&mut nowhere, Fisher::Joint, &at.theta, &mut theta).expect_err("no point");
    assert!(joint.to_string().contains("not moved"));
}

/// A host without streams is an answer, not a crash.
#[test]
fn without_streams() {
    let model = Vae::new(&ModelSetup::new(Host::NONE), Parameters::default()).expect("a model");
    let (shape, mut at) = (model.shape(), model.evaluator(0));
    model.move_to(&mut at, &vec![0.1; shape.generative], &vec![0.1; shape.recognition], 0).expect("a point");
    let error = model.loss(&mut at, Objective::Elbo, Recognition::Learned).expect_err("no streams");
    assert_eq!(error.code(), Code::Unsupported);
}
