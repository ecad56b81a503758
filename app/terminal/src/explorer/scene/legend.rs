//! What is drawn how: a column beside the picture, or a row above it where the area is narrow.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::sheet::Sheet;
use super::words::{line, mark, width};
use crate::explorer::plot::Dash;
use crate::explorer::theme::Theme;
use crate::text::cut;

/// Columns of a sample and the blank behind it.
const SAMPLE: u16 = 4;
/// Areas narrower than this have their legend above.
const NARROW: u16 = 60;

/// One line of the legend.
pub(super) struct Entry<'a> {
    pub name: &'a str,
    pub style: Style,
    /// A piece of line, or a symbol.
    pub sample: Sample,
}

#[derive(Clone, Copy)]
pub(super) enum Sample {
    Line(Dash),
    Symbol(&'static str),
}

/// Draws the legend; returns what is left for the picture.
pub(super) fn render(theme: Theme, entries: &[Entry], area: Rect, buffer: &mut Buffer) -> Rect {
    let longest = entries.iter().map(|entry| width(entry.name)).max().unwrap_or(0);
    match area.width {
        _ if longest == 0 || area.height < 6 => area,
        0..NARROW => above(theme, entries, area, buffer),
        _ => beside(theme, entries, longest.min(area.width / 4), area, buffer),
    }
}

fn beside(theme: Theme, entries: &[Entry], longest: u16, area: Rect, buffer: &mut Buffer) -> Rect {
    let column = longest + SAMPLE;
    let rows = area.y..area.bottom();
    for (entry, y) in entries.iter().zip(rows) {
        render_entry(theme, entry, Rect { x: area.right() - column, y, width: column, height: 1 }, buffer);
    }
    Rect { width: area.width - column - 1, ..area }
}

/// As many entries as fit into one row.
fn above(theme: Theme, entries: &[Entry], area: Rect, buffer: &mut Buffer) -> Rect {
    let mut x = area.x;
    for entry in entries {
        let needed = SAMPLE + width(entry.name);
        if x + needed > area.right() {
            break;
        }
        render_entry(theme, entry, Rect { x, width: needed, height: 1, ..area }, buffer);
        x += needed + 2;
    }
    Rect { y: area.y + 1, height: area.height - 1, ..area }
}

fn render_entry(theme: Theme, entry: &Entry, area: Rect, buffer: &mut Buffer) {
    match entry.sample {
        Sample::Symbol(symbol) => mark(buffer, area, (area.x + 1, area.y), symbol, entry.style),
        Sample::Line(dash) => {
            let sample = Rect { width: SAMPLE - 1, ..area }.intersection(area);
            let mut sheet = Sheet::new(theme, sample);
            let mut pen = sheet.pen(entry.style, dash);
            sheet.line((0.0, 1.0), (f64::from(sample.width), 1.0), &mut pen);
            sheet.render(buffer);
        }
    }
    let name = cut(entry.name, usize::from(area.width.saturating_sub(SAMPLE)), theme.symbol("…", "~"));
    line(buffer, area, (area.x + SAMPLE, area.y), &[(name.as_str(), entry.style)]);
}
