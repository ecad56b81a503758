//! `elbow doctor`, as a script sees it and as a user does.

mod common;

use common::{folder, root, stderr, stdout};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Runs `elbow doctor` with a settings file and an environment that are known.
fn doctor(settings: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_elbow"));
    command.arg("doctor").args(arguments).current_dir(root()).env("ELBOW_CONFIG", settings);
    for name in
        ["NO_COLOR", "COLORTERM", "LC_ALL", "LC_CTYPE", "LANG", "TMUX", "STY", "SSH_CONNECTION", "SSH_TTY", "ELBOW_PLUGIN_PATH"]
    {
        command.env_remove(name);
    }
    command.env("TERM", "xterm-256color").env("LANG", "C.UTF-8").envs(variables.iter().copied());
    command.output().expect("elbow runs")
}

#[test]
fn without_a_terminal_it_only_prints() {
    let folder = folder();
    let file = folder.path().join("explorer.toml");
    let output = doctor(&file, &[], &[("TMUX", "/tmp/tmux")]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(!text.contains('\u{1b}') && !text.contains("Which glyphs"), "{text}");
    for part in [
        "256: TERM is xterm-256color",
        "braille: the locale of LANG is UTF-8",
        "inside tmux",
        "1 braille      ⠔",
        "explorer.toml is not there",
        "no terminal",
        "threads",
        env!("CARGO_PKG_VERSION"),
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    assert!(!file.exists(), "nothing was written");
}

#[test]
fn colours_are_shown_where_they_are_asked_for() {
    let folder = folder();
    let text = stdout(&doctor(&folder.path().join("x.toml"), &["--color", "true"], &[]));
    assert!(text.contains("\u{1b}[38;2;86;180;233m") && text.contains("24 bits: --color"), "{text}");
}

#[test]
fn a_broken_settings_file_is_told_with_a_caret() {
    let folder = folder();
    let file = folder.path().join("explorer.toml");
    fs::write(&file, "# mine\n[keys]\npaus = \"p\"\nquit = []\n").unwrap();
    let output = doctor(&file, &[], &[]);
    assert_eq!(output.status.code(), Some(2));
    let told = stderr(&output);
    assert!(told.contains("explorer.toml:3:1") && told.contains("^^^^") && told.contains("did you mean `pause`?"), "{told}");
    assert!(told.contains("explorer.toml:4:8") && told.contains("2 errors in the settings"), "{told}");
    assert!(stdout(&output).contains("has 2 errors"), "the rest is told all the same");
}

#[test]
fn settings_are_in_force_and_listed() {
    let folder = folder();
    let file = folder.path().join("explorer.toml");
    fs::write(&file, "glyphs = \"half\"\ncolor = 16\n[keys]\npause = [\"space\", \"G\"]\n").unwrap();
    let output = doctor(&file, &[], &[("NO_COLOR", "1")]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    for part in
        ["explorer.toml is right", "half: `glyphs` of the settings", "16: `color` of the settings", "keys: pause = space G"]
    {
        assert!(text.contains(part), "{part}\n{text}");
    }
}

#[test]
fn the_example_is_a_settings_file() {
    let folder = folder();
    let file = folder.path().join("explorer.toml");
    fs::write(&file, stdout(&doctor(&file, &["--settings"], &[]))).unwrap();
    let output = doctor(&file, &[], &[]);
    assert!(output.status.success() && stdout(&output).contains("is right"), "{}", stderr(&output));
}

#[test]
fn plugins_that_are_refused_are_told_with_the_reason() {
    let folder = folder();
    let library = folder.path().join(format!("broken.{}", std::env::consts::DLL_EXTENSION));
    fs::write(&library, "no library").unwrap();
    let path = folder.path().display().to_string();
    let output = doctor(&folder.path().join("x.toml"), &[], &[("ELBOW_PLUGIN_PATH", &path)]);
    assert_eq!(output.status.code(), Some(0), "it stops nothing that does not need it");
    let text = stdout(&output);
    assert!(text.contains("(ELBOW_PLUGIN_PATH)") && text.contains("broken: ") && text.contains("not a shared library"), "{text}");
    let named = doctor(&folder.path().join("x.toml"), &["--plugin-dir", &library.display().to_string()], &[]);
    assert_eq!(named.status.code(), Some(2), "no other command would start");
}

/// Runs `elbow doctor` on a terminal with these answers; what it showed.
#[cfg(unix)]
fn on_a_terminal(settings: &Path, answers: &str) -> String {
    use portable_pty::{CommandBuilder, PtySize, native_pty_system};
    use std::io::{Read, Write};
    let size = PtySize { rows: 60, cols: 200, pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_elbow"));
    command.arg("doctor");
    command.cwd(root());
    for (key, value) in [("ELBOW_CONFIG", settings.to_str().expect("a path")), ("LC_ALL", "C.UTF-8"), ("TERM", "xterm")] {
        command.env(key, value);
    }
    let mut child = pair.slave.spawn_command(command).expect("elbow starts");
    drop(pair.slave);
    // The terminal keeps what is typed until somebody reads it.
    pair.master.take_writer().expect("a writer").write_all(answers.as_bytes()).expect("it is typed");
    let (mut reader, mut shown) = (pair.master.try_clone_reader().expect("a reader"), Vec::new());
    // The end of a terminal is an error on some systems.
    let _ = reader.read_to_end(&mut shown);
    assert!(child.wait().expect("it ends").success());
    String::from_utf8_lossy(&shown).into_owned()
}

#[cfg(unix)]
#[test]
fn glyphs_are_picked_by_number() {
    let folder = folder();
    let file = folder.path().join("new/explorer.toml");
    let shown = on_a_terminal(&file, "\n");
    assert!(shown.contains("there, 200 × 60") && shown.contains("nothing was changed") && !file.exists(), "{shown}");
    on_a_terminal(&file, "1\n");
    assert_eq!(fs::read_to_string(&file).unwrap(), "glyphs = \"braille\"\n");
    fs::write(&file, "# mine\nglyphs = 'ascii'  # for now\n").unwrap();
    assert!(on_a_terminal(&file, "1\nn\n").contains("Replace it"), "an answer is never overwritten unasked");
    assert_eq!(fs::read_to_string(&file).unwrap(), "# mine\nglyphs = 'ascii'  # for now\n");
    on_a_terminal(&file, "1\ny\n");
    assert_eq!(fs::read_to_string(&file).unwrap(), "# mine\nglyphs = \"braille\"  # for now\n");
}
