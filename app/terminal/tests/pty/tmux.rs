//! Inside tmux: its own idea of a terminal, whose size and spectators change.

use crate::common::folder;
use crate::terminal::{Terminal, both_end, eventually, experiment, output, program, skip};
use std::path::{Path, PathBuf};
use std::process::Command;

/// A server of this test alone, that does not outlive it.
struct Tmux {
    folder: PathBuf,
    name: String,
}

impl Tmux {
    /// A session that runs `elbow`; `None` where there is no tmux.
    fn start(folder: &Path, (columns, rows): (u16, u16), arguments: &str) -> Option<Self> {
        output(Command::new("tmux").arg("-V"))?;
        let tmux = Self { folder: folder.to_owned(), name: format!("elbow-test-{}", std::process::id()) };
        let (columns, rows) = (columns.to_string(), rows.to_string());
        let line = format!("'{}' {arguments}; echo code=$?.; exec cat", env!("CARGO_BIN_EXE_elbow"));
        // Before the first session, lest its first frame be one of another size. Keys that come at once are no paste here.
        let settings = ["set", "-g", "status", "off", ";", "set", "-g", "assume-paste-time", "0", ";"];
        let session = ["new-session", "-d", "-s", "elbow", "-x", &columns, "-y", &rows, &line];
        let arguments: Vec<&str> = ["start-server", ";"].into_iter().chain(settings).chain(session).collect();
        tmux.run(&arguments);
        Some(tmux)
    }

    fn command(&self) -> Command {
        let mut command = Command::new("tmux");
        command.args(["-L", &self.name, "-u", "-f", "/dev/null"]).current_dir(&self.folder);
        command.env("TMUX_TMPDIR", &self.folder).env_remove("TMUX").env("LC_ALL", "C.UTF-8").env("TERM", "xterm-256color");
        command
    }

    fn run(&self, arguments: &[&str]) -> String {
        output(self.command().args(arguments)).unwrap_or_else(|| panic!("tmux does not {arguments:?}"))
    }

    fn screen(&self) -> String {
        self.run(&["capture-pane", "-p", "-t", "elbow"])
    }

    fn wait(&self, what: &str, holds: impl Fn(&str) -> bool) {
        eventually(what, || self.screen(), || holds(&self.screen()));
    }

    fn shows(&self, text: &str) {
        self.wait(&format!("shows {text:?}"), |screen| screen.contains(text));
    }

    fn press(&self, key: &str) {
        self.run(&["send-keys", "-t", "elbow", key]);
    }

    /// A client in a terminal of this size, which the session follows.
    fn attach(&self, size: (u16, u16)) -> Terminal {
        let mut command = program("tmux", &self.folder);
        command.args(["-L", &self.name, "-u", "attach", "-t", "elbow"]);
        command.env("TMUX_TMPDIR", &self.folder);
        Terminal::of(command, size)
    }

    fn has_footer_in_line(&self, rows: usize) {
        self.wait(&format!("has {rows} lines"), |screen| {
            screen.lines().nth(rows - 1).is_some_and(|line| line.contains("q quit"))
        });
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let _ = output(self.command().arg("kill-server"));
    }
}

#[test]
fn a_session_is_resized_left_and_found_again() {
    let folder = folder();
    // They end by themselves, should the server not live to end them.
    experiment(folder.path(), 20_000, 100, "");
    let Some(tmux) = Tmux::start(folder.path(), (100, 30), "explore x.toml --out out --pace 50") else {
        return skip("there is no tmux");
    };
    tmux.shows("2 running");
    tmux.shows("╭ kl_visible ");
    tmux.has_footer_in_line(30);
    tmux.press("?");
    tmux.shows("╭ help: ");
    tmux.press("Escape");
    tmux.wait("closes the help", |screen| !screen.contains("╭ help: "));
    tmux.run(&["resize-window", "-t", "elbow", "-x", "80", "-y", "24"]);
    tmux.has_footer_in_line(24);
    tmux.run(&["set", "-w", "-t", "elbow", "window-size", "latest"]);
    let mut client = tmux.attach((120, 40));
    client.shows("╭ kl_visible ");
    tmux.has_footer_in_line(40);
    client.wait("has its footer", |shown| shown.screen().rows(0, 120).nth(39).is_some_and(|row| row.contains("q quit")));
    client.press("3");
    client.shows("╭ table ");
    client.press("\u{2}d");
    assert_eq!(client.process.ends(), 0);
    // Nobody looks on, and it goes on.
    let mut client = tmux.attach((90, 28));
    client.shows("╭ table ");
    tmux.has_footer_in_line(28);
    client.press("q");
    client.shows("records in out; see them again: elbow explore out");
    client.shows("code=0.");
    both_end(folder.path(), "stopped");
}
