//! A terminal that reads slowly, as a thin line does, or no more. What happens is counted in bytes, which no other load
//! changes.

use crate::common::folder;
use crate::terminal::{ENDLESS, Reading, Terminal, both_end, elbow, eventually, experiment};
use std::path::Path;
use std::time::Duration;

/// What the kernel keeps between the program and the terminal, with a margin.
const KERNEL: usize = 16 * 1024;

#[test]
fn keys_pass_frames_that_nobody_could_read() {
    let folder = folder();
    experiment(folder.path(), ENDLESS, 1, "");
    let reading = Reading { chunk: 400, pause: Duration::from_millis(25) };
    let arguments = elbow(folder.path(), &["explore", "x.toml"]);
    let mut terminal = Terminal::start(arguments, (120, 40), reading);
    let count = |terminal: &Terminal| terminal.look(|shown| shown.bytes.len());
    terminal.repaints(|_| ());
    let frame = count(&terminal);
    assert!(frame > 4000, "a frame of {frame} bytes is no test");
    // A hundred repaints, each asked for while there are bytes to read: far more than fits through.
    let begun = count(&terminal);
    for press in 1..=100 {
        terminal.press("\u{c}");
        terminal.wait("reads on", |shown| shown.bytes.len() >= begun + press * frame / 20);
    }
    let pressed = count(&terminal);
    terminal.press("?");
    terminal.shows("╭ help: ");
    let shown = count(&terminal);
    // What was under way when the key came, and the frame that answers it.
    assert!(shown - pressed <= 3 * frame + KERNEL, "{} bytes to an answer, {frame} a frame", shown - pressed);
    assert!(shown - begun <= 9 * frame + KERNEL, "{} bytes in all, {frame} a frame", shown - begun);
    terminal.press("\u{c}\u{c}\u{3}");
    let pressed = shown;
    terminal.wait("leaves the screen", |shown| !shown.screen().alternate_screen() && !shown.screen().hide_cursor());
    let left = count(&terminal);
    assert!(left - pressed <= 2 * frame + KERNEL, "{} bytes to the end, {frame} a frame", left - pressed);
    assert_eq!(terminal.ends(), 0);
}

/// A terminal that has stopped to read, while far more was drawn than the kernel keeps.
fn stalled(folder: &Path, steps: u64) -> Terminal {
    experiment(folder, steps, 1, "");
    let reading = Reading { chunk: 400, pause: Duration::from_secs(3600) };
    let arguments = elbow(folder, &["explore", "x.toml", "--out", "out", "--pace", "100"]);
    let mut terminal = Terminal::start(arguments, (200, 60), reading);
    let points = || -> usize {
        let files = std::fs::read_dir(folder.join("out/journal")).into_iter().flatten().flatten();
        files.map(|file| std::fs::read_to_string(file.path()).map_or(0, |text| text.lines().count())).sum()
    };
    // The runs do not wait for the screen, so they are the clock.
    for _ in 0..12 {
        let then = points();
        eventually("goes on", String::new, || points() > then + 20);
        terminal.press("\u{c}");
    }
    assert!(terminal.look(|shown| shown.bytes.len() <= 400), "nobody reads");
    terminal
}

#[test]
fn a_terminal_that_stalls_and_goes_ends_no_run() {
    let folder = folder();
    let mut process = stalled(folder.path(), 5000).hang_up();
    both_end(folder.path(), "finished");
    assert_eq!(process.ends(), 0);
}

#[test]
fn a_signal_that_is_repeated_does_not_wait_for_the_screen() {
    let folder = folder();
    let mut terminal = stalled(folder.path(), ENDLESS);
    eventually("ends", String::new, || {
        terminal.process.signal("-TERM");
        terminal.process.has_ended()
    });
}
