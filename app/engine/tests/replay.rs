//! Replays of recorded runs.

#[path = "common/watch.rs"]
mod watch;

use elbow_engine::directory::{self, Writing};
use elbow_engine::live::Status;
use elbow_engine::replay::Replayer;
use std::time::{Duration, Instant};
use watch::{Eyes, bits, folders, marks, same, write_cell};

/// A run of two cells; the second has no end.
fn run() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    folders(folder.path());
    [true, false].into_iter().enumerate().for_each(|(index, has_end)| write_cell(folder.path(), index, has_end));
    folder
}

#[test]
fn a_fast_replay_ends_with_all_that_was_recorded() {
    let folder = run();
    let started = Instant::now();
    let (live, _replayer) = Replayer::start(folder.path(), 64.0).unwrap();
    let mut eyes = Eyes::default();
    eyes.wait_for_the_end(&live);
    let elapsed = started.elapsed();
    assert!(elapsed >= Duration::from_secs_f64(10.0 / 64.0), "ten seconds at 1×: {elapsed:?}");
    for (rows, recorded) in eyes.0.iter().zip(directory::read(folder.path()).unwrap()) {
        assert_eq!(same(rows), bits(&recorded));
    }
    let cells = live.cells();
    assert_eq!([cells[0].status(), cells[1].status()], [Status::Diverged, Status::Crashed]);
    assert_eq!((cells[0].reason().as_str(), cells[0].steps_done()), ("elbo is NaN", 40));
    assert_eq!(marks(&cells[0]).iter().map(|mark| mark.0).collect::<Vec<_>>(), [10, 20]);
    assert_eq!(cells[0].histograms().len(), 1);
}

#[test]
fn the_clock_can_be_held_set_and_stepped() {
    let folder = run();
    let (live, _replayer) = Replayer::start(folder.path(), 0.25).unwrap();
    live.control.set_paused(true);
    let (cells, mut eyes) = (live.cells(), Eyes::default());
    let speed = live.replay.as_ref().unwrap();
    assert_eq!(speed.quarters(), 1);
    speed.set_quarters(256);
    std::thread::sleep(Duration::from_millis(300));
    eyes.look(&live);
    let (before, other) = (eyes.rows(0), eyes.rows(1));
    assert!(before < 5, "paused at once, and slow until then: {before}");
    (0..12).for_each(|_| live.control.step_once(&cells[0]));
    eyes.wait(&live, "twelve steps", |eyes| eyes.rows(0) == before + 12);
    assert_eq!(marks(&cells[0]).len(), 1, "a mark comes with its step");
    std::thread::sleep(Duration::from_millis(100));
    eyes.look(&live);
    assert_eq!((eyes.rows(0), eyes.rows(1)), (before + 12, other), "one row a step, and only of that cell");
    live.control.hold(&cells[0], true);
    live.control.set_paused(false);
    eyes.wait(&live, "the end of the other", |_| cells[1].status().is_final());
    assert_eq!((cells[0].status(), eyes.rows(0)), (Status::Running, before + 12), "it is held by itself");
    live.control.stop();
    eyes.wait_for_the_end(&live);
    assert_eq!(cells[0].status(), Status::Stopped);
}

#[test]
fn without_times_records_come_evenly() {
    let folder = run();
    std::fs::remove_dir_all(folder.path().join("timing")).unwrap();
    let started = Instant::now();
    let (live, _replayer) = Replayer::start(folder.path(), 64.0).unwrap();
    let mut eyes = Eyes::default();
    eyes.wait_for_the_end(&live);
    assert!(started.elapsed() >= Duration::from_secs_f64(10.0 / 64.0), "not all at once");
    assert_eq!((eyes.rows(0), eyes.rows(1)), (41, 41));
}

#[test]
fn what_is_still_written_is_not_replayed() {
    let folder = run();
    let writing = Writing::new(folder.path().to_owned()).unwrap();
    assert!(Replayer::start(folder.path(), 1.0).unwrap_err().to_string().contains("still being written"));
    drop(writing);
    assert!(Replayer::start(folder.path(), f64::NAN).is_ok(), "a speed that is none is the slowest");
    assert!(Replayer::start(&folder.path().join("nowhere"), 1.0).unwrap_err().to_string().contains("is no run directory"));
}
