//! What a plugin file says of itself, read from its bytes: nothing in it runs.
//!
//! Both exported symbols are looked up in the table that the dynamic linker uses, which survives stripping, and the
//! metadata is taken from the segment that would be mapped at its address. Sections are not needed for that.

mod refusal;

pub use refusal::Refusal;

use elbow_abi::{ENTRY_SYMBOL, ElbowMeta, FLAG_UNWINDS, MAGIC, MAJOR, META_SYMBOL, MINOR};
use object::read::{Error, ExportTarget, FileKind, NameOrOrdinal};
use object::{Architecture, BinaryFormat, File, Object, ObjectKind, ObjectSegment};

/// What a plugin file says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Version of the plugin interface that it was built for.
    pub abi: (u32, u32),
    /// Package that the plugins come from.
    pub package: String,
    /// Version of the package.
    pub version: String,
    /// Compiler or language.
    pub toolchain: String,
    /// A panic in it unwinds, so it can be contained.
    pub unwinds: bool,
}

/// Reads the metadata of a plugin, or tells why the file is not one that this program can load.
pub fn inspect(bytes: &[u8]) -> Result<Metadata, Refusal> {
    let file = parse(bytes)?;
    check_platform(&file)?;
    check_complete(&file)?;
    let address = exported(&file, META_SYMBOL)?.ok_or(Refusal::NotAPlugin)?;
    let metadata = decode(block(&file, address)?)?;
    // Last, because the name of the entry holds the version: a plugin of another version has another entry.
    exported(&file, ENTRY_SYMBOL)?.ok_or(Refusal::NoEntry)?;
    Ok(metadata)
}

fn parse(bytes: &[u8]) -> Result<File<'_>, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    let file = match FileKind::parse(bytes) {
        Ok(FileKind::MachOFat32 | FileKind::MachOFat64) => return Err(Refusal::Universal),
        Ok(FileKind::Elf32 | FileKind::Elf64 | FileKind::MachO32 | FileKind::MachO64 | FileKind::Pe32 | FileKind::Pe64) => {
            File::parse(bytes).map_err(damaged)?
        }
        _ => return Err(Refusal::NotALibrary),
    };
    if file.kind() == ObjectKind::Dynamic { Ok(file) } else { Err(Refusal::NotALibrary) }
}

fn damaged(error: Error) -> Refusal {
    Refusal::Damaged(error.to_string())
}

fn check_platform(file: &File<'_>) -> Result<(), Refusal> {
    let architecture = native_architecture().unwrap_or(file.architecture());
    if file.format() == native_format()
        && file.architecture() == architecture
        && file.is_64() == cfg!(target_pointer_width = "64")
    {
        return Ok(());
    }
    Err(Refusal::Foreign(format!("{:?} {:?}", file.format(), file.architecture())))
}

fn native_format() -> BinaryFormat {
    if cfg!(windows) { BinaryFormat::Pe } else { BinaryFormat::native_object() }
}

/// Nothing for an architecture that is not listed: then the dynamic linker is left to refuse.
fn native_architecture() -> Option<Architecture> {
    Some(match std::env::consts::ARCH {
        "x86_64" => Architecture::X86_64,
        "x86" => Architecture::I386,
        "aarch64" => Architecture::Aarch64,
        "arm" => Architecture::Arm,
        "riscv64" => Architecture::Riscv64,
        "loongarch64" => Architecture::LoongArch64,
        "powerpc64" => Architecture::PowerPc64,
        "s390x" => Architecture::S390x,
        _ => return None,
    })
}

/// A segment beyond the end of the file would be mapped all the same, and kill the process when it is touched.
fn check_complete(file: &File<'_>) -> Result<(), Refusal> {
    file.segments().try_for_each(|segment| segment.data().map(drop)).map_err(damaged)
}

/// The address of an exported symbol.
fn exported(file: &File<'_>, name: &str) -> Result<Option<u64>, Refusal> {
    for export in file.exports().map_err(damaged)? {
        let export = export.map_err(damaged)?;
        if let (NameOrOrdinal::Name(found), ExportTarget::Address { address }) = (export.name(), export.target())
            && plain(file, found) == name.as_bytes()
        {
            return Ok(Some(address));
        }
    }
    Ok(None)
}

/// Mach-O puts an underscore before the name that a C program uses.
fn plain<'a>(file: &File<'_>, name: &'a [u8]) -> &'a [u8] {
    if file.format() == BinaryFormat::MachO { name.strip_prefix(b"_").unwrap_or(name) } else { name }
}

fn block<'a>(file: &File<'a>, address: u64) -> Result<&'a [u8], Refusal> {
    let find = |segment: object::Segment<'a, '_>| segment.data_range(address, size_of::<ElbowMeta>() as u64).ok().flatten();
    file.segments().find_map(find).ok_or_else(|| Refusal::Damaged(format!("`{META_SYMBOL}` lies outside the file's data")))
}

fn decode(block: &[u8]) -> Result<Metadata, Refusal> {
    assert_eq!(block.len(), size_of::<ElbowMeta>());
    // SAFETY: the block has the size of the structure, which holds integers only, so that any bytes are valid.
    let meta: ElbowMeta = unsafe { block.as_ptr().cast::<ElbowMeta>().read_unaligned() };
    if meta.magic != MAGIC {
        return Err(Refusal::Magic);
    }
    let (package, version) = (text(&meta.package), text(&meta.version));
    let abi = (meta.abi_major, meta.abi_minor);
    if !speaks(abi) {
        return Err(Refusal::Version { abi, package, version });
    }
    if (meta.struct_size as usize) < size_of::<ElbowMeta>() {
        return Err(Refusal::Damaged(format!("`{META_SYMBOL}` is too short")));
    }
    Ok(Metadata { abi, package, version, toolchain: text(&meta.toolchain), unwinds: meta.flags & FLAG_UNWINDS != 0 })
}

/// While the major version is 0 nothing is promised, and the minor version must be the same too.
fn speaks((major, minor): (u32, u32)) -> bool {
    major == MAJOR && (major != 0 || minor == MINOR)
}

/// The text before the padding. It comes from a stranger and goes to a terminal: no control characters.
fn text(padded: &[u8]) -> String {
    let end = padded.iter().position(|&byte| byte == 0).unwrap_or(padded.len());
    String::from_utf8_lossy(&padded[..end]).replace(char::is_control, "\u{fffd}")
}
