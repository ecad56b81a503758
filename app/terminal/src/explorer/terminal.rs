//! The terminal as a thing that is taken and given back. Everything that changes it is here.

mod input;
mod panics;
mod printed;
mod signals;
mod threads;

use std::fs::{File, OpenOptions};
use std::io::{self, IsTerminal, Write};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::process::{Signal, getpgrp, getpid, getsid, kill_current_process_group, kill_process};
use rustix::termios::{OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetpgrp, tcgetwinsize, tcsetattr};

pub(crate) use input::Input;
pub(crate) use printed::Printed;
#[cfg(test)]
pub(crate) use printed::plain;
pub(crate) use signals::Signals;
pub use signals::release_signals;

use printed::Streams;

/// Alternate screen, cleared, no cursor.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[0m\x1b[2J\x1b[?25l";
/// End of a frame that may have been cut off, plain attributes, cursor, the screen as it was.
const LEAVE: &[u8] = b"\x1b[?2026l\x1b[0m\x1b[?25h\x1b[?1049l";

/// The terminal, its settings before, and the streams that would write onto it.
pub(crate) struct Tty {
    file: File,
    cooked: Termios,
    streams: Streams,
    taken: AtomicBool,
    gone: AtomicBool,
}

/// The controlling terminal, or that of the standard output.
fn find() -> io::Result<File> {
    OpenOptions::new().read(true).write(true).open("/dev/tty").or_else(|error| {
        let stdout = io::stdout();
        if stdout.is_terminal() { Ok(File::from(stdout.as_fd().try_clone_to_owned()?)) } else { Err(error) }
    })
}

/// Whether there is a terminal that [`run`](super::run) could take.
///
/// # Errors
/// Of opening it.
pub fn has_terminal() -> io::Result<()> {
    find().map(drop)
}

impl Tty {
    fn open() -> io::Result<Self> {
        let file = find()?;
        let cooked = tcgetattr(&file)?;
        Ok(Self { file, cooked, streams: Streams::new()?, taken: AtomicBool::new(false), gone: AtomicBool::new(false) })
    }

    /// Takes the terminal; harmless where it is taken, which a stop and a continuation may leave half true.
    fn take(&self) -> io::Result<()> {
        if !self.taken.swap(true, Ordering::SeqCst) {
            self.streams.divert()?;
        }
        tcsetattr(&self.file, OptionalActions::Now, &self.raw())?;
        (&self.file).write_all(ENTER)
    }

    /// Reads return after a tenth of a second with nothing: the reader looks around then.
    fn raw(&self) -> Termios {
        let mut raw = self.cooked.clone();
        raw.make_raw();
        raw.special_codes[SpecialCodeIndex::VMIN] = 0;
        raw.special_codes[SpecialCodeIndex::VTIME] = 1;
        raw
    }

    /// Gives it back, once. Errors are of no use here: the terminal is gone, or as good as.
    fn give_back(&self) {
        if self.taken.swap(false, Ordering::SeqCst) {
            let _ = (&self.file).write_all(LEAVE);
            // From the background this would stop us, and the settings are the shell's own already.
            if self.is_ours() {
                let _ = tcsetattr(&self.file, OptionalActions::Now, &self.cooked);
            }
            self.streams.restore(self.gone.load(Ordering::SeqCst));
        }
    }

    /// Whether the shell lets this job use the terminal at present.
    fn is_ours(&self) -> bool {
        tcgetpgrp(&self.file).map_or(true, |group| group == getpgrp())
    }

    /// Columns and rows.
    pub fn size(&self) -> (u16, u16) {
        match tcgetwinsize(&self.file) {
            Ok(size) if size.ws_col > 0 && size.ws_row > 0 => (size.ws_col, size.ws_row),
            _ => (80, 24),
        }
    }
}

/// The terminal while it is taken; dropping gives it back.
pub(crate) struct Terminal {
    tty: Arc<Tty>,
}

impl Terminal {
    /// Takes the terminal for the calling thread.
    pub fn take() -> io::Result<Self> {
        let tty = Arc::new(Tty::open()?);
        panics::guard(&tty);
        let terminal = Self { tty };
        terminal.tty.take()?;
        Ok(terminal)
    }

    /// For threads that read keys and watch for signals.
    pub fn tty(&self) -> Arc<Tty> {
        Arc::clone(&self.tty)
    }

    /// What lands on the standard streams while the terminal is taken.
    pub fn printed(&self) -> Printed {
        self.tty.streams.printed()
    }

    /// Shows a frame with one write.
    pub fn write(&self, frame: &[u8]) -> io::Result<()> {
        if frame.is_empty() { Ok(()) } else { (&self.tty.file).write_all(frame) }
    }

    /// Whether the process is in the foreground: if not, the terminal belongs to somebody else.
    pub fn is_ours(&self) -> bool {
        self.tty.is_ours()
    }

    /// Takes it again, after the process went on in the foreground.
    pub fn retake(&self) -> io::Result<()> {
        self.tty.take()
    }

    /// Notes that nobody is at the other end any more.
    pub fn lose(&self) {
        self.tty.gone.store(true, Ordering::SeqCst);
    }

    /// Gives the terminal to the shell and stops, until the shell says otherwise. `job`: all processes of the job, as the
    /// key does; otherwise this one, as the signal does.
    pub fn suspend(&self, job: bool) -> io::Result<()> {
        // Without a shell that controls jobs nobody could ever continue us.
        if job && getsid(None).is_ok_and(|session| session == getpgrp()) {
            return Ok(());
        }
        self.tty.give_back();
        if job {
            kill_current_process_group(Signal::STOP)?
        } else {
            kill_process(getpid(), Signal::STOP)?
        }
        Ok(())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.tty.give_back();
        panics::release();
    }
}
