//! A host with random streams, and files that a test writes.

#![allow(dead_code, reason = "every test file uses its own part")]

use elbow_data::{Data, DataParameters, Loaded, Source};
use elbow_sdk::abi::{ElbowHost, ElbowStr, ElbowStreams, SERVICE_STREAMS};
use elbow_sdk::{FilePath, Host, Issues};
use std::ffi::c_void;
use std::io::Write;
use tempfile::TempDir;

fn mix(word: u64) -> u64 {
    let z = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

extern "C" fn fill(seed: u64, purpose: u64, number: u64, out: *mut u64, n: usize) {
    let name = mix(mix(mix(seed) ^ purpose) ^ number);
    // SAFETY: the caller hands a place for n words.
    let out = unsafe { std::slice::from_raw_parts_mut(out, n) };
    out.iter_mut().enumerate().for_each(|(k, word)| *word = mix(name.wrapping_add(k as u64)));
}

extern "C" fn service(id: ElbowStr) -> *const c_void {
    // SAFETY: the caller hands text that holds during the call.
    let id = unsafe { std::slice::from_raw_parts(id.ptr, id.len) };
    if id == SERVICE_STREAMS.as_bytes() { (&raw const STREAMS).cast() } else { std::ptr::null() }
}

static STREAMS: ElbowStreams = ElbowStreams { struct_size: size_of::<ElbowStreams>() as u32, fill };
static HOST: ElbowHost = ElbowHost { struct_size: size_of::<ElbowHost>() as u32, service };

/// Streams from a hash of their names.
pub fn host() -> Host {
    Host::of(&HOST)
}

/// A folder for files.
pub struct Files(TempDir);

impl Files {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Writes a file and gives its path.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

/// What reading a file of these bytes gives.
pub fn read(name: &str, bytes: impl AsRef<[u8]>) -> elbow_sdk::Result<Data> {
    elbow_data::read(&Files::new().write(name, bytes))
}

/// Fails unless reading is refused with such a text and the name of the file.
#[track_caller]
pub fn refused(name: &str, bytes: impl AsRef<[u8]>, expected: &str) {
    let error = read(name, bytes).expect_err("the file is refused").to_string();
    assert!(error.contains(expected) && error.contains(name), "`{error}` has no `{expected}`");
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// All values, row after row.
pub fn values(data: &Data) -> Vec<f64> {
    (0..data.rows()).flat_map(|row| (0..data.columns()).map(move |column| data.value(row, column))).collect()
}

/// Parameters for a file.
pub fn of_file(path: &str) -> DataParameters {
    DataParameters { source: Source::File, file: FilePath(path.to_owned()), ..DataParameters::default() }
}

#[track_caller]
pub fn load(parameters: &DataParameters) -> Loaded {
    let mut issues = Issues::default();
    let loaded = parameters.load(host(), &mut issues);
    issues.finish().unwrap();
    loaded.unwrap()
}

/// The issues as `path: message`.
pub fn issues(parameters: &DataParameters, host: Host) -> Vec<String> {
    let mut issues = Issues::default();
    assert!(parameters.load(host, &mut issues).is_none() || !issues.is_empty());
    let error = issues.finish().expect_err("there are issues");
    error.issues().iter().map(|issue| format!("{}: {}", issue.path, issue.message)).collect()
}
