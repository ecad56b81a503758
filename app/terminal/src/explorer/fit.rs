//! Keeps the thinned curves in step with the records and with the size of their charts, before a frame is drawn.

use super::charts::CHARTS;
use super::layout::areas;
use super::plot::{Geometry, Range, Scale, fineness, gutter, inside};
use super::runs::{History, Run};
use super::state::State;

/// Brings the curves of all charts on the screen up to date. A point costs the same however long the history is.
pub(crate) fn fit(state: &mut State) {
    let Some(areas) = areas(state) else { return };
    for (chart, area) in areas.charts {
        let inside = inside(area);
        let scale = state.scales[chart];
        let gutter = gutter(scale, range(state, chart), inside.height);
        let columns = usize::from(inside.width.saturating_sub(gutter)) * fineness(state.theme.glyphs).0;
        fit_chart(state, chart, Geometry { columns, horizon: state.horizon(), scale });
    }
}

fn fit_chart(state: &mut State, chart: usize, geometry: Geometry) {
    for (metric, name) in CHARTS[chart].metrics.iter().enumerate() {
        for (index, run) in state.runs.iter().enumerate() {
            if let Some(history) = run.history(name) {
                state.series[chart][metric][index].update(geometry, &run.xs, &history.values);
            }
        }
    }
}

/// The y range of a chart: around all visible runs. Those that diverged count only where there is no other, lest
/// their last values press everything else flat.
pub(crate) fn range(state: &State, chart: usize) -> Range {
    let (spec, scale) = (&CHARTS[chart], state.scales[chart]);
    if let Some((low, high)) = spec.fixed {
        return Range { low, high };
    }
    let span = |wanted: &dyn Fn(&Run) -> bool| {
        let runs = state.runs.iter().filter(|run| !run.hidden && wanted(run));
        let histories = runs.flat_map(|run| spec.metrics.iter().filter_map(|name| run.history(name)));
        histories.filter_map(|history| heights(history, scale)).reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
    };
    let (low, high) = span(&|run| !run.has_failed()).or_else(|| span(&|_| true)).unwrap_or((0.0, 1.0));
    Range::nice(scale, low, high)
}

/// Least and greatest height of a history, if it has any.
fn heights(history: &History, scale: Scale) -> Option<(f64, f64)> {
    let low = if scale == Scale::Log { history.min_positive } else { history.min };
    scale.height(low).zip(scale.height(history.max))
}
