//! Cells, their records and their ends.

mod common;

use common::{last, plan, run, small};
use elbow_engine::directory;
use elbow_engine::export::{Exported, Format, export};
use elbow_engine::live::Status;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const PAPER: &str = include_str!("../../../configs/ay2025-non-cylindrical.toml");
const SMOKE: &str = include_str!("../../../configs/smoke.toml");

/// All files of a folder with their bytes.
fn bytes(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries.map(|path| (path.file_name().unwrap().to_string_lossy().into(), fs::read(&path).expect("a file"))).collect()
}

fn recorded(text: &str, jobs: usize, folder: &Path) -> std::path::PathBuf {
    let plan = plan(text);
    let directory = directory::create(&plan, Some(folder)).expect("a run directory");
    run(&plan, jobs, Some(&directory));
    directory.to_path_buf()
}

#[test]
fn the_journals_do_not_depend_on_threads_or_runs() {
    let temporary = tempfile::tempdir().unwrap();
    let ways = [("a", 1), ("b", 2), ("c", 2)].map(|(name, jobs)| recorded(SMOKE, jobs, &temporary.path().join(name)));
    let [first, second, third] =
        ways.map(|directory| (bytes(&directory.join("journal")), fs::read(directory.join("plan.json")).unwrap()));
    assert!(first.0.len() > 20, "the smoke experiment has many cells");
    assert!(first == second && second == third, "the same experiment gives the same bytes");
}

/// KL(p* ‖ p_V) after 499 steps as published with the paper's code (addat10/Nat-Gradient-ELBO): ELBO with fixed and with exact
/// recognition, evidence; run 2, then run 8.
const PUBLISHED: [f64; 6] = [
    0.0004066178902281719,
    0.0012881917565425063,
    0.0003284203511081625,
    0.0002997997420535683,
    0.00025090509559689563,
    0.0004285842072553299,
];

#[test]
fn the_flows_of_the_paper() {
    let plan = plan(PAPER);
    assert_eq!(plan.cells.len(), 6);
    for ((cell, outcome), published) in plan.cells.iter().zip(run(&plan, 2, None)).zip(PUBLISHED) {
        assert_eq!((outcome.ending.status, outcome.ending.steps), (Status::Finished, 499), "{}", outcome.ending.reason);
        let kl = last(&outcome, "kl_visible");
        assert!((kl - published).abs() < 1e-13, "cell {}: {kl} is not {published}", cell.index);
        // The flows of the evidence leave the probabilities (P(Z=1|X=1) > 1): only the visible marginal is a distribution.
        let is_joint = cell.index % 3 != 2;
        assert!(if is_joint { last(&outcome, "residual") < 1e-12 } else { last(&outcome, "elbo").is_nan() });
    }
}

#[test]
fn a_huge_step_and_a_start_on_the_boundary_diverge_and_the_others_finish() {
    let text = small("", "") + "[[optimizer]]\nlabel = \"huge\"\nplugin = \"euclidean\"\nstep_size = 1e308\n";
    let outcomes = run(&plan(&text), 2, None);
    assert_eq!(outcomes[0].ending.status, Status::Finished);
    assert_eq!(outcomes[1].ending.status, Status::Diverged);
    assert!(!outcomes[1].ending.reason.is_empty() && outcomes[1].ending.steps < 30, "{:?}", outcomes[1].ending);
    let boundary = run(&plan(&small("init = { values = [0.0, 0.5, 0.5, 0.5, 0.5] }", "")), 1, None);
    let ending = &boundary[0].ending;
    assert_eq!((ending.status, ending.steps), (Status::Diverged, 0));
    assert!(ending.reason.contains("parameter[0] = 0"), "{}", ending.reason);
}

#[test]
fn a_step_out_of_the_domain_is_halved_and_the_event_recorded() {
    let temporary = tempfile::tempdir().unwrap();
    let text = small("init = { values = [0.5, 0.5, 0.5, 0.5, 0.5] }", "") + "[sweep]\noptimizer.step_size = [40.0]\n";
    let directory = recorded(&text, 1, &temporary.path().join("run"));
    let cells = directory::read(&directory).unwrap();
    let marks = cells[0].others.iter().filter(|line| line["mark"]["event"] == "halvings").count();
    assert!(marks > 0, "{:?}", cells[0].others);
}

#[test]
fn export_reads_back_to_the_same_numbers() {
    let temporary = tempfile::tempdir().unwrap();
    let directory = recorded(
        &small("", "").replace("run.steps = 30", "run = { steps = 30, record = { parameters = true } }"),
        1,
        &temporary.path().join("run"),
    );
    let cells = directory::read(&directory).unwrap();
    let Exported { files, warnings, is_damaged } = export(&directory, &temporary.path().join("tables"), Format::Csv).unwrap();
    assert!(warnings.is_empty() && files.len() == 3 && !is_damaged);
    let mut points = csv::Reader::from_path(&files[1]).unwrap();
    assert_eq!(points.headers().unwrap().iter().collect::<Vec<_>>(), ["cell_id", "step", "metric", "value", "unit"]);
    let rows: Vec<csv::StringRecord> = points.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), cells[0].values.len());
    for (row, value) in rows.iter().zip(&cells[0].values) {
        let read: f64 = row[3].parse().unwrap();
        assert!(read.to_bits() == value.to_bits() || (read.is_nan() && value.is_nan()), "{} {} {value}", &row[2], &row[3]);
    }
    assert!(rows.iter().any(|row| &row[2] == "parameter[0]"));
    let runs = fs::read_to_string(&files[0]).unwrap();
    assert!(runs.starts_with("cell_id,model,optimizer,optimizer_label,seed,status,reason,steps"), "{runs}");
}

