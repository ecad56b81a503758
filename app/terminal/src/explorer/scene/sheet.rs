//! A canvas in square units: one is the width of a cell, and a cell is two of them high.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::explorer::plot::{Canvas, Dash, fineness};
use crate::explorer::theme::Theme;

/// A place on the sheet, from its upper left corner: right and down.
pub(super) type Point = (f64, f64);

/// Points beyond this are as good as infinitely far away.
const FAR: f64 = 1e7;

/// How a line is drawn. The pattern of dashes goes on from one line to the next, so that it runs along a path whichever
/// way that turns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pen {
    ink: u16,
    dash: Dash,
    walked: usize,
}

/// Lines on their way into an area. A cell belongs to the ink that touched it last.
pub(super) struct Sheet {
    area: Rect,
    canvas: Canvas,
    /// Dots to a unit, across and down.
    fine: (f64, f64),
    inks: Vec<Style>,
}

impl Sheet {
    pub fn new(theme: Theme, area: Rect) -> Self {
        let (columns, rows) = fineness(theme.glyphs);
        let canvas = Canvas::new(theme.glyphs, area.width, area.height);
        Self { area, canvas, fine: (columns as f64, rows as f64 / 2.0), inks: Vec::new() }
    }

    /// Width and height in units.
    pub fn size(&self) -> Point {
        (f64::from(self.area.width), 2.0 * f64::from(self.area.height))
    }

    /// A pen of an ink of its own.
    pub fn pen(&mut self, style: Style, dash: Dash) -> Pen {
        self.inks.push(style);
        Pen { ink: (self.inks.len() - 1).min(usize::from(u16::MAX)) as u16, dash, walked: 0 }
    }

    /// A straight line; what lies outside is cut off, and a point that is not finite leaves nothing.
    pub fn line(&mut self, from: Point, to: Point, pen: &mut Pen) {
        let Some((from, to)) = clip(from, to, self.size()) else { return };
        let (from, to) = (self.dot(from), self.dot(to));
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.abs().max(dy.abs());
        self.touch(from, *pen);
        for step in 1..=length {
            pen.walked = pen.walked.wrapping_add(1);
            self.touch((from.0 + rounded(dx * step, length), from.1 + rounded(dy * step, length)), *pen);
        }
    }

    /// Lines from each point to the next. A point that is not finite is a gap.
    pub fn path(&mut self, points: impl Iterator<Item = Point>, pen: &mut Pen) {
        let mut before = None;
        for point in points {
            let point = Some(point).filter(|point| is_finite(*point));
            if let Some(to) = point {
                self.line(before.unwrap_or(to), to, pen);
            }
            before = point;
        }
    }

    fn touch(&mut self, (column, row): (i64, i64), pen: Pen) {
        if pen.dash.shows(pen.walked, self.canvas.fineness().0) {
            self.canvas.fill(column as usize, (row, row), pen.ink);
        }
    }

    fn dot(&self, (x, y): Point) -> (i64, i64) {
        let last = |count: usize| count.saturating_sub(1) as f64;
        let column = (x * self.fine.0).floor().clamp(0.0, last(self.canvas.columns()));
        (column as i64, (y * self.fine.1).floor().clamp(0.0, last(self.canvas.rows())) as i64)
    }

    /// The cell of the buffer that holds a point, if it lies on the sheet.
    pub fn cell(&self, (x, y): Point) -> Option<(u16, u16)> {
        let (width, height) = self.size();
        let is_inside = (0.0..=width).contains(&x) && (0.0..=height).contains(&y) && !self.area.is_empty();
        let column = (x as u16).min(self.area.width.saturating_sub(1));
        is_inside.then(|| (self.area.x + column, self.area.y + ((y / 2.0) as u16).min(self.area.height - 1)))
    }

    /// Whether nothing has been drawn into a cell of the buffer.
    pub fn is_blank(&self, (x, y): (u16, u16)) -> bool {
        self.area.contains((x, y).into()) && self.canvas.is_blank(usize::from(x - self.area.x), usize::from(y - self.area.y))
    }

    /// Puts the lines onto the buffer.
    pub fn render(&self, buffer: &mut Buffer) {
        self.canvas.render(self.area, buffer, |ink| self.inks.get(usize::from(ink)).copied().unwrap_or_default());
    }
}

pub(super) fn is_finite(point: Point) -> bool {
    point.0.is_finite() && point.1.is_finite()
}

/// The part of a line that lies in a box at the origin (Liang and Barsky).
fn clip(from: Point, to: Point, size: Point) -> Option<(Point, Point)> {
    if !is_finite(from) || !is_finite(to) {
        return None;
    }
    let near = |point: Point| (point.0.clamp(-FAR, FAR), point.1.clamp(-FAR, FAR));
    let (from, to) = (near(from), near(to));
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    for (speed, room) in [(-dx, from.0), (dx, size.0 - from.0), (-dy, from.1), (dy, size.1 - from.1)] {
        match speed {
            0.0 if room < 0.0 => return None,
            0.0 => {}
            _ if speed < 0.0 => enter = enter.max(room / speed),
            _ => leave = leave.min(room / speed),
        }
    }
    let at = |time: f64| (from.0 + dx * time, from.1 + dy * time);
    (enter <= leave).then(|| (at(enter), at(leave)))
}

/// Division that rounds halves up, whichever the sign.
fn rounded(numerator: i64, denominator: i64) -> i64 {
    (2 * numerator + denominator).div_euclid(2 * denominator)
}
