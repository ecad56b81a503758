//! Names of the curves at the right edge, beside their ends, where no curve and no other name is in the way.

use crate::text::squeeze;
use ratatui::buffer::Buffer;

use super::Curve;
use super::painter::{row_at, row_of};
use super::signs::Ground;

/// Rows to try around the end of a curve, nearest first.
const OFFSETS: [i64; 9] = [0, -1, 1, -2, 2, -3, 3, -4, 4];
/// Names are cut to this.
const LONGEST: usize = 16;

/// Writes what fits. They stand at the edge and not at the moving end: a name moves only when its curve rises or falls, or
/// to make room for the cross-hair.
pub(crate) fn place(ground: Ground, buffer: &mut Buffer) {
    let Ground { plot, field, .. } = ground;
    let mut taken = vec![false; usize::from(field.height)];
    for curve in plot.curves.iter().filter(|curve| !curve.label.is_empty()) {
        let longest = LONGEST.min(usize::from(field.width) / 3);
        let label = squeeze(curve.label, longest, plot.theme.symbol("…", "~"));
        if let Some((x, y)) = free_place(ground, curve, &taken, label.chars().count()) {
            taken[y] = true;
            buffer.set_string(field.x + x as u16, field.y + y as u16, &label, curve.style);
        }
    }
}

fn free_place(ground: Ground, curve: &Curve, taken: &[bool], width: usize) -> Option<(usize, usize)> {
    let (canvas, field) = (ground.canvas, ground.field);
    let edge = usize::from(field.width);
    let cross_hair = ground.plot.cursor.and_then(|x| ground.cell_column(x));
    let end = cross_hair.filter(|&column| column + width >= edge).unwrap_or(edge);
    let x = end.checked_sub(width)?;
    let row = end_row(ground, curve)?.clamp(0, canvas.rows().checked_sub(1)? as i64) / canvas.fineness().1 as i64;
    let blank = |y: usize| (x..end).all(|x| canvas.is_blank(x, y));
    let mut candidates = OFFSETS.iter().filter_map(|offset| usize::try_from(row + offset).ok());
    let y = candidates.find(|&y| width > 2 && y < taken.len() && !taken[y] && blank(y))?;
    Some((x, y))
}

/// Where the curve leaves the window on the right, or ends in it.
fn end_row(ground: Ground, curve: &Curve) -> Option<i64> {
    let (series, range, rows) = (curve.line(), ground.plot.y.range, ground.canvas.rows());
    let columns = ground.canvas.columns() as i64;
    let last = series.buckets().iter().rev().find(|bucket| bucket.column < columns)?;
    let end = || (last.column >= 0).then(|| row_of(range, last.heights.last, rows));
    row_at(series, range, columns - 1, rows).or_else(end)
}