#[test]
fn a_journal_that_was_cut_or_changed_says_so() {
    let temporary = tempfile::tempdir().unwrap();
    let directory = recorded(&small("", ""), 1, &temporary.path().join("run"));
    let file = fs::read_dir(directory.join("journal")).unwrap().next().unwrap().unwrap().path();
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() * 6 / 10]).unwrap();
    let cut = &directory::read(&directory).unwrap()[0];
    assert!(cut.ending.is_none() && cut.warning.is_some() && cut.steps.len() > 5, "whole lines are kept");
    let changed = String::from_utf8(whole).unwrap().replacen("\"step\":3,", "\"step\":4,", 1);
    fs::write(&file, changed).unwrap();
    assert!(directory::read(&directory).unwrap()[0].warning.as_ref().unwrap().contains("checksum"));
}

#[test]
fn an_existing_run_is_never_overwritten() {
    let temporary = tempfile::tempdir().unwrap();
    let directory = recorded(&small("", ""), 1, &temporary.path().join("run"));
    let before = bytes(&directory.join("journal"));
    let error = directory::create(&plan(&small("", "")), Some(&directory)).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists);
    assert_eq!(before, bytes(&directory.join("journal")));
}

#[test]
fn every_record_keeps_the_identities_and_cosines_in_range() {
    let temporary = tempfile::tempdir().unwrap();
    let directory = recorded(SMOKE, 2, &temporary.path().join("run"));
    for cell in directory::read(&directory).unwrap() {
        let column = |name: &str| cell.begin.columns.iter().position(|column| column.name == name).unwrap();
        let (residual, rec, elbo) = (column("residual"), column("cos_rec"), column("elbo"));
        for row in cell.values.chunks(cell.begin.columns.len()) {
            // A flow of the evidence may leave the probabilities: there is no ELBO then, and no joint metric.
            if cell.begin.label.starts_with("evidence") && row[elbo].is_nan() {
                continue;
            }
            assert!(row[residual] < 1e-12, "residual {} in {}", row[residual], cell.begin.label);
            assert!(row[rec] > 0.0 && row[rec] <= 1.0, "T6: cos_rec is in (0, 1], not {}", row[rec]);
        }
    }
}

#[test]
fn sweeps_multiply() {
    let text = small("", "") + "[sweep]\noptimizer.step_size = [0.1, 0.01]\nmodel.chart = [\"mean\", \"logit\"]\n";
    let plan = plan(&text);
    assert_eq!(plan.cells.len(), 4);
    let labels: Vec<&str> = plan.optimizers.iter().map(|optimizer| optimizer.label.as_str()).collect();
    assert_eq!(labels, ["fisher-rao step_size=0.1", "fisher-rao step_size=0.01"]);
}

#[test]
fn impossible_pairings_are_left_out_with_a_reason() {
    let text = small("", "") + "[[optimizer]]\nlabel = \"e-step\"\nplugin = \"fisher-rao\"\nmetric = \"recognition\"\n";
    let plan = plan(&text);
    assert_eq!((plan.cells.len(), plan.left_out.len()), (1, 1));
    assert!(plan.left_out[0].reason.contains("trains φ alone"), "{:?}", plan.left_out);
}

#[test]
fn the_visible_marginal_is_recorded_with_its_target() {
    let temporary = tempfile::tempdir().unwrap();
    let directory = recorded(SMOKE, 2, &temporary.path().join("run"));
    let mut seen = 0;
    for cell in directory::read(&directory).unwrap() {
        let column = |name: &str| cell.begin.columns.iter().position(|column| column.name == name);
        let (Some(first), Some(kl)) = (column("visible[0]"), column("kl_visible")) else {
            assert!(cell.begin.target_visible.is_none());
            continue;
        };
        let target = cell.begin.target_visible.as_ref().expect("the target stands beside it");
        assert!((target.iter().sum::<f64>() - 1.0).abs() < 1e-12 && first + target.len() == cell.begin.columns.len());
        for row in cell.values.chunks(cell.begin.columns.len()) {
            let parts = target.iter().zip(&row[first..]).filter(|(target, _)| **target > 0.0);
            let divergence: f64 = parts.map(|(target, p)| target * (target / p).ln()).sum();
            assert!((divergence - row[kl]).abs() < 1e-12, "{}: {divergence} is not {}", cell.begin.label, row[kl]);
            seen += 1;
        }
    }
    assert!(seen > 100, "most of the smoke experiment is finite: {seen}");
    let text = small("", "").replace("run.steps = 30", "run = { steps = 3, record = { geometry = false } }");
    let plain = directory::read(&recorded(&text, 1, &temporary.path().join("plain"))).unwrap();
    let has_visible = |cell: &directory::Recorded| cell.begin.columns.iter().any(|column| column.name == "visible[0]");
    assert!(!plain.iter().any(has_visible) && plain[0].begin.target_visible.is_none());
}

#[test]
fn a_run_directory_is_locked_while_it_is_written() {
    let temporary = tempfile::tempdir().unwrap();
    let plan = plan(&small("", ""));
    let directory = directory::create(&plan, Some(&temporary.path().join("run"))).unwrap();
    assert_eq!(directory::presence(&directory), directory::Presence::Here);
    let path = directory.to_path_buf();
    drop(directory);
    assert_eq!(directory::presence(&path), directory::Presence::Gone);
}
