//! Names of the curves at the right edge, beside their ends, where no curve and no other name is in the way.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::canvas::Canvas;
use super::painter::row_of_value;
use super::{Curve, Plot, fineness};
use crate::explorer::number::cut;

/// Rows to try around the end of a curve, nearest first.
const OFFSETS: [i64; 9] = [0, -1, 1, -2, 2, -3, 3, -4, 4];
/// Names are cut to this.
const LONGEST: usize = 16;

/// Writes what fits. They stand at the edge and not at the moving end: a name moves only when its curve rises or falls.
pub(crate) fn place(plot: &Plot, canvas: &Canvas, rows: usize, field: Rect, buffer: &mut Buffer) {
    let mut taken = vec![false; usize::from(field.height)];
    for curve in plot.curves.iter().filter(|curve| !curve.label.is_empty()) {
        let longest = LONGEST.min(usize::from(field.width) / 3);
        let label = cut(curve.label, longest, plot.theme.symbol("…", "~"));
        if let Some(row) = free_row(plot, curve, canvas, rows, &taken, label.chars().count()) {
            taken[row] = true;
            let x = field.right() - label.chars().count() as u16;
            buffer.set_string(x, field.y + row as u16, &label, curve.style);
        }
    }
}

fn free_row(plot: &Plot, curve: &Curve, canvas: &Canvas, rows: usize, taken: &[bool], width: usize) -> Option<usize> {
    let (fine_columns, fine_rows) = fineness(plot.theme.glyphs);
    let (_, value) = curve.series.end()?;
    let row = row_of_value(plot.y, value, rows)?.clamp(0, rows.checked_sub(1)? as i64) / fine_rows as i64;
    let cells = canvas.columns() / fine_columns;
    let blank = |y: usize| (cells - width.min(cells)..cells).all(|x| canvas.is_blank(x, y));
    let mut candidates = OFFSETS.iter().filter_map(|offset| usize::try_from(row + offset).ok());
    candidates.find(|&y| width > 2 && y < taken.len() && !taken[y] && blank(y))
}
