//! Element-wise functions against the libraries' scalar functions in f64, over their whole range.

use elbow_geometry::elementwise::{
    bernoulli_loss, exp, exp_into, sigmoid, sigmoid_into, sigmoid_minus, softplus, softplus_into, tanh, tanh_into,
};
use proptest::prelude::*;

/// Distance in units of the last place: of neighbours 1.
fn ulps(a: f64, b: f64) -> u64 {
    let ordered = |x: f64| if x < 0.0 { -((x.to_bits() & !(1 << 63)) as i128) } else { x.to_bits() as i128 };
    if a.is_nan() && b.is_nan() { 0 } else { (ordered(a) - ordered(b)).unsigned_abs() as u64 }
}

fn ulps32(a: f32, b: f32) -> u64 {
    let ordered = |x: f32| if x < 0.0 { -i64::from(x.to_bits() & !(1 << 31)) } else { i64::from(x.to_bits()) };
    if a.is_nan() && b.is_nan() { 0 } else { (ordered(a) - ordered(b)).unsigned_abs() }
}

/// Dense around the interesting places, logarithmic from subnormal to huge, and the special values.
fn grid() -> Vec<f64> {
    let mut grid: Vec<f64> = (-400_000..=400_000).map(|i| f64::from(i) * 1e-4 + 1e-7).collect();
    grid.extend((-80_000..=80_000).map(|i| f64::from(i) * 0.01 + 1e-5));
    grid.extend((0..200_000).flat_map(|i| [1.0, -1.0].map(|s| s * 2f64.powf(f64::from(i) * 0.01 - 1074.0))));
    grid.extend([
        0.0,
        -0.0,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
        f64::MAX,
        f64::MIN,
        5e-324,
        -5e-324,
        709.782_712_893_384,
    ]);
    grid
}

type InPlace = fn(&mut [f64]);
type Into = fn(&[f64], &mut [f64]);
type Functions = (Into, fn(&[f32], &mut [f32]), fn(f64) -> f64);

fn stable_sigmoid(x: f64) -> f64 {
    let z = (-x.abs()).exp();
    (if x < 0.0 { z } else { 1.0 }) / (1.0 + z)
}

fn stable_softplus(x: f64) -> f64 {
    if x.is_nan() { x } else { x.max(0.0) + (-x.abs()).exp().ln_1p() }
}

const EXP: Functions = (exp_into, exp_into, f64::exp);
const TANH: Functions = (tanh_into, tanh_into, f64::tanh);
const SIGMOID: Functions = (sigmoid_into, sigmoid_into, stable_sigmoid);
const SOFTPLUS: Functions = (softplus_into, softplus_into, stable_softplus);

/// The largest distances from the library, f64 and f32, with where they are.
fn worst((wide, narrow, library): Functions, xs: &[f64]) -> [(u64, f64); 2] {
    let small: Vec<f32> = xs.iter().map(|&x| x as f32).collect();
    let (mut y, mut y32) = (vec![0.0; xs.len()], vec![0.0; xs.len()]);
    wide(xs, &mut y);
    narrow(&small, &mut y32);
    let mut worst = [(0, 0.0); 2];
    for (i, &x) in xs.iter().enumerate() {
        let found = [(ulps(y[i], library(x)), x), (ulps32(y32[i], library(f64::from(small[i])) as f32), f64::from(small[i]))];
        for (worst, found) in worst.iter_mut().zip(found) {
            *worst = if found.0 > worst.0 { found } else { *worst };
        }
    }
    worst
}

fn assert_close(name: &str, functions: Functions, xs: &[f64], bound: u64) {
    for (worst, at) in worst(functions, xs) {
        assert!(worst <= bound, "{name}({at:e}) is {worst} ulp off");
    }
}

#[test]
fn all_are_within_a_few_ulp() {
    let grid = grid();
    assert_close("exp", EXP, &grid, 2);
    assert_close("tanh", TANH, &grid, 4);
    assert_close("sigmoid", SIGMOID, &grid, 4);
    assert_close("softplus", SOFTPLUS, &grid, 4);
}

#[test]
fn the_ends_are_exact() {
    let mut y = [0.0; 6];
    let ends = [f64::NEG_INFINITY, -1e300, -0.0, 0.0, 1e300, f64::INFINITY];
    exp_into(&ends, &mut y);
    assert_eq!(y, [0.0, 0.0, 1.0, 1.0, f64::INFINITY, f64::INFINITY]);
    tanh_into(&ends, &mut y);
    assert_eq!(y.map(f64::to_bits), [-1.0, -1.0, -0.0, 0.0, 1.0, 1.0].map(f64::to_bits));
    sigmoid_into(&ends, &mut y);
    assert_eq!(y, [0.0, 0.0, 0.5, 0.5, 1.0, 1.0]);
    softplus_into(&ends, &mut y);
    assert_eq!((y[0], y[1], y[4], y[5]), (0.0, 0.0, 1e300, f64::INFINITY));
}

