//! Signals as messages while the screen is up, and as what they usually do after it.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, OnceLock};

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::{Handle, Signals as Arriving};
use signal_hook::{flag, low_level};

use super::{Tty, threads};
use crate::explorer::update::Message;

const WATCHED: [i32; 6] = [SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGCONT, SIGWINCH];

/// Whether signals do what they usually do. A handler that was once installed stays: without this, they would be
/// ignored after the explorer.
struct Usual {
    end: Arc<AtomicBool>,
    hang_up: Arc<AtomicBool>,
}

impl Usual {
    fn new() -> io::Result<Self> {
        let usual = Self { end: Arc::default(), hang_up: Arc::default() };
        for signal in [SIGINT, SIGTERM, SIGTSTP] {
            flag::register_conditional_default(signal, Arc::clone(&usual.end))?;
        }
        flag::register_conditional_default(SIGHUP, Arc::clone(&usual.hang_up))?;
        Ok(usual)
    }

    fn set(&self, end: bool, hang_up: bool) {
        self.end.store(end, Ordering::SeqCst);
        self.hang_up.store(hang_up, Ordering::SeqCst);
    }
}

/// The handlers are installed once for the process; the calls come from one thread.
fn usual() -> io::Result<&'static Usual> {
    static USUAL: OnceLock<Usual> = OnceLock::new();
    if USUAL.get().is_none() {
        let _ = USUAL.set(Usual::new()?);
    }
    USUAL.get().ok_or_else(|| io::Error::other("no signal flags"))
}

/// For a program that has handlers of its own: after the explorer, INT, TERM, HUP and TSTP are theirs alone. Without
/// this call they end (or stop) the process after the explorer has returned, as they do by default.
pub fn release_signals() {
    if let Ok(usual) = usual() {
        usual.set(false, false);
    }
}

/// The watch; dropping ends it.
pub(crate) struct Signals {
    handle: Handle,
    /// After a hang-up the runs go on: another one must not end them.
    gone: bool,
}

impl Signals {
    /// Starts to watch.
    pub fn start(tty: Arc<Tty>, sender: Sender<Message>) -> io::Result<Self> {
        let usual = usual()?;
        let arriving = Arriving::new(WATCHED)?;
        let handle = arriving.handle();
        usual.set(false, false);
        // Nobody listens where the thread does not start: signals do what they usually do.
        threads::start("signals", Arc::downgrade(&tty), move || watch(arriving, &tty, &sender))
            .inspect_err(|_| usual.set(true, true))?;
        Ok(Self { handle, gone: false })
    }

    /// Notes that the terminal is gone.
    pub fn lose(&mut self) {
        self.gone = true;
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        self.handle.close();
        if let Ok(usual) = usual() {
            usual.set(true, !self.gone);
        }
    }
}

fn watch(mut arriving: Arriving, tty: &Tty, sender: &Sender<Message>) {
    let mut asked = false;
    for signal in arriving.forever() {
        let message = match signal {
            SIGWINCH => {
                let (width, height) = tty.size();
                Message::Size(width, height)
            }
            SIGCONT => Message::Continued,
            SIGTSTP => Message::Stop,
            SIGHUP => Message::HangUp,
            // The second request does not wait for the screen, which a stalled terminal may hold up.
            signal if asked => return drop(low_level::emulate_default_handler(signal)),
            signal => Message::Signal(signal),
        };
        asked |= matches!(message, Message::Signal(_));
        if sender.send(message).is_err() {
            return;
        }
    }
}
