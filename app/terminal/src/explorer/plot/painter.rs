//! Curves onto a canvas.

use super::canvas::Canvas;
use super::dash::Dash;
use super::geometry::Axis;
use super::scale::Range;
use super::series::{Series, Span};

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
pub(crate) fn draw(canvas: &mut Canvas, series: &Series, range: Range, pen: Pen) {
    let rows = canvas.rows();
    let row = |height| row_of(range, height, rows);
    let mut before: Option<(i64, i64)> = None;
    for bucket in series.buckets() {
        let Span { first, last, min, max } = bucket.heights;
        if let Some(from) = before.filter(|_| bucket.joined) {
            stroke(canvas, from, (bucket.column, row(first)), pen);
        }
        stroke(canvas, (bucket.column, row(min)), (bucket.column, row(max)), pen);
        before = Some((bucket.column, row(last)));
    }
}

/// The dot row in which a curve passes a dot column: its last point there, or the stroke across it.
pub(crate) fn row_at(series: &Series, range: Range, column: i64, rows: usize) -> Option<i64> {
    let buckets = series.buckets();
    let index = buckets.partition_point(|bucket| bucket.column < column);
    let here = buckets.get(index)?;
    if here.column == column {
        return Some(row_of(range, here.heights.last, rows));
    }
    let before = buckets.get(index.checked_sub(1)?).filter(|_| here.joined)?;
    let (from, to) = (row_of(range, before.heights.last, rows), row_of(range, here.heights.first, rows));
    Some(from + rounded((to - from) * (column - before.column), here.column - before.column))
}

/// A straight line of dots, both ends included; what lies outside the canvas is not walked through.
pub(crate) fn stroke(canvas: &mut Canvas, from: (i64, i64), to: (i64, i64), pen: Pen) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    if dx == 0 {
        return fill(canvas, from.0, (from.1, to.1), pen);
    }
    let length = dx.abs().max(dy.abs());
    let (start, end) = part_in_sight(canvas, from, (dx, dy), length);
    if start > end {
        return;
    }
    let dots = (start..=end).zip(steps(from.0, dx, length, start).zip(steps(from.1, dy, length, start)));
    let mut dots = dots.map(|(_, dot)| dot);
    // The dots of a column together: the canvas takes them at a time.
    let Some((mut column, mut first)) = dots.next() else { return };
    let mut last = first;
    for dot in dots {
        if dot.0 != column {
            fill(canvas, column, (first, last), pen);
            (column, first) = dot;
        }
        last = dot.1;
    }
    fill(canvas, column, (first, last), pen);
}

fn fill(canvas: &mut Canvas, column: i64, (one, other): (i64, i64), pen: Pen) {
    if let Some(column) = usize::try_from(column).ok().filter(|&column| pen.dash.shows(column, canvas.fineness().0)) {
        canvas.fill(column, (one.min(other), one.max(other)), pen.owner);
    }
}

/// The places `start` + [`rounded`] (`change` · index / `length`) from an index on, without a division for each.
fn steps(start: i64, change: i64, length: i64, index: i64) -> impl Iterator<Item = i64> {
    let unit = 2 * length;
    let numerator = 2 * change * index + length;
    let (mut place, mut rest) =
        if index == 0 { (start, length) } else { (start + numerator.div_euclid(unit), numerator.rem_euclid(unit)) };
    std::iter::repeat_with(move || {
        let here = place;
        rest += 2 * change;
        if rest >= unit {
            (place, rest) = (place + 1, rest - unit);
        } else if rest < 0 {
            (place, rest) = (place - 1, rest + unit);
        }
        here
    })
}

/// The part of 0..=length in which dots of a stroke may lie on the canvas. Most strokes need no division to tell.
fn part_in_sight(canvas: &Canvas, from: (i64, i64), (dx, dy): (i64, i64), length: i64) -> (i64, i64) {
    let (columns, rows) = (canvas.columns() as i64, canvas.rows() as i64);
    let is_inside = |column: i64, row: i64| (0..columns).contains(&column) && (0..rows).contains(&row);
    if is_inside(from.0, from.1) && is_inside(from.0 + dx, from.1 + dy) {
        return (0, length);
    }
    let (in_columns, in_rows) = (visible(from.0, dx, length, columns), visible(from.1, dy, length, rows));
    (in_columns.0.max(in_rows.0), in_columns.1.min(in_rows.1))
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
