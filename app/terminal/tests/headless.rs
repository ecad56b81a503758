//! The headless commands, as a user and as a script see them.

mod common;

use common::{bytes, elbow, folder, root, stderr, stdout};
use std::fs;

/// The experiment of the product's description, as it stands there.
const PRODUCT: &str = r#"
name  = "ay2025-non-cylindrical"
about = "Natural-gradient flows on Y <- X -> Z (Ay, van Oostrum & Datar 2025, arXiv 2307.11249)"

[run]
steps  = 499                    # a budget may also give wall time, or gradient evaluations
seeds  = [0]
record = { every = 1, parameters = true }

[[model]]
plugin = "bayesian-network"
preset = "non-cylindrical"
target = { parameters = [0.78, 0.24, 0.82, 0.97, 0.97] }
init   = { values = [0.035036524101437316, 0.2984494708891794, 0.058512491882074746, 0.8570609425871989, 0.3728540278748075] }

[[optimizer]]
label       = "ELBO, fixed recognition"
plugin      = "fisher-rao"
objective   = "elbo"            # what is descended: elbo | evidence
recognition = "fixed"           # fixed: q(h|v) = p*(h|v) · exact: q = p_θ(h|v) · learned: the model's own φ
metric      = "joint"           # which Fisher matrix: joint | visible | ...
step_size   = 0.01
damping     = { kind = "pseudo-inverse" }

[[optimizer]]
label     = "evidence"
plugin    = "fisher-rao"
objective = "evidence"
metric    = "visible"
step_size = 0.01
"#;

