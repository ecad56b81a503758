//! What is no regular file is refused by name at once, and so is what has not the length that it says.

#![cfg(target_os = "linux")]

mod common;

use common::*;
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

/// What reading gives within two seconds.
#[track_caller]
fn refused_at_once(path: &str, expected: &str) {
    let (sender, receiver) = mpsc::channel();
    let path = path.to_owned();
    let asked = path.clone();
    std::thread::spawn(move || sender.send(elbow_data::read(&asked).map(drop)));
    let answer = receiver.recv_timeout(Duration::from_secs(2)).unwrap_or_else(|_| panic!("{path} is waited for"));
    let error = answer.expect_err("no regular file is read").to_string();
    assert!(error.starts_with(&path) && error.contains(expected), "{error}");
}

#[test]
fn devices_pipes_and_folders() {
    let files = Files::new();
    let pipe = files.write("pipe.csv", "");
    std::fs::remove_file(&pipe).unwrap();
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    refused_at_once(&pipe, "this is a pipe; only regular files are read");
    let socket = format!("{pipe}.socket");
    let _listening = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    refused_at_once(&socket, "this is a socket; only regular files");
    for device in ["/dev/zero", "/dev/random", "/dev/null", "/dev/tty"] {
        refused_at_once(device, "this is a device; only regular files");
    }
    refused_at_once("/tmp", "this is a folder; only regular files");
    let link = format!("{pipe}.npy");
    std::os::unix::fs::symlink("/dev/zero", &link).unwrap();
    refused_at_once(&link, "this is a device");
}

/// /proc says 0 bytes, or more than there are atoms in memory; /sys a page.
#[test]
fn files_that_the_system_makes_up() {
    refused_at_once("/proc/cpuinfo", "the file is empty, or made up by the system as it is read, as those in /proc");
    if std::fs::metadata("/proc/kcore").is_ok_and(|found| found.len() > 1 << 40) {
        refused_at_once("/proc/kcore", "the file is too large; at most 8589934592 bytes are read");
    }
    let page = "/sys/kernel/mm/transparent_hugepage/enabled";
    if std::fs::metadata(page).is_ok_and(|found| found.len() > 1000) {
        refused_at_once(page, "has not the 4096 bytes that it says");
    }
}

/// A file without blocks that says 8 GiB and a byte.
#[test]
fn too_large() {
    let files = Files::new();
    let path = files.write("a.csv", "");
    std::fs::OpenOptions::new().write(true).open(&path).unwrap().set_len((1 << 33) + 1).unwrap();
    refused_at_once(&path, "the file is too large; at most 8589934592 bytes are read");
}

#[test]
fn damaged_gzip() {
    let whole = gzip(&b"1,2\n3,4\n".repeat(1000));
    for len in [2, 10, 20, whole.len() - 1] {
        refused("a.csv.gz", &whole[..len], "the gzip file is damaged");
    }
    refused("a.csv", gzip(b""), "the gzip file is empty");
    let mut broken = whole;
    broken[30] ^= 0xff;
    refused("a.csv", broken, "the gzip file is damaged");
}
