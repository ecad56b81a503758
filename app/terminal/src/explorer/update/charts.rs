//! Keys that change what the charts show, and how.

use crate::explorer::axis::{Window, XKind};
use crate::explorer::curves::Values;
use crate::explorer::fit::{whole, x_axis};
use crate::explorer::keymap::Action;
use crate::explorer::layout::pages;
use crate::explorer::plot::Scale;
use crate::explorer::state::{Camera, State, View};
use crate::explorer::view::table;

/// Half-lives of the smoothing, in points.
const HALF_LIVES: [u32; 4] = [0, 5, 20, 100];
/// A turn of the geometry.
const TURN: f64 = std::f64::consts::PI / 24.0;
/// Dot columns of a far step of the cross-hair.
const FAR: f64 = 20.0;

pub(super) fn show(state: &mut State, action: Action) {
    match action {
        Action::NextChart => state.focus = neighbour(state, true),
        Action::PreviousChart => state.focus = neighbour(state, false),
        Action::NextPage => state.page = (state.page + 1) % pages(state).max(1),
        Action::PreviousPage => state.page = (state.page + pages(state).max(1) - 1) % pages(state).max(1),
        Action::XAxis => next_x(state),
        Action::XScale => (state.x_scale, state.window.zoom) = (state.x_scale.toggled(), None),
        Action::YScale => next_scales(state),
        Action::Cursor => state.cross = if state.cross.is_some() { None } else { newest(state) },
        Action::ZoomIn | Action::ZoomOut => zoom(state, action == Action::ZoomIn),
        Action::Fit => state.window = Window::default(),
        Action::Follow => state.window.follows = !state.window.follows,
        Action::Difference => state.values = toggled(state.values, Values::Difference(state.cursor)),
        Action::GapToBest => state.values = toggled(state.values, Values::GapToBest),
        Action::Smooth => {
            let place = HALF_LIVES.iter().position(|&half_life| half_life == state.smoothing).unwrap_or(0);
            state.smoothing = HALF_LIVES[(place + 1) % HALF_LIVES.len()];
        }
        Action::Band => state.bands = !state.bands,
        _ => {}
    }
}

fn toggled(now: Values, wanted: Values) -> Values {
    if now == wanted { Values::Plain } else { wanted }
}

/// The next chart in a ring in which the grid is a place too.
fn neighbour(state: &State, forward: bool) -> Option<usize> {
    let charts = state.recorded_charts();
    let places: Vec<Option<usize>> = std::iter::once(None).chain(charts.into_iter().map(Some)).collect();
    let here = places.iter().position(|&place| place == state.focused()).unwrap_or(0);
    let step = if forward { 1 } else { places.len() - 1 };
    places[(here + step) % places.len()]
}

/// The next axis that some run has recorded. The cross-hair stays at its point of the selected run.
fn next_x(state: &mut State) {
    let place = XKind::ALL.iter().position(|&kind| kind == state.x).unwrap_or(0);
    let recorded = |kind: &XKind| kind.metric().is_none_or(|name| state.runs.iter().any(|run| run.column(name).is_some()));
    let mut after = XKind::ALL.iter().cycle().skip(place + 1).take(XKind::ALL.len());
    let next = after.find(|kind| recorded(kind)).copied().unwrap_or_default();
    let moved = |run: &crate::explorer::runs::Run| run.xs(next).get(run.nearest(state.x, state.cross?)?).copied();
    state.cross = state.selected().and_then(moved);
    (state.x, state.window) = (next, Window::default());
}

/// The enlarged chart alone; without one, all of them to linear, and from there back to what suits each.
fn next_scales(state: &mut State) {
    if let Some(chart) = state.focused() {
        let chart = &mut state.charts[chart];
        if chart.fixed.is_none() {
            chart.scale = chart.scale.toggled();
        }
        return;
    }
    let any = state.charts.iter().any(|chart| chart.scale != Scale::Linear);
    for chart in &mut state.charts {
        chart.scale = if any { Scale::Linear } else { chart.natural };
    }
}

/// The newest x of the selected run.
fn newest(state: &State) -> Option<f64> {
    state.selected().and_then(|run| run.xs(state.x).last().copied())
}

fn zoom(state: &mut State, closer: bool) {
    let x = state.cross.or_else(|| newest(state)).and_then(|x| state.x_scale.height(x));
    let whole = whole(state);
    let centre = x.unwrap_or(whole.high);
    state.window = state.window.zoomed(whole, centre, closer);
}

/// The arrows, and the pair of keys for the other direction.
pub(super) fn turn(state: &mut State, action: Action) {
    let right = matches!(action, Action::Right | Action::FarRight | Action::More);
    let sign = if right { 1.0 } else { -1.0 };
    let across = !matches!(action, Action::Less | Action::More);
    match state.view {
        View::Curves if across => move_cross(state, sign * if action_is_far(action) { FAR } else { 1.0 }),
        View::Curves => state.window = state.window.panned(whole(state), right),
        View::Geometry if across => state.camera.yaw += sign * TURN,
        View::Geometry => state.camera = Camera { pitch: (state.camera.pitch + sign * TURN).clamp(-1.5, 1.5), ..state.camera },
        View::Table => {
            let columns = table::columns(state).len().max(1);
            state.sorting.column = (state.sorting.column + if right { 1 } else { columns - 1 }) % columns;
        }
        View::Trajectory => choose_plane(state, across, right),
        View::Log | View::Plugins => {}
    }
}

fn action_is_far(action: Action) -> bool {
    matches!(action, Action::FarLeft | Action::FarRight)
}

/// To the next recorded point of the selected run that is at least so many dot columns away.
fn move_cross(state: &mut State, columns: f64) {
    let Some(from) = state.cross.or_else(|| newest(state)) else { return };
    let range = x_axis(state).range;
    let Some(height) = state.x_scale.height(from) else { return };
    let wanted = height + columns * (range.high - range.low) / (state.columns.max(2) - 1) as f64;
    let Some(run) = state.selected() else { return };
    let xs = run.xs(state.x);
    let first = |is_before: &dyn Fn(f64, f64) -> bool| {
        xs.partition_point(|&x| state.x_scale.height(x).is_none_or(|height| is_before(height, x)))
    };
    let slack = 1e-12 * (range.high - range.low);
    let place = if columns > 0.0 {
        first(&|height, x| height < wanted - slack || x <= from)
    } else {
        first(&|height, x| height <= wanted + slack && x < from).saturating_sub(1)
    };
    state.cross = xs.get(place.min(xs.len().saturating_sub(1))).copied().or(state.cross);
}

pub(super) fn cross_to_end(state: &mut State, last: bool) {
    let xs = state.selected().map(|run| run.xs(state.x)).unwrap_or_default();
    state.cross = if last { xs.last() } else { xs.first() }.copied().or(state.cross);
}

/// Another parameter for the trajectory's x or y, never the same for both.
fn choose_plane(state: &mut State, first: bool, forward: bool) {
    let Some(n) = state.selected().and_then(|run| run.track("parameter")).map(|track| track.width).filter(|n| *n > 1) else {
        return;
    };
    let (i, j) = state.plane;
    let (mut moved, other) = if first { (i, j) } else { (j, i) };
    let step = |place: usize| (place + if forward { 1 } else { n - 1 }) % n;
    moved = step(moved);
    moved = if moved == other { step(moved) } else { moved };
    state.plane = if first { (moved, other) } else { (other, moved) };
}
