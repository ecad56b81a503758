//! The screen: one file for each part.

mod chart;
mod footer;
mod frame;
mod gallery;
mod header;
mod help;
mod inspector;
mod log;
mod notice;
mod runs;

use ratatui::buffer::Buffer;

use super::layout::areas;
use super::state::{Popup, State};

/// Draws everything. The curves must have been fitted.
pub(crate) fn render(state: &State, buffer: &mut Buffer) {
    let Some(areas) = areas(state) else {
        return notice::render(state, buffer.area, buffer);
    };
    header::render(state, areas.header, buffer);
    runs::render(state, areas.runs, buffer);
    inspector::render(state, areas.inspector, buffer);
    for (chart, area) in areas.charts {
        chart::render(state, chart, area, buffer);
    }
    if let Some(area) = areas.log {
        log::render(state, area, buffer);
    }
    footer::render(state, areas.footer, buffer);
    match state.popup {
        Popup::None => {}
        Popup::Help => help::render(state, buffer.area, buffer),
        Popup::Gallery(row) => gallery::render(state, row, buffer.area, buffer),
    }
}
