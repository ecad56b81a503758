//! The geometry: visible distributions in the simplex, the spectrum of (G_V, G), the angles between natural gradients.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::chart::dash_of_run;
use super::frame::{frame, write};
use crate::explorer::axis::XKind;
use crate::explorer::plot::inside;
use crate::explorer::runs::Run;
use crate::explorer::scene::{Cosines, Histogram, Simplex, Spectrum, Trail};
use crate::explorer::state::State;

/// Names of the cosines, as recorded.
const COSINES: [&str; 4] = ["cos_elbo", "cos_rec", "cos_gap", "cos_euclidean"];
/// Labels of four visible states, which are two bits.
const STATES: [&str; 4] = ["00", "01", "10", "11"];

/// ```text
/// ╭ visible distributions ──────╮╭ spectrum of (G_V, G) ──╮
/// │        11                   ││ ▇  ▂     █             │
/// │      ╱ │ ╲    ★             │╰────────────────────────╯
/// │   10 ──┼── 01               │╭ cosines ───────────────╮
/// │      ╲ 00╱                  ││ cos_elbo      ━━━━ 0.9 │
/// ╰─────────────────────────────╯╰────────────────────────╯
/// ```
pub(crate) fn render(state: &State, area: Rect, buffer: &mut Buffer) {
    let histograms = histograms(state);
    if !histograms.is_empty() {
        return stack(&histograms, area).for_each(|(histogram, area)| histogram.render(state.theme, area, buffer));
    }
    let (simplex, numbers) = (simplex(state), numbers(state));
    let parts = usize::from(simplex.is_some()) + usize::from(numbers.is_some());
    if parts == 0 {
        return nothing(state, area, buffer);
    }
    let wide = area.width >= 70;
    let share = if parts == 1 {
        1.0
    } else if wide {
        0.62
    } else {
        0.6
    };
    let (first, second) = split(area, if simplex.is_some() { share } else { 0.0 }, wide);
    if let Some(simplex) = simplex {
        framed(state, "visible distributions p(v)", first, buffer);
        simplex.render(state.theme, inside(first), buffer);
    }
    if let Some((spectrum, cosines)) = numbers {
        let (above, below) = split(second, 0.5, second.width > 2 * second.height.saturating_mul(3));
        framed(state, "spectrum of (G_V, G)", above, buffer);
        spectrum.render(state.theme, inside(above), buffer);
        framed(state, "cosines of natural gradients", below, buffer);
        cosines.render(state.theme, inside(below), buffer);
    }
}

fn framed(state: &State, title: &str, area: Rect, buffer: &mut Buffer) {
    frame(state.theme, state.theme.faint(), area, buffer);
    write(
        buffer,
        area.x + 1,
        area.y,
        area.right(),
        &[(" ", Default::default()), (title, state.theme.strong()), (" ", Default::default())],
    );
}

fn split(area: Rect, share: f64, beside: bool) -> (Rect, Rect) {
    let cut = |length: u16| (f64::from(length) * share).round() as u16;
    if beside {
        let width = cut(area.width);
        (Rect { width, ..area }, Rect { x: area.x + width, width: area.width - width, ..area })
    } else {
        let height = cut(area.height);
        (Rect { height, ..area }, Rect { y: area.y + height, height: area.height - height, ..area })
    }
}

fn stack<T>(items: &[T], area: Rect) -> impl Iterator<Item = (&T, Rect)> {
    let count = items.len() as u16;
    let edge = move |index: usize| area.height * index as u16 / count;
    items
        .iter()
        .enumerate()
        .map(move |(index, item)| (item, Rect { y: area.y + edge(index), height: edge(index + 1) - edge(index), ..area }))
}

fn nothing(state: &State, area: Rect, buffer: &mut Buffer) {
    framed(state, "geometry", area, buffer);
    let text = "nothing to see: these models record neither p(v) of four states, nor angles, nor histograms";
    write(buffer, area.x + 2, area.y + area.height / 2, area.right() - 1, &[(text, state.theme.faint())]);
}

/// Step up to which trajectories are drawn: that of the cross-hair, or all.
fn until(state: &State, run: &Run) -> f64 {
    let place = state.cross.and_then(|x| run.nearest(state.x, x));
    place.and_then(|place| run.xs(XKind::Step).get(place).copied()).unwrap_or(f64::INFINITY)
}

fn simplex(state: &State) -> Option<Simplex> {
    let mut order: Vec<usize> = (0..state.runs.len()).filter(|&index| !state.runs[index].hidden).collect();
    order.sort_by_key(|&index| index == state.cursor);
    let trail = |&index: &usize| {
        let run = &state.runs[index];
        let track = run.track("visible").filter(|track| track.width == 4)?;
        let points = track.rows(until(state, run)).filter_map(|row| row.try_into().ok()).collect();
        let (style, dash) = (state.theme.run(index), dash_of_run(state, index));
        Some(Trail { points, style, dash, name: run.label.clone(), failed: run.has_failed() })
    };
    let trails: Vec<Trail> = order.iter().filter_map(trail).collect();
    let target = state.runs.iter().find_map(|run| run.cell.target()?.try_into().ok());
    let (yaw, pitch) = (state.camera.yaw, state.camera.pitch);
    (!trails.is_empty()).then(|| Simplex { vertices: STATES.map(str::to_owned), trails, target, surface: true, yaw, pitch })
}

fn numbers(state: &State) -> Option<(Spectrum, Cosines)> {
    let run = state.selected()?;
    let spectrum = run.track("spectrum")?;
    let number = |name: &str| match state.cross {
        Some(x) => run.history(name)?.values.get(run.nearest(state.x, x)?).copied(),
        None => run.number(name),
    };
    let values = spectrum.rows(until(state, run)).last().unwrap_or(spectrum.last()).to_vec();
    let style = state.theme.run(state.cursor);
    let spectrum = Spectrum {
        values,
        kappa_bar: number("kappa_bar"),
        lambda_min_plus: number("lambda_min_plus"),
        rate: number("rate"),
        style,
    };
    let rows = COSINES.iter().filter_map(|name| Some(((*name).to_owned(), number(name)?, style))).collect();
    Some((spectrum, Cosines { rows }))
}

fn histograms(state: &State) -> Vec<Histogram> {
    let run = state.selected();
    let all = run.map(|run| run.cell.histograms()).unwrap_or_default();
    let style = state.theme.run(state.cursor);
    let picture = |h: elbow_engine::histogram::Histogram| Histogram {
        title: h.metric,
        low: h.from,
        width: h.width,
        counts: h.counts,
        style,
        log: false,
    };
    all.into_iter().map(picture).collect()
}
