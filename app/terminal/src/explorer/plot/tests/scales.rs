//! Ranges and ticks.

use crate::explorer::plot::along::along;
use crate::explorer::plot::scale::{KNEE, nice_step};
use crate::explorer::plot::ticks::ticks;
use crate::explorer::plot::{Axis, Range, Scale};
use proptest::prelude::*;

fn labels(scale: Scale, low: f64, high: f64, limit: usize) -> Vec<String> {
    ticks(Axis { scale, range: Range { low, high } }, limit).into_iter().map(|tick| tick.label).collect()
}

#[test]
fn a_tight_range_is_told_from_its_lowest_tick() {
    let axis = Axis::linear(-0.792_408_2, -0.792_408_2 + 1e-9);
    let labels: Vec<String> = ticks(axis, 5).into_iter().map(|tick| tick.label).collect();
    assert!(labels.len() > 1 && labels[0] == "-0.7924" && labels[1..].iter().all(|label| label.starts_with('+')), "{labels:?}");
    let mut others = labels[1..].to_vec();
    others.dedup();
    assert_eq!(others.len(), labels.len() - 1, "{labels:?}");
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
    assert_eq!(labels(Scale::Log, -42.7, -1.2, 2), ["1e-40", "1e-20"]);
    assert_eq!(labels(Scale::Log, 0.31, 0.95, 4), ["4", "6", "8"]);
    assert_eq!(labels(Scale::Log, 0.301, 0.322, 4), ["2.00", "2.05"]);
    assert_eq!(labels(Scale::Log, -1.7, -1.0, 4), ["0.02", "0.05", "0.1"]);
}

#[test]
fn symmetric_labels() {
    assert_eq!(labels(Scale::Symlog, -3.1, 3.1, 9), ["-1e0", "-1e-1", "-1e-2", "-1e-3", "0", "1e-3", "1e-2", "1e-1", "1e0"]);
    assert_eq!(labels(Scale::Symlog, -3.1, 3.1, 5), ["-1e0", "-1e-2", "0", "1e-2", "1e0"]);
    assert_eq!(labels(Scale::Symlog, -6.1, 1.1, 5), ["-1e2", "-1e0", "-1e-2", "0", "1e-2"]);
    // Nothing but a part of a decade, and nothing but the linear part.
    assert_eq!(labels(Scale::Symlog, 3.3, 3.61, 5), ["2.0", "2.5", "3.0", "3.5", "4.0"]);
    assert_eq!(labels(Scale::Symlog, -0.04, -0.001, 5), ["-8e-5", "-6e-5", "-4e-5", "-2e-5"]);
}

fn marks_along(scale: Scale, low: f64, high: f64, limit: usize) -> Vec<String> {
    along(Axis { scale, range: Range { low, high } }, limit).into_iter().map(|tick| tick.label).collect()
}

#[test]
fn labels_of_x_axes() {
    assert_eq!(marks_along(Scale::Linear, 0.0, 500.0, 6), ["0", "500", "100", "200", "300", "400"]);
    assert_eq!(marks_along(Scale::Linear, 0.0, 499.0, 4), ["0", "499", "0", "200", "400"]);
    assert_eq!(marks_along(Scale::Linear, 0.0, 1.0, 4), ["0", "1", "0.25", "0.5", "0.75"]);
    assert_eq!(marks_along(Scale::Linear, 0.001, 0.004, 3), ["0.001", "0.004", "0.002", "0.003"]);
    assert_eq!(marks_along(Scale::Linear, 0.0, 1e-6, 2), ["0", "1e-6", "5e-7"]);
    assert_eq!(marks_along(Scale::Linear, 12000.0, 13000.0, 2), ["12k", "13k", "12.5k"]);
    assert_eq!(marks_along(Scale::Linear, 0.0, 1.2e6, 3), ["0", "1.2M", "0", "500k", "1M"]);
    assert_eq!(marks_along(Scale::Linear, 33.333_33, 66.666_66, 4), ["40", "50", "60"]);
    assert_eq!(marks_along(Scale::Log, -3.0, 0.0, 4), ["1e-3", "1e0", "1e-3", "1e-2", "1e-1", "1e0"]);
    assert_eq!(marks_along(Scale::Log, 0.0, 500f64.log10(), 4), ["1e0", "500", "1e0", "1e1", "1e2"]);
    assert_eq!(marks_along(Scale::Log, -0.123, 2.345, 4), ["1e0", "1e1", "1e2"]);
    assert_eq!(marks_along(Scale::Symlog, 0.0, Scale::Symlog.height(200.0).unwrap(), 3), ["0", "200", "0", "1e-3", "1e0"]);
}

