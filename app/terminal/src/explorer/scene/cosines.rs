//! Angles between directions.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::words::{ending, line, mark, width};
use crate::explorer::number::number;
use crate::explorer::theme::Theme;
use crate::text::cut;

/// Columns of a value with its sign, or of "undefined", with a blank before.
const VALUE: u16 = 10;
/// Tracks shorter than this are left out: the numbers say it better.
const SHORTEST: u16 = 7;

/// Cosines, each with a name.
#[derive(Clone, Debug)]
pub(crate) struct Cosines {
    /// Name, value from -1 to 1, and look. A value that is not finite is undefined.
    pub rows: Vec<(String, f64, Style)>,
}

impl Cosines {
    /// ```text
    ///          -1        0         1
    /// cos_elbo ├─────────┼━━━━━━●──┤    0.7124
    /// cos_rec  ├─────────┼─────────┤ undefined
    /// cos_gap  ├───●━━━━━┼─────────┤   -0.6500
    /// ```
    pub fn render(&self, theme: Theme, area: Rect, buffer: &mut Buffer) {
        let area = area.intersection(buffer.area);
        let names = self.rows.iter().map(|(name, ..)| width(name)).max().unwrap_or(0).min(area.width / 3);
        let track = area.width.saturating_sub(names + 1 + VALUE);
        // An odd number of cells has one in the middle.
        let track = if track < SHORTEST { 0 } else { track - u16::from(track.is_multiple_of(2)) };
        let track = Rect { x: area.x.saturating_add(names + 1), width: track, ..area }.intersection(area);
        let has_scale = usize::from(area.height) > self.rows.len();
        if has_scale {
            scale(track, theme, buffer);
        }
        let pitch = if usize::from(area.height) > 2 * self.rows.len() { 2 } else { 1 };
        for (row, y) in self.rows.iter().zip((area.y + u16::from(has_scale)..area.bottom()).step_by(pitch)) {
            let name = cut(&row.0, usize::from(names), theme.symbol("…", "~"));
            line(buffer, area, (area.x, y), &[(&name, row.2)]);
            needle(theme, row.1, row.2, Rect { y, height: 1, ..track }, buffer);
            let (text, style) = if row.1.is_finite() { (number(row.1), row.2) } else { ("undefined".to_owned(), theme.faint()) };
            let end = if track.width > 0 { track.right() + VALUE } else { area.right() };
            ending(buffer, area, (end.min(area.right()), y), &text, style);
        }
    }
}

fn scale(track: Rect, theme: Theme, buffer: &mut Buffer) {
    if track.width == 0 {
        return;
    }
    let middle = track.x + track.width / 2;
    line(buffer, track, (track.x, track.y), &[("-1", theme.faint())]);
    line(buffer, track, (middle, track.y), &[("0", theme.faint())]);
    ending(buffer, track, (track.right(), track.y), "1", theme.faint());
}

/// A bar from 0 to the value, with a head.
fn needle(theme: Theme, value: f64, style: Style, track: Rect, buffer: &mut Buffer) {
    let Some(last) = track.width.checked_sub(1) else { return };
    let middle = track.x + last / 2;
    let head = value.is_finite().then(|| track.x + ((value.clamp(-1.0, 1.0) + 1.0) / 2.0 * f64::from(last)).round() as u16);
    for x in track.x..track.right() {
        let is_filled = head.is_some_and(|head| (head.min(middle)..=head.max(middle)).contains(&x));
        let (symbol, style) = match x {
            _ if Some(x) == head => (theme.symbol("●", "O"), style.patch(theme.strong())),
            _ if x == middle => (theme.symbol("┼", "+"), theme.faint()),
            _ if is_filled => (theme.symbol("━", "="), style),
            _ if x == track.x => (theme.symbol("├", "|"), theme.faint()),
            _ if x == track.x + last => (theme.symbol("┤", "|"), theme.faint()),
            _ => (theme.symbol("─", "-"), theme.grid()),
        };
        mark(buffer, track, (x, track.y), symbol, style);
    }
}
