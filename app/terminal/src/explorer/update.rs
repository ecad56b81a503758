//! What a message does to the state. Pure: what concerns the world outside comes back as an effect.

mod charts;
mod popups;
mod runs;
mod steering;

use std::time::Duration;

use super::Exit;
use super::key::Key;
use super::keymap::Action;
use super::popup::Popup;
use super::state::{LOG_LINES, State, View};

/// What happened.
#[derive(Clone, Debug)]
pub(crate) enum Message {
    Key(Key),
    Size(u16, u16),
    /// Time for new numbers; how long the runs have been going.
    Numbers(Duration),
    /// Lines that something printed.
    Printed(Vec<String>),
    /// What came of an [`Effect::Ask`] or [`Effect::Save`].
    Answer(Result<String, String>),
    /// The process goes on after it was stopped.
    Continued,
    /// The stop signal, as distinct from the key.
    Stop,
    Signal(i32),
    HangUp,
}

/// What the user asks of whoever owns the runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    Edit { run: usize, path: String, value: String },
    Undo { run: usize },
    Fork { run: usize, step: u64, change: Option<(String, String)> },
    Restart { run: usize, seed: u64 },
    Launch { model: String, optimizer: String, seed: u64 },
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
    /// Hold one run, or let it go on; draw.
    Hold(usize, bool),
    /// Let a held run make a step.
    Step(usize),
    /// End one run.
    End(usize),
    /// Change the pace, or the speed of a replay; draw.
    Pace(u32),
    /// Ask, and send the answer.
    Ask(Ask),
    /// Write what is on the screen, as a picture or as numbers, and send the answer.
    Save {
        picture: bool,
    },
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
        Message::Answer(answer) => popups::on_answer(state, answer),
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
    let seen = state.log_open || state.view == View::Log;
    state.unread += if seen { 0 } else { lines.len() };
    state.log.extend(lines);
    let surplus = state.log.len().saturating_sub(LOG_LINES);
    state.log.drain(..surplus);
    Effect::Draw
}

fn on_key(state: &mut State, key: Key) -> Effect {
    let action = state.keys.action(key);
    state.answer = None;
    match (action, &state.popup) {
        // From everywhere, also out of a line that takes letters.
        (Some(Action::Quit), _) if key == Key::Ctrl('c') => Effect::Exit(Exit::Quit),
        (Some(action @ (Action::Repaint | Action::Suspend)), _) => act(state, action),
        (Some(action), Popup::None) => act(state, action),
        (None, Popup::None) => Effect::Nothing,
        (action, _) => popups::on_key(state, key, action),
    }
}

fn act(state: &mut State, action: Action) -> Effect {
    use Action as A;
    match action {
        A::Quit => Effect::Exit(Exit::Quit),
        A::Detach => Effect::Exit(Exit::Detach),
        A::Replay => steering::replay(state),
        A::Repaint => Effect::Repaint,
        A::Suspend => Effect::Suspend { job: true },
        A::Svg | A::Csv => Effect::Save { picture: action == A::Svg },
        A::Pause | A::Hold | A::Step | A::Stop | A::Slower | A::Faster | A::FullSpeed => runs::control(state, action),
        A::Edit | A::Undo | A::Fork | A::Restart | A::Launch => steering::ask(state, action),
        A::Help | A::Gallery | A::Filter | A::Target => popups::open(state, action),
        _ => {
            show(state, action);
            Effect::Draw
        }
    }
}

/// What changes the picture alone.
fn show(state: &mut State, action: Action) {
    use Action as A;
    match action {
        A::Log => (state.log_open, state.unread) = (!state.log_open, 0),
        A::View(view) => enter(state, view),
        A::Back => back(state),
        A::Freeze => state.frozen = !state.frozen,
        A::Up | A::Down | A::First | A::Last | A::PageUp | A::PageDown => runs::walk(state, action),
        A::Enter | A::Hide | A::Only | A::ShowAll => runs::show(state, action),
        A::Left | A::Right | A::FarLeft | A::FarRight | A::Less | A::More => charts::turn(state, action),
        _ => charts::show(state, action),
    }
}

fn enter(state: &mut State, view: View) {
    state.view = view;
    state.scroll = 0;
    if view == View::Log {
        state.unread = 0;
    }
}

/// Out of the innermost thing.
fn back(state: &mut State) {
    if state.view != View::Curves {
        state.view = View::Curves;
    } else if state.cross.is_some() {
        state.cross = None;
    } else {
        state.focus = None;
    }
}
