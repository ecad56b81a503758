//! What plugins and panics printed while the screen was up.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::frame::{frame, write};
use crate::explorer::plot::inside;
use crate::explorer::state::State;

/// `above`: so many lines above the end.
///
/// ```text
/// ╭ printed ─────────────────────────╮
/// │ the last lines, newest at the end│
/// ╰──────────────────────────────────╯
/// ```
pub(crate) fn render(state: &State, above: usize, area: Rect, buffer: &mut Buffer) {
    let theme = state.theme;
    frame(theme, theme.faint(), area, buffer);
    write(buffer, area.x + 1, area.y, area.right(), &[(" ", Style::new()), ("printed", theme.strong()), (" ", Style::new())]);
    let inside = inside(area);
    if state.log.is_empty() {
        write(buffer, inside.x + 1, inside.y, inside.right(), &[("nothing yet", theme.faint())]);
    }
    let above = above.min(state.log.len().saturating_sub(usize::from(inside.height)));
    let first = state.log.len().saturating_sub(usize::from(inside.height) + above);
    for (y, line) in (inside.y..inside.bottom()).zip(state.log.iter().skip(first)) {
        write(buffer, inside.x + 1, y, inside.right(), &[(line, Style::new())]);
    }
}
