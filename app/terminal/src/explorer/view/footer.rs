//! The last line: what the last action came to, or the keys.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::frame::{write, write_right};
use crate::explorer::keymap::{Action, KEYS};
use crate::explorer::state::State;
use crate::text::cut;

/// ```text
///  space pause  ↓ run  ⏎ show  e edit  …  ? help  q quit                    P: 3 lines printed
/// ```
pub(crate) fn render(state: &State, area: Rect, buffer: &mut Buffer) {
    let theme = state.theme;
    let unread = unread(state);
    let end = area.right().saturating_sub(unread.chars().count() as u16 + 1);
    write_right(buffer, area.right() - 1, area.y, &unread, theme.strong());
    let mut x = area.x + 1;
    if let Some((text, failed)) = &state.answer {
        let style = if *failed { theme.alarm() } else { theme.strong() };
        let text = cut(text, usize::from(end.saturating_sub(x)), theme.symbol("…", "~"));
        buffer.set_string(x, area.y, text, style);
        return;
    }
    for (key, word) in shown(state, usize::from(end.saturating_sub(x))) {
        let pieces = [(key.as_str(), theme.strong()), (" ", Style::new()), (word, theme.faint()), ("  ", Style::new())];
        x = write(buffer, x, area.y, end, &pieces);
    }
}

/// The keys that fit. Help and quit always do; of the others, the first ones.
fn shown(state: &State, room: usize) -> Vec<(String, &'static str)> {
    let named = KEYS.iter().filter(|binding| !binding.short.is_empty());
    let pairs: Vec<_> = named
        .filter(|binding| binding.action != Action::Gallery || !state.gallery.is_empty())
        .map(|binding| {
            let word = if binding.action == Action::Pause && state.paused { "go on" } else { binding.short };
            (state.key(binding.action), word, matches!(binding.action, Action::Help | Action::Quit))
        })
        .collect();
    let width = |key: &str, word: &str| key.chars().count() + word.chars().count() + 3;
    let kept: usize = pairs.iter().filter(|pair| pair.2).map(|pair| width(&pair.0, pair.1)).sum();
    let mut left = room.saturating_sub(kept);
    let mut full = false;
    let fits = |(key, word, always): &(String, &'static str, bool)| {
        full |= !always && width(key, word) > left;
        left -= if *always || full { 0 } else { width(key, word) };
        *always || !full
    };
    pairs.into_iter().filter(fits).map(|(key, word, _)| (key, word)).collect()
}

fn unread(state: &State) -> String {
    match (state.unread, state.key(Action::Log)) {
        (0, _) => String::new(),
        (1, key) => format!("{key}: 1 line printed"),
        (count, key) => format!("{key}: {count} lines printed"),
    }
}
