//! A run of the real program, followed by another process until it is killed.

mod common;

use elbow_engine::follow::Follower;
use elbow_engine::live::Status;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ENDLESS: &str = "run.steps = 1000000000\n[[model]]\nplugin = \"bayesian-network\"\npreset = \"non-cylindrical\"\n\
    target = { parameters = [0.7, 0.3, 0.6, 0.2, 0.9] }\n[[optimizer]]\nplugin = \"fisher-rao\"\nstep_size = 1e-9\n";

fn wait(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < Duration::from_secs(60), "waited for: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_killed_run_is_seen_to_have_crashed() {
    let folder = common::folder();
    std::fs::write(folder.path().join("x.toml"), ENDLESS).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_elbow"));
    command.args(["run", "x.toml", "--out", "run", "-q"]).current_dir(folder.path()).stderr(Stdio::null());
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    let run = folder.path().join("run");
    wait("the journal", || run.join("journal").is_dir());
    let (live, _follower) = Follower::start(&run).unwrap();
    let mut rows = Vec::new();
    wait("the first rows", || {
        live.cells().iter().for_each(|cell| cell.drain(&mut rows));
        !rows.is_empty()
    });
    let cell = &live.cells()[0];
    let (width, names) = (cell.columns().unwrap().len() + 1, cell.columns().unwrap());
    assert!(rows.len().is_multiple_of(width) && rows[0] == 0.0 && names[width - 2].name == "process_time");
    assert_eq!(cell.status(), Status::Running);
    child.kill().unwrap();
    child.wait().unwrap();
    wait("the end", || {
        cell.drain(&mut rows);
        cell.status().is_final()
    });
    assert_eq!((cell.status(), cell.reason().contains("the writer is gone")), (Status::Crashed, true));
}
