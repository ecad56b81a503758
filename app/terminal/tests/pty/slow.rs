//! A terminal that reads slowly, as a thin line does. What happens is counted in bytes, which no other load changes.

use crate::common::folder;
use crate::terminal::{ENDLESS, Reading, Terminal, elbow, experiment};
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
