//! Who writes a run directory: a lock that goes with the process, however that ends.

use crate::file::{self, named};
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::ops::Deref;
use std::path::{Path, PathBuf};

/// Name of the file in a run directory that its writer locks.
pub(crate) const LOCK: &str = "lock";

/// A run directory that this process writes. Followers see the writer until this is dropped.
#[derive(Debug)]
pub struct Writing {
    directory: PathBuf,
    /// The lock lives as long as the file is open.
    _lock: File,
}

impl Writing {
    /// Takes a directory that has no writer yet.
    ///
    /// # Errors
    /// If it had one already, or of the file system; where files cannot be locked, followers do not see the writer.
    pub fn new(directory: PathBuf) -> io::Result<Self> {
        let path = directory.join(LOCK);
        let lock = OpenOptions::new().write(true).create_new(true).open(&path).map_err(named(&path))?;
        // Nobody else holds it but a follower that asks, for an instant.
        let _ = lock.lock();
        Ok(Self { directory, _lock: lock })
    }
}

impl Deref for Writing {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.directory
    }
}

/// Whether somebody writes a run directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Presence {
    /// Somebody does.
    Here,
    /// Nobody does, or it is older than the lock.
    Gone,
    /// The file system has no locks, or keeps them from us.
    Hidden,
}

/// Whether somebody writes a run directory now.
pub fn presence(directory: &Path) -> Presence {
    match file::open(&directory.join(LOCK)) {
        Ok(lock) => match lock.try_lock_shared() {
            Ok(()) => Presence::Gone,
            Err(TryLockError::WouldBlock) => Presence::Here,
            Err(TryLockError::Error(_)) => Presence::Hidden,
        },
        Err(error) if error.kind() == io::ErrorKind::NotFound => Presence::Gone,
        Err(_) => Presence::Hidden,
    }
}
