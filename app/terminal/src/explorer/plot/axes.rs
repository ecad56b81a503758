//! Tick labels and grid lines.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::along::along;
use super::painter::row_of;
use super::ticks::ticks;
use super::{Plot, fineness};

/// So many labels fit beside an axis of this height with air between them.
pub(crate) fn most_ticks(height: u16) -> usize {
    usize::from(height.div_ceil(3)).clamp(2, 7)
}

/// Labels left of the field, and a faint line through the field at each.
pub(crate) fn vertical(plot: &Plot, inside: Rect, field: Rect, buffer: &mut Buffer) {
    let fine = fineness(plot.theme.glyphs).1;
    let line = plot.theme.symbol("┈", ".");
    for tick in ticks(plot.y, most_ticks(inside.height)) {
        let row = row_of(plot.y.range, tick.at, usize::from(field.height) * fine).max(0) as usize / fine;
        let y = field.y + (row as u16).min(field.height - 1);
        let x = (field.x - 1).saturating_sub(tick.label.len() as u16);
        buffer.set_string(x, y, &tick.label, plot.theme.faint());
        for x in (field.x..field.right()).step_by(if plot.theme.unicode() { 1 } else { 4 }) {
            if let Some(cell) = buffer.cell_mut((x, y)) {
                cell.set_symbol(line).set_style(plot.theme.grid());
            }
        }
    }
}

/// Labels on the lower border, each with a blank on either side and a cell between them: both ends first.
pub(crate) fn horizontal(plot: &Plot, area: Rect, field: Rect, buffer: &mut Buffer) {
    let limit = usize::from(field.width / 10).clamp(2, 8);
    let mut taken: Vec<(u16, u16)> = Vec::new();
    for tick in along(plot.x, limit) {
        let label = format!(" {} ", tick.label);
        let width = label.len() as u16;
        let place = plot.x.range.fraction(tick.at).clamp(0.0, 1.0);
        let centre = field.x + (place * f64::from(field.width.saturating_sub(1))).round() as u16;
        let x = centre.saturating_sub(width / 2).min((area.right() - 1).saturating_sub(width));
        let is_free = taken.iter().all(|&(start, end)| x > end || x + width < start);
        if x > area.x && is_free {
            buffer.set_string(x, area.bottom() - 1, &label, plot.theme.faint());
            taken.push((x, x + width));
        }
    }
}
