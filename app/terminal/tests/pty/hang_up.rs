//! The terminal goes, and the runs do not; another one looks on.

use crate::common::folder;
use crate::terminal::{ENDLESS, Terminal, both_end, eventually, experiment};
use std::path::Path;

/// A writer of `out` on a screen of its own.
fn writer(folder: &Path, steps: u64, every: u64, pace: &str) -> Terminal {
    experiment(folder, steps, every, "");
    let arguments = ["explore", "x.toml", "--out", "out", "--pace", pace];
    let terminal = Terminal::elbow(folder, (110, 30), &arguments);
    terminal.shows("2 running");
    terminal.shows("╭ kl_visible ");
    terminal
}

/// A follower of `out`, on a screen of another size.
fn follower(folder: &Path) -> Terminal {
    let terminal = Terminal::elbow(folder, (80, 24), &["explore", "out"]);
    terminal.shows("recorded");
    terminal.shows("╭ kl_visible ");
    terminal.wait("draws curves", |shown| {
        let curve = |letter: char| ('\u{2801}'..='\u{28ff}').contains(&letter);
        // The right of the screen is the charts', the left one has samples of the dashes.
        shown.screen().rows(32, 48).skip(2).any(|row| row.chars().filter(|letter| curve(*letter)).count() > 3)
    });
    terminal
}

fn journal_bytes(folder: &Path) -> u64 {
    let files = std::fs::read_dir(folder.join("out/journal")).expect("the journals").flatten();
    files.map(|file| file.metadata().map_or(0, |metadata| metadata.len())).sum()
}

#[test]
fn runs_go_on_to_their_end_without_a_terminal() {
    let folder = folder();
    // At this pace they would take hours: without eyes on them they go at full speed.
    let terminal = writer(folder.path(), 3000, 10, "1");
    let mut process = terminal.hang_up();
    both_end(folder.path(), "finished");
    assert_eq!(process.ends(), 0);
    let mut terminal = follower(folder.path());
    terminal.shows("2 finished");
    terminal.press("q");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn paused_and_held_runs_go_on_without_a_terminal_too() {
    let folder = folder();
    let mut terminal = writer(folder.path(), 3000, 10, "50");
    terminal.press("p ");
    terminal.shows("PAUSED");
    let mut process = terminal.hang_up();
    both_end(folder.path(), "finished");
    assert_eq!(process.ends(), 0);
}

#[test]
fn another_terminal_follows_what_goes_on() {
    let folder = folder();
    let terminal = writer(folder.path(), 3000, 10, "50");
    let mut follower = follower(folder.path());
    follower.shows("2 running");
    let mut process = terminal.hang_up();
    follower.shows("2 finished");
    assert_eq!(process.ends(), 0);
    // What cannot be asked of another process is said.
    follower.press("e");
    follower.shows("these runs are recorded");
    follower.press("q");
    assert_eq!(follower.ends(), 0);
}

#[test]
fn a_killed_writer_shows_as_crashed() {
    let folder = folder();
    let process = writer(folder.path(), ENDLESS, 1000, "0").hang_up();
    let mut terminal = follower(folder.path());
    terminal.shows("2 running");
    let then = journal_bytes(folder.path());
    eventually("goes on headless", String::new, || journal_bytes(folder.path()) > then);
    process.signal("-KILL");
    terminal.shows("2 crashed");
    terminal.press("q");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn a_follower_leaves_without_a_trace() {
    let folder = folder();
    let writer = writer(folder.path(), ENDLESS, 100, "50");
    for key in ["q", "\u{4}", "\u{3}"] {
        let mut follower = follower(folder.path());
        follower.press(key);
        assert_eq!(follower.ends(), 0);
        assert!(writer.look(|shown| shown.has("2 running")), "the writer does not care");
    }
    let follower = follower(folder.path());
    follower.hang_up().ends();
    let then = journal_bytes(folder.path());
    eventually("goes on", String::new, || journal_bytes(folder.path()) > then);
    writer.process.signal("-TERM");
    assert_eq!(writer.ends(), 128 + 15);
    both_end(folder.path(), "stopped");
}

#[test]
fn who_detaches_sees_the_progress_and_then_the_records() {
    let folder = folder();
    let mut terminal = writer(folder.path(), 2_000_000, 10_000, "50");
    terminal.press("\u{4}");
    terminal.wait("leaves the screen", |shown| !shown.screen().alternate_screen() && !shown.screen().hide_cursor());
    terminal.wait("shows the progress", |shown| String::from_utf8_lossy(&shown.bytes).contains("/2 cells"));
    terminal.shows("records in out; see them again: elbow explore out");
    assert_eq!(terminal.ends(), 0);
    both_end(folder.path(), "finished");
}

#[test]
fn who_has_detached_can_still_stop_it() {
    let folder = folder();
    let mut terminal = writer(folder.path(), ENDLESS, 1000, "50");
    terminal.press("\u{4}");
    terminal.wait("shows the progress", |shown| String::from_utf8_lossy(&shown.bytes).contains("/2 cells"));
    terminal.press("\u{3}");
    terminal.process.ends();
    both_end(folder.path(), "stopped");
}
