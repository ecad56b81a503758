//! A plot of curves for terminals: log axes, gaps where values are not finite, labels at the curves' ends.

mod axes;
mod canvas;
mod dash;
mod geometry;
mod labels;
mod painter;
mod scale;
mod series;
#[cfg(test)]
mod tests;
mod ticks;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

pub(crate) use canvas::{Canvas, fineness};
pub(crate) use dash::Dash;
pub(crate) use geometry::{Axis, Geometry};
pub(crate) use scale::{Range, Scale};
pub(crate) use series::Series;

use super::theme::Theme;
use painter::{Pen, draw, row_of_value, stroke};

/// One curve and how it looks.
pub(crate) struct Curve<'a> {
    pub series: &'a Series,
    /// Drawn over the curve, which is faint then.
    pub smooth: Option<&'a Series>,
    /// A lower and an upper bound, for example quantiles over seeds, with the area between them tinted.
    pub band: Option<(&'a Series, &'a Series)>,
    /// The xs where something was changed, each with a sign on the curve.
    pub marks: &'a [f64],
    pub dash: Dash,
    pub style: Style,
    /// Written at the end of the curve where there is room; empty: nothing.
    pub label: &'a str,
    /// Whether the run came to a bad end, which puts a cross there.
    pub failed: bool,
}

/// Curves on common axes, inside a frame that the caller has drawn.
pub(crate) struct Plot<'a> {
    pub theme: Theme,
    pub x: Axis,
    pub y: Axis,
    /// In the order of drawing: later ones lie on top.
    pub curves: Vec<Curve<'a>>,
    /// The x of the cross-hair.
    pub cursor: Option<f64>,
}

/// Columns left of the dots, for the labels of the y axis.
pub(crate) fn gutter(y: Axis, height: u16) -> u16 {
    let ticks = ticks::ticks(y, axes::most_ticks(height));
    ticks.iter().map(|tick| tick.label.len()).max().unwrap_or(0) as u16 + 1
}

impl Plot<'_> {
    /// Draws into the frame `area`: its inside, and the labels of the x axis onto its lower border.
    ///
    /// ```text
    /// ┌ kl_visible  nats ──────────────────┐
    /// │ 1e-1 ⠊⠑⢄⡀                     adam │
    /// │ 1e-2     ⠈⠑⠢⢄⡀        ELBO, fixed  │
    /// └──── 0 ───────── 250 ───────── 500 ─┘
    /// ```
    pub fn render(&self, area: Rect, buffer: &mut Buffer) {
        let inside = inside(area);
        let gutter = gutter(self.y, inside.height);
        if inside.width <= gutter || inside.height == 0 {
            return;
        }
        let field = Rect { x: inside.x + gutter, width: inside.width - gutter, ..inside };
        axes::vertical(self, inside, field, buffer);
        axes::horizontal(self, area, field, buffer);
        self.render_curves(field, buffer);
    }

    fn render_curves(&self, field: Rect, buffer: &mut Buffer) {
        let mut canvas = Canvas::new(self.theme.glyphs, field.width, field.height);
        for (owner, curve) in self.curves.iter().enumerate() {
            draw(&mut canvas, curve.series, self.y, Pen { owner: owner as u16, dash: curve.dash });
        }
        canvas.render(field, buffer, |owner| self.curves[usize::from(owner)].style);
        let rows = canvas.rows();
        labels::place(self, &canvas, rows, field, buffer);
        self.render_crosses(rows, field, buffer);
    }

    /// A cross where a run failed, or where its values stopped being finite.
    fn render_crosses(&self, rows: usize, field: Rect, buffer: &mut Buffer) {
        let (fine_columns, fine_rows) = fineness(self.theme.glyphs);
        for curve in &self.curves {
            let end = if curve.failed { curve.series.end() } else { curve.series.lost() };
            let Some((column, value)) = end else { continue };
            let Some(row) = row_of_value(self.y, value, rows) else { continue };
            let row = row.clamp(0, rows.saturating_sub(1) as i64) as usize;
            let at = (field.x + (column.max(0) as usize / fine_columns) as u16, field.y + (row / fine_rows) as u16);
            if let Some(cell) = buffer.cell_mut(at).filter(|_| field.contains(at.into())) {
                cell.set_symbol(self.theme.symbol("✗", "X")).set_style(curve.style.patch(self.theme.strong()));
            }
        }
    }
}

/// What a frame of one cell leaves.
pub(crate) fn inside(area: Rect) -> Rect {
    Rect { x: area.x + 1, y: area.y + 1, width: area.width.saturating_sub(2), height: area.height.saturating_sub(2) }
}

/// A short piece of a curve, for lists and titles.
pub(crate) fn sample(theme: Theme, dash: Dash, style: Style, area: Rect, buffer: &mut Buffer) {
    let mut canvas = Canvas::new(theme.glyphs, area.width, 1);
    let row = canvas.rows() as i64 / 2;
    let last = canvas.columns() as i64 - 1;
    stroke(&mut canvas, (0, row), (last, row), Pen { owner: 0, dash });
    canvas.render(Rect { height: 1, ..area }, buffer, |_| style);
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Smoothed(Vec<f64>);
impl Smoothed {
    pub fn new(_: f64) -> Self {
        Self::default()
    }
    pub fn update(&mut self, ys: &[f64]) {
        self.0 = ys.to_vec();
    }
    pub fn values(&self) -> &[f64] {
        &self.0
    }
}
#[derive(Clone, Debug, Default)]
pub(crate) struct Spread;
impl Spread {
    pub fn update(&mut self, _: &[(&[f64], &[f64])]) {}
    pub fn xs(&self) -> &[f64] {
        &[]
    }
    pub fn median(&self) -> &[f64] {
        &[]
    }
    pub fn low(&self) -> &[f64] {
        &[]
    }
    pub fn high(&self) -> &[f64] {
        &[]
    }
}
