//! Keeps the thinned curves in step with the records and with the size of their charts, before a frame is drawn.

use elbow_engine::live::Metric;

use super::axis;
use super::curves::{Band, Recipe, Thread, Values};
use super::layout::areas;
use super::plot::{Axis, Geometry, Range, Series, fineness, gutter, inside};
use super::runs::Run;
use super::state::State;

/// Brings the curves of all charts on the screen up to date. A point costs the same however long the history is.
pub(crate) fn fit(state: &mut State) {
    follow(state);
    make_room(state);
    let Some(areas) = areas(state) else { return };
    for (chart, area) in areas.charts {
        fit_chart(state, chart, inside(area).width);
        let needed = gutter(Axis { scale: state.scale(chart), range: range(state, chart) }, inside(area).height);
        // The labels need more room, or less: the curves follow, which happens as seldom as the labels change.
        if needed != state.charts[chart].gutter {
            state.charts[chart].gutter = needed;
            fit_chart(state, chart, inside(area).width);
        }
    }
}

fn follow(state: &mut State) {
    let newest =
        state.runs.iter().filter(|run| !run.hidden).filter_map(|run| run.xs(state.x).last()).fold(f64::NAN, |a, &b| a.max(b));
    if let Some(height) = state.x_scale.height(newest) {
        state.window = state.window.following(whole(state), height);
    }
}

fn make_room(state: &mut State) {
    let (runs, charts) = (state.runs.len(), &state.charts);
    state.curves.resize_with(charts.len(), Vec::new);
    state.spreads.resize_with(charts.len(), Vec::new);
    for ((threads, bands), chart) in state.curves.iter_mut().zip(&mut state.spreads).zip(charts) {
        threads.resize_with(chart.metrics.len(), Vec::new);
        bands.resize_with(chart.metrics.len(), Vec::new);
        threads.iter_mut().for_each(|threads| threads.resize_with(runs, Thread::default));
    }
}

/// Everything there is on the x axis, as heights of its scale.
pub(crate) fn whole(state: &State) -> Range {
    let xs = || state.runs.iter().map(|run| run.xs(state.x));
    let reached = xs().filter_map(|xs| xs.last().copied()).fold(f64::NAN, f64::max);
    let positive = |xs: &[f64]| xs.get(xs.partition_point(|&x| x <= 0.0)).copied();
    let least = xs().filter_map(positive).fold(f64::INFINITY, f64::min);
    let planned = state.runs.iter().map(|run| run.cell.steps).max().map(|steps| steps as f64);
    axis::whole(state.x_scale, least, reached, planned.filter(|_| state.x.metric().is_none()))
}

/// The x axis as it is on the screen.
pub(crate) fn x_axis(state: &State) -> Axis {
    Axis { scale: state.x_scale, range: state.window.zoom.unwrap_or_else(|| whole(state)) }
}

fn fit_chart(state: &mut State, chart: usize, width: u16) {
    let columns = usize::from(width.saturating_sub(state.charts[chart].gutter)) * fineness(state.theme.glyphs).0;
    state.columns = columns;
    let geometry = Geometry { columns, x: x_axis(state), y: state.scale(chart) };
    let groups = if state.bands { state.groups() } else { Vec::new() };
    for metric in 0..state.charts[chart].metrics.len() {
        let name = &state.charts[chart].metrics[metric];
        let recipe = recipe(state, name);
        let reference = if let Values::Difference(run) = recipe.values { state.runs.get(run) } else { None };
        let threads = &mut state.curves[chart][metric];
        for (run, thread) in state.runs.iter().zip(threads.iter_mut()) {
            thread.update(recipe, geometry, run, name, reference);
        }
        let bands = &mut state.spreads[chart][metric];
        bands.resize_with(groups.len(), Band::default);
        for (members, band) in groups.iter().zip(bands) {
            band.update(recipe, geometry, members, &state.runs, threads, name);
        }
    }
}

fn recipe(state: &State, name: &str) -> Recipe {
    let points = |run: usize| state.runs.get(run).map_or(0, |run| run.xs.len());
    let (best, reference) = match state.values {
        Values::Plain => (0.0, 0),
        Values::Difference(run) => (0.0, points(run)),
        Values::GapToBest => (best(&state.runs, name).unwrap_or(f64::NAN), 0),
    };
    Recipe { x: state.x, values: state.values, smoothing: state.smoothing, best, reference }
}

/// The best value that any run has had, if the metric knows better from worse.
pub(crate) fn best(runs: &[Run], name: &str) -> Option<f64> {
    let metric: &Metric = runs.iter().find_map(|run| run.metrics.get(run.column(name)?))?;
    let histories = runs.iter().filter_map(|run| run.history(name)).filter(|history| history.min <= history.max);
    match metric.better {
        1 => histories.map(|history| history.max).reduce(f64::max),
        -1 => histories.map(|history| history.min).reduce(f64::min),
        _ => None,
    }
}

/// The y range of a chart: around what its window shows of all visible runs. Those that diverged count only where there is no
/// other, lest their last values press everything else flat.
pub(crate) fn range(state: &State, chart: usize) -> Range {
    let scale = state.scale(chart);
    if let (Some((low, high)), Values::Plain) = (state.charts[chart].fixed, state.values) {
        return Range { low, high };
    }
    let span = |wanted: &dyn Fn(&Run) -> bool| {
        let threads = state.curves[chart].iter().flat_map(|threads| state.runs.iter().zip(threads));
        let visible = threads.filter(|(run, _)| !run.hidden && wanted(run));
        let extents = visible.filter_map(|(_, thread)| extent(&thread.raw, state.columns));
        extents.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
    };
    let (low, high) = span(&|run| !run.has_failed()).or_else(|| span(&|_| true)).unwrap_or((0.0, 1.0));
    Range::nice(scale, low, high)
}

/// Least and greatest height of a curve inside its window, if it has any.
fn extent(series: &Series, columns: usize) -> Option<(f64, f64)> {
    let inside = series.buckets().iter().filter(|bucket| (0..columns as i64).contains(&bucket.column));
    let ends = inside.map(|bucket| (bucket.heights.min, bucket.heights.max));
    ends.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
}
