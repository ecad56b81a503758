//! Shapes as the data of paths, with neighbours joined.

use std::fmt::Write;

use super::color::{Rgb, hex};
use super::shapes::Area;

/// A straight line along one axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Line {
    pub vertical: bool,
    /// The coordinate that it keeps.
    pub at: i32,
    pub from: i32,
    pub to: i32,
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pen {
    pub color: Rgb,
    /// 1 light, 2 heavy.
    pub weight: u8,
    /// Pixels from one dash to the next, times 12; 0: solid.
    pub period: i32,
}

impl Pen {
    /// As attributes of a path.
    pub fn attributes(self) -> String {
        let mut text = format!("stroke=\"{}\"", hex(self.color));
        if self.weight > 1 {
            text.push_str(" stroke-width=\"2.4\"");
        }
        if self.period > 0 {
            // Half a gap, a dash, half a gap: the pattern begins in the middle of its gap.
            let [dash, start] = [6, 9].map(|twelfths| f64::from(self.period * twelfths) / 144.0);
            let _ = write!(text, " stroke-dasharray=\"{dash:.3}\" stroke-dashoffset=\"{start:.3}\"");
        }
        text
    }
}

/// Rectangles; those side by side become one, and then those below each other.
pub(super) fn areas(mut areas: Vec<Area>) -> String {
    areas.sort_by_key(|area| (area.y, area.height, area.x));
    areas.dedup_by(|next, area| {
        let joined = (next.y, next.height, next.x) == (area.y, area.height, area.x + area.width);
        area.width += if joined { next.width } else { 0 };
        joined
    });
    areas.sort_by_key(|area| (area.x, area.width, area.y));
    areas.dedup_by(|next, area| {
        let joined = (next.x, next.width, next.y) == (area.x, area.width, area.y + area.height);
        area.height += if joined { next.height } else { 0 };
        joined
    });
    let data = areas.iter().map(|Area { x, y, width, height }| format!("M{x} {y}h{width}v{height}h-{width}z"));
    data.collect()
}

/// Lines; those that touch become one.
pub(super) fn lines(mut lines: Vec<Line>) -> String {
    lines.sort_unstable();
    lines.dedup_by(|next, line| {
        let joined = (next.vertical, next.at) == (line.vertical, line.at) && next.from <= line.to;
        line.to = if joined { line.to.max(next.to) } else { line.to };
        joined
    });
    let data = lines.iter().map(|line| match line.vertical {
        true => format!("M{} {}v{}", line.at, line.from, line.to - line.from),
        false => format!("M{} {}h{}", line.from, line.at, line.to - line.from),
    });
    data.collect()
}

/// Points, each a line of no length that round caps make a dot.
pub(super) fn dots(points: &[(i32, i32)]) -> String {
    let (mut data, mut pen) = (String::new(), (0, 0));
    for &(x, y) in points {
        let (right, down) = (x - pen.0, y - pen.1);
        let _ = write!(data, "m{right}{}{down}h0", if down < 0 { "" } else { " " });
        pen = (x, y);
    }
    data
}
