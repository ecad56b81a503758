//! Text of strangers on its way to people: what acts on a terminal is written out, and what is too wide is cut.

mod common;

use common::{elbow, folder, stderr, stdout};
use std::fs;
use std::process::Output;

/// A bell, a change of the title, C1's control sequence introducer, DEL, an override of the direction.
const NASTY: &str = "a\u{7}\u{1b}]0;b\u{9b}31m\u{7f}\u{202e}c";
/// The same as TOML writes it, and as people read it.
const WRITTEN: &str = "a\\u0007\\u001b]0;b\\u009b31m\\u007f\\u202ec";
const SEEN: &str = "a\\u{7}\\u{1b}]0;b\\u{9b}31m\\u{7f}\\u{202e}c";

fn experiment(optimizer: &str) -> String {
    format!(
        "run.steps = 3\nrun.seeds = [0, 1]\nname = \"{WRITTEN}\"\n[[model]]\nlabel = \"{WRITTEN}\"\nplugin = \"bayesian-network\"\n\
         preset = \"non-cylindrical\"\ntarget = {{ parameters = [0.7, 0.3, 0.6, 0.2, 0.9] }}\n\
         [[optimizer]]\nlabel = \"{WRITTEN} {}\"\nplugin = \"fisher-rao\"\n{optimizer}\n",
        "wide ".repeat(100)
    )
}

/// Both streams, in which nothing acts but the ends of lines.
fn harmless(output: &Output) -> String {
    let text = stdout(output) + &stderr(output);
    let acts = |letter: char| letter != '\n' && elbow_host::acts(letter);
    assert!(!text.contains(acts), "{text:?}");
    text
}

#[test]
fn labels_act_in_no_output() {
    let folder = folder();
    fs::write(folder.path().join("x.toml"), experiment("")).unwrap();
    for arguments in [["run", "x.toml", "--out", "run"].as_slice(), &["plan", "x.toml"]] {
        let output = elbow(folder.path(), arguments);
        assert!(output.status.success(), "{}", stderr(&output));
        let table = harmless(&output);
        assert!(table.contains(SEEN), "{table}");
        let widest = table.lines().map(|line| line.chars().count()).max();
        assert!(widest < Some(400), "a label of 500 columns is cut: {widest:?}");
    }
    for (line, part) in [("model = \"\\u001b[2J\"", "\\u{1b}[2J"), ("seeds = [9]\nlabel2 = 1", "unknown key")] {
        fs::write(folder.path().join("y.toml"), experiment(line)).unwrap();
        let output = elbow(folder.path(), &["check", "y.toml"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(harmless(&output).contains(part), "{}", stderr(&output));
    }
}

/// What stands raw in a file, in names of files and on the command line.
#[test]
fn files_and_arguments_act_in_no_message() {
    let folder = folder();
    let raw = experiment("").replace(&format!("name = \"{WRITTEN}\""), &format!("name = \"{NASTY}"));
    fs::write(folder.path().join(NASTY), raw).unwrap();
    for arguments in [
        ["check", NASTY].as_slice(),
        &["run", "nowhere\u{1b}[2J"],
        &["export", "nowhere\u{202e}"],
        &["optimizer", "show", NASTY],
        &["run", "x.toml", "--seeds", NASTY],
        &["run", "x.toml", NASTY],
        &["explore", "nowhere\u{9b}2J", "--csv", "-"],
        &["plugin", "list", "--plugin-dir", "nowhere\u{1b}[2J"],
        &["explore", "--config", "nowhere\u{1b}[2J"],
    ] {
        let output = elbow(folder.path(), arguments);
        assert!(!output.status.success() && !harmless(&output).is_empty(), "{arguments:?}");
    }
}

/// Tables for programs hold the text as it is, quoted where their format wants that.
#[test]
fn tables_for_programs_hold_the_text_itself() {
    let folder = folder();
    let text = experiment("").replace(WRITTEN, "a,\\\"b\\\"\\nc");
    fs::write(folder.path().join("x.toml"), text).unwrap();
    assert!(elbow(folder.path(), &["run", "x.toml", "--out", "run", "-q"]).status.success());
    for format in ["csv", "jsonl"] {
        assert!(elbow(folder.path(), &["export", "run", "--format", format]).status.success());
    }
    let mut runs = csv::Reader::from_path(folder.path().join("run/tables/runs.csv")).unwrap();
    let models: Vec<String> = runs.records().map(|row| row.unwrap()[1].to_owned()).collect();
    assert_eq!(models, ["a,\"b\"\nc"; 2]);
    let lines = fs::read_to_string(folder.path().join("run/tables/runs.jsonl")).unwrap();
    assert_eq!((lines.lines().count(), lines.matches("\"model\":\"a,\\\"b\\\"\\nc\"").count()), (2, 2));
}
