//! Files that are no plugins are refused with one line and without running anything in them; good ones load.

#[path = "loading/samples.rs"]
mod samples;

use elbow_abi::{MAGIC, MAJOR, MINOR};
use elbow_host::floating::FloatingPoint;
use elbow_host::inspect::{Refusal, inspect};
use elbow_host::load::{Candidate, Loaded, shared_libraries};
use samples::Sample;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// Loads a file with a cache beside it, not the user's.
fn load(path: &Path) -> Result<Loaded, Refusal> {
    Candidate::read(path)?.load_with_cache(&[path.with_file_name("cache")])
}

fn refusal(path: &Path) -> String {
    let message = load(path).err().expect("a refusal").to_string();
    assert!(!message.contains(char::is_control), "{message:?} is not one line");
    message
}

fn loaded(path: &Path) -> Loaded {
    load(path).unwrap_or_else(|refusal| panic!("{refusal}"))
}

/// The message for a library; nothing in it must have run.
fn refusal_unrun(sample: Sample) -> String {
    let dir = folder();
    let marker = dir.path().join("marker");
    let message = refusal(&sample.marking(&marker).build(dir.path()));
    assert!(!marker.exists(), "a constructor has run");
    message
}

/// The message for a library whose constructor may run.
fn refusal_of(sample: Sample) -> String {
    refusal(&sample.build(folder().path()))
}

/// The message for a file with this content.
fn refusal_of_bytes(bytes: impl AsRef<[u8]>) -> String {
    let dir = folder();
    let path = dir.path().join("sample.so");
    fs::write(&path, bytes).unwrap();
    refusal(&path)
}

#[test]
fn files_that_are_no_libraries_are_refused() {
    let dir = folder();
    assert!(refusal(&dir.path().join("missing.so")).starts_with("cannot be read: No such file"));
    assert_eq!(refusal(dir.path()), "not a file");
    assert_eq!(refusal_of_bytes(""), "the file is empty");
    assert_eq!(refusal_of_bytes("#!/bin/sh\necho this is a text\n"), "not a shared library");
    assert_eq!(refusal_of_bytes("short"), "not a shared library");
    assert_eq!(refusal_of_bytes(b"\xca\xfe\xba\xbe\0\0\0\x02 and more of it"), Refusal::Universal.to_string());
}

#[test]
fn another_library_is_refused_without_running_it() {
    let message = refusal_unrun(Sample { has_metadata: false, entry_symbol: "other", ..Sample::default() });
    assert_eq!(message, "a shared library, but not an elbow plugin: it has no `elbow_plugin_meta`");
}

#[test]
fn another_version_is_refused_without_running_it() {
    let message = refusal_unrun(Sample { abi: (9, 0), entry_symbol: "elbow_plugin_entry_v9", ..Sample::default() });
    let package = "(package sample\u{fffd}[2J 1.2): rebuild the plugin";
    assert_eq!(message, format!("built for plugin interface 9.0, this elbow speaks {MAJOR}.{MINOR} {package}"));
    let message = refusal_unrun(Sample { abi: (0, MINOR + 1), ..Sample::default() });
    assert!(message.starts_with(&format!("built for plugin interface 0.{}, ", MINOR + 1)), "{message}");
}

#[test]
fn incomplete_plugins_are_refused_without_running_them() {
    let message = refusal_unrun(Sample { entry_symbol: "other", ..Sample::default() });
    assert_eq!(message, "an incomplete elbow plugin: it has no `elbow_plugin_entry_v0`");
    let message = refusal_unrun(Sample { magic: *b"not this", ..Sample::default() });
    assert_eq!(message, "not an elbow plugin: its `elbow_plugin_meta` is something else");
}

