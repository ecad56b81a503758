//! Following a run directory that somebody else writes.

#[path = "common/watch.rs"]
mod watch;

use elbow_engine::directory::{self, Presence, Writing, presence};
use elbow_engine::follow::Follower;
use elbow_engine::live::{Fork, Status};
use proptest::prelude::*;
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};
use watch::{Eyes, append, bits, folders, marks, same, write_cell};

/// The files of a cell as (journal, timing).
fn written(index: usize, has_end: bool) -> [Vec<u8>; 2] {
    let folder = tempfile::tempdir().unwrap();
    folders(folder.path());
    write_cell(folder.path(), index, has_end);
    ["journal", "timing"].map(|kind| fs::read(folder.path().join(kind).join(format!("{index:04}-c{index}.jsonl"))).unwrap())
}

/// An empty run directory with a writer.
fn fresh(folder: &Path) -> (PathBuf, Writing) {
    let directory = folder.join("run");
    folders(&directory);
    (directory.clone(), Writing::new(directory).unwrap())
}

fn put(directory: &Path, index: usize, [journal, timing]: &[Vec<u8>; 2]) {
    let name = format!("{index:04}-c{index}.jsonl");
    append(directory, "timing", &name, timing);
    append(directory, "journal", &name, journal);
}

#[test]
fn the_writer_is_seen_as_long_as_it_is_there() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(presence(folder.path()), Presence::Gone, "an older run directory has no lock");
    let writing = Writing::new(folder.path().to_owned()).unwrap();
    assert_eq!(presence(folder.path()), Presence::Here);
    assert_eq!(presence(folder.path()), Presence::Here, "who asks does not take the lock");
    assert!(Writing::new(folder.path().to_owned()).is_err(), "there is one writer");
    drop(writing);
    assert_eq!(presence(folder.path()), Presence::Gone);
}

#[test]
fn a_finished_run_is_shown_as_it_was_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let (directory, writing) = fresh(folder.path());
    (0..3).for_each(|index| put(&directory, index, &written(index, true)));
    drop(writing);
    let (live, _follower) = Follower::start(&directory).unwrap();
    let (mut eyes, recorded) = (Eyes::default(), directory::read(&directory).unwrap());
    eyes.wait_for_the_end(&live);
    assert_eq!((live.count(), recorded.len()), (3, 3));
    for ((rows, cell), recorded) in eyes.0.iter().zip(live.cells()).zip(&recorded) {
        assert_eq!(same(rows), bits(recorded));
        assert_eq!((cell.status(), cell.reason().as_str(), cell.steps_done()), (Status::Diverged, "elbo is NaN", 40));
        assert_eq!(cell.columns().unwrap().last().unwrap().name, "process_time");
        assert_eq!(cell.columns().unwrap()[0].unit, "nats");
        assert!(cell.histograms()[0].mean.is_nan() && cell.histograms()[0].undefined == 1);
    }
    assert_eq!(live.cells()[0].target(), Some(&[0.25, 0.75][..]));
    assert_eq!(live.cells()[1].target(), None);
}

#[test]
fn a_journal_that_comes_in_pieces_is_seen_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (directory, writing) = fresh(folder.path());
    let [journal, timing] = written(0, true);
    let first = journal.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    append(&directory, "journal", "0000-c0.jsonl", &journal[..first]);
    let (live, _follower) = Follower::start(&directory).unwrap();
    assert_eq!((live.count(), live.cells()[0].status()), (1, Status::Running));
    let mut eyes = Eyes::default();
    std::thread::scope(|scope| {
        let directory = &directory;
        scope.spawn(move || {
            let mut times = timing.chunks(timing.len() / 9 + 1);
            for piece in journal[first..].chunks(journal.len() / 11) {
                append(directory, "timing", "0000-c0.jsonl", times.next().unwrap_or_default());
                append(directory, "journal", "0000-c0.jsonl", piece);
                std::thread::sleep(std::time::Duration::from_millis(60));
            }
            drop(writing);
        });
        eyes.wait_for_the_end(&live);
    });
    assert_eq!(same(&eyes.0[0]), bits(&directory::read(directory.as_path()).unwrap()[0]));
    assert_eq!(live.cells()[0].status(), Status::Diverged);
}