#[test]
fn the_described_experiment_runs_as_it_stands() {
    let folder = folder();
    fs::write(folder.path().join("x.toml"), PRODUCT).unwrap();
    let output = elbow(folder.path(), &["run", "x.toml"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let table = stdout(&output);
    assert!(table.contains("evidence") && table.contains("499") && table.contains("finished"), "{table}");
    assert!(!table.contains('\u{1b}'), "no escape codes without a terminal");
    assert_eq!(bytes(&folder.path().join("runs/ay2025-non-cylindrical-1/journal")).len(), 2);
    let again = elbow(folder.path(), &["run", "x.toml", "-q"]);
    assert!(again.status.success() && folder.path().join("runs/ay2025-non-cylindrical-2").is_dir(), "a run is never overwritten");
}

#[test]
fn without_arguments_and_terminal_the_built_in_experiment_runs() {
    let folder = folder();
    let output = elbow(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).contains("run 8") && stdout(&output).contains("Try next"), "{}", stdout(&output));
}

#[test]
fn mistakes_are_told_and_nothing_is_written() {
    let folder = folder();
    fs::write(folder.path().join("x.toml"), PRODUCT.replace("step_size", "step_sise")).unwrap();
    for command in ["run", "check", "plan"] {
        let output = elbow(folder.path(), &[command, "x.toml"]);
        assert_eq!(output.status.code(), Some(2));
        let text = stderr(&output);
        assert!(text.contains("x.toml:22:1") && text.contains("did you mean `step_size`") && text.contains("2 errors"), "{text}");
        assert!(output.stdout.is_empty() && !folder.path().join("runs").exists(), "nothing was written");
    }
    for (arguments, part) in [
        (vec!["run", "nowhere.toml"], "nowhere.toml"),
        (vec!["optimizer", "show", "fisher-roa"], "did you mean `fisher-rao`?"),
        (vec!["export", "."], "is no run directory"),
        (vec!["run", "x.toml", "--seeds", "3..3"], "no seed"),
        (vec!["run", "x.toml", "-j", "0"], ""),
    ] {
        let output = elbow(folder.path(), &arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(stderr(&output).contains(part), "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn a_diverged_cell_shows_in_table_and_exit_code() {
    let folder = folder();
    let text = PRODUCT.to_owned() + "[[optimizer]]\nlabel = \"huge\"\nplugin = \"euclidean\"\nstep_size = 1e308\n";
    fs::write(folder.path().join("x.toml"), text).unwrap();
    let output = elbow(folder.path(), &["run", "x.toml", "--out", "out"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    let table = stdout(&output);
    assert!(table.contains("diverged @ 0") && table.matches("finished").count() == 2, "{table}");
    let again = elbow(folder.path(), &["run", "x.toml", "--out", "out"]);
    assert_eq!(again.status.code(), Some(2), "an existing run is never overwritten");
}

#[test]
fn export_writes_tables() {
    let folder = folder();
    fs::write(folder.path().join("x.toml"), PRODUCT).unwrap();
    assert!(elbow(folder.path(), &["run", "x.toml", "--out", "run", "--set", "run.steps=5", "-q"]).status.success());
    for format in ["csv", "jsonl"] {
        let output = elbow(folder.path(), &["export", "run", "--format", format, "--out", "tables"]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    }
    let points = fs::read_to_string(folder.path().join("tables/points.csv")).unwrap();
    assert!(points.starts_with("cell_id,step,metric,value,unit\n") && points.contains(",parameter[4],"), "{points}");
    assert_eq!(fs::read_to_string(folder.path().join("tables/runs.jsonl")).unwrap().lines().count(), 2);
}

#[test]
fn export_writes_an_experiment_that_gives_the_same_journals() {
    let folder = folder();
    let text = PRODUCT
        .replace("step_size   = 0.01", "step_size   = 0.01\nchanges = [{ step = 3, step_size = 0.02, metric = \"visible\" }]");
    fs::write(folder.path().join("x.toml"), text).unwrap();
    assert!(elbow(folder.path(), &["run", "x.toml", "--out", "run", "--set", "run.steps=9", "-q"]).status.success());
    let output = elbow(folder.path(), &["export", "run", "--format", "experiment"]);
    assert_eq!(stdout(&output).trim(), "run/tables/experiment.toml", "{}", stderr(&output));
    assert!(elbow(folder.path(), &["run", "run/tables/experiment.toml", "--out", "again", "-q"]).status.success());
    let journals = |run: &str| bytes(&folder.path().join(run).join("journal"));
    assert!(journals("run") == journals("again"));
    assert_eq!(String::from_utf8_lossy(&journals("run")[0].1).matches("\"change\"").count(), 2, "one for each parameter");
}

#[test]
fn the_commands_that_tell() {
    let folder = folder();
    for (arguments, part) in [
        (vec!["model", "list"], "bayesian-network"),
        (vec!["optimizer", "list"], "diagonal-fisher"),
        (vec!["optimizer", "show", "fisher-rao"], "damping.rcond"),
        (vec!["model", "show", "bayesian-network"], "nodes[].parents"),
        (vec!["plugin", "list"], "bundled"),
        (vec!["completions", "bash"], "_elbow"),
        (vec!["man"], ".TH elbow"),
        (vec!["--help"], "Exit codes"),
    ] {
        let output = elbow(folder.path(), &arguments);
        assert!(output.status.success() && stdout(&output).contains(part), "{arguments:?}: {}", stdout(&output));
    }
    let effective = elbow(&root(), &["plan", "configs/smoke.toml", "--effective"]);
    let text = stdout(&effective);
    fs::write(folder.path().join("effective.toml"), &text).unwrap();
    let check = elbow(folder.path(), &["check", "effective.toml"]);
    assert!(check.status.success(), "the effective experiment is an experiment: {}\n{text}", stderr(&check));
}

#[test]
fn every_experiment_in_configs_is_right() {
    let folder = folder();
    // The images of one of them are the user's: 300 of them, in the format of the real ones.
    let head = [0x803u32, 300, 28, 28].iter().flat_map(|word| word.to_be_bytes());
    let images: Vec<u8> = head.chain((0..300 * 784).map(|k| (k % 251) as u8)).collect();
    fs::write(folder.path().join("train-images-idx3-ubyte.gz"), images).unwrap();
    for (name, text) in bytes(&root().join("configs")) {
        if name.extension().is_some_and(|extension| extension == "toml") {
            let file = folder.path().join(&name);
            fs::write(&file, text).unwrap();
            let output = elbow(folder.path(), &["check", &name.display().to_string()]);
            assert!(output.status.success(), "{}: {}", name.display(), stderr(&output));
        }
    }
}

/// A network large enough that its enumeration is split over the host's threads.
#[test]
fn threads_inside_a_step_change_no_bit() {
    let folder = folder();
    let text = "run = { steps = 3, record = { parameters = true } }\n\
        [[model]]\nplugin = \"bayesian-network\"\npreset = \"chain\"\nsize = 15\ntarget = { parameters = { file = \"p.csv\" } }\n\
        [[optimizer]]\nplugin = \"fisher-rao\"\nobjective = \"evidence\"\nmetric = \"visible\"\n";
    fs::write(folder.path().join("big.toml"), text).unwrap();
    let parameters: Vec<String> = (0..29).map(|i| format!("{}", 0.2 + 0.02 * f64::from(i))).collect();
    fs::write(folder.path().join("p.csv"), parameters.join(",")).unwrap();
    for jobs in ["1", "2", "3"] {
        let output = elbow(folder.path(), &["run", "big.toml", "-q", "-j", jobs, "--out", jobs]);
        assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    }
    let journal = |jobs: &str| bytes(&folder.path().join(jobs).join("journal"));
    assert!(journal("1") == journal("2") && journal("2") == journal("3"));
}

/// The first whole number that no double holds, and the largest seed.
#[test]
fn seeds_are_the_same_from_file_and_command_line() {
    let folder = folder();
    let small = PRODUCT.replace("499", "2");
    fs::write(folder.path().join("none.toml"), &small).unwrap();
    let seeds = "[9007199254740993, \"18446744073709551615\"]";
    fs::write(folder.path().join("file.toml"), small.replace("[0]", seeds)).unwrap();
    let journals = |arguments: &[&str], out: &str| {
        let output = elbow(folder.path(), &[arguments, &["--out", out, "-q"]].concat());
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        bytes(&folder.path().join(out).join("journal"))
    };
    let written = journals(&["run", "file.toml"], "a");
    for seed in ["9007199254740993", "18446744073709551615"] {
        let begins = |text: &[u8]| String::from_utf8_lossy(text).contains(&format!("\"seed\":{seed},"));
        assert_eq!(written.iter().filter(|(_, text)| begins(text)).count(), 2, "{seed}");
    }
    let option = "9007199254740993,18446744073709551615";
    assert!(written == journals(&["run", "none.toml", "--seeds", option], "b"));
    assert!(written == journals(&["run", "none.toml", "--set", &format!("run.seeds=\"{option}\"")], "c"));
    fs::write(folder.path().join("again.toml"), stdout(&elbow(folder.path(), &["plan", "file.toml", "--effective"]))).unwrap();
    assert!(written == journals(&["run", "again.toml"], "d"));
}

#[test]
fn a_plan_that_is_too_large_is_refused_before_it_is_made() {
    let folder = folder();
    fs::write(folder.path().join("x.toml"), PRODUCT).unwrap();
    for (seeds, product) in [
        ("0..18446744073709551615", "18446744073709551615 seeds × 1 model × 2 optimizers = 36893488147419103230 cells"),
        ("0..500001", "500001 seeds × 1 model × 2 optimizers = 1000002 cells"),
    ] {
        for command in ["run", "plan", "check"] {
            let output = elbow(folder.path(), &[command, "x.toml", "--seeds", seeds]);
            assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
            assert!(stderr(&output).contains(&format!("{product}; a plan has at most 1000000")), "{}", stderr(&output));
        }
    }
    for seeds in ["-1", "0.5", "18446744073709551616", "3..", ""] {
        let output = elbow(folder.path(), &["check", "x.toml", &format!("--seeds={seeds}")]);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains("is no seed"), "{seeds}: {}", stderr(&output));
    }
    assert!(!folder.path().join("runs").exists(), "nothing was written");
}

/// Budgets whose sum is beyond 64 bits.
#[test]
fn the_progress_of_endless_cells_is_told() {
    let folder = folder();
    let text = PRODUCT.replace("499", "9223372036854775807\nseconds = 0.5").replace("[0]", "[0, 1]");
    fs::write(folder.path().join("x.toml"), text).unwrap();
    let output = elbow(folder.path(), &["run", "x.toml", "--set", "run.record.every=1000000000", "-j", "1"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
}
