//! Files that an experiment names: arrays in every dialect, standard input once for all, and nothing that never ends.

mod common;

use common::plan_in;
use elbow_engine::plan::Plan;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// Three independent coins, the target and the start from files.
fn coins(target: &str, start: &str) -> String {
    format!(
        "[[model]]\nplugin = \"bayesian-network\"\npreset = \"non-cylindrical\"\ntarget = {{ parameters = {{ file = \"{target}\" }} }}\n\
        init = {{ probabilities = {{ file = \"{start}\" }} }}\n[[optimizer]]\nplugin = \"euclidean\"\n"
    )
}

fn issues(text: &str, base: &Path) -> Vec<String> {
    let wrong = plan_in(text, base).expect_err("the experiment is wrong");
    wrong.issues().iter().map(|issue| issue.message.clone()).collect()
}

fn start(plan: &Plan) -> &[f64] {
    &plan.cells[0].start
}

/// The same five numbers, as four programs write them.
#[test]
fn arrays_in_every_dialect() {
    let folder = tempfile::tempdir().unwrap();
    let header = format!("{:<117}\n", "{'descr': '>f4', 'fortran_order': True, 'shape': (1, 5), }");
    let numbers = [0.25_f32, 0.5, 0.75, 0.5, 0.125].iter().flat_map(|x| x.to_be_bytes());
    let npy: Vec<u8> = b"\x93NUMPY\x01\x00\x76\x00".iter().copied().chain(header.bytes()).chain(numbers).collect();
    let files: [(&str, &[u8]); 4] = [
        ("a.csv", b"0.25,0.5,0.75,0.5,0.125\n"),
        ("b.csv", b"\xef\xbb\xbf# five\na;b;c;d;e\r\n0,25;0,5;0,75;0,5;0,125\r\n"),
        ("c.csv", b",0,1,2,3,4\n0,0.25,0.5,0.75,0.5,0.125\n"),
        ("d.npy", &npy),
    ];
    for (name, bytes) in files {
        fs::write(folder.path().join(name), bytes).unwrap();
        let plan = plan_in(&coins(name, name), folder.path()).unwrap_or_else(|wrong| panic!("{name}: {}", wrong.line()));
        assert_eq!(start(&plan), [0.25, 0.5, 0.75, 0.5, 0.125], "{name}");
    }
}

/// What is refused, with what the file is.
#[test]
fn wrong_arrays() {
    let folder = tempfile::tempdir().unwrap();
    let wrong = |name: &str, bytes: &[u8], expected: &str| {
        fs::write(folder.path().join(name), bytes).unwrap();
        let found = issues(&coins(name, name), folder.path());
        assert!(found.iter().any(|issue| issue.contains(name) && issue.contains(expected)), "{found:?}");
    };
    wrong("a.csv", b"0.1,0.2,0.3\n0.4,0.5\n", "line 2 has 2 columns; expected 3, as in line 1");
    wrong("a.csv", b"0.1,0.2,0.3,0.4,O.5\n", "line 1, column 5 is `O.5`; expected a finite number");
    wrong("a.csv", b"0.1,nan\n", "line 1, column 2 is `nan`; expected a finite number");
    wrong("a.csv", b"", "the file is empty");
    wrong("a.csv", b"\xff\xfe0\x00", "the text is in UTF-16");
    let npy = |kind: &str, shape: &str| {
        let header = format!("{:<117}\n", format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"));
        [b"\x93NUMPY\x01\x00\x76\x00", header.as_bytes(), &[0; 64]].concat()
    };
    wrong("a.npy", &npy("|O", "(8,)"), "holds Python objects of type O");
    wrong("a.npy", &npy("<c16", "(4,)"), "holds complex numbers of type c16");
    wrong("a.npy", &npy("<f8", "(2, 2, 2)"), "has 3 dimensions; expected 1 or 2");
}

/// Digests of paths and arrays alike; standard input is no path.
#[test]
#[cfg(target_os = "linux")]
fn what_never_ends_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    assert!(Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap().success());
    let data = |file: &str| {
        let data = format!("data = {{ source = \"file\", file = \"{file}\" }}");
        format!("[[model]]\nplugin = \"linear-gaussian\"\n{data}\n[[optimizer]]\nplugin = \"euclidean\"\n")
    };
    let cases = [
        (data("/dev/zero"), "`file`: cannot read /dev/zero: this is a device; only regular files are read"),
        (data("pipe"), "pipe: this is a pipe; only regular files are read"),
        (data("."), "this is a folder; only regular files are read"),
        (data("/proc/kmsg"), "the file is empty, or made up by the system"),
        (data("-"), "`file`: standard input can be read once only; a run is replayed and forked"),
        (coins("/dev/zero", "/dev/zero"), "cannot read /dev/zero: this is a device"),
        (coins("pipe", "pipe"), "pipe: this is a pipe"),
    ];
    for (text, expected) in cases {
        let ((sender, receiver), base) = (mpsc::channel(), folder.path().to_owned());
        std::thread::spawn(move || sender.send(issues(&text, &base)));
        let found = receiver.recv_timeout(Duration::from_secs(5)).unwrap_or_else(|_| panic!("waits instead of `{expected}`"));
        assert!(found.iter().any(|issue| issue.contains(expected)), "{found:?} without `{expected}`");
    }
}

/// This test in a process of its own, with that on its standard input.
fn fed(input: Option<&[u8]>) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "standard_input"]).env("ELBOW_TEST_FED", if input.is_some() { "numbers" } else { "nothing" });
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let mut pipe = child.stdin.take().unwrap();
    pipe.write_all(input.unwrap_or_default()).unwrap();
    drop(pipe);
    assert!(child.wait().unwrap().success());
}

/// `-` is read once and goes to all that name it; where there is nothing, it is said.
#[test]
fn standard_input() {
    let here = Path::new(".");
    match std::env::var("ELBOW_TEST_FED").as_deref() {
        Ok("numbers") => {
            (0..2).for_each(|_| assert_eq!(start(&plan_in(&coins("-", "-"), here).unwrap()), [0.25, 0.5, 0.75, 0.5, 0.125]))
        }
        Ok(_) => assert_eq!(issues(&coins("-", "-"), here)[0], "cannot read standard input: it is empty, or was read before"),
        Err(_) => [Some(&b"0.25 0.5 0.75 0.5 0.125\n"[..]), None].into_iter().for_each(fed),
    }
}
