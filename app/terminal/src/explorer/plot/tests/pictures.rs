//! What plots look like, and where their signs are.

use proptest::prelude::*;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use crate::explorer::options::Glyphs;
use crate::explorer::plot::{Axis, Curve, Dash, Geometry, Plot, Range, Scale, Series, fineness, gutter, inside};
use crate::explorer::theme::{Depth, Theme};

/// A plot of one area under construction.
struct Scene {
    theme: Theme,
    area: Rect,
    x: Axis,
    y: Axis,
    cursor: Option<f64>,
}

impl Scene {
    fn new(theme: Theme, x: Axis, y: Axis) -> Self {
        Self { theme, area: Rect::new(0, 0, 60, 14), x, y, cursor: None }
    }

    fn series(&self, f: impl Fn(f64) -> f64) -> Series {
        let xs: Vec<f64> = (0..=400).map(|step| f64::from(step) / 100.0).collect();
        let ys: Vec<f64> = xs.iter().map(|&x| f(x)).collect();
        let inside = inside(self.area);
        let columns = usize::from(inside.width - gutter(self.y, inside.height)) * fineness(self.theme.glyphs).0;
        let mut series = Series::default();
        series.update(Geometry { columns, x: self.x, y: self.y.scale }, &xs, &ys);
        series
    }

    fn draw(&self, curves: Vec<Curve>) -> Buffer {
        let mut buffer = Buffer::empty(self.area);
        Plot { theme: self.theme, x: self.x, y: self.y, curves, cursor: self.cursor }.render(self.area, &mut buffer);
        buffer
    }
}

fn theme(depth: Depth, glyphs: Glyphs) -> Theme {
    Theme::new(depth, glyphs)
}

fn curve<'a>(series: &'a Series, style: Style, label: &'a str) -> Curve<'a> {
    Curve { series, smooth: None, band: None, marks: &[], dash: Dash::Solid, style, label, failed: false }
}

fn text(buffer: &Buffer) -> String {
    let rows = buffer.content().chunks(usize::from(buffer.area.width));
    rows.map(|row| row.iter().map(Cell::symbol).collect::<String>().trim_end().to_owned() + "\n").collect()
}

/// The cells whose symbol is this one.
fn places(buffer: &Buffer, symbol: &str) -> Vec<(u16, u16)> {
    let found = buffer.content().iter().enumerate().filter(|(_, cell)| cell.symbol() == symbol);
    found.map(|(index, _)| buffer.pos_of(index)).collect()
}

fn decay(x: f64) -> f64 {
    (-x).exp() * (1.0 + 0.4 * (x * 40.0).sin())
}

fn unit() -> Axis {
    Axis::linear(0.0, 1.0)
}

/// Two noisy curves with everything that can be on them.
fn everything(depth: Depth, glyphs: Glyphs) -> Buffer {
    let mut scene = Scene::new(theme(depth, glyphs), Axis::linear(0.0, 4.0), Axis::linear(0.0, 1.5));
    scene.cursor = Some(2.5);
    let (raw, smooth) = (scene.series(decay), scene.series(|x| (-x).exp()));
    let (low, middle, high) = (scene.series(|x| x / 8.0), scene.series(|x| x / 4.0), scene.series(|x| x / 3.0));
    let descent = Curve { smooth: Some(&smooth), marks: &[1.0, 7.0], ..curve(&raw, scene.theme.run(0), "descent") };
    let ascent = Curve { band: Some((&low, &high)), failed: true, ..curve(&middle, scene.theme.run(1), "ascent") };
    scene.draw(vec![descent, ascent])
}

#[test]
fn pictures() {
    for (name, depth, glyphs) in [
        ("plot-braille", Depth::True, Glyphs::Braille),
        ("plot-octant", Depth::True, Glyphs::Octant),
        ("plot-half", Depth::Ansi16, Glyphs::Half),
        ("plot-ascii", Depth::Mono, Glyphs::Ascii),
    ] {
        let shown = text(&everything(depth, glyphs));
        assert!(glyphs != Glyphs::Ascii || shown.is_ascii(), "{shown}");
        insta::assert_snapshot!(name, shown);
    }
}

#[test]
fn axes_on_other_scales() {
    let symlog = Scale::Symlog;
    let y = Axis { scale: symlog, range: Range::nice(symlog, symlog.height(-2.0).unwrap(), symlog.height(2.0).unwrap()) };
    let x = Axis { scale: Scale::Log, range: Range { low: -2.0, high: 4f64.log10() } };
    let scene = Scene::new(theme(Depth::True, Glyphs::Braille), x, y);
    let series = scene.series(|x| 2.0 - x);
    insta::assert_snapshot!("plot-scales", text(&scene.draw(vec![curve(&series, Style::new(), "falling")])));
}

#[test]
fn a_window_cuts_the_curve_and_not_its_slope() {
    let whole = Scene::new(theme(Depth::True, Glyphs::Braille), Axis::linear(1.505, 1.513), unit());
    let series = whole.series(|x| x - 1.0);
    let shown = whole.draw(vec![curve(&series, Style::new(), "")]);
    insta::assert_snapshot!("plot-window", text(&shown));
}

#[test]
fn a_band_is_a_ground_in_the_curve_s_colour() {
    let shown = everything(Depth::True, Glyphs::Braille);
    let tint = Color::Rgb(0xE6 / 4, 0x9F / 4, 0);
    let tinted: Vec<u16> = (1..13).filter(|&y| shown[(50, y)].bg == tint).collect();
    assert!(tinted.len() > 3 && tinted.windows(2).all(|pair| pair[1] == pair[0] + 1), "{tinted:?}");
    assert!(shown.content().iter().all(|cell| cell.bg == Color::Reset || cell.bg == tint));
    let without = everything(Depth::Ansi16, Glyphs::Braille);
    assert!(without.content().iter().all(|cell| cell.bg == Color::Reset));
}

