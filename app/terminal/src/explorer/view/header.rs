//! The first line: what runs, and how it stands.

use elbow_engine::live::Status;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::frame::write;
use crate::explorer::number::clock;
use crate::explorer::plot::Scale;
use crate::explorer::state::{Source, State};
use crate::text::cut;

type Piece = (String, Style);

/// ```text
///  elbow  ay2025-non-cylindrical        3 running · 1 diverged · 00:12   x step  y log  full speed
/// ```
pub(crate) fn render(state: &State, area: Rect, buffer: &mut Buffer) {
    let width = usize::from(area.width);
    let mut right = standing(state);
    // What is of less use goes first where there is no room: the title keeps a third.
    for extra in [pace(state), axes(state)] {
        if length(&right) + length(&extra) + 10 + width / 3 <= width {
            right.extend(extra);
        }
    }
    let start = area.right().saturating_sub(length(&right) as u16 + 1);
    title(state, area, start.saturating_sub(2), buffer);
    let pieces: Vec<(&str, Style)> = right.iter().map(|(text, style)| (text.as_str(), *style)).collect();
    write(buffer, start, area.y, area.right(), &pieces);
}

fn length(pieces: &[Piece]) -> usize {
    pieces.iter().map(|(text, _)| text.chars().count()).sum()
}

fn title(state: &State, area: Rect, end: u16, buffer: &mut Buffer) {
    let theme = state.theme;
    let room = usize::from(end.saturating_sub(area.x + 8));
    let title = cut(&state.title, room, theme.symbol("…", "~"));
    let pieces = [(" elbow ", theme.strong().patch(theme.run(0))), (" ", Style::new()), (title.as_str(), Style::new())];
    let x = write(buffer, area.x, area.y, end, &pieces);
    let rest = usize::from(end.saturating_sub(x + 2));
    if rest >= 12 {
        buffer.set_string(x + 2, area.y, cut(&state.about, rest, theme.symbol("…", "~")), theme.faint());
    }
}

/// How many runs are where, and for how long.
fn standing(state: &State) -> Vec<Piece> {
    let theme = state.theme;
    let counts = [
        (state.count(&[Status::Waiting]), "waiting", theme.faint()),
        (state.count(&[Status::Running]), "running", Style::new()),
        (state.count(&[Status::Finished]), "finished", Style::new()),
        (state.count(&[Status::Converged]), "converged", Style::new()),
        (state.count(&[Status::Stopped]), "stopped", Style::new()),
        (state.count(&[Status::Worsened]), "worsened", theme.alarm()),
        (state.count(&[Status::Stalled]), "stalled", theme.alarm()),
        (state.count(&[Status::Diverged]), "diverged", theme.alarm()),
        (state.count(&[Status::Failed]), "failed", theme.alarm()),
        (state.count(&[Status::Crashed]), "crashed", theme.alarm()),
    ];
    let words = [(state.paused, "PAUSED"), (state.frozen, "FROZEN")];
    let mut pieces: Vec<Piece> =
        words.into_iter().filter(|(is, _)| *is).map(|(_, word)| (word.to_owned(), theme.strong())).collect();
    let counted = counts.into_iter().filter(|(count, _, _)| *count > 0);
    pieces.extend(counted.map(|(count, word, style)| (format!("{count} {word}"), style)));
    pieces.push((clock(state.elapsed), Style::new()));
    let dot = format!(" {} ", theme.symbol("·", "-"));
    let dots = std::iter::repeat_n((dot, theme.faint()), pieces.len());
    dots.zip(pieces).flat_map(|(dot, piece)| [dot, piece]).skip(1).collect()
}

fn pace(state: &State) -> Vec<Piece> {
    let text = match (state.source, state.pace) {
        (Source::Replayed, quarters) => format!("replay {}x", f64::from(quarters) / 4.0),
        (Source::Recorded, _) => "recorded".to_owned(),
        (Source::Running, 0) => "full speed".to_owned(),
        (Source::Running, pace) => format!("{pace} steps/s"),
    };
    vec![(format!("   {text}"), state.theme.faint())]
}

fn axes(state: &State) -> Vec<Piece> {
    let scale = match state.focused() {
        Some(chart) => state.scale(chart),
        None => state
            .recorded_charts()
            .into_iter()
            .map(|chart| state.scale(chart))
            .find(|&scale| scale != Scale::Linear)
            .unwrap_or_default(),
    };
    let x = if state.x_scale == Scale::Linear { String::new() } else { format!(" {}", state.x_scale.name()) };
    let mut text = format!("   x {}{x}  y {}", state.x.name(), scale.name());
    if state.window.zoom.is_some() {
        text += if state.window.follows { "  zoom, follows" } else { "  zoom" };
    }
    if state.smoothing > 0 {
        text += &format!("  smooth {}", state.smoothing);
    }
    vec![(text, state.theme.faint())]
}
