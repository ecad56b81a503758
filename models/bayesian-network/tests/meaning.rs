//! What a number means: what is undefined where the joint table is no distribution, what is infinite, what a printed table is taken
//! for, and that a draw does not depend on coordinates.

mod common;

use common::*;
use elbow_bayesian_network::{BayesianNetwork, Chart, Parameters, Preset, TargetParameters};
use elbow_sdk::{Domain, Host, Model, ModelSetup, Recognition, Rng};

fn fork(target: TargetParameters) -> At {
    At::new(build(Parameters { learned: true, ..preset(Preset::NonCylindrical, None, target) }))
}

/// Why the five quantities have no meaning; those that have none are NaN, and no others.
fn reasons(at: &mut At, q: Recognition) -> [Option<String>; 5] {
    let values = at.quantities(q);
    let reasons = [0, 1, 2, 3, 4].map(|index| at.model.undefined(&mut at.at, q, index));
    assert_eq!(values.map(f64::is_nan), [0, 1, 2, 3, 4].map(|index| reasons[index].is_some()), "{values:?}");
    reasons
}

/// log p(v) needs p(v) alone, `ELBO`, gap and `D_J` need p(v, h) and q to be distributions.
#[test]
fn undefined_outside() {
    let mut at = fork(parameters(&[0.78, 0.24, 0.82, 0.97, 0.97]));
    let left = |what: &str| {
        let reason = Some(format!("the evidence flow left [0, 1]: {what}"));
        [None, reason.clone(), reason.clone(), reason, None]
    };
    const NOTHING: [Option<String>; 5] = [const { None }; 5];
    for q in at.recognitions() {
        assert_eq!(reasons(at.go(&[0.3, 0.5, 0.3, 0.9, 0.6]), q), NOTHING);
        assert_eq!(reasons(at.go(&[0.3, 0.5, 0.3, 1.02, 0.6]), q), left("parameter[3] = 1.02"));
        at.theta[3] = 0.9;
        at.phi[2] = -0.25;
        let expected = if q == Recognition::Learned { left("parameter[7] = -0.25") } else { NOTHING };
        assert_eq!(reasons(at.renew(), q), expected);
        at.phi[2] = 0.5;
    }
    let three = vec![node("H", 3, &[], false), node("V", 2, &["H"], true)];
    let mut at = At::new(build(custom(three, table(&[0.5, 0.5]))));
    at.go(&[0.75, 0.5, 0.5, 0.5, 0.5]);
    assert!(at.model.has_evidence(&at.theta) && at.model.domain(&at.theta, &[]) == Domain::Outside { parameter: 0 });
    assert_eq!(reasons(&mut at, Recognition::Exact), left("parameter[0] … parameter[1] sum to 1.25"));
}

/// An infinite divergence is a value.
#[test]
fn infinity_is_a_value() {
    let mut at = fork(counts(&[1.0; 4]));
    let values = at.go(&[0.5, 0.0, 0.0, 0.5, 0.5]).quantities(Recognition::Exact);
    assert_eq!((values[0], values[4]), (f64::NEG_INFINITY, f64::INFINITY));
    assert!((0..5).all(|index| at.model.undefined(&mut at.at, Recognition::Exact, index).is_none()));
}

/// A model with what was noted of its parameters.
fn noted(given: Parameters) -> (At, Vec<String>) {
    let setup = ModelSetup::new(Host::NONE);
    let model = BayesianNetwork::new(&setup, given).expect("a network");
    (At::new(model), setup.notes().into_iter().map(|note| format!("{}: {}", note.path, note.message)).collect())
}

