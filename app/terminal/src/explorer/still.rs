//! A session as files, without a terminal.

use std::time::Duration;

use elbow_engine::live::Live;
use ratatui::buffer::Buffer;

use super::options::ColorChoice;
use super::state::State;
use super::theme::{self, Environment, Theme};
use super::{Session, export, state_of};

/// One frame of a session without a terminal.
fn still(session: &Session, size: (u16, u16)) -> Result<(State, Buffer), String> {
    let environment = Environment::read();
    let glyphs = theme::glyphs(session.options.glyphs, &environment);
    let depth = match session.options.color {
        // A picture has all colours, wherever it is made.
        ColorChoice::Auto => theme::Depth::True,
        chosen => theme::depth(chosen, &environment),
    };
    let mut state = state_of(session, Theme { own: session.settings.own(), ..Theme::new(depth, glyphs) })?;
    state.size = size;
    catch_up(&mut state, &session.live);
    let buffer = export::paint(&mut state);
    Ok((state, buffer))
}

/// Looks at so many quiet moments, of this length, before runs that go on count as read.
const QUIET: (u32, Duration) = (5, Duration::from_millis(100));

/// Takes in what is recorded: all of it, or as far as it has come where somebody still writes.
fn catch_up(state: &mut State, live: &Live) {
    let (mut quiet, mut scratch) = (0, Vec::new());
    while quiet < QUIET.0 {
        let ended = live.cells().iter().all(|cell| cell.status().is_final());
        quiet = if state.absorb(live, &mut scratch) { 0 } else { quiet + 1 };
        if quiet > 0 && ended {
            break;
        }
        if quiet > 0 {
            std::thread::park_timeout(QUIET.1);
        }
    }
    for run in &mut state.runs {
        run.refresh();
    }
}

/// What a terminal of this size would show, as SVG.
///
/// # Errors
/// A line that says what is wrong with the words of the screen.
pub fn picture(session: &Session, size: (u16, u16)) -> Result<String, String> {
    let (state, buffer) = still(session, size)?;
    Ok(export::picture_of(&state, &buffer, &session.command, session.ground))
}

/// What the charts of a terminal of this size would show, as CSV.
///
/// # Errors
/// A line that says what is wrong with the words of the screen.
pub fn table(session: &Session, size: (u16, u16)) -> Result<String, String> {
    let (state, _) = still(session, size)?;
    Ok(export::table_of(&state, &session.command))
}
