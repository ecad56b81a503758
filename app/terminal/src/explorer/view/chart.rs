//! A chart, as a frame with its legend and the plot in it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::frame::{frame, write, write_right};
use crate::explorer::axis::XKind;
use crate::explorer::charts::Chart;
use crate::explorer::curves::Values;
use crate::explorer::fit::{range, x_axis};
use crate::explorer::number::number;
use crate::explorer::plot::{Axis, Curve, Dash, Plot, Scale, inside, sample};
use crate::explorer::runs::Run;
use crate::explorer::state::State;

/// ```text
/// ╭ elbo  ⠤⠤ elbo ⠄⠄ log_evidence  nats ──── -1.3012 ╮
/// │ -1.2        ⢀⠤⠒⠉          ELBO, fixed  │
/// │ -1.6  ⣀⠤⠒⠊                             │
/// ╰─────── 0 ─────── 250 ─────────── 500 ──╯
/// ```
pub(crate) fn render(state: &State, chart: usize, area: Rect, buffer: &mut Buffer) {
    frame(state.theme, state.theme.faint(), area, buffer);
    let room = reading(state, chart, area, buffer);
    title(state, chart, Rect { width: room, ..area }, buffer);
    let marks: Vec<Vec<f64>> = state.runs.iter().map(|run| marks(state, run)).collect();
    let curves = curves(state, chart, &marks);
    if curves.iter().all(|curve| curve.series.end().is_none()) {
        return nothing(state, chart, area, buffer);
    }
    let y = Axis { scale: state.scale(chart), range: range(state, chart) };
    Plot { theme: state.theme, x: x_axis(state), y, curves, cursor: state.cross }.render(area, buffer);
}

/// What the selected run has at the cross-hair; returns the width that is left.
fn reading(state: &State, chart: usize, area: Rect, buffer: &mut Buffer) -> u16 {
    let value = || {
        let run = state.selected()?;
        let place = run.nearest(state.x, state.cross?)?;
        let metric = state.charts[chart].metrics.iter().find(|name| run.history(name).is_some())?;
        run.history(metric)?.values.get(place).copied()
    };
    let Some(text) = value().map(|value| format!(" {} ", number(value))) else { return area.width };
    let style = state.theme.run(state.cursor).patch(state.theme.strong());
    write_right(buffer, area.right() - 1, area.y, &text, style);
    area.width.saturating_sub(text.len() as u16)
}

fn title(state: &State, chart: usize, area: Rect, buffer: &mut Buffer) {
    let (theme, shown) = (state.theme, &state.charts[chart]);
    let end = area.right().saturating_sub(1);
    let change = match state.values {
        Values::Plain => "",
        Values::Difference(_) => theme.symbol("Δ ", "diff "),
        Values::GapToBest => "to best ",
    };
    let space = if shown.title.is_empty() { "" } else { " " };
    let pieces = [(" ", Style::new()), (change, theme.strong()), (shown.title.as_str(), theme.strong()), (space, Style::new())];
    let mut x = write(buffer, area.x + 1, area.y, end, &pieces);
    for (metric, _) in recorded(state, shown).filter(|_| shown.metrics.len() > 1) {
        let room = Rect { x, width: end.saturating_sub(x), ..area };
        x = legend(state, shown.legend[metric], Dash::of_metric(metric), room, buffer);
    }
    let scale = match state.scale(chart) {
        Scale::Linear => "",
        Scale::Log => " log",
        Scale::Symlog => " symlog",
    };
    let unit = format!("{}{scale} ", shown.unit);
    if unit.len() > 1 && usize::from(x) + unit.len() <= usize::from(end) {
        write(buffer, x, area.y, end, &[(unit.trim_start(), theme.faint())]);
    }
}

/// A pattern and the name of what is drawn with it; returns where it ends.
fn legend(state: &State, name: &str, dash: Dash, area: Rect, buffer: &mut Buffer) -> u16 {
    if usize::from(area.width) < 5 + name.len() {
        return area.x;
    }
    write(buffer, area.x, area.y, area.right(), &[("   ", Style::new())]);
    sample(state.theme, dash, Style::new(), Rect { width: 3, ..area }, buffer);
    write(buffer, area.x + 3, area.y, area.right(), &[(" ", Style::new()), (name, state.theme.strong()), (" ", Style::new())])
}

