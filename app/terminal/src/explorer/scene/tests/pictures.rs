//! How the pictures look.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;

use crate::explorer::options::Glyphs;
use crate::explorer::plot::Dash;
use crate::explorer::scene::{Cosines, FRONT, Histogram, Local2, Simplex, Spectrum, Trail, Trail2, Trajectory};
use crate::explorer::theme::{Depth, Theme};

pub fn theme(glyphs: Glyphs) -> Theme {
    Theme::new(Depth::True, glyphs)
}

fn text(size: (u16, u16), draw: impl Fn(Rect, &mut Buffer)) -> String {
    let area = Rect::new(0, 0, size.0, size.1);
    let mut buffer = Buffer::empty(area);
    draw(area, &mut buffer);
    let rows = buffer.content().chunks(usize::from(size.0));
    rows.map(|row| row.iter().map(Cell::symbol).collect::<String>().trim_end().to_owned() + "\n").collect()
}

/// Marginals of Y and Z under Y <- X -> Z.
fn visible([x, y1, y2, z1, z2]: [f64; 5]) -> [f64; 4] {
    let joint = |y: bool, z: bool| {
        let part = |p: f64, on: bool| if on { p } else { 1.0 - p };
        x * part(y1, y) * part(z1, z) + (1.0 - x) * part(y2, y) * part(z2, z)
    };
    [joint(false, false), joint(false, true), joint(true, false), joint(true, true)]
}

const TARGET: [f64; 5] = [0.78, 0.24, 0.82, 0.97, 0.97];
const START: [f64; 5] = [0.035, 0.298, 0.0585, 0.857, 0.373];

/// A curved way from the start to the target.
fn way(bend: f64, until: f64) -> impl Iterator<Item = [f64; 5]> {
    (0..=100).map(move |step| {
        let time = until * f64::from(step) / 100.0;
        std::array::from_fn(|index| {
            let rate = time.powf(1.0 + bend * index as f64);
            START[index] + (TARGET[index] - START[index]) * rate
        })
    })
}

pub fn simplex() -> Simplex {
    let theme = theme(Glyphs::Braille);
    let trail = |index: usize, name: &str, bend, until| Trail {
        points: way(bend, until).map(visible).collect(),
        style: theme.run(index),
        dash: Dash::nth(index),
        name: name.to_owned(),
        failed: index == 1,
    };
    Simplex {
        vertices: ["00", "01", "10", "11"].map(str::to_owned),
        trails: vec![
            trail(0, "evidence", 0.0, 0.97),
            trail(1, "adam", 1.5, 0.6),
            trail(2, "ELBO, fixed recognition", -0.15, 0.9),
        ],
        target: Some(visible(TARGET)),
        surface: true,
        yaw: FRONT.0,
        pitch: FRONT.1,
    }
}

pub fn spectrum(count: usize) -> Spectrum {
    let values: Vec<f64> = match count {
        5 => vec![0.0, 1.0, 0.17, 1.0, 0.0],
        _ => (0..count).map(|index| (1.3 * index as f64 / count as f64 - 0.1).clamp(0.0, 1.0).powi(2)).collect(),
    };
    Spectrum { values, kappa_bar: Some(0.1881), lambda_min_plus: Some(0.17), rate: None, style: theme(Glyphs::Braille).run(0) }
}

pub fn cosines() -> Cosines {
    let run = |index| theme(Glyphs::Braille).run(index);
    let rows = [("cos_elbo", 0.7124), ("cos_rec", 0.9981), ("cos_gap", -0.65), ("cos_euclidean", f64::NAN), ("cos_zero", 0.0)];
    Cosines { rows: rows.iter().enumerate().map(|(index, row)| (row.0.to_owned(), row.1, run(index))).collect() }
}

pub fn histogram(log: bool) -> Histogram {
    let tail = [0, 1, 0, 12, 30, 41, 60, 88, 101, 140, 210, 260, 410, 590, 830, 1203, 1910, 3105, 6021];
    let rest = 50_000 - tail.iter().sum::<u64>();
    let counts = tail.into_iter().chain([rest]).collect();
    Histogram { title: "cos_elbo".to_owned(), low: -1.0, width: 0.1, counts, style: theme(Glyphs::Braille).run(0), log }
}

pub fn trajectory() -> Trajectory {
    let theme = theme(Glyphs::Braille);
    let trail = |index: usize, name: &str, bend, until| Trail2 {
        points: way(bend, until).map(|point| (point[1], point[3])).collect(),
        style: theme.run(index),
        dash: Dash::nth(index),
        name: name.to_owned(),
        failed: index == 1,
        local: (index == 2).then_some(Local2 { fisher: [4.0, 1.5, 9.0], gradient: (0.3, -0.4), natural: (0.10, -0.06) }),
    };
    let trails =
        vec![trail(0, "evidence", 0.0, 0.97), trail(1, "adam", 1.5, 0.6), trail(2, "ELBO, fixed recognition", -0.2, 0.3)];
    Trajectory { x_name: "y1".to_owned(), y_name: "z1".to_owned(), trails, target: Some((TARGET[1], TARGET[3])) }
}

/// Every picture by name, drawn at a size.
fn gallery(glyphs: Glyphs, size: (u16, u16)) -> Vec<(&'static str, String)> {
    let theme = theme(glyphs);
    vec![
        ("simplex", text(size, |area, buffer| simplex().render(theme, area, buffer))),
        ("spectrum", text(size, |area, buffer| spectrum(5).render(theme, area, buffer))),
        ("spectrum-64", text(size, |area, buffer| spectrum(64).render(theme, area, buffer))),
        ("cosines", text(size, |area, buffer| cosines().render(theme, area, buffer))),
        ("histogram", text(size, |area, buffer| histogram(false).render(theme, area, buffer))),
        ("histogram-log", text(size, |area, buffer| histogram(true).render(theme, area, buffer))),
        ("trajectory", text(size, |area, buffer| trajectory().render(theme, area, buffer))),
    ]
}

#[test]
fn pictures() {
    for (glyphs, size, kind) in [(Glyphs::Braille, (80, 24), "large"), (Glyphs::Ascii, (40, 12), "small")] {
        for (name, text) in gallery(glyphs, size) {
            assert!(glyphs != Glyphs::Ascii || text.is_ascii(), "{text}");
            insta::assert_snapshot!(format!("{name}-{kind}"), text);
        }
    }
}
