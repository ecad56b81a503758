//! What thinning and drawing cost. To be read in a release build:
//! `cargo test --release -p elbow --lib explorer::plot::tests::cost -- --ignored --nocapture`.

use std::hint::black_box;
use std::io::Write;
use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::explorer::options::Glyphs;
use crate::explorer::plot::{Axis, Curve, Dash, Geometry, Plot, Range, Scale, Series, fineness, gutter, inside};
use crate::explorer::theme::{Depth, Theme};

const THEME: Theme = Theme::new(Depth::True, Glyphs::Braille);

/// A noisy descent from 1 to 10⁻⁴; `index` tells the curves apart.
fn descent(points: usize, index: usize) -> (Vec<f64>, Vec<f64>) {
    let mut noise = 1 + index as u64;
    let mut random = || {
        noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (noise >> 40) as f64 / (1u64 << 24) as f64
    };
    let ys = (0..points).map(|step| 10f64.powf(-4.0 * step as f64 / points as f64 + 0.4 * random() - 0.1 * index as f64));
    ((0..points).map(|step| step as f64).collect(), ys.collect())
}

/// The least and the median of many turns; the least is what a machine takes that does nothing else.
fn times(mut turn: impl FnMut()) -> (Duration, Duration) {
    let mut times: Vec<Duration> = (0..41)
        .map(|_| {
            let start = Instant::now();
            turn();
            start.elapsed()
        })
        .collect();
    times.sort();
    (times[0], times[times.len() / 2])
}

fn say(text: &str, (least, median): (Duration, Duration)) {
    let [least, median] = [least, median].map(|time| time.as_secs_f64() * 1e6);
    writeln!(std::io::stderr().lock(), "{text}: least {least:.1} µs, median {median:.1} µs").unwrap();
}

#[test]
#[ignore = "a measurement"]
fn rebuild_of_six_curves() {
    for points in [100_000, 1_000_000] {
        let data: Vec<_> = (0..6).map(|index| descent(points, index)).collect();
        for (scale, low, high) in [(Scale::Linear, 0.0, points as f64), (Scale::Log, 0.0, (points as f64).log10())] {
            let mut series = vec![Series::default(); 6];
            let mut columns = 380;
            let time = times(|| {
                // Another width each time, so that nothing can be kept.
                columns = 761 - columns;
                let geometry = Geometry { columns, x: Axis { scale, range: Range { low, high } }, y: Scale::Log };
                series.iter_mut().zip(&data).for_each(|(series, (xs, ys))| series.update(geometry, xs, ys));
            });
            say(&format!("rebuild 6 × {points} points, {scale:?} x"), time);
        }
    }
}

#[test]
#[ignore = "a measurement"]
fn render_of_six_curves() {
    let data: Vec<_> = (0..6).map(|index| descent(1_000_000, index)).collect();
    for (width, height) in [(80, 24), (200, 60)] {
        for scale in [Scale::Linear, Scale::Log, Scale::Symlog] {
            let area = Rect::new(0, 0, width, height);
            let ends = [1e-5, 3.0].map(|value| scale.height(value).unwrap());
            let (x, y) = (Axis::linear(0.0, 1e6), Axis { scale, range: Range::nice(scale, ends[0], ends[1]) });
            let columns = usize::from(inside(area).width - gutter(y, inside(area).height)) * fineness(THEME.glyphs).0;
            let mut series = vec![Series::default(); 6];
            for (series, (xs, ys)) in series.iter_mut().zip(&data) {
                series.update(Geometry { columns, x, y: scale }, xs, ys);
            }
            let mut buffer = Buffer::empty(area);
            let time = times(|| {
                let curves = series.iter().enumerate().map(|(index, series)| Curve {
                    series,
                    smooth: None,
                    band: None,
                    marks: &[],
                    dash: Dash::nth(index),
                    style: THEME.run(index),
                    label: "a label",
                    failed: false,
                });
                Plot { theme: THEME, x, y, curves: curves.collect(), cursor: Some(4e5) }.render(area, black_box(&mut buffer));
            });
            say(&format!("render 6 × 10⁶ points, {width} × {height}, {scale:?} y"), time);
        }
    }
}
