//! The plane of two parameters on linear axes.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::axis::Axis;
use super::sheet::Point;
use super::words::{ending, line, mark, width};
use crate::explorer::theme::Theme;

/// Two axes and the field between them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plane {
    pub x: Axis,
    pub y: Axis,
    pub field: Rect,
    y_limit: usize,
}

impl Plane {
    /// Leaves room for the labels left of the field and below it; nothing if there is none.
    pub fn new(x: Axis, y: Axis, area: Rect) -> Option<Self> {
        let y_limit = usize::from(area.height / 3).clamp(2, 8);
        let labels = y.ticks(y_limit);
        let gutter = labels.iter().map(|(_, label)| width(label)).max().unwrap_or(0) + 2;
        let field = Rect {
            x: area.x.saturating_add(gutter),
            width: area.width.saturating_sub(gutter),
            height: area.height.saturating_sub(2),
            ..area
        };
        (field.width > 1 && field.height > 1).then_some(Self { x, y, field, y_limit })
    }

    /// Where a point lies on a sheet over the field.
    pub fn place(&self, (x, y): (f64, f64)) -> Point {
        let (width, height) = self.size();
        (self.x.fraction(x) * width, (1.0 - self.y.fraction(y)) * height)
    }

    /// A change of the parameters as a way on the sheet.
    pub fn way(&self, (x, y): (f64, f64)) -> Point {
        let (width, height) = self.size();
        (x / (self.x.high - self.x.low) * width, -y / (self.y.high - self.y.low) * height)
    }

    /// The field in the sheet's units.
    pub fn size(&self) -> Point {
        (f64::from(self.field.width), 2.0 * f64::from(self.field.height))
    }

    fn column(&self, value: f64) -> u16 {
        self.field.x + ((self.x.fraction(value) * f64::from(self.field.width)) as u16).min(self.field.width - 1)
    }

    fn row(&self, value: f64) -> u16 {
        self.field.y + (((1.0 - self.y.fraction(value)) * f64::from(self.field.height)) as u16).min(self.field.height - 1)
    }

    /// ```text
    /// 0.8 ┤    ·     ·
    ///     │
    /// 0.4 ┤    ·     ·
    ///     └────┬─────┬──
    ///         0.2   0.4
    /// ```
    pub fn render(&self, theme: Theme, area: Rect, buffer: &mut Buffer) {
        self.render_border(theme, area, buffer);
        let rows = self.y.ticks(self.y_limit);
        for (value, label) in &rows {
            let y = self.row(*value);
            mark(buffer, area, (self.field.x - 1, y), theme.symbol("┤", "+"), theme.faint());
            ending(buffer, area, (self.field.x - 2, y), label, theme.faint());
        }
        for x in self.render_columns(theme, area, buffer) {
            rows.iter().for_each(|(y, _)| mark(buffer, self.field, (x, self.row(*y)), theme.symbol("·", "."), theme.grid()));
        }
    }

    fn render_border(&self, theme: Theme, area: Rect, buffer: &mut Buffer) {
        let (left, bottom) = (self.field.x - 1, self.field.bottom());
        for y in self.field.y..bottom {
            mark(buffer, area, (left, y), theme.symbol("│", "|"), theme.faint());
        }
        for x in self.field.x..self.field.right() {
            mark(buffer, area, (x, bottom), theme.symbol("─", "-"), theme.faint());
        }
        mark(buffer, area, (left, bottom), theme.symbol("└", "+"), theme.faint());
    }

    /// Ticks and labels of the x axis, each label with a blank on either side; returns the columns of the ticks.
    fn render_columns(&self, theme: Theme, area: Rect, buffer: &mut Buffer) -> Vec<u16> {
        let ticks = self.x.ticks(usize::from(self.field.width / 9).clamp(2, 10));
        let mut free = area.x;
        for (value, label) in &ticks {
            let x = self.column(*value);
            mark(buffer, area, (x, self.field.bottom()), theme.symbol("┬", "+"), theme.faint());
            let start = x.saturating_sub(width(label) / 2).min(area.right().saturating_sub(width(label)));
            if start >= free {
                free = line(buffer, area, (start, self.field.bottom() + 1), &[(label, theme.faint())]) + 1;
            }
        }
        ticks.iter().map(|(value, _)| self.column(*value)).collect()
    }
}
