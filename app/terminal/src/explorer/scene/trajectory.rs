//! The ways of runs through the plane of two parameters.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::axis::Axis;
use super::legend::{self, Entry, Sample};
use super::local::{Arrow, Local2};
use super::plane::Plane;
use super::sheet::{Sheet, is_finite};
use super::words::{line, mark};
use crate::explorer::number::number;
use crate::explorer::plot::Dash;
use crate::explorer::theme::Theme;

/// A path in the plane.
#[derive(Clone, Debug)]
pub(crate) struct Trail2 {
    /// From the start to the present. A point that is not finite is a gap.
    pub points: Vec<(f64, f64)>,
    pub style: Style,
    pub dash: Dash,
    pub name: String,
    /// Whether the run came to a bad end, which puts a cross there.
    pub failed: bool,
    /// Metric and gradients at the last finite point; for one trail, or the arrows cover each other.
    pub local: Option<Local2>,
}

impl Trail2 {
    fn end(&self) -> Option<(f64, f64)> {
        self.points.iter().rev().copied().find(|point| is_finite(*point))
    }
}

/// Paths on common axes.
#[derive(Clone, Debug)]
pub(crate) struct Trajectory {
    pub x_name: String,
    pub y_name: String,
    /// In the order of drawing: later ones lie on top.
    pub trails: Vec<Trail2>,
    pub target: Option<(f64, f64)>,
}

impl Trajectory {
    /// ```text
    /// ↑ z1  → y1   ball r = 0.05           ⠒⠒ adam
    /// 0.8 ┤○       ·       ·               ⠒⠒ evidence
    ///     │ ⠑⢄  ⢀⠔⠒⠒⠢⡀                     ★  target
    /// 0.6 ┤   ⠑⠢⢼⣀⣀⣀●⣀⣀⣀→ −∇̃ ★
    ///     │     ⠈⠢⡀⢸⠔⠁
    /// 0.4 ┤        ↓ −∇
    ///     └┬───────┬───────┬──
    ///      0      0.2     0.4
    /// ```
    pub fn render(&self, theme: Theme, area: Rect, buffer: &mut Buffer) {
        let area = area.intersection(buffer.area);
        let area = legend::render(theme, &self.entries(theme), area, buffer);
        let below = Rect { y: area.y.saturating_add(1), height: area.height.saturating_sub(1), ..area };
        let (x, y) = self.axes();
        let Some(plane) = Plane::new(x, y, below) else { return };
        self.render_title(theme, &plane, area, buffer);
        plane.render(theme, below, buffer);
        let mut sheet = Sheet::new(theme, plane.field);
        let arrows = self.draw(theme, &plane, &mut sheet);
        sheet.render(buffer);
        self.render_marks(theme, &plane, &sheet, buffer);
        let mut taken = Vec::new();
        arrows.iter().for_each(|arrow| arrow.render(theme, &sheet, plane.field, &mut taken, buffer));
    }

    fn entries(&self, theme: Theme) -> Vec<Entry<'_>> {
        // The selected one first: where there is little room, the others are left out.
        let trails = self.trails.iter().rev().map(|trail| (trail.name.as_str(), trail.style, Sample::Line(trail.dash)));
        let target = self.target.map(|_| ("target", theme.strong(), Sample::Symbol(theme.symbol("★", "*"))));
        trails.chain(target).map(|(name, style, sample)| Entry { name, style, sample }).collect()
    }

    /// Round spans around all that is finite, found in the same way for both axes.
    fn axes(&self) -> (Axis, Axis) {
        let points = || self.trails.iter().flat_map(|trail| &trail.points).chain(&self.target).filter(|point| is_finite(**point));
        (Axis::around(points().map(|point| point.0)), Axis::around(points().map(|point| point.1)))
    }

    fn render_title(&self, theme: Theme, plane: &Plane, area: Rect, buffer: &mut Buffer) {
        let local = self.trails.iter().rev().find_map(|trail| trail.local);
        let radius = local.and_then(|local| local.radius(plane)).map(|radius| format!("   ball r = {}", number(radius)));
        let singular = if local.is_some_and(|local| local.is_singular()) { "   metric singular" } else { "" };
        let pieces = [
            (theme.symbol("↑ ", "^ "), theme.faint()),
            (self.y_name.as_str(), theme.strong()),
            (theme.symbol("   → ", "   > "), theme.faint()),
            (self.x_name.as_str(), theme.strong()),
            (radius.as_deref().unwrap_or(""), theme.faint()),
            (singular, theme.alarm()),
        ];
        line(buffer, area, (area.x, area.y), &pieces);
    }

    /// Paths, then the balls and arrows above them.
    fn draw(&self, theme: Theme, plane: &Plane, sheet: &mut Sheet) -> Vec<Arrow> {
        for trail in &self.trails {
            let mut pen = sheet.pen(trail.style, trail.dash);
            sheet.path(trail.points.iter().map(|point| plane.place(*point)), &mut pen);
        }
        let mut arrows = Vec::new();
        for (trail, local) in self.trails.iter().filter_map(|trail| Some((trail, trail.local?))) {
            let Some(at) = trail.end().map(|end| plane.place(end)) else { continue };
            let mut pen = sheet.pen(theme.faint(), Dash::Solid);
            local.draw_ball(plane, at, sheet, &mut pen);
            arrows.extend(local.draw_arrows(theme, plane, at, sheet));
        }
        arrows
    }

    /// Starts, the target, present ends.
    fn render_marks(&self, theme: Theme, plane: &Plane, sheet: &Sheet, buffer: &mut Buffer) {
        let mut put = |point: (f64, f64), symbol, style| {
            let cell = sheet.cell(plane.place(point));
            cell.into_iter().for_each(|cell| mark(buffer, plane.field, cell, symbol, style));
        };
        for trail in &self.trails {
            let start = trail.points.iter().copied().find(|point| is_finite(*point));
            start.into_iter().for_each(|start| put(start, theme.symbol("○", "o"), trail.style));
        }
        self.target.into_iter().for_each(|target| put(target, theme.symbol("★", "*"), theme.strong()));
        for trail in &self.trails {
            let symbol = if trail.failed { theme.symbol("✗", "X") } else { theme.symbol("●", "@") };
            trail.end().into_iter().for_each(|end| put(end, symbol, trail.style.patch(theme.strong())));
        }
    }
}
