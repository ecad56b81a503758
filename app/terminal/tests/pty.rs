//! The real binary in a real terminal: it draws, obeys keys, and leaves the terminal as it found it on every way out.
#![cfg(unix)]

mod common;

use common::folder;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Longest wait for a condition; nothing ever waits this long where all is well.
const PATIENCE: Duration = Duration::from_secs(60);

fn size_of_screen(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).expect("a screen has a size")
}

struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    screen: Arc<Mutex<vt100::Parser>>,
    _folder: tempfile::TempDir,
}

impl Terminal {
    fn start(rows: u16, cols: u16, arguments: &[&str]) -> Self {
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        let (pair, folder) = (native_pty_system().openpty(size).expect("a pseudo-terminal"), folder());
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_elbow"));
        command.args(arguments);
        command.cwd(folder.path());
        for (key, value) in [("TERM", "xterm-256color"), ("LC_ALL", "C.UTF-8"), ("COLORTERM", "truecolor")] {
            command.env(key, value);
        }
        let child = pair.slave.spawn_command(command).expect("elbow starts");
        let screen = Arc::new(Mutex::new(vt100::Parser::new(size_of_screen(rows), size_of_screen(cols), 0)));
        let (mut reader, shown) = (pair.master.try_clone_reader().expect("a reader"), Arc::clone(&screen));
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                shown.lock().expect("the screen").process(&buffer[..n]);
            }
        });
        let keys = pair.master.take_writer().expect("a writer");
        Self { child, master: pair.master, keys, screen, _folder: folder }
    }

    fn wait(&self, what: &str, holds: impl Fn(&vt100::Screen) -> bool) {
        let started = Instant::now();
        while !holds(self.screen.lock().expect("the screen").screen()) {
            let contents = || self.screen.lock().expect("the screen").screen().contents();
            assert!(started.elapsed() < PATIENCE, "never {what}:\n{}", contents());
            std::thread::park_timeout(Duration::from_millis(10));
        }
    }

    fn shows(&self, text: &str) {
        self.wait(&format!("shows {text:?}"), |screen| screen.contents().contains(text));
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("keys are taken");
    }

    /// Waits for the end; the alternate screen is left and the cursor shown.
    fn ends(mut self) -> u32 {
        let started = Instant::now();
        let status = loop {
            match self.child.try_wait().expect("the child can be asked") {
                Some(status) => break status,
                None => assert!(started.elapsed() < PATIENCE, "it does not end"),
            }
            std::thread::park_timeout(Duration::from_millis(10));
        };
        self.wait("leaves the screen", |screen| !screen.alternate_screen() && !screen.hide_cursor());
        status.exit_code()
    }

    fn signal(&self, name: &str) {
        let pid = self.child.process_id().expect("a process").to_string();
        assert!(std::process::Command::new("kill").args([name, &pid]).status().expect("kill runs").success());
    }
}

#[test]
fn it_draws_obeys_and_leaves() {
    let mut terminal = Terminal::start(30, 110, &["explore", "--pace", "200"]);
    terminal.shows("kl_visible");
    terminal.shows("ELBO, fixed");
    terminal.press("?");
    terminal.shows("help");
    terminal.press("\u{1b}");
    terminal.press(" ");
    terminal.shows("PAUSED");
    terminal.press(" ");
    terminal.master.resize(PtySize { rows: 24, cols: 80, pixel_width: 0, pixel_height: 0 }).expect("a resize");
    terminal.screen.lock().expect("the screen").screen_mut().set_size(size_of_screen(24), size_of_screen(80));
    terminal.shows("finished");
    terminal.press("q");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn term_restores_the_terminal() {
    let terminal = Terminal::start(24, 80, &[]);
    terminal.shows("kl_visible");
    terminal.signal("-TERM");
    assert_eq!(terminal.ends(), 128 + 15);
}

#[test]
fn ctrl_c_quits() {
    let mut terminal = Terminal::start(24, 80, &[]);
    terminal.shows("kl_visible");
    terminal.press("\u{3}");
    terminal.ends();
}
