//! Copies of plugin files, each under the hash of its content. What is found there is compared before it is used.

use crate::inspect::Refusal;
use sha2::{Digest, Sha256};
use std::env;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// SHA-256 in hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Where copies may go, best first: the user's cache, then the folder for temporary files.
pub fn folders() -> Vec<PathBuf> {
    folders_in(env::var_os("XDG_CACHE_HOME").map(PathBuf::from), env::home_dir(), env::temp_dir())
}

fn folders_in(cache: Option<PathBuf>, home: Option<PathBuf>, temporary: PathBuf) -> Vec<PathBuf> {
    let caches = [cache, home.map(|home| home.join(".cache"))].into_iter().flatten();
    // A relative path in `XDG_CACHE_HOME` is to be ignored, by the convention that defines it.
    let caches = caches.filter(|cache| cache.is_absolute()).map(|cache| cache.join("elbow").join("plugins"));
    caches.chain([temporary.join("elbow-plugins")]).collect()
}

/// Makes sure that a copy exists in the first of the folders where that works, and gives its path.
pub fn store(folders: &[PathBuf], sha256: &str, bytes: &[u8]) -> Result<PathBuf, Refusal> {
    let mut failures = Vec::new();
    for folder in folders {
        match copy(folder, sha256, bytes) {
            Ok(path) => return Ok(path),
            Err(error) => failures.push(format!("{}: {error}", folder.display())),
        }
    }
    Err(Refusal::Cache(failures.join("; ")))
}

fn copy(folder: &Path, sha256: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    create(folder)?;
    let target = folder.join(sha256).with_extension(env::consts::DLL_EXTENSION);
    let mut draft = Draft::new(folder)?;
    check_private(folder, &draft.file)?;
    if fs::read(&target).is_ok_and(|found| found == bytes) {
        return Ok(target);
    }
    draft.file.write_all(bytes)?;
    // A library that is in use must not be written to; it keeps its old inode when another takes its name.
    fs::rename(&draft.path, &target)?;
    Ok(target)
}

/// A new file, removed again unless it has got another name.
struct Draft {
    path: PathBuf,
    file: File,
}

impl Draft {
    fn new(folder: &Path) -> io::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let path = folder.join(format!(".{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed)));
        // Left over by a process that was killed and had the same id.
        let _ = fs::remove_file(&path);
        Ok(Self { file: options().open(&path)?, path })
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o400);
    options
}

fn create(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// In a folder of someone else, or one that others may write to, a copy could be exchanged after it was compared.
#[cfg(unix)]
fn check_private(folder: &Path, mine: &File) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let (folder, mine) = (fs::metadata(folder)?, mine.metadata()?);
    let private = folder.uid() == mine.uid() && folder.mode() & 0o022 == 0;
    private.then_some(()).ok_or_else(|| io::Error::other("others may write to it"))
}

#[cfg(not(unix))]
fn check_private(_: &Path, _: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tampered_copy_is_replaced_and_an_intact_one_kept() {
        let dir = tempfile::tempdir().unwrap();
        let folders = [dir.path().join("cache")];
        let path = store(&folders, "name", b"content").unwrap();
        fs::remove_file(&path).unwrap();
        fs::write(&path, "tampered").unwrap();
        assert_eq!(store(&folders, "name", b"content").unwrap(), path);
        assert_eq!(fs::read(&path).unwrap(), b"content");
        let written = fs::metadata(&path).unwrap().modified().unwrap();
        store(&folders, "name", b"content").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), written);
        assert_eq!(fs::read_dir(&folders[0]).unwrap().count(), 1, "no draft is left");
    }

    #[test]
    fn the_next_folder_is_taken_where_one_does_not_work() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("file"), "").unwrap();
        let folders = [dir.path().join("file/cache"), dir.path().join("second")];
        assert!(store(&folders, "name", b"content").unwrap().starts_with(&folders[1]));
        let refusal = store(&folders[..1], "name", b"content").unwrap_err().to_string();
        assert!(refusal.contains("file/cache: "), "{refusal}");
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_others_may_write_to_is_not_used() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o777)).unwrap();
        let refusal = store(&[dir.path().to_owned()], "name", b"content").unwrap_err().to_string();
        assert!(refusal.ends_with("others may write to it"), "{refusal}");
    }

    #[cfg(unix)]
    #[test]
    fn the_cache_comes_before_the_temporary_folder() {
        let folders = |cache: Option<&str>| folders_in(cache.map(Into::into), Some("/h/someone".into()), "/tmp".into());
        let usual = ["/h/someone/.cache/elbow/plugins", "/tmp/elbow-plugins"].map(PathBuf::from);
        assert_eq!(folders(None), usual);
        assert_eq!(folders(Some("relative")), usual);
        assert_eq!(folders(Some("/cache")), [&[PathBuf::from("/cache/elbow/plugins")], &usual[..]].concat());
    }

    #[test]
    fn the_hash_is_that_of_the_standard() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
