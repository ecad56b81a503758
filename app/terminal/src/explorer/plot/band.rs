//! The area between two curves, as a tinted ground.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::canvas::Canvas;
use super::painter::{rounded, row_of};
use super::series::{Series, Span};
use super::{Plot, Range};

/// Tints the bands of all curves, later ones over earlier ones. Where there are too few colours, nothing happens.
///
/// ```text
///  ⠒⠒⠤⣀░░░░       the highest row of the upper curve in each dot column,
///  ░░░░⠉⠒⠒⠒       down to the lowest row of the lower one
/// ```
pub(crate) fn tint(plot: &Plot, canvas: &Canvas, field: Rect, buffer: &mut Buffer) {
    for curve in &plot.curves {
        if let (Some((low, high)), Some(tint)) = (curve.band, plot.theme.tint(curve.style)) {
            let (mut top, mut bottom) = (vec![None; canvas.columns()], vec![None; canvas.columns()]);
            outline(high, plot.y.range, canvas.rows(), &mut top, i64::min);
            outline(low, plot.y.range, canvas.rows(), &mut bottom, i64::max);
            for (column, ends) in top.into_iter().zip(bottom).enumerate() {
                if let (Some(top), Some(bottom)) = ends {
                    fill(canvas, column, (top, bottom), tint, field, buffer);
                }
            }
        }
    }
}

fn fill(canvas: &Canvas, column: usize, (top, bottom): (i64, i64), tint: Style, field: Rect, buffer: &mut Buffer) {
    let (fine_columns, fine_rows) = canvas.fineness();
    let (first, last) = (top.max(0), bottom.min(canvas.rows() as i64 - 1));
    let cells = (first..=last).step_by(fine_rows).chain([last].into_iter().filter(|_| first <= last));
    for row in cells {
        let at = (field.x + (column / fine_columns) as u16, field.y + (row as usize / fine_rows) as u16);
        if let Some(cell) = buffer.cell_mut(at) {
            cell.set_style(tint);
        }
    }
}

/// The outermost row of a curve in each dot column that it crosses.
fn outline(series: &Series, range: Range, rows: usize, found: &mut [Option<i64>], outer: fn(i64, i64) -> i64) {
    let most = found.len() as i64 - 1;
    let mut note = |column: i64, row: i64| {
        if let Some(place) = usize::try_from(column).ok().and_then(|column| found.get_mut(column)) {
            *place = Some(place.map_or(row, |other| outer(other, row)));
        }
    };
    let row = |height| row_of(range, height, rows);
    let mut before: Option<(i64, i64)> = None;
    for bucket in series.buckets() {
        let Span { first, last, min, max } = bucket.heights;
        let (first, last) = (row(first), row(last));
        if let Some(from) = before.filter(|_| bucket.joined) {
            let run = (bucket.column - from.0).max(1);
            let between = from.0.max(0)..=bucket.column.min(most);
            between.for_each(|column| note(column, from.1 + rounded((first - from.1) * (column - from.0), run)));
        }
        note(bucket.column, outer(row(min), row(max)));
        before = Some((bucket.column, last));
    }
}
