//! The live terminal interface: curves of running cells, what they record, and the keys that steer them.
//!
//! [`run`] takes the terminal, shows the session until the user leaves, and gives the terminal back on every way out. The
//! cells run on other threads and never wait for it.

mod axis;
mod charts;
mod curves;
mod event_loop;
mod export;
mod fit;
mod key;
mod keymap;
mod layout;
#[doc(hidden)]
pub mod measure;
mod number;
mod options;
mod picture;
mod plot;
mod popup;
mod runs;
mod scene;
mod screen;
pub(crate) mod settings;
mod state;
mod steer;
mod still;
mod terminal;
#[cfg(test)]
mod tests;
pub(crate) mod theme;
mod track;
mod update;
mod view;
mod viewpoint;

use std::io;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;

use elbow_engine::live::Live;

pub use options::{ColorChoice, Glyphs, Options};
pub use picture::Ground;
pub(crate) use plot::Canvas;
pub use state::{GalleryEntry, Source};
pub use steer::{Choice, Field, Plane, Steer};
pub use still::{picture, table};
pub use terminal::{has_terminal, release_signals};

use event_loop::Loop;
use keymap::Keymap;
use settings::Settings;
use state::State;
use terminal::{Input, Signals, Terminal};
use theme::{Environment, Theme};

/// What the explorer shows, and how.
#[derive(Clone)]
pub struct Session {
    /// Name of the experiment.
    pub title: String,
    /// What it is about, in a line; may be empty.
    pub about: String,
    /// The cells and their controls.
    pub live: Arc<Live>,
    /// Where the runs come from.
    pub source: Source,
    /// Who answers what the user asks of the runs; nobody if they are recorded.
    pub steer: Option<Arc<dyn Steer>>,
    /// The command that shows these runs again, as `elbow explore runs/a-1`.
    pub command: String,
    /// What there is to say of the plugins, in lines.
    pub plugins: Vec<String>,
    /// Experiments that the user can change to; may be empty.
    pub gallery: Vec<GalleryEntry>,
    /// What is on the screen first, as words; empty: the curves.
    pub screen: String,
    /// A line that tells why it is not as the user wanted; may be empty.
    pub notice: String,
    /// Background of pictures.
    pub ground: Ground,
    /// What the user chose in a settings file.
    pub(crate) settings: Settings,
    /// How to show it.
    pub options: Options,
}

impl Session {
    /// Runs to look at, that nobody can steer.
    pub fn new(title: &str, live: Arc<Live>) -> Self {
        Self {
            title: title.to_owned(),
            about: String::new(),
            live,
            source: Source::Running,
            steer: None,
            command: format!("elbow explore {title}"),
            plugins: Vec::new(),
            gallery: Vec::new(),
            screen: String::new(),
            notice: String::new(),
            ground: Ground::Dark,
            settings: Settings::default(),
            options: Options::default(),
        }
    }
}

/// Why the explorer returned. The terminal is the shell's again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// The user is done: the caller stops the cells.
    Quit,
    /// The user chose an entry of the gallery: the caller stops the cells, starts that experiment and calls [`run`] again.
    Open(usize),
    /// The user wants to see recorded runs again from their start: the caller replays them and calls [`run`] again.
    Replay,
    /// The user leaves, and the caller lets the cells go on without the screen.
    Detach,
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
    let (depth, glyphs) = (theme::depth(options.color, &environment), theme::glyphs(options.glyphs, &environment));
    let theme = Theme { own: session.settings.own(), ..Theme::new(depth, glyphs) };
    let mut state = state_of(&session, theme).map_err(|reason| io::Error::new(io::ErrorKind::InvalidInput, reason))?;
    let (sender, receiver) = channel();
    // In the order of taking; dropped in the opposite one, so that nobody reads keys once the shell has the terminal.
    let terminal = Terminal::take()?;
    let mut signals = Signals::start(terminal.tty(), sender.clone())?;
    let input = Input::start(terminal.tty(), sender)?;
    state.size = terminal.tty().size();
    let frame = Duration::from_secs(1) / options.frames.clamp(1, 60);
    let exit = Loop::new(state, &session, &terminal, receiver, frame).run()?;
    if exit == Exit::HangUp {
        terminal.lose();
        signals.lose();
    }
    drop(input);
    drop(terminal);
    Ok(exit)
}

/// The state of a session before its first frame; the words of its screen may be wrong.
fn state_of(session: &Session, theme: Theme) -> Result<State, String> {
    let mut state = State::new(&session.title, &session.about, &session.live, theme);
    state.source = session.source;
    state.steer.clone_from(&session.steer);
    state.gallery.clone_from(&session.gallery);
    state.plugins.clone_from(&session.plugins);
    state.frames = session.options.frames;
    state.keys = Keymap::with(&session.settings.keys);
    state.answer = (!session.notice.is_empty()).then(|| (session.notice.clone(), true));
    state.absorb(&session.live, &mut Vec::new());
    viewpoint::apply(&mut state, &session.screen)?;
    Ok(state)
}
