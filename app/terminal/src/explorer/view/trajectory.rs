//! The paths of the runs in the plane of two parameters.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::chart::dash_of_run;
use super::frame::{frame, write};
use crate::explorer::axis::XKind;
use crate::explorer::plot::inside;
use crate::explorer::scene::{Local2, Trail2, Trajectory};
use crate::explorer::state::State;
use crate::explorer::steer::Plane;

/// Where the parameters of the runs went, with the metric and both gradients at the selected run's present point.
pub(crate) fn render(state: &State, area: Rect, buffer: &mut Buffer) {
    let theme = state.theme;
    frame(theme, theme.faint(), area, buffer);
    let (i, j) = state.plane;
    let title = format!(" parameters {i} and {j} ");
    write(buffer, area.x + 1, area.y, area.right(), &[(&title, theme.strong())]);
    let mut order: Vec<usize> = (0..state.runs.len()).filter(|&index| !state.runs[index].hidden).collect();
    order.sort_by_key(|&index| index == state.cursor);
    let trails: Vec<Trail2> = order.into_iter().filter_map(|index| trail(state, index)).collect();
    if trails.is_empty() {
        let text = "no paths: record = { parameters = true } in [run] of the experiment, up to 64 parameters";
        write(buffer, area.x + 2, area.y + area.height / 2, area.right() - 1, &[(text, theme.faint())]);
        return;
    }
    let (x_name, y_name) = (format!("parameter[{i}]"), format!("parameter[{j}]"));
    Trajectory { x_name, y_name, trails, target: None }.render(theme, inside(area), buffer);
}

fn trail(state: &State, index: usize) -> Option<Trail2> {
    let (run, (i, j)) = (&state.runs[index], state.plane);
    let track = run.track("parameter").filter(|track| track.width > i.max(j))?;
    let place = state.cross.and_then(|x| run.nearest(state.x, x));
    let until = place.and_then(|place| run.xs(XKind::Step).get(place).copied()).unwrap_or(f64::INFINITY);
    let here = track.rows(until).last().unwrap_or(track.last());
    let local = (index == state.cursor).then(|| state.steer.as_ref()?.plane(index, here, i, j)).flatten();
    Some(Trail2 {
        points: track.rows(until).map(|row| (row[i], row[j])).collect(),
        style: state.theme.run(index),
        dash: dash_of_run(state, index),
        name: run.label.clone(),
        failed: run.has_failed(),
        local: local.map(|Plane { fisher, gradient, natural }| Local2 { fisher, gradient, natural }),
    })
}
