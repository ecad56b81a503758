//! Curves onto a canvas.

use super::canvas::Canvas;
use super::dash::Dash;
use super::geometry::Axis;
use super::scale::Range;
use super::series::Series;

/// Whose dots, and in which columns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pen {
    pub owner: u16,
    pub dash: Dash,
}

/// Rows and columns beyond this are as good as infinitely far away; their products still fit the integers.
pub(crate) const FAR: f64 = 1e8;

/// The dot row of a height, possibly far outside the canvas.
pub(crate) fn row_of(range: Range, height: f64, rows: usize) -> i64 {
    let last = rows.saturating_sub(1) as f64;
    ((1.0 - range.fraction(height)) * last).round().clamp(-FAR, FAR) as i64
}

/// The dot row of a value, possibly far outside the canvas; `None` where the axis has no such value.
pub(crate) fn row_of_value(axis: Axis, value: f64, rows: usize) -> Option<i64> {
    axis.scale.height(value).map(|height| row_of(axis.range, height, rows))
}

/// Draws a thinned curve.
///
/// ```text
///   column 3      4      5
///                       ╷max
///    first╷      ╷ ────╱│last      a span in each column, a stroke from the last
///         │last ╱╵      ╵min       point of one to the first point of the next
///         ╵────╱
/// ```
pub(crate) fn draw(canvas: &mut Canvas, series: &Series, axis: Axis, pen: Pen) {
    let rows = canvas.rows();
    let mut before: Option<(i64, i64)> = None;
    for bucket in series.buckets() {
        let heights = [bucket.first, bucket.last, bucket.min, bucket.max].map(|value| row_of_value(axis, value, rows));
        let [Some(first), Some(last), Some(min), Some(max)] = heights else { continue };
        if let Some(from) = before.filter(|_| bucket.joined) {
            stroke(canvas, from, (bucket.column, first), pen);
        }
        stroke(canvas, (bucket.column, min), (bucket.column, max), pen);
        before = Some((bucket.column, last));
    }
}

/// The dot row in which a curve passes a dot column: its last point there, or the stroke across it.
pub(crate) fn row_at(series: &Series, axis: Axis, column: i64, rows: usize) -> Option<i64> {
    let buckets = series.buckets();
    let index = buckets.partition_point(|bucket| bucket.column < column);
    let here = buckets.get(index)?;
    if here.column == column {
        return row_of_value(axis, here.last, rows);
    }
    let before = buckets.get(index.checked_sub(1)?).filter(|_| here.joined)?;
    let (from, to) = (row_of_value(axis, before.last, rows)?, row_of_value(axis, here.first, rows)?);
    Some(from + rounded((to - from) * (column - before.column), here.column - before.column))
}

/// A straight line of dots, both ends included; what lies outside the canvas is not walked through.
pub(crate) fn stroke(canvas: &mut Canvas, from: (i64, i64), to: (i64, i64), pen: Pen) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.abs().max(dy.abs()).max(1);
    let in_columns = visible(from.0, dx, length, canvas.columns() as i64);
    let in_rows = visible(from.1, dy, length, canvas.rows() as i64);
    for index in in_columns.0.max(in_rows.0)..=in_columns.1.min(in_rows.1) {
        let (column, row) = (from.0 + rounded(dx * index, length), from.1 + rounded(dy * index, length));
        if column >= 0 && row >= 0 && pen.dash.shows(column as usize, canvas.fineness().0) {
            canvas.set(column as usize, row as usize, pen.owner);
        }
    }
}

/// The part of 0..=length in which places that begin at `start` and change by `change` over it may lie in 0..count.
fn visible(start: i64, change: i64, length: i64, count: i64) -> (i64, i64) {
    if change == 0 {
        return (0, if (0..count).contains(&start) { length } else { -1 });
    }
    let (one, other) = ((-1 - start) * length / change, (count - start) * length / change);
    ((one.min(other) - 1).max(0), (one.max(other) + 1).min(length))
}

/// Division that rounds halves up, whichever the sign.
pub(crate) fn rounded(numerator: i64, denominator: i64) -> i64 {
    (2 * numerator + denominator).div_euclid(2 * denominator)
}
