//! Journals that are none, and cells that come to grief outside their plugins: they cost themselves and nobody else.

mod common;

use common::{plan, small};
use elbow_engine::directory::{self, read_each};
use elbow_engine::export::{Format, export, write_experiment};
use elbow_engine::follow::Follower;
use elbow_engine::live::{Live, Status};
use elbow_engine::replay::Replayer;
use elbow_engine::run::{self, Trouble};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A run of six cells, and its journals.
fn recorded(folder: &Path) -> (PathBuf, Vec<PathBuf>) {
    let text = format!("run.seeds = \"0..6\"\n{}", small("", "")).replace("run.steps = 30", "run.steps = 9");
    let plan = plan(&text);
    let directory = directory::create(&plan, Some(&folder.join("run"))).unwrap();
    common::run(&plan, 1, Some(&directory));
    let journals = directory::journals(&directory).unwrap();
    (directory.to_path_buf(), journals)
}

/// All but the first two journals are made worthless; what their reasons must say.
fn spoil(journals: &[PathBuf]) -> Vec<&'static str> {
    fs::write(&journals[2], "").unwrap();
    fs::write(&journals[3], "{\"notebook\": \"of somebody else\"}\n").unwrap();
    fs::remove_file(&journals[4]).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(&journals[4]).status().unwrap().success());
    fs::remove_file(&journals[5]).unwrap();
    fs::create_dir(&journals[5]).unwrap();
    vec!["the journal is empty", "does not begin with `begin`", "it is no file", "it is no file"]
}

#[cfg(unix)]
#[test]
fn bad_journals_are_rows_with_a_reason_and_the_others_are_exported() {
    let folder = tempfile::tempdir().unwrap();
    let (directory, journals) = recorded(folder.path());
    let before = export(&directory, &folder.path().join("before"), Format::Csv).unwrap();
    let whole = fs::read_to_string(&before.files[1]).unwrap();
    let reasons = spoil(&journals);
    let after = export(&directory, &folder.path().join("after"), Format::Csv).unwrap();
    assert!(after.is_damaged && after.warnings.len() == 4, "{:?}", after.warnings);
    let mut runs = csv::Reader::from_path(&after.files[0]).unwrap();
    let rows: Vec<csv::StringRecord> = runs.records().map(Result::unwrap).collect();
    assert_eq!(rows.iter().map(|row| row[5].to_owned()).collect::<Vec<_>>(), {
        let mut expected = vec!["finished"; 2];
        expected.extend(["unreadable"; 4]);
        expected
    });
    for ((row, warning), (reason, journal)) in rows[2..].iter().zip(&after.warnings).zip(reasons.iter().zip(&journals[2..])) {
        assert!(row[6].contains(reason) && warning.contains(reason), "{row:?} {warning}");
        assert!(warning.starts_with(&journal.display().to_string()) && journal.display().to_string().contains(&row[0]));
    }
    let kept = fs::read_to_string(&after.files[1]).unwrap();
    let ids = [&rows[0][0], &rows[1][0]];
    let of_both: String =
        whole.lines().filter(|line| ids.iter().any(|id| line.starts_with(*id))).map(|line| format!("{line}\n")).collect();
    assert_eq!(kept.split_once('\n').unwrap().1, of_both);
    assert!(
        !fs::read_dir(folder.path().join("after")).unwrap().any(|file| file
            .unwrap()
            .file_name()
            .to_string_lossy()
            .contains("part"))
    );
    let experiment = write_experiment(&directory, &folder.path().join("again")).unwrap();
    assert!(experiment.is_damaged && experiment.warnings.len() == 4);
    assert_eq!(common::plan(&fs::read_to_string(&experiment.files[0]).unwrap()).cells.len(), 6, "as they were planned");
}

#[cfg(unix)]
#[test]
fn bad_journals_stop_neither_a_follower_nor_a_replay() {
    let folder = tempfile::tempdir().unwrap();
    let (directory, journals) = recorded(folder.path());
    spoil(&journals);
    let (live, follower) = Follower::start(&directory).unwrap();
    common::until("all cells are over", || live.cells().iter().all(|cell| cell.status().is_final()));
    let status = |live: &Live| live.cells().iter().map(|cell| cell.status()).collect::<Vec<_>>();
    use Status::{Crashed, Failed, Finished};
    assert_eq!(status(&live), [Finished, Finished, Crashed, Failed, Failed, Failed]);
    assert_eq!(follower.faults().len(), 4, "{:?}", follower.faults());
    let (live, replayer) = Replayer::start(&directory, 64.0).unwrap();
    common::until("all cells are over", || live.cells().iter().all(|cell| cell.status().is_final()));
    assert_eq!(status(&live), [Finished, Finished, Failed, Failed, Failed, Failed]);
    assert_eq!(replayer.faults().len(), 4);
}

