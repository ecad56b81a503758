//! Differences that must not cancel: σ(l) − x, eˣ − 1, eˣ − 1 − x, and the loss of Bernoulli variables with extreme log-odds.
//!
//! Expected values are those of mpmath 1.3 at 700 digits, `1/(1 + exp(-l)) - x`, `log1p(exp(-|l|)) + max(l, 0) - x*l` and
//! `exp(x) - 1 - x`, rounded to 64 bits.

use elbow_geometry::elementwise::{bernoulli_loss, exp_m1, exp_m1_minus_x, sigmoid_minus, tanh_slope};

/// Largest relative error in 64 and in 32 bits: a few units of the last place.
const ROUNDING: [f64; 2] = [8.0 * f64::EPSILON, 8.0 * f32::EPSILON as f64];

#[track_caller]
fn close(found: f64, expected: f64, error: f64, what: &str) {
    assert!((found - expected).abs() <= error, "{what}: {found:e}, expected {expected:e}");
}

fn delta(logit: f64, target: f64) -> f64 {
    let mut out = [f64::NAN];
    sigmoid_minus(&[logit], &[target], 1.0, &mut out);
    out[0]
}

fn delta_single(logit: f32, target: f32) -> f64 {
    let mut out = [f32::NAN];
    sigmoid_minus(&[logit], &[target], 1.0, &mut out);
    f64::from(out[0])
}

/// (l, x, σ(l) − x).
const DELTAS: [(f64, f64, f64); 12] = [
    (36.5, 1.0, -1.406_861_712_446_146_7e-16),
    (40.0, 1.0, -4.248_354_255_291_589e-18),
    (700.0, 1.0, -9.859_676_543_759_77e-305),
    (-40.0, 0.0, 4.248_354_255_291_589e-18),
    (20.0, 0.999_999, 9.979_388_464_105_654e-7),
    (30.0, 0.999_999_999_9, 9.990_643_204_434_871e-11),
    (-30.0, 1e-13, -6.423_770_311_607_014e-15),
    (5.0, 0.99, 0.003_307_149_075_715_153_4),
    (0.5, 0.625, -0.002_540_668_798_145_435_4),
    (1e4, 0.5, 0.5),
    (-1e4, 0.25, -0.25),
    (1e4, 1.0, 0.0),
];

/// To the last digits of the larger of (1 − x) σ(l) and x σ(−l), of which it is the difference.
#[test]
fn derivative_of_the_loss() {
    for (l, x, expected) in DELTAS {
        let (s, t) = (1.0 / (1.0 + (-l).exp()), (-l).exp() / (1.0 + (-l).exp()));
        let larger = if l > -700.0 { ((1.0 - x) * s).max(x * t) } else { x };
        close(delta(l, x), expected, ROUNDING[0] * larger, &format!("σ({l}) − {x}"));
    }
}

/// On both sides down to the smallest normal number, in 32 bits too: σ(−|l|) = e^(−|l|)/(1 + e^(−|l|)).
#[test]
fn derivative_of_a_right_prediction() {
    for step in 0..1400 {
        let l = 0.5 * f64::from(step);
        let small = (-l).exp() / (1.0 + (-l).exp());
        close(delta(l, 1.0), -small, ROUNDING[0] * small, &format!("l = {l}"));
        close(delta(-l, 0.0), small, ROUNDING[0] * small, &format!("l = −{l}"));
        if l < 87.0 {
            close(delta_single(l as f32, 1.0), -small, ROUNDING[1] * small, &format!("l = {l} in 32 bits"));
            close(delta_single(-l as f32, 0.0), small, ROUNDING[1] * small, &format!("l = −{l} in 32 bits"));
        }
    }
}

/// Grey targets in 32 bits, against 64 bits at the same numbers.
#[test]
fn derivative_for_grey_targets() {
    for (l, x) in [(12.0_f32, 0.999_99_f32), (17.0, 0.999_999_9), (-12.0, 1e-5), (3.0, 0.75), (90.0, 0.5)] {
        let (wide, target) = (f64::from(l), f64::from(x));
        let (a, b) = ((1.0 - target) / (1.0 + (-wide).exp()), target / (1.0 + wide.exp()));
        close(delta_single(l, x), a - b, ROUNDING[1] * a.max(b), &format!("σ({l}) − {x}"));
    }
}

/// (l, x, ln(1 + eˡ) − x l).
const LOSSES: [(f64, f64, f64); 10] = [
    (1e4, 0.0, 1e4),
    (1e4, 1.0, 0.0),
    (1e4, 0.5, 5000.0),
    (-1e4, 1.0, 1e4),
    (-1e4, 0.25, 2500.0),
    (1e4, 0.999_999_999_9, 1.000_000_082_740_371e-6),
    (40.0, 1.0, 4.248_354_255_291_589e-18),
    (700.0, 1.0, 9.859_676_543_759_77e-305),
    (-36.5, 1e-13, 3.650_140_686_171_245e-12),
    (3.0, 0.75, 0.798_587_351_573_742),
];

#[test]
fn losses_of_extreme_predictions() {
    for (l, x, expected) in LOSSES {
        close(bernoulli_loss(&[l], &[x]), expected, ROUNDING[0] * expected, &format!("l = {l}, x = {x}"));
    }
    for (l, x) in [(1e4_f32, 0.5_f32), (-1e4, 0.25), (1e4, 0.9999), (40.0, 1.0), (-16.0, 1e-7), (3.0, 0.75)] {
        let (wide, target) = (f64::from(l), f64::from(x));
        let expected = (-wide.abs()).exp().ln_1p() + if l > 0.0 { (1.0 - target) * wide } else { -target * wide };
        close(bernoulli_loss(&[l], &[x]), expected, ROUNDING[1] * expected, &format!("l = {l}, x = {x} in 32 bits"));
    }
}

