//! A line to fill in, and the parameters of a run.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::frame::{popup, write, write_right};
use crate::explorer::popup::{Editor, Line};
use crate::explorer::state::State;
use crate::text::cut;

/// ```text
/// ╭ show runs with ─────────────────────────────╮
/// │ adam|kfac▏                                  │
/// │ what is wrong with it                       │
/// ╰─────────────────────────────────────────────╯
/// ```
pub(crate) fn line(state: &State, line: &Line, area: Rect, buffer: &mut Buffer) {
    let inside = popup(state.theme, line.title(), (60, 4), area, buffer);
    typed(state, &line.text, Rect { x: inside.x + 1, ..inside }, buffer);
    let error = cut(&line.error, usize::from(inside.width.saturating_sub(2)), state.theme.symbol("…", "~"));
    write(buffer, inside.x + 1, inside.y + 1, inside.right(), &[(&error, state.theme.alarm())]);
}

/// Text with a cursor at its end; where it is too long, its end.
fn typed(state: &State, text: &str, area: Rect, buffer: &mut Buffer) {
    let room = usize::from(area.width.saturating_sub(3));
    let hidden = text.chars().count().saturating_sub(room);
    let end: String = text.chars().skip(hidden).collect();
    let cursor = state.theme.symbol("▏", "_");
    write(buffer, area.x, area.y, area.right(), &[(&end, state.theme.strong()), (cursor, state.theme.strong())]);
}

/// ```text
/// ╭ adam: Enter changes, Esc leaves ────────────╮
/// │ ▸ step_size                          0.014  │
/// │   beta1                                0.9  │   faint: fixed once the run has begun
/// │                                             │
/// │ number above 0                              │
/// │ η, the length of a step in each coordinate  │
/// ╰─────────────────────────────────────────────╯
/// ```
pub(crate) fn render(state: &State, editor: &Editor, area: Rect, buffer: &mut Buffer) {
    let theme = state.theme;
    let label = state.runs.get(editor.run).map_or("", |run| &run.label);
    let title = match editor.fork {
        Some(step) => {
            format!("fork {label} at step {step}: Enter changes, {} as it is", state.key(crate::explorer::keymap::Action::Fork))
        }
        None => format!("{label}: Enter changes, Esc leaves"),
    };
    let height = (editor.fields.len() as u16).saturating_add(6).min(area.height);
    let inside = popup(theme, &title, (area.width.saturating_sub(6).min(76), height), area, buffer);
    let rows = inside.height.saturating_sub(4);
    let first = (editor.row + 1).saturating_sub(usize::from(rows));
    for (y, index) in (inside.y..inside.y + rows).zip(first..editor.fields.len()) {
        row(state, editor, index, Rect { y, height: 1, ..inside }, buffer);
    }
    if editor.fields.is_empty() {
        write(buffer, inside.x + 2, inside.y, inside.right(), &[("no parameter can change in mid-run", theme.faint())]);
    }
    about(state, editor, Rect { y: inside.y + rows, height: inside.height - rows, ..inside }, buffer);
}

fn row(state: &State, editor: &Editor, index: usize, area: Rect, buffer: &mut Buffer) {
    let (theme, field) = (state.theme, &editor.fields[index]);
    let at_cursor = index == editor.row;
    let mark = if at_cursor { theme.symbol("▸", ">") } else { " " };
    let style = if field.live { Style::new() } else { theme.faint() };
    let style = if at_cursor { style.patch(theme.strong()) } else { style };
    let x = write(buffer, area.x + 1, area.y, area.right(), &[(mark, style), (" ", style), (&field.path, style)]);
    match &editor.typed {
        Some(text) if at_cursor => {
            let start = (x + 2).max(area.x + area.width / 2);
            typed(state, text, Rect { x: start, width: area.right().saturating_sub(start), ..area }, buffer);
        }
        _ => write_right(buffer, area.right() - 1, area.y, &field.value, style),
    }
}

/// What the value under the cursor may be and means, or what is wrong with what was typed.
fn about(state: &State, editor: &Editor, area: Rect, buffer: &mut Buffer) {
    let (theme, width) = (state.theme, usize::from(area.width.saturating_sub(2)));
    let short = |text: &str| cut(text, width, theme.symbol("…", "~"));
    if let Some(field) = editor.fields.get(editor.row) {
        write(buffer, area.x + 1, area.y + 1, area.right(), &[(&short(&field.kind), theme.faint())]);
        write(buffer, area.x + 1, area.y + 2, area.right(), &[(&short(&field.doc), theme.faint())]);
    }
    write(buffer, area.x + 1, area.y + 3, area.right(), &[(&short(&editor.error), theme.alarm())]);
}
