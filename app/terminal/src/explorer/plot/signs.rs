//! Signs on the curves: marks, crosses and the cross-hair.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::geometry::column_of;
use super::painter::{row_at, row_of_value};
use super::{Curve, Plot};

/// Where the dots of a plot are.
#[derive(Clone, Copy)]
pub(crate) struct Ground<'a> {
    pub plot: &'a Plot<'a>,
    pub canvas: &'a Canvas,
    pub field: Rect,
}

impl Ground<'_> {
    /// The column of cells, counted from the left of the field, that an x falls in.
    pub fn cell_column(self, x: f64) -> Option<usize> {
        Some(self.dot_column(x)? / self.canvas.fineness().0)
    }

    fn dot_column(self, x: f64) -> Option<usize> {
        let column = usize::try_from(column_of(self.plot.x, x, self.canvas.columns())?).ok()?;
        (column < self.canvas.columns()).then_some(column)
    }

    fn cell(self, column: usize, row: usize) -> (u16, u16) {
        let (fine_columns, fine_rows) = self.canvas.fineness();
        (self.field.x + (column / fine_columns) as u16, self.field.y + (row / fine_rows) as u16)
    }

    /// The cell where a curve passes an x, if both are in sight.
    fn crossing(self, curve: &Curve, x: f64) -> Option<(u16, u16)> {
        let column = self.dot_column(x)?;
        let row = row_at(curve.line(), self.plot.y.range, column as i64, self.canvas.rows())?;
        let row = usize::try_from(row).ok().filter(|&row| row < self.canvas.rows())?;
        Some(self.cell(column, row))
    }

    /// The vertical line of the cross-hair, which curves are drawn over.
    pub fn line(self, buffer: &mut Buffer) {
        let Some(x) = self.plot.cursor.and_then(|cursor| self.cell_column(cursor)) else { return };
        for y in self.field.y..self.field.bottom() {
            if let Some(cell) = buffer.cell_mut((self.field.x + x as u16, y)) {
                cell.set_symbol(self.plot.theme.symbol("┊", "!")).set_style(self.plot.theme.faint());
            }
        }
    }

    /// All signs on the curves, the least important ones first.
    ///
    /// ```text
    ///   ⠤⠤◆⣀    ┊        ◆ changed while it ran
    ///        ⠉⠒⠒●⠤⣀      ● the cross-hair
    ///            ┊  ⠉⠒✗  ✗ failed, or not finite from here on
    /// ```
    pub fn signs(self, buffer: &mut Buffer) {
        let theme = self.plot.theme;
        for curve in &self.plot.curves {
            for &x in curve.marks {
                put(curve, self.crossing(curve, x), theme.symbol("◆", "*"), self.plot, buffer);
            }
        }
        for curve in &self.plot.curves {
            put(curve, self.loss(curve), theme.symbol("✗", "X"), self.plot, buffer);
        }
        for (curve, x) in self.plot.curves.iter().filter_map(|curve| Some((curve, self.plot.cursor?))) {
            put(curve, self.crossing(curve, x), theme.symbol("●", "o"), self.plot, buffer);
        }
    }

    /// Where a run failed, or where its values stopped being finite; at the border if it is above or below.
    fn loss(self, curve: &Curve) -> Option<(u16, u16)> {
        let end = if curve.failed { curve.series.end() } else { curve.series.lost() };
        let (column, value) = end?;
        let column = usize::try_from(column).ok().filter(|&column| column < self.canvas.columns())?;
        let row = row_of_value(self.plot.y, value, self.canvas.rows())?;
        Some(self.cell(column, row.clamp(0, self.canvas.rows().checked_sub(1)? as i64) as usize))
    }
}

fn put(curve: &Curve, at: Option<(u16, u16)>, symbol: &str, plot: &Plot, buffer: &mut Buffer) {
    if let Some(cell) = at.and_then(|at| buffer.cell_mut(at)) {
        cell.set_symbol(symbol).set_style(curve.style.patch(plot.theme.strong()));
    }
}