/// A table that sums to 1 by its four decimals is divided by its sum; rows of probabilities, whose last is what is missing, likewise
/// where they sum to more.
#[test]
fn printed_targets() {
    let visible = |target| custom(vec![node("V", 3, &[], true), node("H", 2, &["V"], false)], target);
    let (mut at, notes) = noted(visible(table(&[0.3333; 3])));
    assert!(difference(&at.target(), &[1.0 / 3.0; 3]) < 1e-15);
    let end = ", which is 1 as far as their digits tell: they were divided by it";
    assert_eq!(notes, [format!("target.table: the probabilities sum to 0.9999{end}")]);
    assert!(noted(visible(table(&[0.1, 0.2, 0.7]))).1.is_empty() && noted(visible(counts(&[1.0, 2.0, 4.0]))).1.is_empty());
    let (mut at, notes) = noted(visible(parameters(&[0.6667, 0.3334, 0.5, 0.5, 0.5])));
    assert!(difference(&at.target(), &[0.6667 / 1.0001, 0.3334 / 1.0001, 0.0]) < 1e-15);
    assert_eq!(notes, [format!("target.parameters[0]: the row of 2 numbers that begins here sums to 1.0001{end}")]);
    assert!(noted(visible(parameters(&[0.6667, 0.3333, 0.5, 0.5, 0.5]))).1.is_empty());
}

/// One stream gives one distribution in both charts, also where a draw rounds to the boundary: the words 0 and all ones make gammas
/// of 37 and 1e-16, a probability that is 1 as a mean and 5e17 as odds.
#[test]
fn draws_do_not_depend_on_the_chart() {
    for kind in ["default", "uniform", "jeffreys"] {
        for (seed, first) in (0..200).map(|seed| (seed, None)).chain([(0, Some([0, u64::MAX, u64::MAX, u64::MAX]))]) {
            let [mean, logit] = [Chart::Mean, Chart::Logit].map(|chart| {
                let target = counts(&[1.0; 4]);
                let given = Parameters { chart, learned: true, ..preset(Preset::NonCylindrical, None, target) };
                let (mut at, mut rest, mut first) = (At::new(build(given)), Words(seed), first.into_iter().flatten());
                let mut source = || first.next().unwrap_or_else(|| rest.next());
                at.model.draw(kind, &mut Rng::new(&mut source), &mut at.theta, &mut at.phi).expect("a draw");
                assert_eq!(at.model.domain(&at.theta, &at.phi), Domain::Inside);
                at.renew();
                [entries(&at.joint()), entries(&at.recognition(Recognition::Learned))]
            });
            let apart = |(a, b): (&Vec<f64>, &Vec<f64>)| a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-15);
            assert!(mean.iter().zip(&logit).all(apart), "{kind} {seed}: {mean:?} {logit:?}");
        }
    }
}

/// θ comes first from the stream, and neither the target nor whether there is a φ changes it.
#[test]
fn draws_depend_on_the_shape_alone() {
    let draw = |learned, target| {
        let mut at = At::new(build(Parameters { learned, ..preset(Preset::NonCylindrical, None, target) }));
        at.draw("jeffreys", &mut Words(3));
        at.theta
    };
    assert_eq!(draw(true, counts(&[1.0, 2.0, 3.0, 4.0])), draw(false, parameters(&[0.5; 5])));
}

/// Means that have no logits are named.
#[test]
fn mean_parameters() {
    let refused = |chart, mean: [f64; 5]| {
        let given =
            Parameters { chart, ..custom(vec![node("V", 3, &[], true), node("H", 2, &["V"], false)], table(&[0.25, 0.25, 0.5])) };
        let error = build(given).mean_to_theta(&mean, &mut [0.0; 5]).expect_err("no such point");
        (error.issues()[0].path.clone(), error.to_string())
    };
    let (path, text) = refused(Chart::Logit, [0.5, 0.0, 0.5, 0.5, 0.5]);
    assert!(path == "[1]" && text.contains("has a probability of 0, which has no logit"), "{text}");
    let (path, text) = refused(Chart::Logit, [0.25, 0.75, 0.5, 0.5, 0.5]);
    assert!(path == "[0]" && text.contains("has a probability of 0"), "{text}");
    let (path, text) = refused(Chart::Mean, [0.5, 0.75, 0.5, 0.5, 0.5]);
    assert!(path == "[0]" && text.contains("parameter[0] … parameter[1] sum to 1.25"), "{text}");
}
