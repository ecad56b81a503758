//! What a message does to the state. Pure: what concerns the world outside comes back as an effect.

use std::time::Duration;

use super::Exit;
use super::charts::CHARTS;
use super::key::Key;
use super::keymap::{Action, action_of};
use super::plot::Scale;
use super::state::{LOG_LINES, Popup, State};

/// What happened.
#[derive(Clone, Debug)]
pub(crate) enum Message {
    Key(Key),
    Size(u16, u16),
    /// Time for new numbers; how long the runs have been going.
    Numbers(Duration),
    /// Lines that something printed.
    Printed(Vec<String>),
    /// The process goes on after it was stopped.
    Continued,
    /// The stop signal, as distinct from the key.
    Stop,
    Signal(i32),
    HangUp,
}

/// What the loop has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Nothing changed that is visible.
    Nothing,
    /// Draw.
    Draw,
    /// Hold the runs, or let them go on; draw.
    Pause(bool),
    /// Change the pace; draw.
    Pace(u32),
    /// Take the terminal again and draw everything.
    Repaint,
    /// Give the terminal back and stop: the whole job, or this process.
    Suspend {
        job: bool,
    },
    Exit(Exit),
}

/// The state after the message.
pub(crate) fn update(state: &mut State, message: Message) -> Effect {
    match message {
        Message::Key(key) => on_key(state, key),
        Message::Size(width, height) => {
            state.size = (width, height);
            Effect::Draw
        }
        Message::Numbers(elapsed) => on_numbers(state, elapsed),
        Message::Printed(lines) => on_printed(state, lines),
        Message::Continued => Effect::Repaint,
        Message::Stop => Effect::Suspend { job: false },
        Message::Signal(signal) => Effect::Exit(Exit::Signal(signal)),
        Message::HangUp => Effect::Exit(Exit::HangUp),
    }
}

fn on_numbers(state: &mut State, elapsed: Duration) -> Effect {
    let differs = state.runs.iter_mut().fold(false, |differs, run| run.refresh() | differs);
    let ticked = state.elapsed.as_secs() != elapsed.as_secs();
    state.elapsed = elapsed;
    if differs || ticked { Effect::Draw } else { Effect::Nothing }
}

fn on_printed(state: &mut State, lines: Vec<String>) -> Effect {
    if lines.is_empty() {
        return Effect::Nothing;
    }
    state.unread += if state.log_open { 0 } else { lines.len() };
    state.log.extend(lines);
    let surplus = state.log.len().saturating_sub(LOG_LINES);
    state.log.drain(..surplus);
    Effect::Draw
}

fn on_key(state: &mut State, key: Key) -> Effect {
    match (action_of(key), state.popup) {
        (Some(Action::Quit), _) if key == Key::Ctrl('c') => Effect::Exit(Exit::Quit),
        (Some(action @ (Action::Repaint | Action::Suspend)), _) => act(state, action),
        (_, Popup::Help) => close(state),
        (action, Popup::Gallery(row)) => in_gallery(state, action, row),
        (Some(action), Popup::None) => act(state, action),
        (None, Popup::None) => Effect::Nothing,
    }
}

fn close(state: &mut State) -> Effect {
    state.popup = Popup::None;
    Effect::Draw
}

fn in_gallery(state: &mut State, action: Option<Action>, row: usize) -> Effect {
    let last = state.gallery.len().saturating_sub(1);
    match action {
        Some(Action::Up) => state.popup = Popup::Gallery(row.saturating_sub(1)),
        Some(Action::Down) => state.popup = Popup::Gallery((row + 1).min(last)),
        Some(Action::Toggle) if row < state.gallery.len() => return Effect::Exit(Exit::Open(row)),
        Some(Action::Gallery | Action::Grid | Action::Quit) => return close(state),
        _ => return Effect::Nothing,
    }
    Effect::Draw
}

fn act(state: &mut State, action: Action) -> Effect {
    match action {
        Action::Quit => return Effect::Exit(Exit::Quit),
        Action::Repaint => return Effect::Repaint,
        Action::Suspend => return Effect::Suspend { job: true },
        Action::Pause => return pause(state),
        Action::Slower | Action::Faster | Action::FullSpeed => return pace(state, action),
        Action::Help => state.popup = Popup::Help,
        Action::Gallery => state.popup = Popup::Gallery(0),
        Action::Log => toggle_log(state),
        Action::Up => state.cursor = state.cursor.saturating_sub(1),
        Action::Down => state.cursor = (state.cursor + 1).min(state.runs.len().saturating_sub(1)),
        Action::Toggle | Action::Only | Action::ShowAll => show(state, action),
        Action::Chart(index) => state.focus = state.charts().get(index).copied().or(state.focus),
        Action::NextChart => state.focus = neighbour(state, true),
        Action::PreviousChart => state.focus = neighbour(state, false),
        Action::Grid => state.focus = None,
        Action::LogScale => toggle_scales(state),
    }
    Effect::Draw
}

fn pause(state: &mut State) -> Effect {
    state.paused = !state.paused;
    Effect::Pause(state.paused)
}

/// Slower than full speed is this many steps a second.
const FIRST_PACE: u32 = 256;
/// Faster than this is full speed.
const LAST_PACE: u32 = 1 << 16;

fn pace(state: &mut State, action: Action) -> Effect {
    state.pace = match (action, state.pace) {
        (Action::Slower, 0) => FIRST_PACE,
        (Action::Slower, pace) => (pace / 2).max(1),
        (Action::Faster, pace) if pace < LAST_PACE => pace * 2,
        _ => 0,
    };
    Effect::Pace(state.pace)
}

fn toggle_log(state: &mut State) {
    state.log_open = !state.log_open;
    state.unread = 0;
}

fn show(state: &mut State, action: Action) {
    let cursor = state.cursor;
    for (index, run) in state.runs.iter_mut().enumerate() {
        run.hidden = match action {
            Action::Toggle => run.hidden != (index == cursor),
            Action::Only => index != cursor,
            _ => false,
        };
    }
}

/// The next chart in a ring in which the grid is a place too.
fn neighbour(state: &State, forward: bool) -> Option<usize> {
    let charts = state.charts();
    let places: Vec<Option<usize>> = std::iter::once(None).chain(charts.into_iter().map(Some)).collect();
    let here = places.iter().position(|&place| place == state.focused()).unwrap_or(0);
    let step = if forward { 1 } else { places.len() - 1 };
    places[(here + step) % places.len()]
}

/// The enlarged chart alone; without one, all of them to linear, and from there back to what suits each.
fn toggle_scales(state: &mut State) {
    let free = |chart: usize| CHARTS[chart].fixed.is_none();
    if let Some(chart) = state.focused() {
        if free(chart) {
            state.scales[chart] = state.scales[chart].toggled();
        }
        return;
    }
    let any_log = state.scales.contains(&Scale::Log);
    for (scale, spec) in state.scales.iter_mut().zip(CHARTS) {
        *scale = if any_log { Scale::Linear } else { spec.scale };
    }
}
