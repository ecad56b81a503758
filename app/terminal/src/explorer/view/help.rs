//! The list of keys.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::frame::{popup, write};
use crate::explorer::keymap::KEYS;
use crate::explorer::state::State;

/// ```text
/// ╭ keys: any key closes ───────────╮
/// │  space   pause all runs, …      │
/// │    ↑ ↓   select a run (also j k)│
/// ╰─────────────────────────────────╯
/// ```
pub(crate) fn render(state: &State, area: Rect, buffer: &mut Buffer) {
    let lines: Vec<_> = KEYS.iter().filter(|binding| !binding.help.is_empty()).collect();
    let inside = popup(state.theme, "keys: any key closes", (68, lines.len() as u16 + 2), area, buffer);
    for (y, binding) in (inside.y..inside.bottom()).zip(lines) {
        let key = format!("{:>7}   ", state.theme.symbol(binding.shown, binding.ascii));
        let pieces = [(key.as_str(), state.theme.strong()), (binding.help, Style::new())];
        write(buffer, inside.x, y, inside.right(), &pieces);
    }
}