#[test]
fn damaged_libraries_are_refused_and_never_panic() {
    let dir = folder();
    let bytes = fs::read(Sample::default().build_with(dir.path(), &["-Cstrip=symbols"])).unwrap();
    let message = refusal_of_bytes(&bytes[..bytes.len() * 6 / 10]);
    assert!(message.starts_with("a truncated or damaged library: "), "{message}");
    assert!((0..bytes.len()).step_by(509).all(|end| inspect(&bytes[..end]).is_err()));
    for at in 0..4096 {
        let mut bytes = bytes.clone();
        bytes[at] = !bytes[at];
        let _ = inspect(&bytes);
    }
}

#[test]
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn a_library_of_another_platform_is_refused() {
    let dir = folder();
    let mut bytes = fs::read(Sample::default().build(dir.path())).unwrap();
    // The field for the processor, in the header of the file: 183 is aarch64.
    bytes[18..20].copy_from_slice(&183u16.to_le_bytes());
    assert_eq!(refusal_of_bytes(bytes), "a library for another platform, Elf Aarch64; this is linux on x86_64");
}

#[test]
#[cfg(target_os = "linux")]
fn a_program_is_refused() {
    let dir = folder();
    let mut bytes = fs::read(Sample::default().build(dir.path())).unwrap();
    // The kind of the file, in its header: 2 is a program.
    bytes[16..18].copy_from_slice(&2u16.to_ne_bytes());
    assert_eq!(refusal_of_bytes(bytes), "not a shared library");
}

#[test]
#[cfg(all(target_os = "linux", target_pointer_width = "64"))]
fn a_segment_beyond_the_end_of_the_file_is_refused() {
    let dir = folder();
    let mut bytes = fs::read(Sample::default().build(dir.path())).unwrap();
    let number = |at: usize, bytes: &[u8]| u64::from_ne_bytes(bytes[at..at + 8].try_into().unwrap());
    // The last program header of type 1, to be mapped; its size in the file is 32 bytes in. The metadata is not there.
    let headers = (0..bytes[56] as usize).map(|index| number(32, &bytes) as usize + 56 * index);
    let size = headers.rev().find(|&at| bytes[at..at + 4] == 1u32.to_ne_bytes()).unwrap() + 32;
    let larger = number(size, &bytes) + bytes.len() as u64;
    bytes[size..size + 8].copy_from_slice(&larger.to_ne_bytes());
    assert!(refusal_of_bytes(bytes).starts_with("a truncated or damaged library: "));
}

#[test]
fn answers_of_the_entry_function_are_checked() {
    let broken = |entry, entry_body| refusal_of(Sample { entry, entry_body, ..Sample::default() });
    let good = Sample::default().entry;
    let start = "a broken elbow plugin: `elbow_plugin_entry_v0` answers";
    assert_eq!(broken(good, "std::ptr::null()"), format!("{start} no entry"));
    assert_eq!(broken((*b"not this", good.1, MINOR), "&ENTRY"), format!("{start} something that is not an entry"));
    assert_eq!(broken((MAGIC, good.1 - 1, MINOR), "&ENTRY"), format!("{start} an entry that is too short"));
    assert_eq!(broken((MAGIC, good.1, MINOR + 1), "&ENTRY"), format!("{start} another version than the file"));
}

#[test]
#[cfg(target_os = "linux")]
fn the_message_of_the_dynamic_linker_is_passed_on() {
    let body = "unsafe extern \"C\" { fn nowhere(); } unsafe { nowhere() }; &ENTRY";
    let dir = folder();
    let sample = Sample { entry_body: body, ..Sample::default() };
    let message =
        refusal(&sample.build_with(dir.path(), &["-Crelro-level=partial", "-Clink-arg=-Wl,--unresolved-symbols=ignore-all"]));
    assert!(message.starts_with("cannot be loaded: dlopen failed: "), "{message}");
    assert!(message.ends_with("undefined symbol: nowhere"), "{message}");
}

