//! Why a file is not loaded, in one line that does not name the file.

use elbow_abi::{ENTRY_SYMBOL, MAJOR, META_SYMBOL, MINOR};
use std::fmt::{self, Display, Formatter};

/// Why a file is not loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It cannot be read.
    Io(String),
    /// It is a folder, a pipe, a device.
    NotAFile,
    /// There is nothing in it.
    Empty,
    /// It is text, an archive, an object file, a program.
    NotALibrary,
    /// It holds libraries for several processors.
    Universal,
    /// It is a library, but truncated or inconsistent.
    Damaged(String),
    /// It is a library for another operating system or processor, which is named.
    Foreign(String),
    /// It is a library for this platform, but has no metadata.
    NotAPlugin,
    /// Its metadata does not start with the right bytes.
    Magic,
    /// It was built for another version of the plugin interface.
    Version {
        /// The version that it was built for.
        abi: (u32, u32),
        /// Its package.
        package: String,
        /// Version of the package.
        version: String,
    },
    /// It has metadata, but no entry function.
    NoEntry,
    /// No copy of it could be made.
    Cache(String),
    /// The dynamic linker refused it.
    Open(String),
    /// Its entry function answered something unusable.
    Entry(&'static str),
    /// A folder of plugins cannot be listed.
    Folder(String),
}

impl Display for Refusal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(why) => write!(f, "cannot be read: {why}"),
            Self::NotAFile => f.write_str("not a file"),
            Self::Empty => f.write_str("the file is empty"),
            Self::NotALibrary => f.write_str("not a shared library"),
            Self::Universal => f.write_str("a library for several processors: extract the part for this one (`lipo -thin`)"),
            Self::Damaged(why) => write!(f, "a truncated or damaged library: {why}"),
            Self::Foreign(what) => write!(f, "a library for another platform, {what}; this is {}", platform()),
            Self::NotAPlugin => write!(f, "a shared library, but not an elbow plugin: it has no `{META_SYMBOL}`"),
            Self::Magic => write!(f, "not an elbow plugin: its `{META_SYMBOL}` is something else"),
            Self::Version { abi, package, version } => wrong_version(f, *abi, package, version),
            Self::NoEntry => write!(f, "an incomplete elbow plugin: it has no `{ENTRY_SYMBOL}`"),
            Self::Cache(why) => write!(f, "no copy of it could be made in the cache: {why}"),
            Self::Open(why) => write!(f, "cannot be loaded: {why}"),
            Self::Entry(what) => write!(f, "a broken elbow plugin: `{ENTRY_SYMBOL}` {what}"),
            Self::Folder(why) => write!(f, "cannot list the folder {why}"),
        }
    }
}

impl std::error::Error for Refusal {}

fn wrong_version(f: &mut Formatter<'_>, abi: (u32, u32), package: &str, version: &str) -> fmt::Result {
    let (major, minor) = abi;
    write!(f, "built for plugin interface {major}.{minor}, this elbow speaks {MAJOR}.{MINOR} ")?;
    write!(f, "(package {package} {version}): rebuild the plugin")
}

fn platform() -> String {
    format!("{} on {}", std::env::consts::OS, std::env::consts::ARCH)
}
