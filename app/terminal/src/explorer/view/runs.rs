//! The list of runs.

use elbow_engine::live::Status;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::chart::dash_of_run;
use super::frame::{frame, write, write_right};
use crate::explorer::number::number;
use crate::explorer::plot::{inside, sample};
use crate::explorer::runs::Run;
use crate::explorer::state::State;
use crate::text::{cut, squeeze};

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
    let filter = if state.filter.is_empty() { String::new() } else { format!("/{} ", state.filter) };
    let pieces = [(" ", Style::new()), ("runs", theme.strong()), (" ", Style::new()), (filter.as_str(), theme.faint())];
    write(buffer, area.x + 1, area.y, area.right(), &pieces);
    let metric = state.leading_metric();
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
        sample(theme, dash_of_run(state, index), style, Rect { x: area.x + 3, width: 3, ..area }, buffer);
    }
    let value = value(state, run, metric).map(number).unwrap_or_default();
    let start = area.x + 7;
    let room = usize::from(area.right().saturating_sub(start)).saturating_sub(value.len() + 2);
    buffer.set_string(start, area.y, squeeze(&run.label, room, theme.symbol("…", "~")), text);
    write_right(buffer, area.right() - 1, area.y, &value, text);
}

/// The latest value, or that at the cross-hair.
fn value(state: &State, run: &Run, metric: &str) -> Option<f64> {
    match state.cross {
        Some(x) => run.history(metric)?.values.get(run.nearest(state.x, x)?).copied(),
        None => run.number(metric),
    }
}

fn glyph(state: &State, run: &Run) -> &'static str {
    let (unicode, ascii) = match run.status {
        Status::Waiting => ("○", "."),
        Status::Running if run.held || state.paused => ("◌", "="),
        Status::Running => ("●", "*"),
        Status::Finished => ("✓", "v"),
        Status::Converged => ("◉", "o"),
        Status::Worsened => ("▽", "w"),
        Status::Stalled => ("⊘", "0"),
        Status::Diverged | Status::Failed | Status::Crashed => ("✗", "X"),
        Status::Stopped => ("■", "#"),
    };
    state.theme.symbol(unicode, ascii)
}