#[test]
fn a_torn_line_waits_for_its_rest_and_a_row_for_its_time() {
    let folder = tempfile::tempdir().unwrap();
    let (directory, writing) = fresh(folder.path());
    let files = written(0, true);
    let cut = |bytes: &[u8], lines: usize| {
        let end = |(i, byte): (usize, &u8)| (*byte == b'\n').then_some(i + 1);
        bytes.iter().enumerate().filter_map(end).nth(lines - 1).unwrap()
    };
    let (journal, timing) = (cut(&files[0], 5) + 9, cut(&files[1], 3));
    append(&directory, "journal", "0000-c0.jsonl", &files[0][..journal]);
    append(&directory, "timing", "0000-c0.jsonl", &files[1][..timing]);
    let (live, _follower) = Follower::start(&directory).unwrap();
    let mut eyes = Eyes::default();
    eyes.wait(&live, "three rows with times", |eyes| eyes.rows(0) == 3);
    std::thread::sleep(std::time::Duration::from_millis(250));
    eyes.look(&live);
    assert_eq!(eyes.rows(0), 3, "the fourth has no time yet, the fifth is torn");
    append(&directory, "timing", "0000-c0.jsonl", &files[1][timing..]);
    eyes.wait(&live, "the fourth row", |eyes| eyes.rows(0) == 4);
    append(&directory, "journal", "0000-c0.jsonl", &files[0][journal..]);
    eyes.wait_for_the_end(&live);
    assert_eq!((eyes.rows(0), live.cells()[0].status()), (41, Status::Diverged));
    drop(writing);
}

#[test]
fn cells_appear_with_their_files_and_forks_know_their_parents() {
    let folder = tempfile::tempdir().unwrap();
    let (directory, writing) = fresh(folder.path());
    put(&directory, 3, &written(3, true));
    let (live, _follower) = Follower::start(&directory).unwrap();
    assert_eq!(live.count(), 1);
    fs::create_dir(directory.join("added")).unwrap();
    let fork = json!({ "fork": { "parent": 3, "step": 12 }, "optimizer": { "step_size": 0.5 } });
    fs::write(directory.join("added/0004-c4.json"), fork.to_string()).unwrap();
    put(&directory, 4, &written(4, true));
    let mut eyes = Eyes::default();
    eyes.wait(&live, "a second cell", |_| live.count() == 2);
    eyes.wait_for_the_end(&live);
    let cells = live.cells();
    assert_eq!((cells[1].optimizer.as_str(), cells[1].seed, cells[1].steps), ("optimizer 4", 7, 40));
    assert_eq!((cells[0].fork, cells[1].fork), (None, Some(Fork { parent: 0, step: 12 })), "a place, not the plan's index");
    assert_eq!(marks(&cells[1])[0], (10, format!("step_size 0.5 → {:?}", 1.0 / 15.0)));
    drop(writing);
}

#[test]
fn changes_are_marks_with_the_value_before() {
    let folder = tempfile::tempdir().unwrap();
    let (directory, writing) = fresh(folder.path());
    let plan = json!({ "experiment": { "optimizer": [{ "label": "x" }, { "label": "optimizer 0", "step_size": 0.125 }] } });
    fs::write(directory.join("plan.json"), plan.to_string()).unwrap();
    (0..2).for_each(|index| put(&directory, index, &written(index, true)));
    drop(writing);
    let (live, _follower) = Follower::start(&directory).unwrap();
    Eyes::default().wait_for_the_end(&live);
    let [first, second] = [0, 1].map(|cell| marks(&live.cells()[cell]));
    let (a, b) = (1.0 / 11.0, 1.0 / 21.0);
    assert_eq!(first, [(10, format!("step_size 0.125 → {a:?}")), (20, format!("step_size {a:?} → {b:?}"))]);
    assert_eq!(second[0].1, format!("step_size → {:?}", 1.0 / 12.0), "the plan does not tell the old value");
}

#[test]
fn a_writer_that_is_gone_without_an_end_has_crashed() {
    let folder = tempfile::tempdir().unwrap();
    let (directory, writing) = fresh(folder.path());
    let [journal, timing] = written(0, false);
    put(&directory, 0, &[journal[..journal.len() - 5].to_vec(), timing[..timing.len() / 2].to_vec()]);
    append(&directory, "journal", "0001-c1.jsonl", b"");
    let (live, _follower) = Follower::start(&directory).unwrap();
    let mut eyes = Eyes::default();
    eyes.wait(&live, "rows with times", |eyes| eyes.rows(0) == 20);
    assert_eq!(live.cells()[0].status(), Status::Running, "somebody still writes");
    drop(writing);
    eyes.wait(&live, "the other cell", |_| live.count() == 2);
    eyes.wait_for_the_end(&live);
    let cells = live.cells();
    assert_eq!((cells[0].status(), cells[0].steps_done(), eyes.rows(0)), (Status::Crashed, 40, 41));
    assert_eq!(cells[0].reason(), "the writer is gone; the journal has no end");
    assert!(eyes.0[0][40 * 5 + 4].is_nan() && eyes.0[0][4] == 0.0, "what has no time is shown without");
    assert_eq!((cells[1].status(), cells[1].optimizer.as_str()), (Status::Crashed, "0001-c1"));
}

#[test]
fn what_is_no_run_directory_says_so() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Follower::start(folder.path()).unwrap_err().to_string().contains("is no run directory"));
    folders(folder.path());
    assert!(Follower::start(folder.path()).unwrap_err().to_string().contains("holds no cells"));
    let writing = Writing::new(folder.path().to_owned()).unwrap();
    let (live, _follower) = Follower::start(folder.path()).expect("cells may come");
    assert_eq!(live.count(), 0);
    drop(writing);
}

