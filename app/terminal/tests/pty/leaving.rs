//! Every way out gives the terminal back, with the exit code that says which it was.

use crate::common::folder;
use crate::terminal::{ENDLESS, Terminal, both_end, experiment, output, program, skip};
use std::process::Command;

const SIZE: (u16, u16) = (80, 24);

/// The gallery, drawn.
fn gallery(folder: &std::path::Path) -> Terminal {
    let terminal = Terminal::elbow(folder, SIZE, &[]);
    terminal.shows("╭ kl_visible ");
    assert!(terminal.look(|shown| shown.screen().alternate_screen() && shown.screen().hide_cursor()));
    terminal
}

#[test]
fn keys_end_it_well() {
    for key in ["q", "\u{3}"] {
        let folder = folder();
        let mut terminal = gallery(folder.path());
        terminal.press(key);
        assert_eq!(terminal.ends(), 0, "{key:?}");
    }
}

#[test]
fn signals_end_it_as_signals_do() {
    // A hang-up lets the runs go on; those of the gallery have no records, and end.
    for (signal, code) in [("-TERM", 128 + 15), ("-INT", 128 + 2), ("-HUP", 0)] {
        let folder = folder();
        let terminal = gallery(folder.path());
        terminal.process.signal(signal);
        assert_eq!(terminal.ends(), code, "{signal}");
    }
}

#[test]
fn what_is_recorded_is_told_to_the_shell() {
    let folder = folder();
    experiment(folder.path(), ENDLESS, 100, "");
    let mut terminal = Terminal::elbow(folder.path(), SIZE, &["explore", "x.toml", "--out", "out", "--pace", "50"]);
    terminal.shows("2 running");
    terminal.press("q");
    terminal.shows("records in out; see them again: elbow explore out");
    assert_eq!(terminal.ends(), 0);
    both_end(folder.path(), "stopped");
}

/// A shell with job control in the terminal, and elbow on its screen.
fn shell_with_elbow(folder: &std::path::Path) -> Option<Terminal> {
    let mut command = program("bash", folder);
    command.args(["--norc", "--noprofile", "-i"]);
    command.env("PS1", "the shell> ");
    output(Command::new("bash").arg("--version"))?;
    // They end by themselves, should the shell not live to end them.
    experiment(folder, 20_000, 100, "");
    let mut terminal = Terminal::of(command, SIZE);
    terminal.shows("the shell> ");
    terminal.press(&format!("'{}' explore x.toml --out out --pace 50\r", env!("CARGO_BIN_EXE_elbow")));
    terminal.shows("╭ kl_visible ");
    Some(terminal)
}

/// The shell answers, and its screen is what it was.
fn shell_answers(terminal: &mut Terminal, word: &str) {
    terminal.wait("leaves the screen", |shown| !shown.screen().alternate_screen() && !shown.screen().hide_cursor());
    terminal.wait("prompts", |shown| shown.screen().contents().trim_end().ends_with("the shell>"));
    terminal.press(&format!("echo {word}-$((20 + 22))\r"));
    terminal.shows(&format!("{word}-42"));
    terminal.shows("explore x.toml");
}

fn comes_back(terminal: &mut Terminal) {
    terminal.press("fg\r");
    terminal.wait("comes back", |shown| shown.screen().alternate_screen() && shown.has("╭ kl_visible ") && shown.has("q quit"));
    assert!(!terminal.look(|shown| shown.has("the shell> ")), "all is painted afresh");
}

#[test]
fn the_job_stops_and_goes_on() {
    let folder = folder();
    let Some(mut terminal) = shell_with_elbow(folder.path()) else { return skip("there is no bash") };
    let pid = folder.path().join("pid");
    for word in ["first", "second", "third"] {
        // The stop signal from elsewhere does what the key does.
        match std::fs::read_to_string(&pid) {
            Ok(pid) if word == "third" => drop(output(Command::new("kill").args(["-TSTP", pid.trim()])).expect("kill runs")),
            _ => terminal.press("\u{1a}"),
        }
        shell_answers(&mut terminal, word);
        terminal.press("jobs -p > pid; echo written=$?.\r");
        terminal.shows("written=0.");
        comes_back(&mut terminal);
        terminal.press("?");
        terminal.shows("╭ help: ");
        terminal.press("\u{1b}");
        terminal.hides("╭ help: ");
    }
    terminal.press("q");
    shell_answers(&mut terminal, "last");
    terminal.shows("records in out; see them again: elbow explore out");
    terminal.press("exit\r");
    assert_eq!(terminal.ends(), 0);
}

#[test]
fn a_job_that_is_resized_while_stopped_comes_back_in_the_new_size() {
    let folder = folder();
    let Some(mut terminal) = shell_with_elbow(folder.path()) else { return skip("there is no bash") };
    terminal.press("\u{1a}");
    shell_answers(&mut terminal, "away");
    terminal.resize((100, 30));
    comes_back(&mut terminal);
    terminal.wait("has its footer in the last line", |shown| {
        shown.screen().rows(0, 100).nth(29).is_some_and(|row| row.contains("q quit"))
    });
    terminal.press("\u{3}");
    shell_answers(&mut terminal, "last");
    terminal.shows("records in out; see them again: elbow explore out");
    terminal.press("exit\r");
    assert_eq!(terminal.ends(), 0);
}
