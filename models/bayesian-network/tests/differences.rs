//! Every gradient against central differences of the loss, and scores against those of log p(v, h).

mod common;

use common::*;
use elbow_bayesian_network::Chart;
use elbow_sdk::{Objective, Recognition};
use proptest::prelude::*;

const STEP: f64 = 1e-4;
const CLOSE: f64 = 1e-6;

/// The derivative at 0 from four points: (8 (f(h) − f(−h)) − (f(2h) − f(−2h))) / 12 h.
fn slope(mut f: impl FnMut(f64) -> Vec<f64>) -> Vec<f64> {
    let (near, far) = ([f(STEP), f(-STEP)], [f(2.0 * STEP), f(-2.0 * STEP)]);
    let at = |i: usize| (8.0 * (near[0][i] - near[1][i]) - (far[0][i] - far[1][i])) / (12.0 * STEP);
    (0..near[0].len()).map(at).collect()
}

/// Central differences by each θ.
fn by_theta(at: &mut At, mut f: impl FnMut(&mut At) -> Vec<f64>) -> Vec<Vec<f64>> {
    let start = at.theta.clone();
    let mut columns = Vec::new();
    for a in 0..start.len() {
        columns.push(slope(|shift| {
            let mut theta = start.clone();
            theta[a] += shift;
            f(at.go(&theta))
        }));
    }
    at.go(&start);
    columns
}

/// Differences of the loss. With the exact posterior it is −log evidence, which moves as if the posterior were held.
fn held(at: &mut At, objective: Objective, q: Recognition) -> Vec<f64> {
    let by = |at: &mut At| vec![at.loss(objective, q)];
    by_theta(at, by).into_iter().flatten().collect()
}

proptest! {
    #![proptest_config(config(96))]

    #[test]
    fn gradients_by_theta(seed: u64, logit: bool) {
        let (mut at, ..) = random_model(seed, if logit { Chart::Logit } else { Chart::Mean });
        for q in at.recognitions() {
            for objective in [Objective::Elbo, Objective::Evidence] {
                let expected = held(&mut at, objective, q);
                prop_assert!(difference(&at.gradient(objective, q), &expected) < CLOSE, "{objective:?} {q:?}");
            }
        }
    }

    #[test]
    fn gradient_by_phi(seed: u64, logit: bool) {
        let (mut at, ..) = random_model(seed, if logit { Chart::Logit } else { Chart::Mean });
        prop_assume!(!at.phi.is_empty());
        let start = at.phi.clone();
        let mut expected = Vec::new();
        for a in 0..start.len() {
            expected.extend(slope(|shift| {
                at.phi.copy_from_slice(&start);
                at.phi[a] += shift;
                vec![at.renew().loss(Objective::Elbo, Recognition::Learned)]
            }));
        }
        at.phi.copy_from_slice(&start);
        prop_assert!(difference(&at.renew().recognition_gradient(), &expected) < CLOSE);
    }

    #[test]
    fn scores(seed: u64, logit: bool) {
        let (mut at, ..) = random_model(seed, if logit { Chart::Logit } else { Chart::Mean });
        let logs = |at: &mut At| entries(&at.joint()).iter().map(|x| x.ln()).collect::<Vec<_>>();
        let columns = by_theta(&mut at, logs);
        let scores = at.scores();
        for (a, column) in columns.iter().enumerate() {
            let found: Vec<f64> = (0..scores.nrows()).map(|i| scores[(i, a)]).collect();
            prop_assert!(difference(&found, column) < CLOSE);
        }
    }
}
