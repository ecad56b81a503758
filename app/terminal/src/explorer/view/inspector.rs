//! The selected run: where it stands, and the latest value of everything it records.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use std::collections::BTreeMap;

use super::frame::{frame, write, write_right};
use crate::explorer::number::number;
use crate::explorer::plot::inside;
use crate::explorer::runs::Run;
use crate::explorer::state::State;
use crate::explorer::track::stem;
use crate::text::cut;

/// ```text
/// ╭ ELBO, fixed ───────────────────────╮
/// │ bayesian-network · seed 0          │
/// │ ━━━━━━━━━━━━━──────────── 120/499  │
/// │ log_evidence              -1.2345  │
/// │ spectrum                           │
/// │   0.1200    0.3400    1.0000       │
/// ╰────────────────────────────────────╯
/// ```
pub(crate) fn render(state: &State, area: Rect, buffer: &mut Buffer) {
    let theme = state.theme;
    frame(theme, theme.faint(), area, buffer);
    let Some(run) = state.selected() else { return };
    let inside = inside(area);
    let title = cut(&run.label, usize::from(inside.width.saturating_sub(2)), theme.symbol("…", "~"));
    let pieces = [(" ", Style::new()), (title.as_str(), theme.strong().patch(theme.run(state.cursor))), (" ", Style::new())];
    write(buffer, area.x + 1, area.y, area.right() - 1, &pieces);
    let mut lines = heading(state, run, inside.width);
    lines.extend(marks(run));
    match state.cross {
        Some(x) => lines.extend(at_cross(state, run, x)),
        None => lines.extend(numbers(run, inside.width)),
    }
    let height = usize::from(inside.height);
    if lines.len() > height && height > 0 {
        let more = lines.len() - height + 1;
        lines.truncate(height - 1);
        lines.push(Line::faint(format!("{more} more {}", theme.symbol("↓", ""))));
    }
    for (y, line) in (inside.y..).zip(lines) {
        line.render(state, Rect { y, height: 1, ..inside }, buffer);
    }
}

enum Line {
    Text { left: String, right: String, faint: bool },
    Progress(u64, u64),
    Alarm(String),
}

impl Line {
    fn faint(left: String) -> Self {
        Self::Text { left, right: String::new(), faint: true }
    }

    fn render(&self, state: &State, area: Rect, buffer: &mut Buffer) {
        let theme = state.theme;
        let (x, end) = (area.x + 1, area.right() - 1);
        match self {
            Self::Text { left, right, faint } => {
                let style = if *faint { theme.faint() } else { Style::new() };
                write(buffer, x, area.y, end, &[(left, style)]);
                write_right(buffer, end, area.y, right, Style::new());
            }
            Self::Alarm(text) => {
                write(buffer, x, area.y, end, &[(text, theme.alarm())]);
            }
            Self::Progress(step, steps) => progress(state, (*step, *steps), area, buffer),
        }
    }
}

fn heading(state: &State, run: &Run, width: u16) -> Vec<Line> {
    let dot = state.theme.symbol("·", "-");
    // A probe counts its points and has no rows before its end.
    let step = if run.xs.is_empty() { run.cell.steps_done() } else { run.shown.step };
    let mut lines = vec![
        Line::faint(format!("{} {dot} seed {}", run.cell.model, run.cell.seed)),
        Line::Progress(step, run.cell.steps.max(step)),
    ];
    if !run.reason.is_empty() {
        let text = format!("{}: {}", run.status.name(), run.reason);
        let told = wrap(&text, usize::from(width.saturating_sub(2))).into_iter();
        lines.extend(told.map(|text| if run.has_failed() { Line::Alarm(text) } else { Line::faint(text) }));
    }
    for (reason, names) in undefined(run) {
        let text = format!("{} undefined: {reason}", names.join(", "));
        lines.extend(wrap(&text, usize::from(width.saturating_sub(2))).into_iter().map(Line::faint));
    }
    lines
}

/// Why scalars have no meaning, reason by reason.
fn undefined(run: &Run) -> BTreeMap<String, Vec<&str>> {
    let mut reasons: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for name in run.metrics.iter().map(|metric| metric.name.as_str()).filter(|name| !name.ends_with(']')) {
        if let Some(reason) = run.cell.undefined(name) {
            reasons.entry(reason).or_default().push(name);
        }
    }
    reasons
}

/// Lines of whole words, at most `width` wide where a word is not longer.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn progress(state: &State, (step, steps): (u64, u64), area: Rect, buffer: &mut Buffer) {
    let theme = state.theme;
    let text = format!(" {step}/{steps}");
    let width = usize::from(area.width.saturating_sub(2)).saturating_sub(text.len());
    let done = (width as u64 * step).checked_div(steps).unwrap_or(0).min(width as u64) as usize;
    let (full, rest) = (theme.symbol("━", "=").repeat(done), theme.symbol("─", "-").repeat(width - done));
    let pieces = [(full.as_str(), theme.run(state.cursor)), (rest.as_str(), theme.faint()), (text.as_str(), Style::new())];
    write(buffer, area.x + 1, area.y, area.right() - 1, &pieces);
}

/// More than any screen shows; parameters may be many thousands.
const MOST: usize = 600;

/// What was done to the run, the newest first.
fn marks(run: &Run) -> impl Iterator<Item = Line> {
    run.marks.iter().rev().take(3).map(|mark| Line::faint(format!("{}: {}", mark.step, mark.text)))
}

/// Numbers at the cross-hair: the point's x, then what has a history.
fn at_cross(state: &State, run: &Run, x: f64) -> Vec<Line> {
    let Some(place) = run.nearest(state.x, x) else { return Vec::new() };
    let line = |name: &str, value: f64| Line::Text { left: name.to_owned(), right: number(value), faint: true };
    let known = run.metrics.iter().zip(&run.histories);
    let values = known.filter_map(|(metric, history)| Some((metric.name.as_str(), *history.as_ref()?.values.get(place)?)));
    let step = line("at step", run.xs[place]);
    std::iter::once(step).chain(values.map(|(name, value)| line(name, value))).collect()
}

/// Scalars first, a line each; then vectors, several elements to a line.
fn numbers(run: &Run, width: u16) -> Vec<Line> {
    let names = run.metrics.iter().map(|metric| &metric.name);
    // What has no meaning stands above, with the reason.
    let values =
        names.zip(&run.shown.values).take(MOST).filter(|(name, _)| name.ends_with(']') || run.cell.undefined(name).is_none());
    let (vectors, scalars): (Vec<_>, Vec<_>) = values.partition(|(name, _)| name.ends_with(']'));
    let mut lines: Vec<Line> =
        scalars.into_iter().map(|(name, &value)| Line::Text { left: name.clone(), right: number(value), faint: true }).collect();
    let in_line = (usize::from(width).saturating_sub(2) / 10).max(1);
    for group in vectors.chunk_by(|one, other| stem(one.0) == stem(other.0)) {
        lines.push(Line::faint(stem(group[0].0).to_owned()));
        lines.extend(group.chunks(in_line).map(|row| elements(row.iter().map(|(_, value)| **value))));
    }
    lines
}

fn elements(values: impl Iterator<Item = f64>) -> Line {
    let text: String = values.map(|value| format!("{:>10}", number(value))).collect();
    Line::Text { left: text, right: String::new(), faint: false }
}
