//! What the metric makes of a gradient at one point.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::axis::nice_above;
use super::ball::Ball;
use super::plane::Plane;
use super::sheet::{Pen, Point, Sheet, is_finite};
use super::words::{beside, line, mark};
use crate::explorer::plot::Dash;
use crate::explorer::theme::Theme;

/// Length of an arrow and the largest reach of the ball, as parts of the field's shorter side.
const ARROW: f64 = 0.30;
const REACH: f64 = 0.22;
/// Corners of the curve that stands for the ball's boundary.
const CORNERS: usize = 120;

const HEADS: [&str; 8] = ["→", "↗", "↑", "↖", "←", "↙", "↓", "↘"];
const PLAIN_HEADS: [&str; 8] = [">", "/", "^", "\\", "<", "/", "v", "\\"];

/// Metric and gradients at a point, for the two parameters that are shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Local2 {
    /// Entries xx, xy and yy of the metric restricted to the two parameters.
    pub fisher: [f64; 3],
    /// The Euclidean gradient of what is descended.
    pub gradient: (f64, f64),
    /// The natural gradient.
    pub natural: (f64, f64),
}

/// An arrow that has been drawn, for its head and label.
pub(super) struct Arrow {
    tip: Point,
    way: Point,
    label: &'static str,
    style: Style,
}

impl Local2 {
    /// The radius, one of 1, 2, 5 × 10ⁿ, at which the ball is seen best.
    pub(super) fn radius(&self, plane: &Plane) -> Option<f64> {
        let lengths = Ball::new(self.fisher).boundary(CORNERS).map(|step| length(plane.way(step)));
        let reach = lengths.fold(0.0, f64::max);
        let (width, height) = plane.size();
        let radius = REACH * width.min(height) / reach;
        // The reciprocals of these numbers are such numbers too.
        (radius.is_finite() && (1e-280..1e280).contains(&radius)).then(|| 1.0 / nice_above(1.0 / radius))
    }

    /// Whether no ball of the metric has an end in every direction.
    pub(super) fn is_singular(&self) -> bool {
        !Ball::new(self.fisher).is_bounded()
    }

    /// The ball around a point, as far as it is finite.
    pub(super) fn draw_ball(&self, plane: &Plane, at: Point, sheet: &mut Sheet, pen: &mut Pen) {
        if let Some(radius) = self.radius(plane) {
            let steps = Ball::new(self.fisher).boundary(CORNERS).map(|step| plane.way((radius * step.0, radius * step.1)));
            sheet.path(steps.map(|way| (at.0 + way.0, at.1 + way.1)), pen);
        }
    }

    /// Both directions of descent as arrows of one length.
    pub(super) fn draw_arrows(&self, theme: Theme, plane: &Plane, at: Point, sheet: &mut Sheet) -> Vec<Arrow> {
        let euclidean = (self.gradient, theme.symbol("−∇", "-g"), Style::new(), Dash::Dotted);
        let natural = (self.natural, theme.symbol("−∇̃", "-G+g"), theme.strong(), Dash::Solid);
        let arrows = [euclidean, natural].into_iter().filter_map(|(gradient, label, style, dash)| {
            let way = unit(plane.way((-gradient.0, -gradient.1)))?;
            let mut pen = sheet.pen(style, dash);
            let tip = draw_arrow(plane, at, way, sheet, &mut pen);
            Some(Arrow { tip, way, label, style })
        });
        arrows.collect()
    }
}

/// Draws the shaft; returns its end, or where it leaves the field.
fn draw_arrow(plane: &Plane, at: Point, way: Point, sheet: &mut Sheet, pen: &mut Pen) -> Point {
    let (width, height) = plane.size();
    let full = (ARROW * width.min(height)).max(4.0);
    let end = |length: f64| (at.0 + length * way.0, at.1 + length * way.1);
    let steps = (0..=20).rev().map(|part| end(full * f64::from(part) / 20.0));
    let tip = steps.into_iter().find(|point| sheet.cell(*point).is_some()).unwrap_or(at);
    sheet.line(at, tip, pen);
    tip
}

impl Arrow {
    /// The head and, where no other is in the way, the label; `taken` are the places of labels.
    pub fn render(&self, theme: Theme, sheet: &Sheet, area: Rect, taken: &mut Vec<Rect>, buffer: &mut Buffer) {
        let Some(cell) = sheet.cell(self.tip) else { return };
        let heads = if theme.unicode() { HEADS } else { PLAIN_HEADS };
        let octant = ((-self.way.1).atan2(self.way.0) / std::f64::consts::FRAC_PI_4).round().rem_euclid(8.0);
        mark(buffer, area, cell, heads[octant as usize % 8], self.style);
        let sides = [self.way, (0.0, -1.0), (0.0, 1.0), (1.0, 0.0), (-1.0, 0.0)];
        let mut places = sides.into_iter().map(|side| beside(area, cell, side, self.label));
        if let Some(place) = places.find(|place| !taken.iter().any(|other| other.intersects(*place))) {
            line(buffer, area, (place.x, place.y), &[(self.label, self.style)]);
            taken.push(place);
        }
    }
}

fn length((x, y): Point) -> f64 {
    x.hypot(y)
}

/// The direction of a way that is neither nothing nor infinite.
fn unit(way: Point) -> Option<Point> {
    let size = way.0.abs().max(way.1.abs());
    let scaled = (way.0 / size, way.1 / size);
    is_finite(scaled).then(|| (scaled.0 / length(scaled), scaled.1 / length(scaled)))
}
