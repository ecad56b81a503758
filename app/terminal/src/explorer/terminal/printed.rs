//! Standard output and error while the screen is up: lines in a list, so that a `println!` in a plugin does not write
//! across the screen. A stream that does not lead to a terminal stays as it is.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rustix::pipe::{PipeFlags, pipe_with};
use rustix::stdio::{dup2_stderr, dup2_stdout};

use crate::explorer::state::LOG_LINES;
use elbow_engine::run::no_thread;
use elbow_host::acts;

/// Lines not yet taken; the oldest go where there are too many.
#[derive(Clone, Default)]
pub(crate) struct Printed(Arc<Mutex<VecDeque<String>>>);

impl Printed {
    /// The lines since the last call.
    pub fn take(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).drain(..).collect()
    }

    fn push(&self, line: String) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push_back(line);
        let surplus = lines.len().saturating_sub(LOG_LINES);
        lines.drain(..surplus);
    }
}

/// The two streams, where they led, and the pipe that they lead into meanwhile.
pub(super) struct Streams {
    output: Option<OwnedFd>,
    error: Option<OwnedFd>,
    pipe: OwnedFd,
    printed: Printed,
}

impl Streams {
    /// Remembers where the streams lead and starts the reader of the pipe.
    pub fn new() -> io::Result<Self> {
        let (output, error) = (io::stdout(), io::stderr());
        let (reader, pipe) = pipe_with(PipeFlags::CLOEXEC)?;
        let printed = Printed::default();
        collect(File::from(reader), printed.clone())?;
        Ok(Self {
            output: if output.is_terminal() { Some(output.as_fd().try_clone_to_owned()?) } else { None },
            error: if error.is_terminal() { Some(error.as_fd().try_clone_to_owned()?) } else { None },
            pipe,
            printed,
        })
    }

    /// The lines that come through the pipe.
    pub fn printed(&self) -> Printed {
        self.printed.clone()
    }

    /// Leads the streams into the pipe.
    pub fn divert(&self) -> io::Result<()> {
        let _ = io::stdout().flush();
        if self.output.is_some() {
            dup2_stdout(&self.pipe)?;
        }
        if self.error.is_some() {
            dup2_stderr(&self.pipe)?;
        }
        Ok(())
    }

    /// Leads them where they led before; to nowhere if the terminal is gone, since printing there would panic.
    pub fn restore(&self, gone: bool) {
        let _ = io::stdout().flush();
        let nowhere = File::options().write(true).open("/dev/null").ok().map(OwnedFd::from).filter(|_| gone);
        if let Some(output) = &self.output {
            let _ = dup2_stdout(nowhere.as_ref().unwrap_or(output));
        }
        if let Some(error) = &self.error {
            let _ = dup2_stderr(nowhere.as_ref().unwrap_or(error));
        }
    }
}

/// Reads lines until the last writer is gone. It never stops before: a full pipe would block who prints.
fn collect(reader: File, printed: Printed) -> io::Result<()> {
    let mut reader = BufReader::new(reader);
    let work = move || {
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            printed.push(plain(&String::from_utf8_lossy(&line)));
            line.clear();
        }
    };
    thread::Builder::new().name("printed".to_owned()).spawn(work).map(drop).map_err(no_thread)
}

/// The text without escape sequences and other characters that act on a terminal; a tab is a blank.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\x1b' if letters.next_if_eq(&'[').is_some() => {
                letters.find(|letter| ('@'..='~').contains(letter));
            }
            '\t' => out.push(' '),
            letter if acts(letter) => {}
            letter => out.push(letter),
        }
    }
    out
}
