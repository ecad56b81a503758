//! The experiments that one can change to, and what a new run can be made of.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::list;
use crate::explorer::popup::Chooser;
use crate::explorer::state::State;

/// The gallery, see [`list::render`].
pub(crate) fn render(state: &State, cursor: usize, area: Rect, buffer: &mut Buffer) {
    let items: Vec<_> = state.gallery.iter().map(|entry| (entry.name.as_str(), entry.about.as_str())).collect();
    list::render(state, "gallery: Enter starts, Esc leaves", &items, cursor, area, buffer);
}

/// Models, then optimizers.
pub(crate) fn choose(state: &State, chooser: &Chooser, area: Rect, buffer: &mut Buffer) {
    let items: Vec<_> = chooser.choices.iter().map(|choice| (choice.name.as_str(), choice.about.as_str())).collect();
    let title = format!("{}: Enter takes, Esc leaves", chooser.title);
    list::render(state, &title, &items, chooser.row, area, buffer);
}
