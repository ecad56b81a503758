//! Frames with a title in the upper border.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::explorer::theme::Theme;

/// Corners clockwise from the upper left, then horizontal and vertical.
const ROUND: [&str; 6] = ["╭", "╮", "╯", "╰", "─", "│"];
const PLAIN: [&str; 6] = ["+", "+", "+", "+", "-", "|"];

/// Draws the border.
pub(crate) fn frame(theme: Theme, style: Style, area: Rect, buffer: &mut Buffer) {
    let [upper_left, upper_right, lower_right, lower_left, horizontal, vertical] = if theme.unicode() { ROUND } else { PLAIN };
    if area.width < 2 || area.height < 2 {
        return;
    }
    let (right, bottom) = (area.right() - 1, area.bottom() - 1);
    for x in area.x + 1..right {
        put(buffer, (x, area.y), horizontal, style);
        put(buffer, (x, bottom), horizontal, style);
    }
    for y in area.y + 1..bottom {
        put(buffer, (area.x, y), vertical, style);
        put(buffer, (right, y), vertical, style);
    }
    let corners = [(area.x, area.y), (right, area.y), (right, bottom), (area.x, bottom)];
    for (at, corner) in corners.into_iter().zip([upper_left, upper_right, lower_right, lower_left]) {
        put(buffer, at, corner, style);
    }
}

/// One symbol of one cell: much cheaper than a string, which is taken apart first.
pub(crate) fn put(buffer: &mut Buffer, at: (u16, u16), symbol: &str, style: Style) {
    if let Some(cell) = buffer.cell_mut(at) {
        cell.set_symbol(symbol).set_style(style);
    }
}

/// Writes pieces after each other from `x` on, never past `end`; returns where it stopped.
pub(crate) fn write(buffer: &mut Buffer, x: u16, y: u16, end: u16, pieces: &[(&str, Style)]) -> u16 {
    pieces.iter().fold(x, |x, (text, style)| buffer.set_stringn(x, y, text, usize::from(end.saturating_sub(x)), *style).0)
}

/// Writes text that ends just before `end`.
pub(crate) fn write_right(buffer: &mut Buffer, end: u16, y: u16, text: &str, style: Style) {
    let x = end.saturating_sub(text.chars().count() as u16);
    buffer.set_stringn(x, y, text, usize::from(end - x), style);
}

/// An empty framed box in the middle of `area`, at most as large as it; returns its inside.
pub(crate) fn popup(theme: Theme, title: &str, size: (u16, u16), area: Rect, buffer: &mut Buffer) -> Rect {
    let (width, height) = (size.0.min(area.width), size.1.min(area.height));
    let (x, y) = (area.x + (area.width - width) / 2, area.y + (area.height - height) / 2);
    let area = Rect { x, y, width, height };
    for position in area.positions() {
        if let Some(cell) = buffer.cell_mut(position) {
            cell.reset();
        }
    }
    frame(theme, Style::new(), area, buffer);
    write(buffer, x + 1, y, area.right() - 1, &[(" ", Style::new()), (title, theme.strong()), (" ", Style::new())]);
    crate::explorer::plot::inside(area)
}