fn recorded<'a>(state: &'a State, chart: &'a Chart) -> impl Iterator<Item = (usize, &'a str)> + 'a {
    let names = chart.metrics.iter().map(String::as_str).enumerate();
    names.filter(|(_, name)| state.runs.iter().any(|run| run.column(name).is_some()))
}

/// Where a run was changed, on the axis.
fn marks(state: &State, run: &Run) -> Vec<f64> {
    let steps = run.xs(XKind::Step);
    let x = |step: u64| run.xs(state.x).get(steps.partition_point(|&other| other < step as f64)).copied();
    run.marks.iter().filter_map(|mark| x(mark.step)).collect()
}

/// The visible curves, later runs above earlier ones and the selected run on top. Where a chart has one metric, the dash
/// pattern is the run's own; where it has several, the pattern tells the metrics apart and colour the runs.
fn curves<'a>(state: &'a State, chart: usize, marks: &'a [Vec<f64>]) -> Vec<Curve<'a>> {
    let groups = if state.bands { state.groups() } else { Vec::new() };
    let is_grouped = |index: usize| groups.iter().any(|group| group.contains(&index));
    let mut order: Vec<usize> = (0..state.runs.len()).filter(|&index| !state.runs[index].hidden && !is_grouped(index)).collect();
    order.sort_by_key(|&index| index == state.cursor);
    let mut curves = Vec::new();
    // The metric that gives the chart its name comes last, and so lies above the others.
    for (metric, _) in recorded(state, &state.charts[chart]).collect::<Vec<_>>().into_iter().rev() {
        curves.extend((0..groups.len()).filter_map(|group| band(state, chart, metric, group, &groups)));
        curves.extend(order.iter().filter_map(|&index| curve(state, chart, metric, index, &marks[index])));
    }
    curves
}

fn dash(state: &State, chart: usize, metric: usize, run: usize) -> Dash {
    if state.charts[chart].metrics.len() == 1 { dash_of_run(state, run) } else { Dash::of_metric(metric) }
}

/// The pattern of a run; a fork never has a solid line.
pub(super) fn dash_of_run(state: &State, run: usize) -> Dash {
    if state.runs[run].fork().is_some() { Dash::nth(1 + run % 3) } else { Dash::nth(run) }
}

fn curve<'a>(state: &'a State, chart: usize, metric: usize, index: usize, marks: &'a [f64]) -> Option<Curve<'a>> {
    let (run, thread) = (&state.runs[index], state.curves[chart].get(metric)?.get(index)?);
    Some(Curve {
        series: &thread.raw,
        smooth: thread.over(),
        band: None,
        marks,
        dash: dash(state, chart, metric, index),
        style: state.theme.run(index),
        label: if metric == 0 { &run.label } else { "" },
        failed: run.has_failed(),
    })
}

/// All seeds of a group as one curve.
fn band<'a>(state: &'a State, chart: usize, metric: usize, group: usize, groups: &[Vec<usize>]) -> Option<Curve<'a>> {
    let (band, first) = (state.spreads[chart].get(metric)?.get(group)?, groups[group][0]);
    Some(Curve {
        series: &band.median,
        smooth: None,
        band: Some((&band.low, &band.high)),
        marks: &[],
        dash: dash(state, chart, metric, first),
        style: state.theme.run(first),
        label: if metric == 0 { &band.label } else { "" },
        failed: false,
    })
}

/// Says why there is no curve.
fn nothing(state: &State, chart: usize, area: Rect, buffer: &mut Buffer) {
    let shown = &state.charts[chart];
    let has_values = recorded(state, shown)
        .any(|(_, name)| state.runs.iter().any(|run| !run.hidden && run.history(name).is_some_and(|h| h.min <= h.max)));
    let text = match state.scale(chart) {
        _ if state.runs.iter().all(|run| run.hidden) => "all runs are hidden: a shows them",
        _ if has_values && state.values == Values::GapToBest => "no value is better than another here",
        _ if has_values && state.window.zoom.is_some() => "no values in this window: F fits everything",
        Scale::Log if has_values => "no positive values: l for another axis",
        _ => "waiting for values",
    };
    let inside = inside(area);
    let x = inside.x + inside.width.saturating_sub(text.len() as u16) / 2;
    write(buffer, x, inside.y + inside.height / 2, inside.right(), &[(text, state.theme.faint())]);
}
