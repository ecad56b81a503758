//! The screen: one file for each part.

mod chart;
mod editor;
mod footer;
pub(crate) mod frame;
mod gallery;
mod geometry;
mod header;
mod help;
mod inspector;
mod list;
mod log;
mod notice;
mod plugins;
mod runs;
pub(crate) mod table;
mod trajectory;

use ratatui::buffer::Buffer;

use super::layout::{Areas, areas};
use super::popup::Popup;
use super::state::{State, View};

/// Draws everything. The curves must have been fitted.
pub(crate) fn render(state: &State, buffer: &mut Buffer) {
    let Some(areas) = areas(state) else {
        return notice::render(state, buffer.area, buffer);
    };
    header::render(state, areas.header, buffer);
    if let (Some(list), Some(inspector)) = (areas.runs, areas.inspector) {
        runs::render(state, list, buffer);
        inspector::render(state, inspector, buffer);
    }
    main(state, &areas, buffer);
    if let Some(area) = areas.log {
        log::render(state, 0, area, buffer);
    }
    footer::render(state, areas.footer, buffer);
    popup(state, buffer);
    if !state.theme.unicode() {
        spell_out(buffer);
    }
}

/// Names, units and what plugins print may have any character in them: of those beyond ASCII, a terminal that shows ASCII
/// alone makes what it likes, in a width that it likes.
fn spell_out(buffer: &mut Buffer) {
    for cell in buffer.content.iter_mut().filter(|cell| !cell.symbol().is_ascii()) {
        let plain = match cell.symbol() {
            "─" | "−" | "–" => "-",
            "≥" | "→" => ">",
            "≤" => "<",
            "…" => "~",
            _ => "?",
        };
        cell.set_symbol(plain);
    }
}

fn main(state: &State, areas: &Areas, buffer: &mut Buffer) {
    match state.view {
        View::Curves => areas.charts.iter().for_each(|&(chart, area)| chart::render(state, chart, area, buffer)),
        View::Geometry => geometry::render(state, areas.main, buffer),
        View::Table => table::render(state, areas.main, buffer),
        View::Trajectory => trajectory::render(state, areas.main, buffer),
        View::Log => log::render(state, state.scroll, areas.main, buffer),
        View::Plugins => plugins::render(state, areas.main, buffer),
    }
}

fn popup(state: &State, buffer: &mut Buffer) {
    let area = buffer.area;
    match &state.popup {
        Popup::None => {}
        Popup::Help(first) => help::render(state, *first, area, buffer),
        Popup::Gallery(row) => gallery::render(state, *row, area, buffer),
        Popup::Line(line) => editor::line(state, line, area, buffer),
        Popup::Editor(editor) => editor::render(state, editor, area, buffer),
        Popup::Chooser(chooser) => gallery::choose(state, chooser, area, buffer),
    }
}
