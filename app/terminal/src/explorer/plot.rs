//! A plot of curves for terminals: log axes, gaps where values are not finite, labels at the curves' ends.

mod along;
mod axes;
mod band;
mod canvas;
mod dash;
mod geometry;
mod labels;
mod octant;
mod painter;
mod scale;
mod series;
mod signs;
mod smooth;
mod spread;
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
pub(crate) use {
    smooth::Smoothed,
    spread::{Member, Spread},
};

use super::theme::{Depth, Theme};
use painter::{Pen, draw, stroke};
use signs::Ground;

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

impl Curve<'_> {
    /// What the eye should follow.
    fn line(&self) -> &Series {
        self.smooth.unwrap_or(self.series)
    }
}

/// What a cell shows of a curve; owners of cells are numbered by curve and layer.
#[derive(Clone, Copy)]
enum Layer {
    /// The bounds of the band, where it cannot be tinted.
    Bounds,
    /// The curve as it was recorded, under its smooth one.
    Raw,
    Line,
}

/// Curves on common axes, inside a frame that the caller has drawn.
pub(crate) struct Plot<'a> {
    pub theme: Theme,
    pub x: Axis,
    /// With the scale that the series were thinned for.
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
        band::tint(self, &canvas, field, buffer);
        [Layer::Bounds, Layer::Raw, Layer::Line].into_iter().for_each(|layer| self.draw(&mut canvas, layer));
        let ground = Ground { plot: self, canvas: &canvas, field };
        ground.line(buffer);
        canvas.render(field, buffer, |owner| self.look(owner));
        labels::place(ground, buffer);
        ground.signs(buffer);
    }

    fn draw(&self, canvas: &mut Canvas, layer: Layer) {
        for (index, curve) in self.curves.iter().enumerate() {
            let pen = |dash: Dash| Pen { owner: (3 * index + layer as usize) as u16, dash };
            match (layer, curve.band) {
                (Layer::Bounds, Some((low, high))) if self.theme.tint(curve.style).is_none() => {
                    [low, high].into_iter().for_each(|bound| draw(canvas, bound, self.y.range, pen(Dash::Dotted)));
                }
                (Layer::Raw, _) if curve.smooth.is_some() => draw(canvas, curve.series, self.y.range, pen(curve.dash)),
                (Layer::Line, _) => draw(canvas, curve.line(), self.y.range, pen(curve.dash)),
                _ => {}
            }
        }
    }

    /// The look of an owner. Without colours, the smooth curve is bold instead of the raw one faint.
    fn look(&self, owner: u16) -> Style {
        let curve = &self.curves[usize::from(owner) / 3];
        match usize::from(owner) % 3 {
            layer if layer == Layer::Line as usize => match curve.smooth {
                Some(_) if self.theme.depth == Depth::Mono => curve.style.patch(self.theme.strong()),
                _ => curve.style,
            },
            _ => self.theme.faded(curve.style),
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
