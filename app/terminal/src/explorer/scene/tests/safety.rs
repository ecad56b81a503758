//! No size and no number makes a picture panic or paint outside its area.

use proptest::prelude::*;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;

use super::pictures::{cosines, histogram, simplex, spectrum, theme, trajectory};
use crate::explorer::options::Glyphs;
use crate::explorer::scene::{Local2, Simplex, Spectrum, Trajectory};
use crate::explorer::theme::Theme;

const SCREEN: Rect = Rect { x: 0, y: 0, width: 90, height: 40 };

fn area() -> impl Strategy<Value = Rect> {
    (0u16..95, 0u16..45, 0u16..95, 0u16..45).prop_map(|(x, y, width, height)| Rect { x, y, width, height })
}

fn glyphs() -> impl Strategy<Value = Glyphs> {
    prop_oneof![Just(Glyphs::Braille), Just(Glyphs::Half), Just(Glyphs::Ascii)]
}

fn value() -> impl Strategy<Value = f64> {
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, f64::MAX, f64::MIN, 5e-324, -1e300, 0.0, 1.0];
    prop_oneof![2 => -0.5f64..1.5, 1 => prop::sample::select(odd.to_vec())]
}

/// Draws onto a screen full of a symbol of its own, and looks for changes outside the area.
fn stays_inside(area: Rect, glyphs: Glyphs, draw: impl Fn(Theme, Rect, &mut Buffer)) -> bool {
    let blank = Cell::new("?");
    let mut buffer = Buffer::filled(SCREEN, blank.clone());
    draw(theme(glyphs), area, &mut buffer);
    SCREEN.positions().all(|at| area.contains(at) || buffer[at] == blank)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn simplices(
        area in area(), glyphs in glyphs(), angles in (value(), value()), target in prop::array::uniform4(value()),
        points in prop::collection::vec(prop::array::uniform4(value()), 0..20),
    ) {
        let mut picture = Simplex { yaw: angles.0, pitch: angles.1, target: Some(target), ..simplex() };
        picture.trails[0].points = points;
        prop_assert!(stays_inside(area, glyphs, |theme, area, buffer| picture.render(theme, area, buffer)));
    }

    #[test]
    fn trajectories(
        area in area(), glyphs in glyphs(), points in prop::collection::vec((value(), value()), 0..20),
        fisher in prop::array::uniform3(value()), gradient in (value(), value()), natural in (value(), value()),
    ) {
        let mut picture = Trajectory { target: points.last().copied(), ..trajectory() };
        picture.trails[0].points = points;
        picture.trails[0].local = Some(Local2 { fisher, gradient, natural });
        prop_assert!(stays_inside(area, glyphs, |theme, area, buffer| picture.render(theme, area, buffer)));
        picture.trails.truncate(1);
        prop_assert!(stays_inside(area, glyphs, |theme, area, buffer| picture.render(theme, area, buffer)));
    }

    #[test]
    fn spectra(area in area(), glyphs in glyphs(), values in prop::collection::vec(value(), 0..200), words in prop::array::uniform3(value())) {
        let [kappa, least, rate] = words;
        let picture = Spectrum { values, kappa_bar: Some(kappa), lambda_min_plus: Some(least), rate: Some(rate), ..spectrum(5) };
        prop_assert!(stays_inside(area, glyphs, |theme, area, buffer| picture.render(theme, area, buffer)));
    }

    #[test]
    fn needles(area in area(), glyphs in glyphs(), values in prop::collection::vec(value(), 0..5)) {
        let mut picture = cosines();
        picture.rows.iter_mut().zip(values).for_each(|(row, value)| row.1 = value);
        prop_assert!(stays_inside(area, glyphs, |theme, area, buffer| picture.render(theme, area, buffer)));
    }

    #[test]
    fn histograms(
        area in area(), glyphs in glyphs(), low in value(), width in value(), log in any::<bool>(),
        counts in prop::collection::vec(prop_oneof![Just(0u64), Just(u64::MAX), 0u64..1000], 0..200),
    ) {
        let mut picture = histogram(log);
        (picture.low, picture.width, picture.counts) = (low, width, counts);
        prop_assert!(stays_inside(area, glyphs, |theme, area, buffer| picture.render(theme, area, buffer)));
    }
}
