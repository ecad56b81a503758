//! The last line: the keys.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::frame::{write, write_right};
use crate::explorer::keymap::{Action, KEYS};
use crate::explorer::state::State;

/// ```text
///  space pause  ↑ ↓ run  ⏎ show  o only  …  ? help  q quit                    L 3 lines printed
/// ```
pub(crate) fn render(state: &State, area: Rect, buffer: &mut Buffer) {
    let theme = state.theme;
    let unread = unread(state);
    let end = area.right().saturating_sub(unread.chars().count() as u16 + 1);
    write_right(buffer, area.right() - 1, area.y, &unread, theme.strong());
    let mut x = area.x + 1;
    for (key, word) in shown(state, usize::from(end.saturating_sub(x))) {
        x = write(
            buffer,
            x,
            area.y,
            end,
            &[(key, theme.strong()), (" ", Style::new()), (word, theme.faint()), ("  ", Style::new())],
        );
    }
}

/// The keys that fit. Help and quit always do; of the others, the first ones.
fn shown(state: &State, room: usize) -> Vec<(&'static str, &'static str)> {
    let named = KEYS.iter().filter(|binding| !binding.short.is_empty());
    let pairs: Vec<_> = named
        .filter(|binding| binding.action != Action::Gallery || !state.gallery.is_empty())
        .map(|binding| {
            let word = if binding.action == Action::Pause && state.paused { "go on" } else { binding.short };
            (state.theme.symbol(binding.shown, binding.ascii), word, matches!(binding.action, Action::Help | Action::Quit))
        })
        .collect();
    let width = |key: &str, word: &str| key.chars().count() + word.chars().count() + 3;
    let kept: usize = pairs.iter().filter(|pair| pair.2).map(|pair| width(pair.0, pair.1)).sum();
    let mut left = room.saturating_sub(kept);
    let mut full = false;
    let fits = |&(key, word, always): &(&'static str, &'static str, bool)| {
        full |= !always && width(key, word) > left;
        left -= if always || full { 0 } else { width(key, word) };
        always || !full
    };
    pairs.into_iter().filter(fits).map(|(key, word, _)| (key, word)).collect()
}

fn unread(state: &State) -> String {
    match state.unread {
        0 => String::new(),
        1 => "L: 1 line printed".to_owned(),
        count => format!("L: {count} lines printed"),
    }
}