#[test]
fn symlog_is_linear_near_zero_and_logarithmic_far_away() {
    let height = |value: f64| Scale::Symlog.height(value).unwrap();
    assert_eq!(height(0.0), 0.0);
    assert!((height(2e-9) / height(1e-9) - 2.0).abs() < 1e-5, "linear");
    assert!((height(1e6) - height(1e3) - 3.0).abs() < 1e-5, "logarithmic");
    assert!((height(KNEE) - 2f64.log10()).abs() < 1e-15 && height(-KNEE) == -height(KNEE));
    assert!(height(f64::MAX).is_finite() && height(-f64::MAX) < -300.0);
    assert_eq!(Scale::Symlog.height(f64::INFINITY), None);
}

#[test]
fn symlog_ranges_end_at_nice_numbers() {
    let ends = |low: f64, high: f64| {
        let height = |value: f64| Scale::Symlog.height(value).unwrap();
        let range = Range::nice(Scale::Symlog, height(low), height(high));
        [range.low, range.high].map(|height| Scale::Symlog.value(height))
    };
    for (low, high, expected) in [
        (-3.0, 0.7, [-5.0, 1.0]),
        (0.0, 30.0, [0.0, 50.0]),
        (0.0004, 0.3, [0.0, 0.5]),
        (-0.0004, -0.0001, [-0.001, 0.0]),
        (-20.0, -10.0, [-20.0, -10.0]),
    ] {
        for (end, expected) in ends(low, high).into_iter().zip(expected) {
            assert!((end - expected).abs() <= 1e-6 * expected.abs(), "{end} is not {expected}");
        }
    }
}

#[test]
fn scales_take_turns() {
    assert_eq!(Scale::Linear.toggled().toggled(), Scale::Symlog);
    assert_eq!(Scale::Symlog.toggled(), Scale::Linear);
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
    fn a_symmetric_range_holds_its_data(low in -308.0f64..308.0, width in prop_oneof![Just(0.0), 0.0f64..1.0, 0.0f64..600.0], limit in 1usize..9) {
        let high = (low + width).min(308.2);
        let axis = Axis { scale: Scale::Symlog, range: Range::nice(Scale::Symlog, low, high) };
        prop_assert!(axis.range.low < axis.range.high);
        prop_assert!(axis.range.low <= low + 1e-6 && high <= axis.range.high + 1e-6, "{axis:?}");
        let ticks = ticks(axis, limit);
        prop_assert!(ticks.len() <= limit && ticks.is_sorted_by(|one, other| one.at < other.at), "{ticks:?}");
    }

    #[test]
    fn scales_are_monotone_and_can_be_undone(one in prop::num::f64::NORMAL, other in prop::num::f64::NORMAL) {
        for scale in [Scale::Linear, Scale::Log, Scale::Symlog] {
            let Some((a, b)) = scale.height(one).zip(scale.height(other)) else { continue };
            prop_assert!(a.is_finite() && (one > other || a <= b), "{scale:?}");
            let back = scale.value(a);
            prop_assert!((back - one).abs() <= 1e-9 * one.abs() || one.abs() > 1e305 || one.abs() < 1e-300, "{back} was {one}");
        }
    }

    #[test]
    fn any_window_has_ticks_within_it(low in -1e3f64..1e3, exponent in -9.0f64..3.0, limit in 2usize..9) {
        for scale in [Scale::Linear, Scale::Log, Scale::Symlog] {
            let low = if scale == Scale::Linear { low } else { low / 4.0 };
            let range = Range { low, high: low + 10f64.powf(exponent).min(200.0) };
            for tick in ticks(Axis { scale, range }, limit).into_iter().chain(along(Axis { scale, range }, limit)) {
                prop_assert!((-2e-2..=1.02).contains(&range.fraction(tick.at)), "{tick:?} in {range:?}");
            }
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
