//! Where everything goes.

use ratatui::layout::Rect;

use super::charts::ON_FIRST_PAGE;
use super::state::{State, View};

/// Below this there is only a notice.
pub(crate) const SMALLEST: (u16, u16) = (60, 16);

/// The areas of a frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Areas {
    pub header: Rect,
    /// Nothing where a view takes the whole width.
    pub runs: Option<Rect>,
    pub inspector: Option<Rect>,
    /// Charts by their index, where curves are shown.
    pub charts: Vec<(usize, Rect)>,
    /// All that the charts, or another view, have.
    pub main: Rect,
    pub log: Option<Rect>,
    pub footer: Rect,
}

/// The areas for the state's size; `None` where it is too small.
///
/// ```text
/// header
/// ┌ runs ────┐┌ chart ──┐┌ chart ──┐     below 100 columns the charts
/// ├──────────┤└─────────┘└─────────┘     stand two in a column
/// │ inspector│┌ chart ──┐┌ chart ──┐
/// └──────────┘└─────────┘└─────────┘
/// ┌ log ───────────────────────────┐     where it is open
/// footer
/// ```
pub(crate) fn areas(state: &State) -> Option<Areas> {
    let (width, height) = state.size;
    if width < SMALLEST.0 || height < SMALLEST.1 {
        return None;
    }
    let logged = if state.log_open && state.view != View::Log { (height / 3).max(5) } else { 0 };
    let body = Rect::new(0, 1, width, height - 2 - logged);
    let (left, right) = split_columns(body, left_width(width));
    let wide = matches!(state.view, View::Table | View::Log | View::Plugins);
    let (runs, inspector) = split_rows(left, list_height(state, left.height));
    Some(Areas {
        header: Rect::new(0, 0, width, 1),
        runs: (!wide).then_some(runs),
        inspector: (!wide).then_some(inspector),
        charts: if state.view == View::Curves { charts(state, right) } else { Vec::new() },
        main: if wide { body } else { right },
        log: (logged > 0).then(|| Rect::new(0, body.bottom(), width, logged)),
        footer: Rect::new(0, height - 1, width, 1),
    })
}

fn left_width(width: u16) -> u16 {
    match width {
        ..80 => 25,
        80..100 => 29,
        100..140 => 34,
        140..180 => 40,
        _ => 46,
    }
}

/// The list takes what it needs, up to two thirds.
fn list_height(state: &State, height: u16) -> u16 {
    let rows = state.runs.iter().map(|run| if run.reason.is_empty() { 1 } else { 2 }).sum::<usize>() as u16;
    let most = (height * 2 / 3).min(height.saturating_sub(6)).max(4);
    rows.saturating_add(2).clamp(4, most)
}

fn split_columns(area: Rect, left: u16) -> (Rect, Rect) {
    (Rect { width: left, ..area }, Rect { x: area.x + left, width: area.width - left, ..area })
}

fn split_rows(area: Rect, top: u16) -> (Rect, Rect) {
    (Rect { height: top, ..area }, Rect { y: area.y + top, height: area.height - top, ..area })
}

fn is_narrow(state: &State) -> bool {
    state.size.0 < 100
}

/// The charts of each page: wide screens show those that belong together, then six at a time; narrow ones two.
fn paged(state: &State) -> Vec<Vec<usize>> {
    let recorded = state.recorded_charts();
    if is_narrow(state) {
        let rows = usize::from(state.size.1.saturating_sub(2) / 6).clamp(1, 2);
        return recorded.chunks(rows).map(<[usize]>::to_vec).collect();
    }
    let (first, others) = recorded.split_at(recorded.partition_point(|&chart| chart < ON_FIRST_PAGE));
    let first = (!first.is_empty()).then(|| first.to_vec());
    first.into_iter().chain(others.chunks(ON_FIRST_PAGE).map(<[usize]>::to_vec)).collect()
}

/// How many pages of charts there are.
pub(crate) fn pages(state: &State) -> usize {
    paged(state).len()
}

fn charts(state: &State, area: Rect) -> Vec<(usize, Rect)> {
    let mut pages = paged(state);
    let page = state.page.min(pages.len().saturating_sub(1));
    let shown = match state.focused() {
        Some(chart) => vec![chart],
        None if pages.is_empty() => return Vec::new(),
        None => pages.swap_remove(page),
    };
    let columns = match shown.len() {
        _ if is_narrow(state) => 1,
        1 | 2 => 1,
        3 | 4 => 2,
        _ => 3,
    };
    grid(shown, area, columns)
}

/// Rows of so many columns; the last row shares its width among those left.
fn grid(shown: Vec<usize>, area: Rect, columns: usize) -> Vec<(usize, Rect)> {
    let count = shown.len();
    let rows = count.div_ceil(columns);
    let place = |(index, chart): (usize, usize)| {
        let row = index / columns;
        let in_row = if row + 1 == rows { count - row * columns } else { columns };
        let (y, bottom) = share(area.height, row, rows);
        let (x, right) = share(area.width, index % columns, in_row);
        (chart, Rect { x: area.x + x, y: area.y + y, width: right - x, height: bottom - y })
    };
    shown.into_iter().enumerate().map(place).collect()
}

fn share(length: u16, index: usize, count: usize) -> (u16, u16) {
    let edge = |index: usize| (usize::from(length) * index / count) as u16;
    (edge(index), edge(index + 1))
}
