//! Keys that choose runs, and those that hold them and let them go.

use crate::explorer::keymap::Action;
use crate::explorer::state::{Source, State, View};
use crate::explorer::update::Effect;
use crate::explorer::view::table;

/// Slower than full speed is this many steps a second.
const FIRST_PACE: u32 = 256;
/// Faster than this is full speed.
const LAST_PACE: u32 = 1 << 16;
/// Lines of a page.
const PAGE: usize = 10;

pub(super) fn control(state: &mut State, action: Action) -> Effect {
    let run = state.cursor;
    match action {
        Action::Pause => {
            state.paused = !state.paused;
            Effect::Pause(state.paused)
        }
        Action::Slower | Action::Faster | Action::FullSpeed => pace(state, action),
        _ if state.selected().is_none_or(|run| run.status.is_final()) => {
            state.answer = Some(("this run has ended".to_owned(), true));
            Effect::Draw
        }
        Action::Stop if state.source == Source::Recorded => {
            state.answer = Some(("another process runs this: it cannot be stopped from here".to_owned(), true));
            Effect::Draw
        }
        Action::Stop => Effect::End(run),
        Action::Step if state.paused || state.runs[run].held => Effect::Step(run),
        // The first step holds: who counts steps does not want others in between.
        Action::Step => Effect::Hold(run, true),
        _ => {
            state.runs[run].held = !state.runs[run].held;
            Effect::Hold(run, state.runs[run].held)
        }
    }
}

fn pace(state: &mut State, action: Action) -> Effect {
    state.pace = match (state.source, action, state.pace) {
        (Source::Replayed, Action::Slower, pace) => (pace / 2).max(1),
        (Source::Replayed, Action::Faster, pace) => (pace * 2).min(256),
        (Source::Replayed, ..) => 4,
        (_, Action::Slower, 0) => FIRST_PACE,
        (_, Action::Slower, pace) => (pace / 2).max(1),
        (_, Action::Faster, pace) if pace > 0 && pace < LAST_PACE => pace * 2,
        _ => 0,
    };
    Effect::Pace(state.pace)
}

/// Up and down: the selected run, or lines where a view scrolls.
pub(super) fn walk(state: &mut State, action: Action) {
    let last = state.runs.len().saturating_sub(1);
    if matches!(state.view, View::Log | View::Plugins) {
        return scroll(state, action);
    }
    if state.cross.is_some() && matches!(action, Action::First | Action::Last) {
        return super::charts::cross_to_end(state, action == Action::Last);
    }
    if state.view == View::Table {
        return walk_table(state, action);
    }
    state.cursor = match action {
        Action::Up => state.cursor.saturating_sub(1),
        Action::Down => (state.cursor + 1).min(last),
        Action::PageUp => state.cursor.saturating_sub(PAGE),
        Action::PageDown => (state.cursor + PAGE).min(last),
        Action::First => 0,
        _ => last,
    };
}

/// Along the rows as they are sorted.
fn walk_table(state: &mut State, action: Action) {
    let order = table::order(state);
    let place = order.iter().position(|&index| index == state.cursor).unwrap_or(0);
    let last = order.len().saturating_sub(1);
    let place = match action {
        Action::Up => place.saturating_sub(1),
        Action::Down => (place + 1).min(last),
        Action::PageUp => place.saturating_sub(PAGE),
        Action::PageDown => (place + PAGE).min(last),
        Action::First => 0,
        _ => last,
    };
    state.cursor = order.get(place).copied().unwrap_or(state.cursor);
}

fn scroll(state: &mut State, action: Action) {
    // The log ends at the bottom, other texts begin at the top.
    let most = if state.view == View::Log { state.log.len() } else { state.plugins.len() }.saturating_sub(1);
    let (back, on) = if state.view == View::Log { (1isize, -1) } else { (-1, 1) };
    let by = match action {
        Action::Up => back,
        Action::Down => on,
        Action::PageUp => back * PAGE as isize,
        Action::PageDown => on * PAGE as isize,
        Action::First => back * most as isize,
        _ => on * most as isize,
    };
    state.scroll = state.scroll.saturating_add_signed(by).min(most);
}

pub(super) fn show(state: &mut State, action: Action) {
    let cursor = state.cursor;
    if state.view == View::Table && action == Action::Enter {
        state.sorting.descends = !state.sorting.descends;
        return;
    }
    for (index, run) in state.runs.iter_mut().enumerate() {
        run.hidden = match action {
            Action::Enter | Action::Hide => run.hidden != (index == cursor),
            Action::Only => index != cursor,
            _ => false,
        };
    }
    if action == Action::ShowAll {
        state.filter.clear();
    }
}
