//! Gradients against central differences of the losses, of fourth order.

mod common;

use common::*;
use elbow_sdk::{Model, Objective, Recognition};
use elbow_simplex::{Chart, Parameters};
use proptest::prelude::*;

/// `[8 (f(h) − f(−h)) − (f(2h) − f(−2h))] / 12 h` by each coordinate.
fn differences(x: &[f64], mut f: impl FnMut(&[f64]) -> f64) -> Vec<f64> {
    let h = 1e-4;
    let mut moved = |i: usize, by: f64| {
        let mut y = x.to_vec();
        y[i] += by;
        f(&y)
    };
    let mut slope = |i| (8.0 * (moved(i, h) - moved(i, -h)) - moved(i, 2.0 * h) + moved(i, -2.0 * h)) / (12.0 * h);
    (0..x.len()).map(&mut slope).collect()
}

/// Relative to the largest entry.
#[track_caller]
fn agree(gradient: &[f64], expected: &[f64]) {
    let apart = distance(gradient, expected) / largest(expected);
    assert!(apart < 1e-6, "{gradient:?} and {expected:?} differ by {apart:e}");
}

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn gradient_by_theta(case in cases()) {
        let (mut at, theta, phi) = (case.at(), case.theta(), case.phi());
        for objective in [Objective::Elbo, Objective::Evidence] {
            for q in RECOGNITIONS {
                at.go(&theta, &phi);
                let gradient = at.gradient(objective, q);
                agree(&gradient, &differences(&theta, |x| { at.go(x, &phi); at.loss(objective, q) }));
            }
        }
    }

    #[test]
    fn gradient_by_phi(case in cases()) {
        let (mut at, theta, phi) = (case.at(), case.theta(), case.phi());
        let gradient = at.recognition_gradient();
        let loss = |x: &[f64]| { at.go(&theta, x); at.loss(Objective::Elbo, Recognition::Learned) };
        agree(&gradient, &differences(&phi, loss));
    }

    /// ∂(−Ev)/∂φ = 0.
    #[test]
    fn evidence_ignores_phi(case in cases()) {
        let (mut at, theta) = (case.at(), case.theta());
        let before = at.loss(Objective::Evidence, Recognition::Learned);
        at.go(&theta, &vec![0.1; at.shape().recognition]);
        prop_assert_eq!(before, at.loss(Objective::Evidence, Recognition::Learned));
    }

    /// At the posterior the gap, and so the gradient by φ, vanishes.
    #[test]
    fn posterior_is_stationary(case in cases()) {
        let mut best = case.clone();
        best.q = conditional(&case.p, case.hidden);
        prop_assert!(largest(&best.at().recognition_gradient()) < 1e-13);
    }
}

/// Logits so far out that p underflows: the fixed ELBO and its gradient stay finite.
#[test]
fn extreme_logits() {
    let given = Parameters { visible: 2, hidden: 2, chart: Chart::Logit, target: table(&[0.25; 4]), learned: false };
    let mut at = At::new(build(given).unwrap(), &[900.0, -900.0, 0.0], &[]);
    let expected = (1800.0 + 900.0 + 900.0) / 4.0 - 4.0_f64.ln() + 2.0_f64.ln();
    close(&[at.loss(Objective::Elbo, Recognition::Fixed)], &[expected], 1e-13);
    close(&at.gradient(Objective::Elbo, Recognition::Fixed), &[0.75, -0.25, -0.25], 1e-13);
    assert!(at.gradient(Objective::Evidence, Recognition::Exact).iter().all(|x| x.is_finite()));
}

/// A target with zeros has no weight there, also where p is zero.
#[test]
fn zeros() {
    let given =
        Parameters { visible: 3, hidden: 2, chart: Chart::Mean, target: table(&[0.5, 0.0, 0.5, 0.0, 0.0, 0.0]), learned: false };
    let mut at = At::new(build(given).unwrap(), &[0.5, 0.25, 0.25, 0.0, 0.0], &[]);
    close(
        &at.quantities(Recognition::Fixed)[3..],
        &[0.5 * 2.0_f64.ln(), 0.5 * (0.5_f64 / 0.75).ln() + 0.5 * 2.0_f64.ln()],
        1e-15,
    );
    close(&at.gradient(Objective::Elbo, Recognition::Fixed), &[-1.0, 0.0, -2.0, 0.0, 0.0], 1e-15);
    assert_eq!(at.q(Recognition::Fixed)[4..], [0.5, 0.5]);
}

/// The same for φ: a visible state without weight adds nothing, also where p is zero.
#[test]
fn zeros_by_phi() {
    let given = Parameters { visible: 2, hidden: 2, chart: Chart::Logit, target: table(&[1.0, 0.0]), learned: true };
    let logits = [1.5, 0.5];
    let mean = Parameters { chart: Chart::Mean, ..given.clone() };
    let mut at = At::new(build(mean).unwrap(), &[0.75, 0.25, 0.0], &[0.6, 0.5]);
    let expected = (0.6_f64 / 0.75).ln() - (0.4_f64 / 0.25).ln();
    close(&at.recognition_gradient(), &[expected, 0.0], 1e-14);
    let mut at = At::new(build(given).unwrap(), &[0.0; 3], &logits);
    assert_eq!(at.recognition_gradient()[1], 0.0);
}

/// Without a joint target or a learned recognition these are missing; nothing is made up.
#[test]
fn missing_recognitions() {
    let given = Parameters { visible: 2, hidden: 2, chart: Chart::Mean, target: table(&[0.5; 2]), learned: false };
    let mut at = At::new(build(given).unwrap(), &[0.25; 3], &[]);
    assert!(!at.shape().has_fixed && at.shape().has_exact && at.shape().recognition == 0);
    for q in [Recognition::Fixed, Recognition::Learned] {
        assert_eq!(at.model.loss(&mut at.evaluator, Objective::Elbo, q).unwrap_err().code(), elbow_sdk::Code::Unsupported);
        at.loss(Objective::Evidence, q);
    }
    assert!(at.model.recognition_gradient(&mut at.evaluator, &mut []).is_err());
    assert!(at.model.fisher(&mut at.evaluator, elbow_sdk::Fisher::Recognition, &mut []).is_err());
}
