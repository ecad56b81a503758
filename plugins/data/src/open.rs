//! Files as bytes: regular ones alone, up to a limit. What never ends or waits for somebody, as a device or a pipe, is refused by name.

use crate::data::wrong;
use elbow_sdk::{Error, Result};
use flate2::read::MultiGzDecoder;
use std::fs::{File, FileType};
use std::io::Read;
use std::path::Path;

/// Largest file, also unpacked: 8 GiB.
pub const MOST_BYTES: u64 = 1 << 33;
/// The first bytes of a gzip file.
const GZIP: &[u8] = &[0x1f, 0x8b];
/// Bytes that are asked for at once.
const PIECE: u64 = 1 << 20;

/// Opens a regular file that holds something, and tells its length in bytes.
///
/// # Errors
/// If it is no regular file, empty (as the files of `/proc` say that they are), longer than [`MOST_BYTES`], or cannot be opened; a
/// sentence without its name.
pub fn open(path: &Path) -> Result<(File, u64)> {
    let failed = |error: std::io::Error| wrong(format!("the file cannot be read: {error}"));
    // Opening a pipe would wait for its other end.
    if let Some(kind) = irregular(std::fs::metadata(path).map_err(failed)?.file_type()) {
        return Err(wrong(format!("this is {kind}; only regular files are read")));
    }
    let file = File::open(path).map_err(failed)?;
    match file.metadata().map_err(failed)?.len() {
        0 => Err(wrong("the file is empty, or made up by the system as it is read, as those in /proc")),
        len if len > MOST_BYTES => Err(too_large()),
        len => Ok((file, len)),
    }
}

fn too_large() -> Error {
    wrong(format!("the file is too large; at most {MOST_BYTES} bytes are read"))
}

/// What it is, if it is no regular file.
fn irregular(kind: FileType) -> Option<&'static str> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        let kinds = [
            (kind.is_fifo(), "a pipe"),
            (kind.is_char_device() || kind.is_block_device(), "a device"),
            (kind.is_socket(), "a socket"),
        ];
        if let Some((_, name)) = kinds.into_iter().find(|(is, _)| *is) {
            return Some(name);
        }
    }
    match kind {
        _ if kind.is_dir() => Some("a folder"),
        _ if kind.is_file() => None,
        _ => Some("no file"),
    }
}

/// All bytes of a file, unpacked.
pub(crate) fn bytes(path: impl AsRef<Path>) -> Result<Vec<u8>> {
    let (file, expected) = open(path.as_ref())?;
    let bytes = limited(file, expected).map_err(|error| wrong(format!("the file cannot be read: {error}")))?;
    if bytes.len() as u64 != expected {
        return Err(wrong(format!("the file has not the {expected} bytes that it says: it changes, or the system makes it up")));
    }
    unpacked(bytes)
}

/// What is in a gzip file, or the bytes as they are.
pub(crate) fn unpacked(bytes: Vec<u8>) -> Result<Vec<u8>> {
    if !bytes.starts_with(GZIP) {
        return Ok(bytes);
    }
    let unpacked = limited(MultiGzDecoder::new(&bytes[..]), MOST_BYTES);
    match unpacked.map_err(|error| wrong(format!("the gzip file is damaged: {error}")))? {
        bytes if bytes.is_empty() => Err(wrong("the gzip file is empty")),
        bytes if bytes.len() as u64 > MOST_BYTES => Err(too_large()),
        bytes => Ok(bytes),
    }
}

/// At most one byte more than `most`; an error where memory does not suffice.
fn limited(from: impl Read, most: u64) -> std::io::Result<Vec<u8>> {
    let (mut from, mut bytes) = (from.take(most + 1), Vec::new());
    loop {
        bytes.try_reserve(PIECE.min(from.limit()) as usize)?;
        if from.by_ref().take(PIECE).read_to_end(&mut bytes)? == 0 {
            return Ok(bytes);
        }
    }
}
