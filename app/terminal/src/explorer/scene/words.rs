//! Words and symbols that stay inside an area.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;

use crate::explorer::view::frame::{put, write};

/// Columns that a text takes; a combining mark takes none.
pub(super) fn width(text: &str) -> u16 {
    Span::raw(text).width().min(usize::from(u16::MAX)) as u16
}

/// Writes pieces after each other from a column on; returns where it stopped. Outside the area nothing happens.
pub(super) fn line(buffer: &mut Buffer, area: Rect, (x, y): (u16, u16), pieces: &[(&str, Style)]) -> u16 {
    let area = area.intersection(buffer.area);
    if area.contains((x, y).into()) { write(buffer, x, y, area.right(), pieces) } else { x }
}

/// Writes a text that ends just before `end`, or as near as the area's left edge lets it.
pub(super) fn ending(buffer: &mut Buffer, area: Rect, (end, y): (u16, u16), text: &str, style: Style) {
    line(buffer, area, (end.saturating_sub(width(text)).max(area.x), y), &[(text, style)]);
}

/// One symbol in a cell of the area; it keeps the background.
pub(super) fn mark(buffer: &mut Buffer, area: Rect, at: (u16, u16), symbol: &str, style: Style) {
    if area.contains(at.into()) {
        put(buffer, at, symbol, style);
    }
}

/// The box of one row that a text takes beside a point of the area: off it in the direction `(right, down)`, and pushed
/// back inside.
pub(super) fn beside(area: Rect, at: (u16, u16), towards: (f64, f64), text: &str) -> Rect {
    let width = width(text).min(area.width);
    let is_sideways = towards.0.abs() >= 0.4 * towards.1.abs();
    let x = match (is_sideways, towards.0 >= 0.0) {
        (true, true) => i32::from(at.0) + 2,
        (true, false) => i32::from(at.0) - 1 - i32::from(width),
        (false, _) => i32::from(at.0) - i32::from(width) / 2,
    };
    let y = if is_sideways { i32::from(at.1) } else { i32::from(at.1) + if towards.1 > 0.0 { 1 } else { -1 } };
    let (right, bottom) = (i32::from(area.right()) - i32::from(width), i32::from(area.bottom()) - 1);
    let x = x.min(right).max(i32::from(area.x)) as u16;
    Rect { x, y: y.min(bottom).max(i32::from(area.y)) as u16, width, height: 1 }
}
