//! The list of runs.

use elbow_engine::live::Status;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::frame::{frame, write, write_right};
use crate::explorer::number::{cut, number};
use crate::explorer::plot::{Dash, inside, sample};
use crate::explorer::runs::Run;
use crate::explorer::state::State;

/// ```text
/// ╭ runs ────────────────────── kl_visible ╮
/// │▸● ⠤⠤⠤ ELBO, fixed               0.0021 │
/// │ ✗ ⠤⠄⠤ adam                         NaN │
/// │   kl_visible is NaN at step 212        │
/// │ ✓     evidence                 4.12e-5 │   no sample: hidden
/// ╰────────────────────────────────────────╯
/// ```
pub(crate) fn render(state: &State, area: Rect, buffer: &mut Buffer) {
    let theme = state.theme;
    frame(theme, theme.faint(), area, buffer);
    write(buffer, area.x + 1, area.y, area.right(), &[(" ", Style::new()), ("runs", theme.strong()), (" ", Style::new())]);
    let metric = leading_metric(state);
    write_right(buffer, area.right() - 1, area.y, &format!(" {metric} "), theme.faint());
    let inside = inside(area);
    let end = area.right() - 1;
    let mut y = inside.y;
    for index in first_row(state, inside.height)..state.runs.len() {
        if y >= inside.bottom() {
            break;
        }
        row(state, index, metric, Rect { y, height: 1, ..inside }, buffer);
        y += 1;
        if has_room_for_reason(state, index, y, inside) {
            let reason = cut(&state.runs[index].reason, usize::from(inside.width.saturating_sub(4)), theme.symbol("…", "~"));
            write(buffer, inside.x + 3, y, end, &[(&reason, theme.faint())]);
            y += 1;
        }
    }
}

/// The metric whose last value stands in the list.
fn leading_metric(state: &State) -> &'static str {
    let candidates = ["kl_visible", "kl_joint", "elbo", "log_evidence"];
    candidates.into_iter().find(|name| state.runs.iter().any(|run| run.column(name).is_some())).unwrap_or("")
}

/// Scrolls so that the cursor is in sight.
fn first_row(state: &State, height: u16) -> usize {
    (state.cursor + 1).saturating_sub(usize::from(height))
}

/// A reason gets a line of its own as long as every run after it has one.
fn has_room_for_reason(state: &State, index: usize, y: u16, inside: Rect) -> bool {
    let after = state.runs.len() - index - 1;
    !state.runs[index].reason.is_empty() && usize::from(inside.bottom().saturating_sub(y)) > after
}

fn row(state: &State, index: usize, metric: &str, area: Rect, buffer: &mut Buffer) {
    let (theme, run) = (state.theme, &state.runs[index]);
    let at_cursor = index == state.cursor;
    let style = if run.hidden { theme.faint() } else { theme.run(index) };
    let text = if run.hidden { theme.faint() } else { Style::new() };
    let text = if at_cursor { text.patch(theme.strong()) } else { text };
    let cursor = if at_cursor { theme.symbol("▸", ">") } else { " " };
    let glyph_style = if run.has_failed() { theme.alarm() } else { style };
    write(buffer, area.x, area.y, area.right(), &[(cursor, theme.strong()), (glyph(state, run), glyph_style)]);
    if !run.hidden {
        sample(theme, Dash::nth(index), style, Rect { x: area.x + 3, width: 3, ..area }, buffer);
    }
    let value = run.number(metric).map(number).unwrap_or_default();
    let start = area.x + 7;
    let room = usize::from(area.right().saturating_sub(start)).saturating_sub(value.len() + 2);
    buffer.set_string(start, area.y, cut(&run.label, room, theme.symbol("…", "~")), text);
    write_right(buffer, area.right() - 1, area.y, &value, text);
}

fn glyph(state: &State, run: &Run) -> &'static str {
    let (unicode, ascii) = match run.status {
        Status::Waiting => ("○", "."),
        Status::Running => ("●", "*"),
        Status::Finished => ("✓", "v"),
        Status::Diverged | Status::Failed | Status::Crashed => ("✗", "X"),
        Status::Stopped => ("■", "#"),
    };
    state.theme.symbol(unicode, ascii)
}
