//! What is no terminal, and terminals that can do less.

use crate::common::{folder, stderr, stdout};
use crate::terminal::{Terminal, elbow, experiment, output, skip};
use portable_pty::CommandBuilder;
use std::path::Path;
use std::process::{Command, Stdio};

/// Bytes of a session that has been through every view.
fn session(command: CommandBuilder) -> Vec<u8> {
    let mut terminal = Terminal::of(command, (120, 40));
    terminal.shows("2 finished");
    let views =
        [("2", " visible "), ("3", " table "), ("4", " parameters "), ("5", " printed "), ("6", " plugins "), ("1", " kl_")];
    for (key, title) in views {
        terminal.press(key);
        terminal.shows(title);
    }
    for (key, title) in [("?", " help: "), ("g", " gallery: "), ("X", "this run has ended"), ("/", " show runs ")] {
        terminal.press(key);
        terminal.shows(title);
        terminal.press("\u{1b}");
        terminal.hides(title);
    }
    terminal.press("q");
    terminal.wait("leaves the screen", |shown| !shown.screen().alternate_screen());
    let bytes = terminal.look(|shown| shown.bytes.clone());
    assert_eq!(terminal.ends(), 0);
    bytes
}

fn small(folder: &Path) -> CommandBuilder {
    experiment(folder, 100, 1, "");
    elbow(folder, &["explore", "x.toml", "--out", "out", "-q"])
}

/// The parameters of all changes of colours and attributes.
fn attributes(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let sequences = text.split("\u{1b}[").skip(1);
    sequences
        .filter_map(|rest| rest.split_once(|letter: char| ('@'..='~').contains(&letter)).zip(Some(rest)))
        .filter(|((parameters, _), rest)| rest[parameters.len()..].starts_with('m'))
        .map(|((parameters, _), _)| parameters.to_owned())
        .collect()
}

/// Whether it sets a colour; 39 and 49 take one back.
fn is_color(parameters: &str) -> bool {
    let mut numbers = parameters.split(';').map(|number| number.parse::<u32>().unwrap_or(0));
    numbers.any(|number| matches!(number, 30..=38 | 40..=48 | 90..=97 | 100..=107))
}

#[test]
fn colors_are_those_that_the_environment_promises() {
    let folder = folder();
    let promised = [
        (vec![("COLORTERM", "truecolor")], "38;2;"),
        (vec![("COLORTERM", "")], "38;5;"),
        (vec![("COLORTERM", ""), ("TERM", "screen")], ""),
        (vec![("NO_COLOR", "1")], "none"),
        (vec![("COLORTERM", ""), ("TERM", "dumb")], "none"),
    ];
    for (number, (environment, kind)) in promised.into_iter().enumerate() {
        let inner = folder.path().join(number.to_string());
        std::fs::create_dir(&inner).expect("a folder");
        let mut command = small(&inner);
        environment.iter().for_each(|(name, value)| command.env(name, value));
        let all = attributes(&session(command));
        let colors: Vec<&String> = all.iter().filter(|parameters| is_color(parameters)).collect();
        assert!(all.iter().any(|parameters| parameters == "1"), "bold is no colour: {environment:?}");
        let has = |part: &str| colors.iter().any(|color| color.contains(part));
        let right = match kind {
            "none" => colors.is_empty(),
            "" => !colors.is_empty() && !has("8;2;") && colors.iter().all(|color| is_of_sixteen(color)),
            "38;5;" => has(kind) && !has("8;2;"),
            _ => has(kind),
        };
        assert!(right, "{environment:?}: {:?}", &colors[..colors.len().min(9)]);
    }
}

/// The library writes the sixteen colours as the first of 256.
fn is_of_sixteen(color: &str) -> bool {
    color
        .split_once("8;5;")
        .is_none_or(|(_, index)| index.split(';').next().and_then(|index| index.parse().ok()).is_some_and(|index: u8| index < 16))
}

#[test]
fn a_plain_locale_or_terminal_gets_plain_characters() {
    for environment in
        [vec![("LC_ALL", ""), ("LANG", "C")], vec![("TERM", "dumb")], vec![("LC_ALL", "POSIX"), ("LANG", "C.UTF-8")]]
    {
        let folder = folder();
        let mut command = small(folder.path());
        environment.iter().for_each(|(name, value)| command.env(name, value));
        let bytes = session(command);
        let text = String::from_utf8_lossy(&bytes);
        let beyond: String = text.chars().filter(|letter| !letter.is_ascii()).collect();
        assert!(beyond.is_empty(), "{environment:?}: {beyond:.80}");
    }
}

#[test]
fn a_pipe_gets_the_table_of_the_built_in_experiment() {
    let folder = folder();
    let binary = env!("CARGO_BIN_EXE_elbow");
    for input in [Stdio::null(), Stdio::piped()] {
        let out = Command::new(binary).current_dir(folder.path()).stdin(input).output().expect("elbow runs");
        assert_eq!(out.status.code(), Some(0), "{}", stderr(&out));
        let table = stdout(&out);
        assert!(table.contains("run 8") && table.contains("finished") && table.contains("Try next"), "{table}");
        assert!(!table.contains('\u{1b}') && !stderr(&out).contains('\u{1b}'));
    }
    let closed = format!("'{binary}' <&- | cat");
    let table = output(Command::new("sh").args(["-c", &closed]).current_dir(folder.path())).expect("it runs without an input");
    assert!(table.contains("run 8") && table.contains("Try next"), "{table}");
}

/// `elbow` without any terminal, not even that of the test; `None` where that cannot be had.
fn without_terminal(folder: &Path, arguments: &[&str]) -> Option<std::process::Output> {
    output(Command::new("setsid").args(["--wait", "true"]))?;
    let mut command = Command::new("setsid");
    command.args(["--wait", env!("CARGO_BIN_EXE_elbow")]).args(arguments).current_dir(folder).stdin(Stdio::null());
    command.output().ok()
}

#[test]
fn the_explorer_needs_a_terminal_and_says_so() {
    let folder = folder();
    experiment(folder.path(), 10, 1, "");
    let Some(run) = without_terminal(folder.path(), &["run", "x.toml", "--out", "out"]) else {
        return skip("there is no setsid");
    };
    assert_eq!(run.status.code(), Some(0), "{}", stderr(&run));
    for arguments in [vec!["explore", "out"], vec!["explore", "x.toml", "--out", "new"], vec!["explore"]] {
        let out = without_terminal(folder.path(), &arguments).expect("elbow runs");
        assert_eq!(out.status.code(), Some(2), "{arguments:?}");
        let text = stderr(&out);
        assert!(text.starts_with("error: the explorer needs a terminal") && text.trim().lines().count() == 1, "{text}");
        assert!(out.stdout.is_empty(), "{}", stdout(&out));
        assert!(!folder.path().join("new").exists(), "an error of usage writes nothing");
    }
}
