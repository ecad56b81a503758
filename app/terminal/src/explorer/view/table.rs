//! The table of runs: where they stand, their latest values, and how long each took to a target.

use std::cmp::Ordering;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::frame::{frame, write, write_right};
use crate::explorer::number::number;
use crate::explorer::plot::inside;
use crate::explorer::runs::Run;
use crate::explorer::state::State;
use crate::text::cut;

/// Metrics that get a column, where they are recorded.
const METRICS: [&str; 8] =
    ["kl_visible", "kl_joint", "log_evidence", "elbo", "gap", "evidence_bound", "gap_bound", "elbo_held_out"];

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    Run,
    Status,
    Step,
    Metric(&'static str),
    /// The best value of the leading metric.
    Best,
    StepsToTarget,
    TimeToTarget,
}

/// The columns, for what the runs record.
pub(crate) fn columns(state: &State) -> Vec<Column> {
    let recorded = |name: &&str| state.runs.iter().any(|run| run.column(name).is_some());
    let metrics = METRICS.into_iter().filter(recorded).map(Column::Metric);
    let ends = [Column::Best, Column::StepsToTarget, Column::TimeToTarget];
    [Column::Run, Column::Status, Column::Step].into_iter().chain(metrics).chain(ends).collect()
}

/// Whether smaller values of the leading metric are better.
fn sinks(state: &State) -> bool {
    let better = |run: &Run| Some(run.metrics.get(run.column(state.leading_metric())?)?.better);
    state.runs.iter().find_map(better).unwrap_or(1) < 0
}

fn best(state: &State, run: &Run) -> Option<f64> {
    let history = run.history(state.leading_metric())?;
    let best = if sinks(state) { history.min } else { history.max };
    best.is_finite().then_some(best)
}

/// The value that counts as the target: the user's, or the best of the first run.
pub(crate) fn target(state: &State) -> Option<f64> {
    state.sorting.target.or_else(|| best(state, state.runs.first()?))
}

/// Index of the first record of a run that is as good as the target.
fn reaches(state: &State, run: &Run) -> Option<usize> {
    let (target, sinks) = (target(state)?, sinks(state));
    let values = &run.history(state.leading_metric())?.values;
    values.iter().position(|&value| if sinks { value <= target } else { value >= target })
}

fn value(state: &State, run: &Run, column: Column) -> Option<f64> {
    match column {
        Column::Run | Column::Status => None,
        Column::Step => Some(run.shown.step as f64),
        Column::Metric(name) => run.number(name),
        Column::Best => best(state, run),
        Column::StepsToTarget => run.xs.get(reaches(state, run)?).copied(),
        Column::TimeToTarget => run.history("process_time")?.values.get(reaches(state, run)?).copied(),
    }
}

fn text(state: &State, run: &Run, column: Column) -> String {
    match column {
        Column::Run => run.label.clone(),
        Column::Status => run.status.name().to_owned(),
        Column::Step => run.shown.step.to_string(),
        _ => value(state, run, column).map_or_else(|| "-".to_owned(), number),
    }
}

fn heading(state: &State, column: Column) -> String {
    match column {
        Column::Run => "run".to_owned(),
        Column::Status => "status".to_owned(),
        Column::Step => "step".to_owned(),
        Column::Metric(name) => name.to_owned(),
        Column::Best => format!("best {}", state.leading_metric()),
        Column::StepsToTarget => "steps to target".to_owned(),
        Column::TimeToTarget => "s to target".to_owned(),
    }
}

/// The runs in the order of the chosen column. What has no value comes last, whichever way.
pub(crate) fn order(state: &State) -> Vec<usize> {
    let column = columns(state).get(state.sorting.column).copied().unwrap_or(Column::Run);
    let mut order: Vec<usize> = (0..state.runs.len()).filter(|&index| !state.runs[index].hidden).collect();
    let compare = |&one: &usize, &other: &usize| {
        let (one, other) = (&state.runs[one], &state.runs[other]);
        let turned = |ordering: Ordering| if state.sorting.descends { ordering.reverse() } else { ordering };
        match column {
            Column::Run if !state.sorting.descends => Ordering::Equal,
            Column::Run | Column::Status => turned(text(state, one, column).cmp(&text(state, other, column))),
            _ => match (value(state, one, column).filter(|v| !v.is_nan()), value(state, other, column).filter(|v| !v.is_nan())) {
                (Some(one), Some(other)) => turned(one.total_cmp(&other)),
                (one, other) => other.is_some().cmp(&one.is_some()),
            },
        }
    };
    order.sort_by(compare);
    order
}

