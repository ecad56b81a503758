//! A chart of the table, as a frame with its legend and the plot in it.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::frame::{frame, write};
use crate::explorer::charts::{CHARTS, Spec};
use crate::explorer::fit::range;
use crate::explorer::plot::{Curve, Dash, Plot, Scale, inside, sample};
use crate::explorer::state::State;

/// ```text
/// ╭ 2 elbo  ⠤⠤ elbo ⠄⠄ log_evidence  nats ╮
/// │ -1.2        ⢀⠤⠒⠉          ELBO, fixed  │
/// │ -1.6  ⣀⠤⠒⠊                             │
/// ╰─────── 0 ─────── 250 ─────────── 500 ──╯
/// ```
pub(crate) fn render(state: &State, chart: usize, area: Rect, buffer: &mut Buffer) {
    frame(state.theme, state.theme.faint(), area, buffer);
    title(state, chart, area, buffer);
    let curves = curves(state, chart);
    if curves.iter().all(|curve| curve.series.end().is_none()) {
        return nothing(state, chart, area, buffer);
    }
    let (scale, range) = (state.scales[chart], range(state, chart));
    Plot { theme: state.theme, scale, range, horizon: state.horizon(), curves }.render(area, buffer);
}

fn title(state: &State, chart: usize, area: Rect, buffer: &mut Buffer) {
    let (theme, spec) = (state.theme, &CHARTS[chart]);
    let number = state.charts().iter().position(|&other| other == chart).map_or(0, |place| place + 1);
    let number = format!(" {number} ");
    let end = area.right() - 1;
    let space = if spec.title.is_empty() { "" } else { " " };
    let pieces = [(number.as_str(), theme.faint()), (spec.title, theme.strong()), (space, Style::new())];
    let mut x = write(buffer, area.x + 1, area.y, end, &pieces);
    for (metric, _) in recorded(state, spec).filter(|_| spec.metrics.len() > 1) {
        x = legend(state, spec.legend[metric], Dash::of_metric(metric), Rect { x, width: end - x, ..area }, buffer);
    }
    let log = if state.scales[chart] == Scale::Log { " log" } else { "" };
    let unit = format!("{}{log} ", spec.unit);
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

fn recorded<'a>(state: &'a State, spec: &'a Spec) -> impl Iterator<Item = (usize, &'static str)> + 'a {
    let names = spec.metrics.iter().copied().enumerate();
    names.filter(|(_, name)| state.runs.iter().any(|run| run.column(name).is_some()))
}

/// The visible curves, later runs above earlier ones and the selected run on top. Where a chart has one metric, the dash
/// pattern is the run's own; where it has several, the pattern tells the metrics apart and colour the runs.
fn curves(state: &State, chart: usize) -> Vec<Curve<'_>> {
    let spec = &CHARTS[chart];
    let mut order: Vec<usize> = (0..state.runs.len()).filter(|&index| !state.runs[index].hidden).collect();
    order.sort_by_key(|&index| index == state.cursor);
    let mut curves = Vec::new();
    // The metric that gives the chart its name comes last, and so lies above the others.
    for (metric, _) in recorded(state, spec).collect::<Vec<_>>().into_iter().rev() {
        curves.extend(order.iter().map(|&index| curve(state, chart, metric, index)));
    }
    curves
}

fn curve(state: &State, chart: usize, metric: usize, index: usize) -> Curve<'_> {
    let run = &state.runs[index];
    let alone = CHARTS[chart].metrics.len() == 1;
    Curve {
        series: &state.series[chart][metric][index],
        dash: if alone { Dash::nth(index) } else { Dash::of_metric(metric) },
        style: state.theme.run(index),
        label: if metric == 0 { &run.label } else { "" },
        failed: run.has_failed(),
    }
}

/// Says why there is no curve.
fn nothing(state: &State, chart: usize, area: Rect, buffer: &mut Buffer) {
    let has_values = recorded(state, &CHARTS[chart])
        .any(|(_, name)| state.runs.iter().any(|run| !run.hidden && run.history(name).is_some_and(|h| h.min <= h.max)));
    let text = match state.scales[chart] {
        Scale::Log if has_values => "no positive values: l for a linear axis",
        _ if state.runs.iter().all(|run| run.hidden) => "all runs are hidden: a shows them",
        _ => "waiting for values",
    };
    let inside = inside(area);
    let x = inside.x + inside.width.saturating_sub(text.len() as u16) / 2;
    write(buffer, x, inside.y + inside.height / 2, inside.right(), &[(text, state.theme.faint())]);
}
