//! The live terminal interface: curves of running cells, what they record, and the keys that steer them.
//!
//! [`run`] takes the terminal, shows the session until the user leaves, and gives the terminal back on every way out. The
//! cells run on other threads and never wait for it.

mod charts;
mod event_loop;
mod fit;
mod key;
mod keymap;
mod layout;
mod number;
mod options;
#[cfg_attr(not(test), expect(dead_code, reason = "the key that saves a picture comes next"))]
mod picture;
mod plot;
mod runs;
mod screen;
pub(crate) mod settings;
mod state;
mod terminal;
#[cfg(test)]
mod tests;
pub(crate) mod theme;
mod update;
mod view;

use std::io;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use elbow_engine::live::Live;

pub use options::{ColorChoice, Glyphs, Options};
pub(crate) use plot::Canvas;
pub use state::GalleryEntry;
pub use terminal::release_signals;

use event_loop::Loop;
use state::State;
use terminal::{Input, Signals, Terminal};
use theme::{Environment, Theme};

/// What the explorer shows, and how.
#[derive(Clone, Debug)]
pub struct Session {
    /// Name of the experiment.
    pub title: String,
    /// What it is about, in a line; may be empty.
    pub about: String,
    /// The cells and their controls.
    pub live: Arc<Live>,
    /// Experiments that the user can change to; may be empty.
    pub gallery: Vec<GalleryEntry>,
    /// How to show it.
    pub options: Options,
}

/// Why the explorer returned. The terminal is the shell's again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The user is done: the caller stops the cells.
    Quit,
    /// The user chose an entry of the gallery: the caller stops the cells, starts that experiment and calls [`run`] again.
    Open(usize),
    /// The terminal is gone: the caller lets the cells go on. What is printed from here on goes nowhere, if it went to
    /// that terminal.
    HangUp,
    /// INT or TERM, by number: the caller stops the cells and ends as that signal demands.
    Signal(i32),
}

/// Shows the session until the user leaves.
///
/// The terminal is `/dev/tty`, else the standard output if that is one; without either the result is an error before
/// anything has changed. While the screen is up, standard output and error lead into its log where they would lead onto
/// the screen. Afterwards INT, TERM, HUP and TSTP do what they do by default, but for HUP after a hang-up, which is
/// ignored; [`release_signals`] leaves all of them to handlers of the caller.
pub fn run(session: Session) -> io::Result<Exit> {
    let environment = Environment::read();
    let options = session.options;
    let theme = Theme { depth: theme::depth(options.color, &environment), glyphs: theme::glyphs(options.glyphs, &environment) };
    let mut state = State::new(&session.title, &session.about, session.gallery, &session.live, theme);
    let (sender, receiver) = channel();
    // In the order of taking; dropped in the opposite one, so that nobody reads keys once the shell has the terminal.
    let terminal = Terminal::take()?;
    let mut signals = Signals::start(terminal.tty(), sender.clone())?;
    let input = Input::start(terminal.tty(), sender)?;
    state.size = terminal.tty().size();
    let frame = Duration::from_secs(1) / options.frames.clamp(1, 60);
    let exit = Loop::new(state, session.live, &terminal, receiver, frame).run()?;
    if exit == Exit::HangUp {
        terminal.lose();
        signals.lose();
    }
    drop(input);
    drop(terminal);
    Ok(exit)
}
