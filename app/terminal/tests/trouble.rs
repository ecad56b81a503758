//! What goes wrong with the machine: full disks, limits, no threads. It is told, it has its exit code, and nothing hangs.
#![cfg(unix)]

mod common;

use common::{bytes, elbow, folder, stderr, stdout};
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

const SMALL: &str = "run.steps = 400\nrun.seeds = [0, 1]\n[[model]]\nplugin = \"bayesian-network\"\npreset = \"non-cylindrical\"\n\
    target = { parameters = [0.7, 0.3, 0.6, 0.2, 0.9] }\n[[optimizer]]\nplugin = \"fisher-rao\"\nstep_size = 0.01\n";

/// Longest time that anything here may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Runs a line of the shell, in which `$elbow` is the program, to its end.
fn shell(folder: &Path, line: &str, variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(folder).env("elbow", env!("CARGO_BIN_EXE_elbow")).env_remove("ELBOW_PLUGIN_PATH");
    command.envs(variables.iter().copied()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let (started, mut child) = (Instant::now(), command.spawn().unwrap());
    while child.try_wait().unwrap().is_none() {
        if started.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("it hangs: {line}");
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.wait_with_output().unwrap()
}

/// A system that starts no thread: the address space has no room for such a stack.
const NO_THREADS: [(&str, &str); 1] = [("RUST_MIN_STACK", "70368744177664")];

#[test]
fn a_file_that_may_not_grow_is_named_and_what_ended_is_told() {
    let folder = folder();
    fs::write(folder.path().join("x.toml"), SMALL).unwrap();
    let output = shell(folder.path(), "ulimit -f 100; exec \"$elbow\" run x.toml --out run -j 1", &[]);
    let (table, told) = (stdout(&output), stderr(&output));
    assert_eq!(output.status.code(), Some(74), "{told}");
    assert!(told.contains("error: cannot write the records: run/journal/0000-") && told.contains("File too large"), "{told}");
    assert!(told.contains("and those of another cell") && told.contains("records in run"), "{told}");
    assert!(table.matches("failed @ ").count() == 2 && table.contains("cannot write the journal: run/journal/0001-"), "{table}");
    let export = elbow(folder.path(), &["export", "run"]);
    assert_eq!(export.status.code(), Some(0), "a journal that breaks off is no damage: {}", stderr(&export));
    let points = fs::read_to_string(folder.path().join("run/tables/points.csv")).unwrap();
    assert!(points.lines().count() > 1000, "the records until then are there");
}

#[test]
fn a_run_directory_that_cannot_be_made_leaves_its_name_free() {
    let folder = folder();
    fs::write(folder.path().join("x.toml"), SMALL).unwrap();
    let output = shell(folder.path(), "ulimit -f 0; exec \"$elbow\" run x.toml --out run", &[]);
    assert_eq!(output.status.code(), Some(74), "{}", stderr(&output));
    assert!(stderr(&output).contains("run/plan.json: File too large"), "{}", stderr(&output));
    assert!(!folder.path().join("run").exists());
    let again = elbow(folder.path(), &["run", "x.toml", "--out", "run", "-q"]);
    assert_eq!(again.status.code(), Some(0), "{}", stderr(&again));
}

#[test]
fn a_full_standard_output_is_told() {
    let folder = folder();
    fs::write(folder.path().join("x.toml"), SMALL).unwrap();
    let output = shell(folder.path(), "exec \"$elbow\" run x.toml --out run > /dev/full", &[]);
    assert_eq!(output.status.code(), Some(74));
    assert!(stderr(&output).contains("error: stdout: No space left") && stderr(&output).contains("records in run"));
}

#[test]
fn an_export_that_does_not_fit_leaves_no_part_behind() {
    let folder = folder();
    fs::write(folder.path().join("x.toml"), SMALL).unwrap();
    assert!(elbow(folder.path(), &["run", "x.toml", "--out", "run", "-q"]).status.success());
    for format in ["csv", "jsonl"] {
        let output =
            shell(folder.path(), &format!("ulimit -f 8; exec \"$elbow\" export run --format {format} --out tables"), &[]);
        assert_eq!(output.status.code(), Some(74));
        assert!(stderr(&output).contains("tables/points.") && stderr(&output).contains("File too large"), "{}", stderr(&output));
        let names: Vec<_> = bytes(&folder.path().join("tables")).into_iter().map(|(name, _)| name).collect();
        assert!(names.iter().all(|name| !name.display().to_string().contains("part")), "{names:?}");
    }
}

#[test]
fn without_threads_the_cells_run_on_the_one_there_is() {
    let folder = folder();
    fs::write(folder.path().join("x.toml"), SMALL).unwrap();
    let probe = SMALL.split("[[optimizer]]").next().unwrap().to_owned() + "[probe]\npoints = 600\n";
    fs::write(folder.path().join("p.toml"), probe).unwrap();
    for file in ["x.toml", "p.toml"] {
        let (with, without) = (format!("with-{file}"), format!("without-{file}"));
        assert!(elbow(folder.path(), &["run", file, "-q", "--out", &with]).status.success());
        let output = shell(folder.path(), &format!("exec \"$elbow\" run {file} -j 4 --out {without}"), &NO_THREADS);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let journals = |run: &str| bytes(&folder.path().join(run).join("journal"));
        assert!(journals(&with) == journals(&without), "the bytes do not depend on threads");
    }
    let output = shell(folder.path(), "exec \"$elbow\" explore with-x.toml --csv -", &NO_THREADS);
    assert_eq!(output.status.code(), Some(70));
    assert!(stderr(&output).contains("the system starts no thread"), "{}", stderr(&output));
}

/// A handler without anybody who looks at what it noted would ignore the signal.
#[test]
fn without_threads_a_signal_still_ends_a_run() {
    let folder = folder();
    fs::write(folder.path().join("x.toml"), SMALL.replace("400", "1000000000")).unwrap();
    let line =
        "\"$elbow\" run x.toml --out run -q & until [ -s run/environment.json ]; do sleep 0.05; done; kill -TERM $!; wait $!";
    let output = shell(folder.path(), line, &NO_THREADS);
    assert_eq!(output.status.code(), Some(128 + 15), "{}", stderr(&output));
}

#[test]
fn bad_journals_are_warnings_and_an_exit_code() {
    let folder = folder();
    fs::write(folder.path().join("x.toml"), SMALL.replace("400", "4")).unwrap();
    assert!(elbow(folder.path(), &["run", "x.toml", "--out", "run", "-q"]).status.success());
    let journals = bytes(&folder.path().join("run/journal"));
    let bad = folder.path().join("run/journal").join(&journals[0].0);
    fs::remove_file(&bad).unwrap();
    assert!(Command::new("mkfifo").arg(&bad).status().unwrap().success());
    for (line, part) in [
        ("export run", "run/tables/runs.csv"),
        ("explore run --csv -", "non-cylindrical,1,kl_visible,"),
        ("explore run --svg -", "<svg"),
    ] {
        let output = shell(folder.path(), &format!("exec \"$elbow\" {line}"), &[]);
        assert_eq!(output.status.code(), Some(74), "{line}: {}", stderr(&output));
        let name = journals[0].0.display().to_string();
        assert!(stderr(&output).contains("warning: ") && stderr(&output).contains(&name), "{line}: {}", stderr(&output));
        assert!(stdout(&output).contains(part), "{line}: {}", stdout(&output));
    }
}

#[test]
fn an_experiment_without_a_pairing_that_can_work_selects_nothing() {
    let folder = folder();
    let text =
        SMALL.replace("plugin = \"fisher-rao\"", "plugin = \"kfac\"").replace("step_size = 0.01", "recognition = \"learned\"");
    fs::write(folder.path().join("x.toml"), text).unwrap();
    for command in ["run", "plan", "check"] {
        let output = elbow(folder.path(), &[command, "x.toml"]);
        assert_eq!(output.status.code(), Some(4), "{}{}", stdout(&output), stderr(&output));
    }
    assert!(!folder.path().join("runs").exists());
}
