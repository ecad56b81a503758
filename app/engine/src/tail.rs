//! A file that another process appends to, line by line.

use crate::file;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::PathBuf;

/// Bytes read at a time, so that many files grow together and a request to end is heard.
const CHUNK: u64 = 1 << 20;

/// Hands out the whole lines of a file as they appear. It is open only while it is read: there may be more files than a
/// process may hold open.
#[derive(Debug)]
pub struct Tail {
    /// Where it is.
    pub path: PathBuf,
    offset: u64,
    bytes: Vec<u8>,
    /// How many of `bytes` were handed out.
    taken: usize,
}

impl Tail {
    /// A file from its beginning; it need not be there yet.
    pub fn new(path: PathBuf) -> Self {
        Self { path, offset: 0, bytes: Vec::new(), taken: 0 }
    }

    /// Reads on; how many bytes there were.
    ///
    /// # Errors
    /// Of the file system; a file that is not there has no bytes.
    pub fn read(&mut self) -> io::Result<usize> {
        self.bytes.drain(..std::mem::take(&mut self.taken));
        let mut file = match file::open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
            file => file?,
        };
        file.seek(SeekFrom::Start(self.offset))?;
        let count = file.take(CHUNK).read_to_end(&mut self.bytes)?;
        self.offset += count as u64;
        Ok(count)
    }

    /// The next whole line of what was read, its line feed included.
    pub fn line(&mut self) -> Option<&[u8]> {
        let rest = &self.bytes[self.taken..];
        let length = rest.iter().position(|byte| *byte == b'\n')? + 1;
        self.taken += length;
        Some(&rest[..length])
    }
}
