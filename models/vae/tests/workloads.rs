//! End to end: the objectives of W1 and W2 that independent programs agree on, before and after steps of gradient descent.

mod common;

use common::workload::{descend, start, w1};
use elbow_check::peers::Workload;
use elbow_vae::Width;

/// −`elbo` at the start and after so many steps.
#[track_caller]
fn expect(workload: &Workload, precision: Width, (steps, rate): (u64, f64), expected: [f64; 2], tolerance: f64) {
    let mut at = start(workload, precision);
    let before = -at.quantities()["elbo"];
    descend(&mut at, steps, rate);
    let after = -at.quantities()["elbo"];
    for (found, expected) in [before, after].into_iter().zip(expected) {
        assert!((found / expected - 1.0).abs() < tolerance, "{found} is not {expected}");
    }
}

const W1: [f64; 2] = [47.475_469_542_09, 29.588_985_859_26];
const W2: [f64; 2] = [555.094_643_913_6, 418.399_771_904_7];

#[test]
fn w1_in_64_bits() {
    expect(&w1(), Width::Double, (500, 3e-3), W1, 1e-9);
}

#[test]
fn w1_in_32_bits() {
    expect(&w1(), Width::Single, (500, 3e-3), W1, 1e-5);
}

#[test]
fn w2_in_64_bits() {
    expect(&Workload::w2(), Width::Double, (100, 1e-3), W2, 1e-9);
}

#[test]
fn w2_in_32_bits() {
    expect(&Workload::w2(), Width::Single, (100, 1e-3), W2, 1e-5);
}
