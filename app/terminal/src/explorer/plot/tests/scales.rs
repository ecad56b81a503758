//! Ranges and ticks.

use crate::explorer::plot::scale::nice_step;
use crate::explorer::plot::ticks::ticks;
use crate::explorer::plot::{Axis, Range, Scale};
use proptest::prelude::*;

fn labels(scale: Scale, low: f64, high: f64, limit: usize) -> Vec<String> {
    ticks(Axis { scale, range: Range { low, high } }, limit).into_iter().map(|tick| tick.label).collect()
}

#[test]
fn steps_are_one_two_five() {
    let steps = [0.011, 0.02, 0.3, 1.0, 1.1, 6.0, 1e300].map(nice_step);
    let expected: [f64; 7] = [0.02, 0.02, 0.5, 1.0, 2.0, 10.0, 1e300];
    for (step, expected) in steps.into_iter().zip(expected) {
        assert!((step / expected - 1.0).abs() < 1e-12, "{step} is not {expected}");
    }
}

#[test]
fn linear_labels() {
    assert_eq!(labels(Scale::Linear, -1.0, 1.0, 5), ["-1.0", "-0.5", "0.0", "0.5", "1.0"]);
    assert_eq!(labels(Scale::Linear, 0.0, 500.0, 3), ["0", "200", "400"]);
    assert_eq!(labels(Scale::Linear, -1.7, -1.2, 3), ["-1.6", "-1.4", "-1.2"]);
    assert_eq!(labels(Scale::Linear, 0.0, 2e9, 3), ["0", "1e9", "2e9"]);
}

#[test]
fn logarithmic_labels() {
    assert_eq!(labels(Scale::Log, -4.0, 0.0, 5), ["1e-4", "1e-3", "1e-2", "1e-1", "1e0"]);
    assert_eq!(labels(Scale::Log, -17.0, 0.0, 4), ["1e-15", "1e-10", "1e-5", "1e0"]);
    assert_eq!(labels(Scale::Log, 0.31, 0.95, 4), ["5"]);
    assert_eq!(labels(Scale::Log, -1.7, -1.0, 4), ["0.02", "0.05", "0.1"]);
}

#[test]
fn ranges_end_at_nice_numbers() {
    let range = Range::nice(Scale::Linear, -1.63, -1.21);
    assert!((range.low + 1.7).abs() < 1e-9 && (range.high + 1.2).abs() < 1e-9, "{range:?}");
    assert_eq!(Range::nice(Scale::Log, -3.5, -0.1), Range { low: -4.0, high: 0.0 });
    let narrow = Range::nice(Scale::Log, 0.35, 0.6);
    assert!((narrow.low - 2f64.log10()).abs() < 1e-6 && (narrow.high - 5f64.log10()).abs() < 1e-6, "{narrow:?}");
}

#[test]
fn a_range_stays_while_the_data_moves_inside_it() {
    let first = Range::nice(Scale::Linear, 0.11, 0.83);
    assert_eq!(first, Range::nice(Scale::Linear, 0.12, 0.85));
}

proptest! {
    #[test]
    fn a_range_holds_its_data(low in prop::num::f64::NORMAL, high in prop::num::f64::NORMAL) {
        let (low, high) = (low.min(high), low.max(high));
        let range = Range::nice(Scale::Linear, low, high);
        prop_assert!(range.low < range.high && range.low.is_finite() && range.high.is_finite());
        prop_assert!(range.low <= low && high <= range.high);
        for tick in ticks(Axis { scale: Scale::Linear, range }, 5) {
            prop_assert!((-1e-6..=1.000_001).contains(&range.fraction(tick.at)), "{tick:?} in {range:?}");
        }
    }

    #[test]
    fn a_logarithmic_range_holds_its_data(low in -320.0f64..308.0, width in 0.0f64..600.0) {
        let high = (low + width).min(308.2);
        let range = Range::nice(Scale::Log, low, high);
        prop_assert!(range.low < range.high);
        prop_assert!(range.low <= low + 1e-6 && high <= range.high + 1e-6, "{range:?}");
        let axis = Axis { scale: Scale::Log, range };
        prop_assert!(ticks(axis, 5).len() <= 7);
    }
}
