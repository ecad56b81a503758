//! The program itself on a pseudo-terminal.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::Outcome;

/// The program.
pub const ELBOW: &str = env!("CARGO_BIN_EXE_elbow");
/// Columns and rows.
const SIZE: (u16, u16) = (120, 40);
/// Longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(600);
/// How long the program has to leave.
const FAREWELL: Duration = Duration::from_secs(20);
/// End of a frame.
const END: &[u8] = b"\x1b[?2026l";

/// An experiment that comes with the program.
pub fn experiment(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs").join(name)
}

/// The explorer on a pseudo-terminal; dropping ends it.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    _master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    output: Receiver<(Instant, Vec<u8>)>,
    screen: vt100::Parser,
    tail: Vec<u8>,
    /// Bytes that have been shown.
    pub shown: usize,
}

impl Terminal {
    /// `elbow explore` with these arguments.
    pub fn start(arguments: &[String]) -> Outcome<Self> {
        let size = PtySize { rows: SIZE.1, cols: SIZE.0, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size)?;
        let mut command = CommandBuilder::new(ELBOW);
        command.args(["explore", "--no-config"]);
        command.args(arguments);
        command.env_remove("ELBOW_PLUGIN_PATH");
        for (key, value) in [("TERM", "xterm-256color"), ("LC_ALL", "C.UTF-8"), ("COLORTERM", "truecolor")] {
            command.env(key, value);
        }
        let (child, reader, keys) =
            (pair.slave.spawn_command(command)?, pair.master.try_clone_reader()?, pair.master.take_writer()?);
        let (sender, output) = channel();
        std::thread::spawn(move || read(reader, &sender));
        let side = |length| NonZeroU16::new(length).ok_or("a screen has a size");
        let screen = vt100::Parser::new(side(SIZE.1)?, side(SIZE.0)?, 0);
        Ok(Self { child, _master: pair.master, keys, output, screen, tail: Vec::new(), shown: 0 })
    }

    /// Types.
    pub fn press(&mut self, keys: &str) -> Outcome {
        Ok(self.keys.write_all(keys.as_bytes())?)
    }

    /// Waits for a whole frame of which this holds; when its last byte was read.
    pub fn wait(&mut self, what: &str, holds: impl Fn(&vt100::Screen) -> bool) -> Outcome<Instant> {
        let begin = Instant::now();
        loop {
            let Ok((at, bytes)) = self.output.recv_timeout(PATIENCE.saturating_sub(begin.elapsed())) else {
                return Err(format!("the screen never shows {what}:\n{}", self.screen.screen().contents()).into());
            };
            self.take(&bytes);
            if self.tail.ends_with(END) && holds(self.screen.screen()) {
                return Ok(at);
            }
        }
    }

    /// Takes over what came meanwhile.
    pub fn catch_up(&mut self) {
        while let Ok((_, bytes)) = self.output.try_recv() {
            self.take(&bytes);
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        self.shown += bytes.len();
        self.screen.process(bytes);
        self.tail.extend_from_slice(bytes);
        self.tail.drain(..self.tail.len().saturating_sub(END.len()));
    }

    /// Leaves, and waits for the end of the process.
    pub fn quit(mut self) -> Outcome {
        self.press("\x03")?;
        let begin = Instant::now();
        while self.child.try_wait()?.is_none() {
            if begin.elapsed() > FAREWELL {
                return Err("the explorer does not leave".into());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // Of no use where it has left already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(mut reader: Box<dyn Read + Send>, sender: &Sender<(Instant, Vec<u8>)>) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(count @ 1..) = reader.read(&mut buffer) {
        if sender.send((Instant::now(), buffer[..count].to_vec())).is_err() {
            break;
        }
    }
}