#[test]
fn a_reader_that_is_slow_misses_nothing() {
    use elbow_engine::journal::Writer;
    let folder = tempfile::tempdir().unwrap();
    folders(folder.path());
    let mut begin = watch::begin(0);
    begin.columns = vec![begin.columns[0].clone(); 998];
    let mut writer = Writer::new(folder.path(), "0000-c0", &begin).unwrap();
    (0..4500).for_each(|step| writer.point(step, &[step as f64; 998], &std::collections::BTreeMap::new(), 1.0).unwrap());
    drop(writer);
    let (live, _follower) = Follower::start(folder.path()).unwrap();
    let cell = &live.cells()[0];
    let started = std::time::Instant::now();
    while cell.steps_done() < 4194 && started.elapsed().as_secs() < 60 {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(cell.status(), Status::Running, "the mailbox is full, and the rest waits");
    let mut eyes = Eyes::default();
    eyes.wait_for_the_end(&live);
    assert_eq!(eyes.0[0].len(), 4500 * 1000);
}

/// A change of a file that nobody wanted.
#[derive(Clone, Debug)]
enum Damage {
    Flip(usize, u8),
    Cut(usize),
    Repeat(usize, usize),
    Drop(usize, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let place = 0usize..1 << 20;
    prop_oneof![
        (place.clone(), 1u8..).prop_map(|(place, mask)| Damage::Flip(place, mask)),
        place.clone().prop_map(Damage::Cut),
        (place.clone(), 1usize..600).prop_map(|(place, length)| Damage::Repeat(place, length)),
        (place, 1usize..600).prop_map(|(place, length)| Damage::Drop(place, length)),
    ]
}

fn damaged(mut bytes: Vec<u8>, damage: &Damage) -> Vec<u8> {
    let n = bytes.len();
    let range = |place: usize, length: usize| place % n..n.min(place % n + length);
    match *damage {
        Damage::Flip(place, mask) => bytes[place % n] ^= mask,
        Damage::Cut(place) => bytes.truncate(place % n),
        Damage::Repeat(place, length) => {
            let range = range(place, length);
            let again = bytes[range.clone()].to_vec();
            bytes.splice(range.end..range.end, again);
        }
        Damage::Drop(place, length) => drop(bytes.drain(range(place, length))),
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    /// A damaged journal is an error with its place, or a part of the records; what counts as ended is exact. And whoever
    /// follows sees what whoever reads it at once sees.
    #[test]
    fn damage_is_never_taken_for_a_record(damages in prop::collection::vec(damage(), 1..3)) {
        let folder = tempfile::tempdir().unwrap();
        folders(folder.path());
        put(folder.path(), 0, &written(0, true));
        let whole = bits(&directory::read(folder.path()).unwrap()[0]);
        let file = folder.path().join("journal/0000-c0.jsonl");
        let journal = damages.iter().fold(fs::read(&file).unwrap(), |bytes, damage| {
            if bytes.is_empty() { bytes } else { damaged(bytes, damage) }
        });
        fs::write(&file, journal).unwrap();
        let (live, _follower) = Follower::start(folder.path()).unwrap();
        let mut eyes = Eyes::default();
        eyes.wait_for_the_end(&live);
        let (cell, rows) = (&live.cells()[0], same(&eyes.0[0]));
        match directory::read(folder.path()) {
            Ok(read) => {
                prop_assert_eq!(&rows, &bits(&read[0]));
                let counts = read[0].ending.is_some() && read[0].warning.is_none();
                prop_assert_eq!(cell.status() == Status::Diverged, counts, "{:?}", cell.reason());
            }
            Err(reason) => prop_assert!(matches!(cell.status(), Status::Failed | Status::Crashed), "{} {}", reason, cell.reason()),
        }
        match cell.status() {
            Status::Diverged => prop_assert!(rows == whole),
            Status::Failed => prop_assert!(cell.reason().contains("0000-c0.jsonl"), "{}", cell.reason()),
            status => prop_assert_eq!(status, Status::Crashed),
        }
    }

    /// Times are no truth: whatever is wrong with them, the records are there.
    #[test]
    fn damaged_times_cost_no_record(damage in damage()) {
        let folder = tempfile::tempdir().unwrap();
        folders(folder.path());
        let [journal, timing] = written(0, true);
        put(folder.path(), 0, &[journal, damaged(timing, &damage)]);
        let (live, _follower) = Follower::start(folder.path()).unwrap();
        let mut eyes = Eyes::default();
        eyes.wait_for_the_end(&live);
        prop_assert_eq!((eyes.rows(0), live.cells()[0].status()), (41, Status::Diverged));
        prop_assert_eq!(same(&eyes.0[0]), bits(&directory::read(folder.path()).unwrap()[0]));
    }
}
