//! Rows of a list with a cursor, and an explanation under each.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::frame::{popup, write};
use crate::explorer::state::State;
use crate::text::cut;

/// ```text
/// ╭ gallery: Enter starts, Esc leaves ──────────╮
/// │ ▸ ay2025-non-cylindrical                    │
/// │     Natural-gradient flows on Y <- X -> Z   │
/// ╰─────────────────────────────────────────────╯
/// ```
pub(crate) fn render(state: &State, title: &str, items: &[(&str, &str)], cursor: usize, area: Rect, buffer: &mut Buffer) {
    let theme = state.theme;
    let height = (items.len() as u16).saturating_mul(2).saturating_add(2).max(3);
    let width = (area.width.saturating_sub(6)).min(90);
    let inside = popup(theme, title, (width, height), area, buffer);
    if items.is_empty() {
        write(buffer, inside.x + 2, inside.y, inside.right(), &[("nothing else to show", theme.faint())]);
    }
    let visible = usize::from(inside.height / 2).max(1);
    let first = (cursor + 1).saturating_sub(visible);
    let rows = items.iter().enumerate().skip(first).take(visible);
    for (y, (index, (name, about))) in (inside.y..).step_by(2).zip(rows) {
        let (mark, style) = if index == cursor { (theme.symbol("▸", ">"), theme.strong()) } else { (" ", Default::default()) };
        write(buffer, inside.x + 1, y, inside.right(), &[(mark, style), (" ", style), (name, style)]);
        if y + 1 < inside.bottom() {
            let about = cut(about, usize::from(inside.width.saturating_sub(6)), theme.symbol("…", "~"));
            write(buffer, inside.x + 5, y + 1, inside.right(), &[(&about, theme.faint())]);
        }
    }
}
