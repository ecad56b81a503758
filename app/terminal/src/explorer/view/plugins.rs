//! The plugins: what they are and where they come from.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::frame::{frame, write};
use crate::explorer::plot::inside;
use crate::explorer::state::State;

/// The text of `elbow plugin list`, which scrolls.
pub(crate) fn render(state: &State, area: Rect, buffer: &mut Buffer) {
    let theme = state.theme;
    frame(theme, theme.faint(), area, buffer);
    write(buffer, area.x + 1, area.y, area.right(), &[(" ", Style::new()), ("plugins", theme.strong()), (" ", Style::new())]);
    let inside = inside(area);
    if state.plugins.is_empty() {
        write(buffer, inside.x + 1, inside.y, inside.right(), &[("nothing is known of them here", theme.faint())]);
    }
    let first = state.scroll.min(state.plugins.len().saturating_sub(usize::from(inside.height)));
    for (y, line) in (inside.y..inside.bottom()).zip(&state.plugins[first..]) {
        write(buffer, inside.x + 1, y, inside.right(), &[(line, Style::new())]);
    }
}
