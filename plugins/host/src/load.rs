//! Loading of a plugin file: read once, inspected, copied under the name of its content, and only then opened.
//!
//! The copy is what runs. So the file that was inspected is the one that is loaded, a plugin can be rebuilt or overwritten
//! while it is in use, and the new build is another library to the dynamic linker, which knows libraries by their path.
//!
//! A library is never unloaded: code of the standard library in it may have left pointers to itself with the threads.
//!
//! # Safety
//! A plugin is code with the rights of the user; there is no sandbox. Whoever calls [`Candidate::load`] trusts the file.

mod cache;

use crate::floating::{Changed, observed};
use crate::inspect::{Metadata, Refusal, inspect};
use elbow_abi::{ENTRY_SYMBOL, ElbowEntry, EntryFn, MAGIC};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

#[cfg(not(unix))]
use libloading::Library;
#[cfg(unix)]
use libloading::os::unix::Library;

/// A plugin file that was read and inspected: nothing in it has run yet.
#[derive(Debug)]
pub struct Candidate {
    /// What the file says of itself.
    pub metadata: Metadata,
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
    /// Where it was read from.
    pub path: PathBuf,
    bytes: Vec<u8>,
}

/// A plugin library that stays in the process until its end.
pub struct Loaded {
    /// All that it offers.
    pub entry: &'static ElbowEntry,
    /// What the file says of itself.
    pub metadata: Metadata,
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
    /// Where it was read from; what runs is a copy.
    pub path: PathBuf,
    /// What loading it changed of the floating-point environment, which has been put back.
    pub changed: Option<Changed>,
}

/// Reads, inspects and loads a plugin file.
pub fn load(path: &Path) -> Result<Loaded, Refusal> {
    Candidate::read(path)?.load()
}

impl Candidate {
    /// Reads and inspects a file.
    pub fn read(path: &Path) -> Result<Self, Refusal> {
        // Before reading: a pipe or a device could go on forever.
        if !fs::metadata(path).map_err(|error| Refusal::Io(chain(&error)))?.is_file() {
            return Err(Refusal::NotAFile);
        }
        let bytes = fs::read(path).map_err(|error| Refusal::Io(chain(&error)))?;
        Ok(Self { metadata: inspect(&bytes)?, sha256: cache::sha256(&bytes), path: path.into(), bytes })
    }

    /// Runs the library's constructors and its entry function, and checks what that answers.
    pub fn load(self) -> Result<Loaded, Refusal> {
        self.load_with_cache(&cache::folders())
    }

    /// The same with the copy in the first of these folders that is private and can be written to.
    pub fn load_with_cache(self, folders: &[PathBuf]) -> Result<Loaded, Refusal> {
        let Self { metadata, sha256, path, bytes } = self;
        let copy = cache::store(folders, &sha256, &bytes)?;
        let (entry, changed) = observed(|| open(&copy));
        let changed = remembered(&copy, changed);
        Ok(Loaded { entry: check(entry?, metadata.abi)?, metadata, sha256, path, changed })
    }
}

/// Constructors run at the first load only; what they changed then holds for the others.
fn remembered(copy: &Path, changed: Option<Changed>) -> Option<Changed> {
    static ALL: Mutex<BTreeMap<PathBuf, Changed>> = Mutex::new(BTreeMap::new());
    let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(changed) = changed {
        all.insert(copy.into(), changed);
    }
    all.get(copy).copied()
}

/// The shared libraries in a folder, sorted by name.
pub fn shared_libraries(dir: &Path) -> Result<Vec<PathBuf>, Refusal> {
    let refuse = |error: std::io::Error| Refusal::Folder(format!("{}: {error}", dir.display()));
    let mut found = Vec::new();
    for item in fs::read_dir(dir).map_err(refuse)? {
        let path = item.map_err(refuse)?.path();
        if path.extension().is_some_and(|extension| extension == std::env::consts::DLL_EXTENSION) && path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Opens a library for good and calls its entry function.
fn open(path: &Path) -> Result<*const ElbowEntry, Refusal> {
    let refuse = |error: libloading::Error| Refusal::Open(chain(&error));
    let library: &'static Library = Box::leak(Box::new(open_library(path).map_err(refuse)?));
    // SAFETY: the file was inspected and exports this symbol; the interface gives it this type.
    let entry = unsafe { library.get::<EntryFn>(ENTRY_SYMBOL) }.map_err(refuse)?;
    Ok(entry())
}

#[cfg(unix)]
fn open_library(path: &Path) -> Result<Library, libloading::Error> {
    use libloading::os::unix::{RTLD_LOCAL, RTLD_NOW};
    // SAFETY: runs the constructors of a library that the caller trusts.
    unsafe { Library::open(Some(path), RTLD_NOW | RTLD_LOCAL | NO_DELETE) }
}

#[cfg(not(unix))]
fn open_library(path: &Path) -> Result<Library, libloading::Error> {
    // SAFETY: runs the constructors of a library that the caller trusts.
    unsafe { Library::new(path) }
}

/// `RTLD_NODELETE`, which `libloading` does not name: mapped for good, even if someone else closes the library.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
const NO_DELETE: i32 = 0x1000;
/// `RTLD_NODELETE`.
#[cfg(target_vendor = "apple")]
const NO_DELETE: i32 = 0x80;
/// Not known here; the handle that is never closed has to do.
#[cfg(all(unix, not(any(target_os = "linux", target_os = "android", target_os = "freebsd", target_vendor = "apple"))))]
const NO_DELETE: i32 = 0;

/// Checks an entry against what the file said, from the part that never changes onwards.
fn check(entry: *const ElbowEntry, abi: (u32, u32)) -> Result<&'static ElbowEntry, Refusal> {
    if entry.is_null() || !entry.is_aligned() {
        return Err(Refusal::Entry("answers no entry"));
    }
    // SAFETY: a trusted library gave the address of an entry, which starts with these two fields in every version.
    let (magic, size) = unsafe { ((*entry).magic, (*entry).struct_size) };
    if magic != MAGIC {
        return Err(Refusal::Entry("answers something that is not an entry"));
    }
    if (size as usize) < size_of::<ElbowEntry>() {
        return Err(Refusal::Entry("answers an entry that is too short"));
    }
    // SAFETY: the entry is as large as the structure at least, and lives as long as the library, which is never closed.
    let entry = unsafe { &*entry };
    if (entry.abi_major, entry.abi_minor) == abi {
        Ok(entry)
    } else {
        Err(Refusal::Entry("answers another version than the file"))
    }
}

/// An error and its causes on one line.
fn chain(error: &dyn Error) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ").replace(char::is_control, " ")
}