#[test]
fn a_band_beyond_the_window_is_cut() {
    let scene = Scene::new(theme(Depth::True, Glyphs::Braille), Axis::linear(0.0, 4.0), unit());
    let (low, high, off) = (scene.series(|_| 0.5), scene.series(|_| 1e9), scene.series(|_| 2.0));
    let style = scene.theme.run(0);
    let tinted = |low: &Series, high: &Series| {
        let shown = scene.draw(vec![Curve { band: Some((low, high)), ..curve(&off, style, "") }]);
        (1..13).filter(|&y| shown[(30, y)].bg != Color::Reset).collect::<Vec<u16>>()
    };
    assert_eq!(tinted(&low, &high), [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(tinted(&off, &high), Vec::<u16>::new());
}

#[test]
fn the_raw_curve_is_faint_under_the_smooth_one() {
    for (depth, raw_look, smooth_look) in [
        (Depth::True, Style::new().fg(Color::Rgb(0x2B, 0x5A, 0x74)), theme(Depth::True, Glyphs::Braille).run(0)),
        (Depth::Ansi256, Style::new().fg(Color::Indexed(66)), theme(Depth::Ansi256, Glyphs::Braille).run(0)),
        (Depth::Ansi16, Style::new().fg(Color::DarkGray), theme(Depth::Ansi16, Glyphs::Braille).run(0)),
        (Depth::Mono, Style::new(), Style::new().add_modifier(Modifier::BOLD)),
    ] {
        let scene = Scene::new(theme(depth, Glyphs::Braille), Axis::linear(0.0, 4.0), unit());
        let (raw, smooth) = (scene.series(|_| 0.9), scene.series(|_| 0.1));
        let shown = scene.draw(vec![Curve { smooth: Some(&smooth), ..curve(&raw, scene.theme.run(0), "") }]);
        let look = |y: u16| (shown[(30, y)].fg, shown[(30, y)].modifier);
        let expected = |style: Style| (style.fg.unwrap_or(Color::Reset), style.add_modifier);
        assert_eq!((look(2), look(11)), (expected(raw_look), expected(smooth_look)), "{depth:?}");
    }
}

#[test]
fn marks_lie_on_the_curve() {
    let scene = Scene::new(theme(Depth::True, Glyphs::Braille), Axis::linear(0.0, 4.0), Axis::linear(0.0, 4.0));
    let (line, gone) = (scene.series(|x| x), scene.series(|_| 9.0));
    let marks = [0.0, 2.0, 4.0, 4.5, -1.0, f64::NAN];
    let shown = scene.draw(vec![Curve { marks: &marks, ..curve(&line, Style::new(), "") }]);
    assert_eq!(places(&shown, "◆"), [(58, 1), (31, 6), (3, 12)]);
    let shown = scene.draw(vec![Curve { marks: &marks, ..curve(&gone, Style::new(), "") }]);
    assert!(places(&shown, "◆").is_empty(), "a mark above the window");
}

#[test]
fn a_cross_hair_has_a_dot_on_each_curve() {
    let mut scene = Scene::new(theme(Depth::True, Glyphs::Braille), Axis::linear(0.0, 4.0), Axis::linear(0.0, 4.0));
    let (line, flat) = (scene.series(|x| x), scene.series(|_| 1.0));
    let draw = |scene: &Scene| scene.draw(vec![curve(&line, Style::new(), ""), curve(&flat, Style::new(), "")]);
    scene.cursor = Some(2.0);
    let shown = draw(&scene);
    assert_eq!(places(&shown, "●"), [(31, 6), (31, 9)]);
    assert!(shown[(31, 6)].modifier.contains(Modifier::BOLD));
    assert_eq!(places(&shown, "┊").len(), 9, "in twelve rows, but for the dots and the curve beside one of them");
    for outside in [-0.5, 4.5, f64::NAN, f64::INFINITY] {
        scene.cursor = Some(outside);
        let shown = draw(&scene);
        assert!(places(&shown, "┊").is_empty() && places(&shown, "●").is_empty());
    }
}

#[test]
fn a_cross_outside_the_window_is_not_drawn() {
    for (high, crosses) in [(4.0, 1), (2.0, 0)] {
        let scene = Scene::new(theme(Depth::True, Glyphs::Braille), Axis::linear(0.0, high), unit());
        let line = scene.series(|x| if x > 3.0 { f64::NAN } else { 0.5 });
        for failed in [false, true] {
            let shown = scene.draw(vec![Curve { failed, ..curve(&line, Style::new(), "") }]);
            assert_eq!(places(&shown, "✗").len(), crosses);
        }
    }
}

proptest! {
    #[test]
    fn labels_keep_off_the_cross_hair(cursor in 0.0f64..4.0, level in 0.0f64..1.0, glyphs in prop_oneof![Just(Glyphs::Braille), Just(Glyphs::Half)]) {
        let mut scene = Scene::new(theme(Depth::True, glyphs), Axis::linear(0.0, 4.0), unit());
        let flat = scene.series(|_| level);
        scene.cursor = Some(cursor);
        let lone = scene.draw(vec![curve(&flat, Style::new(), "")]);
        let shown = scene.draw(vec![curve(&flat, Style::new(), "some label")]);
        prop_assert!(text(&shown).contains("some label"), "{}", text(&shown));
        prop_assert_eq!(places(&shown, "┊"), places(&lone, "┊"));
    }
}