/// ```text
/// ╭ table ────────────────── target: elbo ≥ -17.57 ╮
/// │  run        status    step▲   elbo   best elbo │
/// │ ▸adam       finished   3000 -17.61      -17.57 │
/// ╰────────────────────────────────────────────────╯
/// ```
pub(crate) fn render(state: &State, area: Rect, buffer: &mut Buffer) {
    let theme = state.theme;
    frame(theme, theme.faint(), area, buffer);
    write(buffer, area.x + 1, area.y, area.right(), &[(" ", Style::new()), ("table", theme.strong()), (" ", Style::new())]);
    let sign = if sinks(state) { theme.symbol("≤", "<=") } else { theme.symbol("≥", ">=") };
    let target = target(state).map(|target| format!(" target: {} {sign} {} ", state.leading_metric(), number(target)));
    write_right(buffer, area.right() - 1, area.y, &target.unwrap_or_default(), theme.faint());
    let inside = inside(area);
    let (columns, order) = (columns(state), order(state));
    let place = order.iter().position(|&index| index == state.cursor).unwrap_or(0);
    let first = (place + 1).saturating_sub(usize::from(inside.height.saturating_sub(1)).max(1));
    let shown = &order[first.min(order.len())..];
    let mut x = inside.x + 1;
    for (index, &column) in columns.iter().enumerate().skip(skipped(state, &columns, inside.width)) {
        let width = width(state, column, inside.width);
        if x + width > inside.right() {
            break;
        }
        head(state, index, column, Rect { x, width, height: 1, ..inside }, buffer);
        for (y, &run) in (inside.y + 1..inside.bottom()).zip(shown) {
            cell(state, run, column, Rect { x, y, width, height: 1 }, buffer);
        }
        x += width + 1;
    }
}

fn width(state: &State, column: Column, room: u16) -> u16 {
    let longest = state.runs.iter().map(|run| run.label.chars().count()).max().unwrap_or(3) as u16 + 3;
    match column {
        Column::Run => longest.clamp(6, (room / 3).max(6)),
        Column::Status => 9,
        _ => (heading(state, column).len() as u16 + 1).max(10),
    }
}

/// Columns that leave on the left so that the chosen one is in sight.
fn skipped(state: &State, columns: &[Column], room: u16) -> usize {
    let width = |from: usize| {
        columns[from..=state.sorting.column.min(columns.len() - 1)].iter().map(|&c| width(state, c, room) + 1).sum::<u16>()
    };
    (0..=state.sorting.column.min(columns.len() - 1)).find(|&from| width(from) <= room).unwrap_or(0)
}

fn head(state: &State, index: usize, column: Column, area: Rect, buffer: &mut Buffer) {
    let theme = state.theme;
    let chosen = index == state.sorting.column;
    let arrow = match (chosen, state.sorting.descends) {
        (false, _) => "",
        (true, false) => theme.symbol("▲", "^"),
        (true, true) => theme.symbol("▼", "v"),
    };
    let text = format!("{}{arrow}", heading(state, column));
    let style = if chosen { theme.strong() } else { theme.faint() };
    match column {
        Column::Run | Column::Status => drop(write(buffer, area.x + 1, area.y, area.right(), &[(&text, style)])),
        _ => write_right(buffer, area.right(), area.y, &text, style),
    }
}

fn cell(state: &State, run: usize, column: Column, area: Rect, buffer: &mut Buffer) {
    let theme = state.theme;
    let strong = if run == state.cursor { theme.strong() } else { Style::new() };
    let text = cut(&text(state, &state.runs[run], column), usize::from(area.width), theme.symbol("…", "~"));
    match column {
        Column::Run => {
            let mark = if run == state.cursor { theme.symbol("▸", ">") } else { " " };
            write(buffer, area.x, area.y, area.right(), &[(mark, strong), (&text, theme.run(run).patch(strong))]);
        }
        Column::Status if state.runs[run].has_failed() => {
            write(buffer, area.x + 1, area.y, area.right(), &[(&text, theme.alarm())]);
        }
        Column::Status => drop(write(buffer, area.x + 1, area.y, area.right(), &[(&text, strong)])),
        _ => write_right(buffer, area.right(), area.y, &text, strong),
    }
}