#[test]
fn a_line_that_is_none_costs_what_follows_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (directory, journals) = recorded(folder.path());
    let text = fs::read_to_string(&journals[0]).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    let count = lines.len();
    let spoiled = lines.iter().position(|line| line.starts_with("{\"step\":3,")).unwrap();
    lines[spoiled] = "";
    fs::write(&journals[0], lines.join("\n") + "\n").unwrap();
    let cells = read_each(&directory).unwrap();
    let cell = cells[0].as_ref().unwrap();
    // Of the points those of steps 0, 1 and 2 come before.
    assert_eq!((cell.steps.as_slice(), cell.is_damaged, cell.ending.is_none()), (&[0, 1, 2][..], true, true));
    let told = format!("line {}: it is no JSON; it and {} lines after it were left out", spoiled + 1, count - spoiled - 1);
    assert_eq!(cell.warning.as_deref(), Some(told.as_str()));
    let exported = export(&directory, folder.path(), Format::Csv).unwrap();
    let runs = fs::read_to_string(&exported.files[0]).unwrap();
    assert!(exported.is_damaged && runs.contains(",damaged,") && runs.matches(",finished,").count() == 5, "{runs}");
}

/// JSON has no number that is not finite: null, and the infinite ones by the names of their columns.
#[test]
fn json_lines_hold_numbers_or_null() {
    let folder = tempfile::tempdir().unwrap();
    let (directory, journals) = recorded(folder.path());
    let text = fs::read_to_string(&journals[0]).unwrap();
    let begin = text.lines().next().unwrap();
    let columns = serde_json::from_str::<serde_json::Value>(begin).unwrap()["begin"]["columns"].as_array().unwrap().len();
    let mut values = vec!["null"; columns];
    values[0] = "1.5";
    let point = format!("{{\"step\":0,\"values\":[{}],\"nonfinite\":{{\"1\":\"-inf\"}}}}\n", values.join(","));
    fs::write(&journals[0], format!("{begin}\n{point}")).unwrap();
    let exported = export(&directory, folder.path(), Format::Jsonl).unwrap();
    let lines = fs::read_to_string(&exported.files[1]).unwrap();
    let rows: Vec<serde_json::Value> = lines.lines().take(columns).map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&rows[0]["value"], rows[0].get("nonfinite")), (&serde_json::json!(1.5), None));
    assert_eq!((&rows[1]["value"], &rows[1]["nonfinite"]), (&serde_json::Value::Null, &serde_json::json!({ "value": "-inf" })));
    assert_eq!((&rows[2]["value"], rows[2].get("nonfinite")), (&serde_json::Value::Null, None), "NaN");
    assert!(!lines.contains("NaN"));
}

/// A start of the wrong length is no plan's: it panics in the engine.
#[test]
fn a_panic_outside_a_plugin_ends_one_cell_and_is_told_apart() {
    let mut plan = plan(&format!("run.seeds = [0, 1, 2]\n{}", small("", "")));
    plan.cells[1].start.pop();
    let live = run::live(&plan, false);
    let outcomes = run::run(&plan, &live, 1, None);
    let troubles: Vec<_> = outcomes.iter().map(|outcome| outcome.trouble.clone()).collect();
    assert_eq!(troubles, [None, Some(Trouble::Bug), None]);
    let status: Vec<_> = live.cells().iter().map(|cell| cell.status()).collect();
    assert_eq!(status, [Status::Finished, Status::Failed, Status::Finished]);
    assert_eq!((outcomes[1].ending.reason.as_str(), live.cells()[1].reason().as_str()), ("internal error", "internal error"));
}

#[test]
fn a_journal_that_cannot_be_written_keeps_none_of_the_others_and_names_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(&format!("run.seeds = [0, 1, 2]\n{}", small("", "")));
    let directory = directory::create(&plan, Some(&folder.path().join("run"))).unwrap();
    let name = directory::file_name(1, &plan.cells[1].id) + ".jsonl";
    let taken = directory.join("journal").join(&name);
    fs::write(&taken, "somebody else's").unwrap();
    let live = Arc::new(run::live(&plan, false));
    let outcomes = run::run(&plan, &live, 2, Some(&directory));
    let Some(Trouble::Writing(error)) = &outcomes[1].trouble else { panic!("{:?}", outcomes[1]) };
    assert!(error.starts_with(&taken.display().to_string()), "{error}");
    assert!(outcomes[0].trouble.is_none() && outcomes[2].trouble.is_none());
    assert_eq!(live.cells()[1].status(), Status::Failed);
    assert_eq!(fs::read_to_string(taken).unwrap(), "somebody else's");
}