/// softplus(x) → eˣ and tanh x → x, down to the smallest numbers.
#[test]
fn the_tails_keep_their_relative_accuracy() {
    for x in [-40.0f64, -100.0, -700.0, -740.0, -744.4] {
        let mut y = [x];
        softplus(&mut y);
        assert!(ulps(y[0], x.exp()) <= 1, "softplus({x}) = {:e}", y[0]);
    }
    for x in [1e-9f64, 1e-200, 5e-324, -3e-310] {
        let mut y = [x];
        tanh(&mut y);
        assert_eq!(y[0], x);
    }
}

/// The loss of a certain and right prediction is e^(−|l|), not the difference of two large numbers.
#[test]
fn a_right_prediction_costs_little() {
    for logit in [30.0f64, 60.0] {
        for (logit, target) in [(logit, 1.0), (-logit, 0.0)] {
            let (loss, expected) = (bernoulli_loss(&[logit], &[target]), (-logit.abs()).exp().ln_1p());
            assert!((loss / expected - 1.0).abs() < 1e-15, "{loss:e} at {logit}");
        }
    }
    assert_eq!(bernoulli_loss::<f64>(&[], &[]), 0.0);
    assert_eq!(bernoulli_loss(&[2000.0f32], &[0.0]), 2000.0);
}

fn numbers(range: std::ops::Range<f64>) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(range, 0..300)
}

proptest! {
    #[test]
    fn random_values_are_close(xs in numbers(-800.0..800.0), bits in prop::collection::vec(any::<u64>(), 0..100)) {
        let all: Vec<f64> = xs.into_iter().chain(bits.into_iter().map(f64::from_bits)).collect();
        for functions in [EXP, TANH, SIGMOID, SOFTPLUS] {
            let [(wide, at), (narrow, at32)] = worst(functions, &all);
            prop_assert!(wide <= 4 && narrow <= 4, "{wide} ulp at {at:e}, {narrow} ulp at {at32:e}");
        }
    }

    /// To the bit, however the slice is cut, and in place or not.
    #[test]
    fn a_result_does_not_depend_on_its_place(xs in numbers(-50.0..50.0), cut in 0usize..300) {
        let cut = cut.min(xs.len());
        let pairs: [(InPlace, Into); 4] = [(exp, exp_into), (tanh, tanh_into), (sigmoid, sigmoid_into), (softplus, softplus_into)];
        for (in_place, into) in pairs {
            let (mut whole, mut parts) = (vec![0.0; xs.len()], xs.clone());
            into(&xs, &mut whole);
            let (left, right) = parts.split_at_mut(cut);
            in_place(left);
            in_place(right);
            let bits = |xs: &[f64]| xs.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
            prop_assert_eq!(bits(&whole), bits(&parts));
        }
    }

    /// The loss against its definition, its gradient against σ(l) − x, and the sum in the stated order.
    #[test]
    fn losses_are_what_they_say(logits in numbers(-30.0..30.0)) {
        let targets: Vec<f64> = logits.iter().map(|l| (l * 1.7).sin().abs()).collect();
        let terms: Vec<f64> = logits.iter().zip(&targets).map(|(l, x)| bernoulli_loss(&[*l], &[*x])).collect();
        for ((term, l), x) in terms.iter().zip(&logits).zip(&targets) {
            prop_assert!((term - (stable_softplus(*l) - x * l)).abs() < 1e-14);
        }
        let lane = |i: usize| terms.iter().skip(i).step_by(8).fold(0.0, |sum, term| sum + term);
        let tree = |a: usize| lane(a) + lane(a + 4);
        let expected: f64 = (tree(0) + tree(2)) + (tree(1) + tree(3));
        prop_assert_eq!(bernoulli_loss(&logits, &targets).to_bits(), expected.to_bits());

        let mut out = vec![0.0; logits.len()];
        sigmoid_minus(&logits, &targets, 0.25, &mut out);
        for ((out, l), x) in out.iter().zip(&logits).zip(&targets) {
            let expected = (1.0 - x) * stable_sigmoid(*l) - x * stable_sigmoid(-l);
            prop_assert!((4.0 * out - expected).abs() < 1e-15, "σ({l}) − {x} is {out}, expected {expected}");
        }
    }
}
