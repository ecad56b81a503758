//! Gradients against central differences of the losses, of fourth order.

mod common;

use common::*;
use elbow_linear_gaussian::{Noise, Parameters};
use elbow_sdk::{Objective, Recognition};

/// `[8 (f(h) − f(−h)) − (f(2h) − f(−2h))] / 12 h` by each coordinate.
fn differences(x: &[f64], mut f: impl FnMut(&[f64]) -> f64) -> Vec<f64> {
    let h = 1e-3;
    let mut moved = |i: usize, by: f64| {
        let mut y = x.to_vec();
        y[i] += by;
        f(&y)
    };
    let mut slope = |i| (8.0 * (moved(i, h) - moved(i, -h)) - moved(i, 2.0 * h) + moved(i, -2.0 * h)) / (12.0 * h);
    (0..x.len()).map(&mut slope).collect()
}

#[test]
fn by_theta() {
    for mut at in cases() {
        let (theta, phi) = (at.theta.clone(), at.phi.clone());
        for objective in [Objective::Elbo, Objective::Evidence] {
            for q in RECOGNITIONS {
                at.go(&theta, &phi);
                let gradient = at.gradient(objective, q);
                let expected = differences(&theta, |x| {
                    at.go(x, &phi);
                    at.loss(objective, q)
                });
                close(&gradient, &expected, 1e-6);
            }
        }
    }
}

#[test]
fn by_phi() {
    for mut at in cases() {
        let (theta, phi) = (at.theta.clone(), at.phi.clone());
        let gradient = at.recognition_gradient();
        let loss = |x: &[f64]| {
            at.go(&theta, x);
            at.loss(Objective::Elbo, Recognition::Learned)
        };
        close(&gradient, &differences(&phi, loss), 1e-6);
    }
}

/// On digits, along some coordinates of every block.
#[test]
fn on_digits() {
    let given = Parameters { noise: Noise::Learned, ..digits(3) };
    let mut at = random(given, 4, 0.2);
    let (theta, phi) = (at.theta.clone(), at.phi.clone());
    let (by_theta, by_phi) = (at.gradient(Objective::Elbo, Recognition::Learned), at.recognition_gradient());
    let all: Vec<f64> = by_theta.iter().chain(&by_phi).copied().collect();
    for i in [20, 100, 170, 220, 256, 257, 300, 448, 451, 453] {
        let [slope] = differences(&[0.0], |shift| {
            let (mut theta, mut phi) = (theta.clone(), phi.clone());
            if i < 257 {
                theta[i] += shift[0]
            } else {
                phi[i - 257] += shift[0]
            }
            at.go(&theta, &phi);
            at.loss(Objective::Elbo, Recognition::Learned)
        })[..] else {
            panic!("one slope")
        };
        assert!((slope - all[i]).abs() <= 1e-6 * (1.0 + slope.abs()), "{i}: {} and {slope}", all[i]);
    }
}