/// (x, eˣ − 1 − x).
const REST: [(f64, f64); 15] = [
    (1e-9, 5.000_000_001_666_667e-19),
    (-1e-9, 4.999_999_998_333_334e-19),
    (1e-5, 5.000_016_666_708_334e-11),
    (-0.001, 4.998_333_749_916_681e-7),
    (0.1, 0.005_170_918_075_647_625),
    (-0.3, 0.040_818_220_681_717_865),
    (0.5, 0.148_721_270_700_128_14),
    (-0.69, 0.191_576_069_066_055_5),
    (0.69, 0.303_715_533_243_082_26),
    (-0.7, 0.196_585_303_791_409_48),
    (1.0, 0.718_281_828_459_045_2),
    (-2.5, 1.582_084_998_623_898_7),
    (3.0, 16.085_536_923_187_668),
    (50.0, 5.184_705_528_587_072e21),
    (700.0, 1.014_232_054_735_004_5e304),
];

/// eˣ − 1 − x to ten digits, by its series or as a difference.
fn rest_of_rounded(x: f64) -> f64 {
    if x.abs() < 1e-3 { x * x * (0.5 + x * (1.0 / 6.0 + x * (1.0 / 24.0 + x / 120.0))) } else { x.exp_m1() - x }
}

#[test]
fn exponential_without_its_first_terms() {
    for (x, expected) in REST {
        let (mut rest, mut single) = ([x], [x as f32]);
        exp_m1_minus_x(&mut rest);
        close(rest[0], expected, ROUNDING[0] * expected, &format!("x = {x}"));
        exp_m1_minus_x(&mut single);
        let rounded = f64::from(x as f32);
        let expected = rest_of_rounded(rounded);
        if rounded.abs() < 80.0 {
            close(f64::from(single[0]), expected, ROUNDING[1] * expected, &format!("x = {x} in 32 bits"));
        }
    }
    let mut ends = [f64::NEG_INFINITY, -1e300, 0.0, -0.0, 1e300, f64::INFINITY, f64::NAN];
    exp_m1_minus_x(&mut ends);
    assert_eq!(ends[..6], [f64::INFINITY, 1e300, 0.0, 0.0, f64::INFINITY, f64::INFINITY]);
    assert!(ends[6].is_nan());
}

/// Never negative, whatever the rounding: a divergence is made of it.
#[test]
fn no_negative_rest() {
    let mut rest: Vec<f64> =
        (0..200_000).flat_map(|i| [1.0, -1.0].map(|s| s * 2f64.powf(f64::from(i) * 0.005 - 1000.0))).collect();
    let mut single: Vec<f32> = rest.iter().map(|x| *x as f32).collect();
    exp_m1_minus_x(&mut rest);
    exp_m1_minus_x(&mut single);
    assert!(rest.iter().all(|x| *x >= 0.0) && single.iter().all(|x| *x >= 0.0));
}

#[test]
fn exponential_less_one() {
    let grid = (-80_000..80_000).map(|i| f64::from(i) * 0.01 + 1e-6);
    for x in grid.chain((0..2000).map(|i| 2f64.powf(f64::from(i) * -0.5))) {
        let (mut found, expected) = ([x, -x], [x.exp_m1(), (-x).exp_m1()]);
        exp_m1(&mut found);
        for (found, expected) in found.into_iter().zip(expected) {
            let same = found == expected || (found - expected).abs() <= 3.0 * f64::EPSILON * expected.abs();
            assert!(same, "{x}: {found:e}, expected {expected:e}");
        }
        let (mut single, wide) = ([x as f32], f64::from(x as f32).exp_m1());
        exp_m1(&mut single);
        let same = single[0] == wide as f32 || (f64::from(single[0]) - wide).abs() <= f64::from(3.0 * f32::EPSILON) * wide.abs();
        assert!(same, "{x} in 32 bits: {:e}, expected {wide:e}", single[0]);
    }
}

/// 1 − tanh² x = 4 z/(1 + z)² with z = e^(−2|x|), down to the smallest normal number, beside tanh x itself.
#[test]
fn derivative_of_tanh() {
    for step in 0..7000 {
        let x = 0.05 * f64::from(step) + 1e-3;
        let (mut t, mut slope, mut single, mut single_slope) = ([x, -x], [f64::NAN; 2], [x as f32], [f32::NAN]);
        tanh_slope(&mut t, &mut slope);
        tanh_slope(&mut single, &mut single_slope);
        let expected = |x: f64| 4.0 * (-2.0 * x).exp() / (1.0 + (-2.0 * x).exp()).powi(2);
        close(slope[0], expected(x), ROUNDING[0] * expected(x), &format!("tanh′({x})"));
        assert!(slope[1] == slope[0] && t[1] == -t[0]);
        close(t[0], x.tanh(), ROUNDING[0] * x.tanh(), &format!("tanh({x})"));
        if x < 43.0 {
            let rounded = f64::from(x as f32);
            close(
                f64::from(single_slope[0]),
                expected(rounded),
                ROUNDING[1] * expected(rounded),
                &format!("tanh′({x}) in 32 bits"),
            );
        }
    }
    let (mut t, mut slope) = ([0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN], [f64::NAN; 4]);
    tanh_slope(&mut t, &mut slope);
    assert_eq!((&t[..3], &slope[..3]), (&[0.0, 1.0, -1.0][..], &[1.0, 0.0, 0.0][..]));
    assert!(t[3].is_nan() && slope[3].is_nan());
}
