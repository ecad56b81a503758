//! Curves onto a canvas.

use super::canvas::Canvas;
use super::dash::Dash;
use super::scale::Range;
use super::series::Series;

/// Whose dots, and in which columns.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pen {
    pub owner: u16,
    pub dash: Dash,
}

/// Rows beyond this are as good as infinitely far away; their product with a column still fits the integers.
const FAR: f64 = 1e8;

/// The dot row of a height, possibly far outside the canvas.
pub(crate) fn row_of(range: Range, height: f64, rows: usize) -> i64 {
    let last = rows.saturating_sub(1) as f64;
    ((1.0 - range.fraction(height)) * last).round().clamp(-FAR, FAR) as i64
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
pub(crate) fn draw(canvas: &mut Canvas, series: &Series, range: Range, pen: Pen) {
    let rows = canvas.rows();
    let row = |height| row_of(range, height, rows);
    let mut before: Option<(i64, i64)> = None;
    for bucket in series.buckets() {
        let column = bucket.column as i64;
        if let Some(from) = before.filter(|_| bucket.joined) {
            stroke(canvas, from, (column, row(bucket.first)), pen);
        }
        stroke(canvas, (column, row(bucket.min)), (column, row(bucket.max)), pen);
        before = Some((column, row(bucket.last)));
    }
}

/// A straight line of dots, both ends included; what lies outside the canvas is not walked through.
pub(crate) fn stroke(canvas: &mut Canvas, from: (i64, i64), to: (i64, i64), pen: Pen) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length = dx.abs().max(dy.abs()).max(1);
    let (first, last) = visible(from.1, dy, length, canvas.rows() as i64);
    for index in first..=last {
        let (column, row) = (from.0 + rounded(dx * index, length), from.1 + rounded(dy * index, length));
        if column >= 0 && row >= 0 && pen.dash.shows(column as usize, canvas.fine_columns()) {
            canvas.set(column as usize, row as usize, pen.owner);
        }
    }
}

/// The part of 0..=length in which rows may lie in 0..rows.
fn visible(start: i64, dy: i64, length: i64, rows: i64) -> (i64, i64) {
    if dy == 0 {
        return (0, if (0..rows).contains(&start) { length } else { -1 });
    }
    let (one, other) = ((-1 - start) * length / dy, (rows - start) * length / dy);
    ((one.min(other) - 1).max(0), (one.max(other) + 1).min(length))
}

/// Division that rounds halves up, whichever the sign.
fn rounded(numerator: i64, denominator: i64) -> i64 {
    (2 * numerator + denominator).div_euclid(2 * denominator)
}
