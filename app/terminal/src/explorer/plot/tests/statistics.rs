//! Smoothing and spread, against values worked out by hand.

use proptest::prelude::*;

use crate::explorer::plot::{Member, Smoothed, Spread};

fn assert_close(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for (one, other) in found.iter().zip(expected) {
        assert!(one.is_nan() && other.is_nan() || (one - other).abs() < 1e-12, "{found:?} is not {expected:?}");
    }
}

#[test]
fn a_point_weighs_half_after_a_half_life() {
    let mut smoothed = Smoothed::new(1.0);
    smoothed.update(&[1.0, 4.0, 0.0]);
    // Weights 1; 1 : 2; 1 : 2 : 4.
    assert_close(smoothed.values(), &[1.0, 9.0 / 3.0, 9.0 / 7.0]);
    let mut slower = Smoothed::new(2.0);
    slower.update(&[1.0, 0.0, 0.0]);
    let root = 2f64.sqrt();
    assert_close(slower.values(), &[1.0, 1.0 / (1.0 + root), 1.0 / (1.0 + root + 2.0)]);
}

#[test]
fn a_gap_restarts_the_average() {
    let mut smoothed = Smoothed::new(1.0);
    smoothed.update(&[1.0, f64::INFINITY, 5.0, 2.0, f64::NAN]);
    assert_close(smoothed.values(), &[1.0, f64::NAN, 5.0, 3.0, f64::NAN]);
}

#[test]
fn smoothing_can_be_off_and_can_be_endless() {
    let ys = [3.0, -1.0, 8.0, 2.0];
    for half_life in [0.0, -1.0, f64::NAN] {
        let mut off = Smoothed::new(half_life);
        off.update(&ys);
        assert_close(off.values(), &ys);
    }
    for half_life in [1e9, f64::INFINITY] {
        let mut endless = Smoothed::new(half_life);
        endless.update(&ys);
        assert!((endless.values()[3] - 3.0).abs() < 1e-3, "{:?}", endless.values());
    }
}

proptest! {
    #[test]
    fn smoothing_stays_within_the_data_and_grows_as_it_is(
        ys in prop::collection::vec(prop_oneof![9 => -1.7e308f64..1.7e308, 1 => Just(f64::NAN)], 0..60),
        half_life in 0.01f64..100.0, cut in 0usize..60,
    ) {
        let (mut grown, mut whole) = (Smoothed::new(half_life), Smoothed::new(half_life));
        grown.update(&[7.0; 61]);
        grown.update(&ys[..cut.min(ys.len())]);
        grown.update(&ys);
        whole.update(&ys);
        prop_assert_eq!(format!("{grown:?}"), format!("{whole:?}"));
        for (y, value) in ys.iter().zip(whole.values()) {
            prop_assert!(y.is_finite() == value.is_finite() && (value.is_nan() || value.abs() <= 1.700_000_1e308));
        }
    }
}

fn member<'a>((xs, ys): &'a (Vec<f64>, Vec<f64>), alive: bool) -> Member<'a> {
    Member { xs, ys, alive }
}

fn run(xs: &[f64], ys: &[f64]) -> (Vec<f64>, Vec<f64>) {
    (xs.to_vec(), ys.to_vec())
}

#[test]
fn quartiles_of_four_runs() {
    let runs = [[4.0, 1.0], [1.0, 1.0], [2.0, 1.0], [3.0, 5.0]].map(|ys| run(&[0.0, 1.0], &ys));
    let mut spread = Spread::default();
    spread.update(&runs.each_ref().map(|data| member(data, true)));
    // Of 1 2 3 4 and of 1 1 1 5: h = 0.75, 1.5, 2.25.
    assert_close(spread.low(), &[1.75, 1.0]);
    assert_close(spread.median(), &[2.5, 1.0]);
    assert_close(spread.high(), &[3.25, 2.0]);
    assert_close(spread.xs(), &[0.0, 1.0]);
    assert_eq!(spread.count(), [4, 4]);
}

#[test]
fn other_quantiles() {
    let runs = [10.0, 0.0, 20.0].map(|y| run(&[0.0], &[y]));
    for (low, high, expected) in [(0.0, 1.0, (0.0, 20.0)), (0.1, 0.9, (2.0, 18.0)), (-1.0, 7.0, (0.0, 20.0))] {
        let mut spread = Spread::new(low, high);
        spread.update(&runs.each_ref().map(|data| member(data, true)));
        assert_close(&[spread.low()[0], spread.high()[0]], &[expected.0, expected.1]);
    }
}

#[test]
fn records_wait_for_the_runs_that_are_alive() {
    let fast = run(&[0.0, 2.0, 4.0], &[1.0, 2.0, 3.0]);
    let slow = run(&[0.0, 4.0], &[3.0, 4.0]);
    let dead = run(&[1.0], &[8.0]);
    let mut spread = Spread::default();
    spread.update(&[member(&fast, true), member(&slow, true), member(&dead, false)]);
    assert_close(spread.xs(), &[0.0, 3.0]);
    assert_close(spread.median(), &[3.0, 3.0]);
    assert_eq!(spread.count(), [3, 2]);
    spread.update(&[member(&fast, false), member(&slow, false), member(&dead, false)]);
    assert_close(spread.median(), &[3.0, 3.0, 3.0]);
    assert_eq!(spread.count(), [3, 2, 1]);
}

#[test]
fn values_that_are_not_finite_do_not_count() {
    let one = run(&[0.0, 1.0, 2.0], &[1.0, f64::NAN, f64::NAN]);
    let other = run(&[0.0, f64::NAN, 2.0], &[3.0, 4.0, f64::INFINITY]);
    let mut spread = Spread::default();
    spread.update(&[member(&one, true), member(&other, true)]);
    assert_close(spread.median(), &[2.0, 4.0, f64::NAN]);
    assert_close(spread.xs(), &[0.0, 1.0, 2.0]);
    assert_eq!(spread.count(), [2, 1, 0]);
}

#[test]
fn the_median_x_never_goes_back() {
    let slow = run(&[0.0, 10.0], &[0.0, 0.0]);
    let fast = run(&[0.0, 1.0, 2.0], &[0.0, 0.0, 0.0]);
    let mut spread = Spread::default();
    spread.update(&[member(&slow, false), member(&fast, true)]);
    assert_close(spread.xs(), &[0.0, 5.5, 5.5]);
}

#[test]
fn other_runs_start_afresh() {
    let (one, other) = (run(&[0.0, 1.0], &[1.0, 1.0]), run(&[0.0], &[5.0]));
    let mut spread = Spread::default();
    spread.update(&[member(&one, true)]);
    spread.update(&[member(&one, true), member(&other, true)]);
    assert_close(spread.median(), &[3.0]);
    spread.update(&[]);
    assert!(spread.xs().is_empty());
}
