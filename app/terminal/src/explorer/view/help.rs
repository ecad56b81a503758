//! The list of keys.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::frame::{popup, write};
use crate::explorer::keymap::KEYS;
use crate::explorer::state::State;

/// Columns for the keys.
const KEY_WIDTH: usize = 13;

/// ```text
/// ╭ help: the arrows scroll, any other key closes ╮
/// │        space   pause all runs, …              │
/// │          ↓ ↑   select a run, or a line        │
/// ╰───────────────────────────────────────────────╯
/// ```
pub(crate) fn render(state: &State, first: usize, area: Rect, buffer: &mut Buffer) {
    let lines: Vec<usize> = (0..KEYS.len()).filter(|&line| !KEYS[line].help.is_empty()).collect();
    let size = (80, (lines.len() as u16 + 2).min(area.height));
    let whole = lines.len() as u16 + 2 <= area.height;
    let title = if whole { "help: any key closes" } else { "help: the arrows scroll, any other key closes" };
    let inside = popup(state.theme, title, size, area, buffer);
    let first = first.min(lines.len().saturating_sub(usize::from(inside.height)));
    for (y, &line) in (inside.y..inside.bottom()).zip(&lines[first..]) {
        let key = format!("{:>KEY_WIDTH$}   ", state.keys.help(line, state.theme.unicode()));
        let pieces = [(key.as_str(), state.theme.strong()), (KEYS[line].help, Style::new())];
        write(buffer, inside.x, y, inside.right(), &pieces);
    }
}
