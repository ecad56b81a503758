//! The painter against drawing every point.

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::explorer::options::Glyphs;
use crate::explorer::plot::painter::{Pen, draw, rounded, row_of_value, stroke};
use crate::explorer::plot::{Axis, Canvas, Curve, Dash, Geometry, Plot, Range, Scale, Series};
use crate::explorer::theme::{Depth, Theme};

/// Dot by dot, with a division for each.
fn plain_stroke(canvas: &mut Canvas, from: (i64, i64), to: (i64, i64), pen: Pen) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.abs().max(dy.abs()).max(1);
    // A stroke that is longer than this leaves the canvas: the painter's own way, lest this takes for ever.
    if length > 10_000 {
        return stroke(canvas, from, to, pen);
    }
    for index in 0..=length {
        let (column, row) = (from.0 + rounded(dx * index, length), from.1 + rounded(dy * index, length));
        if column >= 0 && pen.dash.shows(column as usize, canvas.fineness().0) {
            canvas.fill(column as usize, (row, row), pen.owner);
        }
    }
}

/// Every stroke between neighbouring points, nothing thinned.
fn draw_all(canvas: &mut Canvas, geometry: &Geometry, points: &[(f64, f64)], y_axis: Axis, pen: Pen) {
    let rows = canvas.rows();
    let mut before = None;
    for &(x, y) in points {
        let dot = geometry.column(x).zip(row_of_value(y_axis, y, rows));
        if let Some(to) = dot {
            plain_stroke(canvas, before.unwrap_or(to), to, pen);
        }
        before = dot;
    }
}

fn value() -> impl Strategy<Value = f64> {
    let odd = prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY), Just(1e300), Just(-1e300), Just(0.0)];
    prop_oneof![20 => -2.0f64..5.0, 1 => odd]
}

fn curve() -> impl Strategy<Value = Vec<(f64, f64)>> {
    let dx = prop_oneof![30 => 0.0f64..3.0, 20 => Just(0.0), 1 => Just(f64::NAN), 1 => Just(60.0)];
    let points = prop::collection::vec((dx, value()), 0..300);
    points.prop_map(|points| {
        let mut x = 0.0;
        points
            .into_iter()
            .map(|(dx, y)| {
                x += if dx.is_nan() { 0.0 } else { dx };
                (if dx.is_nan() { dx } else { x }, y)
            })
            .collect()
    })
}

fn scale() -> impl Strategy<Value = Scale> {
    prop_oneof![Just(Scale::Linear), Just(Scale::Log), Just(Scale::Symlog)]
}

fn glyphs() -> impl Strategy<Value = Glyphs> {
    prop_oneof![Just(Glyphs::Braille), Just(Glyphs::Octant), Just(Glyphs::Half), Just(Glyphs::Ascii)]
}

fn split(points: &[(f64, f64)]) -> (Vec<f64>, Vec<f64>) {
    points.iter().copied().unzip()
}

/// A window in heights; the values of `curve` are inside, before and beyond.
fn window(scale: Scale, low: f64, width: f64) -> Axis {
    let (low, width) = if scale == Scale::Linear { (low, width) } else { (low / 200.0 - 0.5, width / 200.0) };
    Axis { scale, range: Range { low, high: low + width } }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_cell_differs(
        curves in prop::collection::vec(curve(), 1..5),
        glyphs in glyphs(), scale in scale(), x_scale in scale(),
        (width, height) in (1u16..40, 1u16..12),
        (left, across) in (-20.0f64..300.0, 0.01f64..400.0),
        (low, span) in (-3.0f64..2.0, 0.001f64..6.0),
    ) {
        let (x, y) = (window(x_scale, left, across), Axis { scale, range: Range { low, high: low + span } });
        let mut thinned = Canvas::new(glyphs, width, height);
        let mut full = thinned.clone();
        let geometry = Geometry { columns: thinned.columns(), x, y: scale };
        for (index, points) in curves.iter().enumerate() {
            let pen = Pen { owner: index as u16, dash: Dash::nth(index) };
            let mut series = Series::default();
            let (xs, ys) = split(points);
            series.update(geometry, &xs, &ys);
            draw(&mut thinned, &series, y.range, pen);
            draw_all(&mut full, &geometry, points, y, pen);
        }
        prop_assert_eq!(thinned, full);
    }

    #[test]
    fn growing_equals_rebuilding(
        points in curve(), scale in scale(), other in scale(), x_scale in scale(), cut in 0usize..300,
        (left, across) in (-20.0f64..300.0, 0.01f64..400.0),
    ) {
        let (xs, ys) = split(&points);
        let geometry = Geometry { columns: 50, x: window(x_scale, left, across), y: scale };
        let (mut grown, mut rebuilt) = (Series::default(), Series::default());
        let cut = cut.min(xs.len());
        grown.update(Geometry { columns: 7, ..geometry }, &xs[..cut / 2], &ys[..cut / 2]);
        grown.update(Geometry { y: other, ..geometry }, &xs[..cut], &ys[..cut]);
        grown.update(geometry, &xs[..cut], &ys[..cut]);
        for end in cut..=xs.len() {
            grown.update(geometry, &xs[..end], &ys[..end]);
        }
        rebuilt.update(geometry, &xs, &ys);
        prop_assert_eq!(format!("{grown:?}"), format!("{rebuilt:?}"));
    }

    #[test]
    fn nothing_outside_the_area(
        points in curve(), scale in scale(), glyphs in glyphs(),
        (x, y, width, height) in (0u16..6, 0u16..6, 0u16..40, 0u16..12),
        (low, high) in (prop::num::f64::NORMAL, prop::num::f64::NORMAL),
    ) {
        let theme = Theme::new(Depth::True, glyphs);
        let mut series = Series::default();
        let (xs, ys) = split(&points);
        series.update(Geometry { columns: 2 * usize::from(width), x: Axis::linear(0.0, 100.0), y: scale }, &xs, &ys);
        let curves = vec![Curve { series: &series, smooth: None, band: None, marks: &[], dash: Dash::Solid, style: Style::new(), label: "a label", failed: true }];
        let range = Range::nice(scale, low.clamp(-1e305, 1e305), high.clamp(-1e305, 1e305));
        let plot = Plot { theme, x: Axis::linear(0.0, 100.0), y: Axis { scale, range }, curves, cursor: None };
        let area = Rect { x, y, width, height };
        let mut buffer = Buffer::empty(Rect::new(0, 0, 50, 20));
        plot.render(area, &mut buffer);
        for (index, cell) in buffer.content().iter().enumerate() {
            let at = buffer.pos_of(index);
            prop_assert!(area.contains(at.into()) || cell.symbol() == " ", "{at:?} shows {}", cell.symbol());
        }
    }
}

#[test]
fn a_cross_stands_at_the_last_finite_point() {
    let mut series = Series::default();
    let geometry = Geometry { columns: 20, x: Axis::linear(0.0, 19.0), y: Scale::Linear };
    series.update(geometry, &[0.0, 1.0, 2.0, 3.0], &[0.0, 1.0, f64::NAN, f64::INFINITY]);
    assert_eq!(series.lost(), Some((1, 1.0)));
    series.update(geometry, &[0.0, 1.0, 2.0, 3.0, 4.0], &[0.0, 1.0, f64::NAN, f64::INFINITY, 2.0]);
    assert_eq!((series.lost(), series.end()), (None, Some((4, 2.0))));
    assert!(!series.buckets()[2].joined);
}
