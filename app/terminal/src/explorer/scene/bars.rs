//! Upright and lying bars, filled to an eighth of a cell where the font allows.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::words::mark;
use crate::explorer::options::Glyphs;
use crate::explorer::theme::Theme;

/// Filled from below, by eighths.
const RISING: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const RISING_HALF: [&str; 9] = [" ", "▄", "▄", "▄", "▄", "▄", "█", "█", "█"];
const RISING_ASCII: [&str; 9] = [" ", ".", ".", ".", ":", ":", ":", "#", "#"];
/// Filled from the left.
const GROWING: [&str; 9] = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"];
const GROWING_HALF: [&str; 9] = [" ", "▌", "▌", "▌", "▌", "▌", "█", "█", "█"];
const GROWING_ASCII: [&str; 9] = [" ", "-", "-", "-", "=", "=", "=", "#", "#"];

/// Eighths of a cell that a bar fills: at least one, unless there is nothing to show.
fn eighths(fraction: f64, cells: u16) -> u32 {
    let full = f64::from(cells) * 8.0;
    if fraction > 0.0 { (fraction * full).round().clamp(1.0, full.max(1.0)) as u32 } else { 0 }
}

/// The part of an area's cell number `index` that is filled.
fn part(eighths: u32, index: u16) -> usize {
    eighths.saturating_sub(8 * u32::from(index)).min(8) as usize
}

/// A bar that stands in the area and takes a fraction of its height.
pub(super) fn standing(theme: Theme, fraction: f64, style: Style, area: Rect, buffer: &mut Buffer) {
    let shapes = match theme.glyphs {
        Glyphs::Ascii => RISING_ASCII,
        Glyphs::Half => RISING_HALF,
        Glyphs::Auto | Glyphs::Braille | Glyphs::Octant => RISING,
    };
    let eighths = eighths(fraction, area.height);
    for (index, y) in (area.y..area.bottom()).rev().enumerate() {
        for x in (area.x..area.right()).filter(|_| part(eighths, index as u16) > 0) {
            mark(buffer, area, (x, y), shapes[part(eighths, index as u16)], style);
        }
    }
}

/// A bar that lies in the area and takes a fraction of its width.
pub(super) fn lying(theme: Theme, fraction: f64, style: Style, area: Rect, buffer: &mut Buffer) {
    let shapes = match theme.glyphs {
        Glyphs::Ascii => GROWING_ASCII,
        Glyphs::Half => GROWING_HALF,
        Glyphs::Auto | Glyphs::Braille | Glyphs::Octant => GROWING,
    };
    let eighths = eighths(fraction, area.width);
    for (index, x) in (area.x..area.right()).enumerate().filter(|(index, _)| part(eighths, *index as u16) > 0) {
        mark(buffer, area, (x, area.y), shapes[part(eighths, index as u16)], style);
    }
}