#[test]
fn a_plugin_is_inspected_without_and_loaded_with_running_it() {
    let dir = folder();
    let marker = dir.path().join("marker");
    let path = Sample::default().marking(&marker).build_with(dir.path(), &["-Cstrip=symbols"]);
    let candidate = Candidate::read(&path).unwrap();
    assert!(!marker.exists(), "a constructor has run");
    let metadata = candidate.metadata.clone();
    assert_eq!((metadata.abi, metadata.unwinds), ((0, MINOR), true));
    assert_eq!((&*metadata.package, &*metadata.version, &*metadata.toolchain), ("sample\u{fffd}[2J", "1.2", "by hand"));
    let sha256 = candidate.sha256.clone();
    let plugin = candidate.load_with_cache(&[dir.path().join("cache")]).unwrap_or_else(|refusal| panic!("{refusal}"));
    assert!(marker.exists(), "the constructor must run now");
    assert_eq!((plugin.metadata, plugin.sha256, plugin.path), (metadata, sha256, path.clone()));
    assert!(std::ptr::eq(plugin.entry, loaded(&path).entry), "the second time gives the same library");
}

#[test]
fn a_plugin_survives_its_file_and_the_next_build_is_another() {
    let dir = folder();
    let path = Sample { package_version: "3.0", ..Sample::default() }.build(dir.path());
    let old = loaded(&path);
    // In place, so that whoever has mapped the file sees zeros.
    fs::write(&path, vec![0; fs::metadata(&path).unwrap().len() as usize]).unwrap();
    assert_eq!(old.entry.magic, MAGIC);
    assert_eq!(refusal(&path), "not a shared library");
    Sample { package_version: "3.1", ..Sample::default() }.build(dir.path());
    let new = loaded(&path);
    assert_eq!((&*old.metadata.version, &*new.metadata.version), ("3.0", "3.1"));
    assert!(!std::ptr::eq(old.entry, new.entry), "the old library was given again");
}

#[test]
fn copies_go_to_the_cache() {
    let dir = folder();
    let plugin = loaded(&Sample { package_version: "4.0", ..Sample::default() }.build(dir.path()));
    let copy = dir.path().join("cache").join(plugin.sha256).with_extension(std::env::consts::DLL_EXTENSION);
    assert_eq!(fs::read(copy).unwrap(), fs::read(plugin.path).unwrap());
}

#[test]
#[cfg(target_arch = "x86_64")]
fn loading_leaves_the_floating_point_environment_alone() {
    // Flush-to-zero and denormals-are-zero, as start-up code for `-ffast-math` sets them.
    let statement = "let mut word = 0u32; unsafe { std::arch::asm!(
        \"stmxcsr [{0}]\", \"or dword ptr [{0}], 0x8040\", \"ldmxcsr [{0}]\", in(reg) &raw mut word) }";
    let dir = folder();
    let path = Sample { constructor: Some(statement.to_owned()), ..Sample::default() }.build(dir.path());
    let before = FloatingPoint::save();
    let changed = |path: &Path| loaded(path).changed.map(|changed| changed.to_string());
    let expected = Some("flush to zero, subnormal numbers as zero".to_owned());
    assert_eq!(changed(&path), expected, "the constructor did not do what it should");
    assert_eq!(before.restore(), None, "the environment has changed");
    assert_eq!(changed(&path), expected, "the second time no constructor runs, and it is no better");
    assert_eq!(changed(&Sample::default().build(dir.path())), None);
}

#[test]
fn the_libraries_of_a_folder_are_listed_in_order() {
    let dir = folder();
    let name = |stem: &str| dir.path().join(stem).with_extension(std::env::consts::DLL_EXTENSION);
    for path in [name("b"), name("a"), name("c"), dir.path().join("notes.txt")] {
        fs::write(path, "").unwrap();
    }
    fs::create_dir(name("folder")).unwrap();
    assert_eq!(shared_libraries(dir.path()).unwrap(), [name("a"), name("b"), name("c")]);
    let missing = dir.path().join("missing");
    let refusal = shared_libraries(&missing).unwrap_err().to_string();
    assert!(refusal.starts_with(&format!("cannot list the folder {}: No such file", missing.display())), "{refusal}");
}
