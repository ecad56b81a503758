//! Searches on functions whose good steps are known.

use super::{Armijo, Found, Reason, Wolfe};
use crate::error::{Code, Error, Result};

fn wolfe(c2: f64) -> Wolfe {
    Wolfe { c2, ..Wolfe::default() }
}

/// ½ (α − 3)²: the least is at 3.
fn parabola(alpha: f64) -> Result<(f64, f64)> {
    Ok((0.5 * (alpha - 3.0).powi(2), alpha - 3.0))
}

/// The cubic through two points of a parabola is the parabola: an exact search takes the bracket and one step more.
#[test]
fn a_parabola_is_minimised_exactly() {
    for first in [4.0, 7.0, 0.9] {
        let found = wolfe(1e-3).search((4.5, -3.0), first, parabola).unwrap();
        assert!((found.alpha - 3.0).abs() < 1e-12 && found.reason.is_none(), "from {first}: {found:?}");
        assert!(found.evaluations <= if first < 1.0 { 4 } else { 2 }, "from {first}: {found:?}");
    }
}

/// Both conditions hold on a function with many wiggles, from short and long first steps.
#[test]
fn both_conditions_hold() {
    let f = |a: f64| -a / (a * a + 2.0) + 0.02 * (9.0 * a).sin();
    let slope = |a: f64| (a * a - 2.0) / (a * a + 2.0).powi(2) + 0.18 * (9.0 * a).cos();
    for c2 in [0.9, 0.1, 0.01] {
        for first in [1e-3, 0.1, 1.0, 10.0, 1000.0] {
            let found = wolfe(c2).search((f(0.0), slope(0.0)), first, |a| Ok((f(a), slope(a)))).unwrap();
            assert_eq!(found.reason, None, "c₂ {c2}, first {first}");
            assert!(f(found.alpha) <= f(0.0) + 1e-4 * found.alpha * slope(0.0));
            assert!(slope(found.alpha).abs() <= c2 * slope(0.0).abs());
            assert_eq!(found.value, f(found.alpha));
        }
    }
}

/// With c₂ = 0.9 a step of 1 is good enough at once; with 0.1 it is not.
#[test]
fn c2_decides_how_long_is_searched() {
    assert_eq!(wolfe(0.9).search((4.5, -3.0), 1.0, parabola).unwrap().evaluations, 1);
    assert!(wolfe(0.1).search((4.5, -3.0), 1.0, parabola).unwrap().evaluations > 1);
}

/// The least of a parabola gives half of what the slope promises: with c₁ = 0.6 that is not enough, and α ≤ 2.4 is.
#[test]
fn c1_decides_what_is_enough() {
    let found = Wolfe { c1: 0.6, ..wolfe(0.9) }.search((4.5, -3.0), 3.0, parabola).unwrap();
    assert!(found.alpha <= 2.4 && found.reason.is_none(), "{found:?}");
}

/// −ln(1 − α) − 2α on [0, 1): the least is at ½, and beyond 1 there is no loss.
#[test]
fn the_domain_is_not_left() {
    let phi = |a: f64| match a < 1.0 {
        true => Ok((-(1.0 - a).ln() - 2.0 * a, 1.0 / (1.0 - a) - 2.0)),
        false => Err(Error::new(Code::Domain, "outside")),
    };
    let found = wolfe(0.01).search((0.0, -1.0), 100.0, phi).unwrap();
    assert!((found.alpha - 0.5).abs() < 0.01 && found.reason.is_none(), "{found:?}");
    let found = Armijo::default().search((0.0, -1.0), 100.0, |a| phi(a).map(|(value, _)| value)).unwrap();
    assert!(found.alpha < 1.0 && found.value < 0.0 && found.reason.is_none(), "{found:?}");
    let flat = wolfe(0.1).search((4.5, -3.0), 8.0, |a| if a > 5.0 { Ok((-9.0, f64::NAN)) } else { parabola(a) }).unwrap();
    assert!((flat.alpha - 3.0).abs() < 0.3 && flat.reason.is_none(), "{flat:?}");
    let nan = wolfe(0.1).search((4.5, -3.0), 8.0, |a| if a > 5.0 { Ok((f64::NAN, f64::NAN)) } else { parabola(a) }).unwrap();
    assert!((nan.alpha - 3.0).abs() < 0.3 && nan.reason.is_none(), "{nan:?}");
}

/// ½ (α − 3)² from 16: 16 and 8 are too long, as 8 gives 12.5 > 4.5; 4 is accepted.
#[test]
fn armijo_halves() {
    let found = Armijo::default().search((4.5, -3.0), 16.0, |a| parabola(a).map(|(value, _)| value)).unwrap();
    assert_eq!(found, Found { alpha: 4.0, value: 0.5, evaluations: 3, reason: None });
}

#[test]
fn failures_have_reasons() {
    let up = |a: f64| Ok((a, -1.0));
    let found = wolfe(0.9).search((0.0, -1.0), 1.0, up).unwrap();
    assert_eq!(found, Found { alpha: 0.0, value: 0.0, evaluations: 20, reason: Some(Reason::NoDecrease) });
    let found = Armijo::default().search((0.0, -1.0), 1.0, Ok).unwrap();
    assert_eq!(found, Found { alpha: 0.0, value: 0.0, evaluations: 20, reason: Some(Reason::NoDecrease) });
    // Falls for ever: the longest step that was tried.
    let found = wolfe(0.9).search((0.0, -1.0), 1.0, |a| Ok((-a, -1.0))).unwrap();
    assert_eq!(found, Found { alpha: 2f64.powi(19), value: -(2f64.powi(19)), evaluations: 20, reason: Some(Reason::Steep) });
    for start in [(0.0, 0.0), (0.0, 1.0), (0.0, f64::NAN), (f64::INFINITY, -1.0)] {
        assert_eq!(wolfe(0.9).search(start, 1.0, parabola).unwrap().reason, Some(Reason::NoDescent));
        assert_eq!(Armijo::default().search(start, 1.0, Ok).unwrap().reason, Some(Reason::NoDescent));
    }
    assert!(wolfe(1e-5).check().is_err() && wolfe(0.9).check().is_ok());
}

#[test]
fn other_errors_are_handed_on() {
    let cancelled = |_| Err(Error::new(Code::Cancelled, "stop"));
    assert_eq!(wolfe(0.9).search((0.0, -1.0), 1.0, cancelled).unwrap_err().code(), Code::Cancelled);
    let cancelled = |_| Err(Error::new(Code::Cancelled, "stop"));
    assert_eq!(Armijo::default().search((0.0, -1.0), 1.0, cancelled).unwrap_err().code(), Code::Cancelled);
}
