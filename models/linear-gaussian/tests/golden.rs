//! Numbers that are known of the digits: maxima of the evidence for 2, 10 and 20 hidden dimensions.

mod common;

use common::*;
use elbow_linear_gaussian::{Noise, Parameters, oracle};
use elbow_sdk::{Objective, Recognition};

/// Hidden dimensions, σ², log evidence in nats per datum.
const GOLDEN: [(usize, &str, &str); 3] =
    [(2, "0.05411698", "0.005707"), (10, "0.02275137", "17.451947"), (20, "0.01127420", "27.277300")];

#[test]
fn maxima_of_the_digits() {
    for (latent, variance, evidence) in GOLDEN {
        let mut at = drawn(digits(latent), "ml");
        assert_eq!(format!("{:.8}", at.theta.last().unwrap().exp()), variance);
        let [found, elbo, gap, most] = at.quantities(Recognition::Learned);
        assert_eq!([found, elbo, most].map(|x| format!("{x:.6}")), [evidence; 3], "{latent}");
        assert!((found - most).abs() < 1e-11 && gap.abs() < 1e-12, "{found} of {most}, gap {gap:e}");
    }
}

/// All gradients vanish there.
#[test]
fn maxima_are_stationary() {
    let mut at = drawn(digits(10), "ml");
    for objective in [Objective::Elbo, Objective::Evidence] {
        for q in RECOGNITIONS {
            assert!(largest(&at.gradient(objective, q)) < 1e-9, "{objective:?} {q:?}");
        }
    }
    assert!(largest(&at.recognition_gradient()) < 1e-9);
}

/// With σ² given the maximum is one, too: below that of learned noise, the same at its variance, and stationary.
#[test]
fn fixed_noise() {
    let fixed = |variance| Parameters { noise: Noise::Fixed, variance, ..digits(10) };
    let best = oracle::maximum_likelihood(build(digits(10)).unwrap().statistics(), 10, None).unwrap();
    for variance in [0.01, 0.3, best.variance] {
        let mut at = drawn(fixed(variance), "ml");
        let [found, _, gap, most] = at.quantities(Recognition::Learned);
        assert!((found - most).abs() < 1e-11 && gap.abs() < 1e-12);
        assert!(largest(&at.gradient(Objective::Evidence, Recognition::Exact)) < 1e-9);
        if variance == best.variance {
            assert!((most - best.log_evidence).abs() < 1e-11)
        } else {
            assert!(most < best.log_evidence)
        }
    }
}

/// The sums over 1797 rows against whole numbers, which are exact; they are the same on any number of threads.
#[test]
fn statistics_of_the_digits() {
    let (model, data) = (build(digits(2)).unwrap(), elbow_data::digits().unwrap());
    let ((levels, _), found, n) = (data.levels().unwrap(), model.statistics().covariance(), 1797_i64);
    let level = |row: usize, i: usize| i64::from(levels[row * 64 + i]);
    for (i, j) in [(0, 0), (2, 2), (10, 53), (53, 10), (36, 36)] {
        let sum = |f: &dyn Fn(usize) -> i64| (0..1797).map(f).sum::<i64>();
        let products = n * sum(&|row| level(row, i) * level(row, j)) - sum(&|row| level(row, i)) * sum(&|row| level(row, j));
        let exact = products as f64 / (256 * n * n) as f64;
        assert!((found[(i, j)] - exact).abs() <= 1e-13 * exact.abs(), "{i} {j}: {} and {exact}", found[(i, j)]);
    }
    let alone = elbow_sdk::ModelSetup::new(elbow_sdk::Host::NONE);
    let alone = <elbow_linear_gaussian::LinearGaussian as elbow_sdk::Model>::new(&alone, digits(2)).unwrap();
    assert_eq!(entries(alone.statistics().second_moment()), entries(model.statistics().second_moment()));
}
