//! Small libraries, compiled from text: one that is a good plugin, and others with one thing wrong.
#![allow(dead_code, reason = "each test uses some of it")]

use elbow_abi::{ENTRY_SYMBOL, ElbowEntry, ElbowMeta, MAGIC, MAJOR, META_SYMBOL, MINOR};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a sample does. The default is a good plugin without a constructor.
pub struct Sample {
    /// Version of the package.
    pub package_version: &'static str,
    /// First bytes of the metadata.
    pub magic: [u8; 8],
    /// Version of the interface that the metadata gives.
    pub abi: (u32, u32),
    /// Name of the entry function.
    pub entry_symbol: &'static str,
    /// Body of the entry function.
    pub entry_body: &'static str,
    /// Magic, size and minor version in the entry.
    pub entry: ([u8; 8], usize, u32),
    /// Whether there is any metadata.
    pub has_metadata: bool,
    /// A statement for the constructor to run.
    pub constructor: Option<String>,
}

impl Default for Sample {
    fn default() -> Self {
        Self {
            package_version: "1.2",
            magic: MAGIC,
            abi: (MAJOR, MINOR),
            entry_symbol: ENTRY_SYMBOL,
            entry_body: "&ENTRY",
            entry: (MAGIC, size_of::<ElbowEntry>(), MINOR),
            has_metadata: true,
            constructor: None,
        }
    }
}

impl Sample {
    /// Lets the constructor write a file: whoever finds it knows that code of the library has run.
    pub fn marking(self, marker: &Path) -> Self {
        Self { constructor: Some(format!("std::fs::write({marker:?}, \"ran\").unwrap();")), ..self }
    }

    /// Compiles the library in a folder and gives its path.
    pub fn build(&self, dir: &Path) -> PathBuf {
        self.build_with(dir, &[])
    }

    /// The same with more arguments for the compiler.
    pub fn build_with(&self, dir: &Path, arguments: &[&str]) -> PathBuf {
        let (source, library) = (dir.join("sample.rs"), dir.join("sample").with_extension(std::env::consts::DLL_EXTENSION));
        std::fs::write(&source, self.source()).unwrap();
        let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
        let mut command = Command::new(compiler);
        command.args(["--edition=2024", "--crate-type=cdylib", "-Cpanic=abort", "-Awarnings", "-o"]).arg(&library);
        let output = command.args(arguments).arg(&source).output().expect("a Rust compiler");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        library
    }

    fn source(&self) -> String {
        let metadata = if self.has_metadata { self.metadata() } else { String::new() };
        [ENTRY.to_owned(), self.entry(), metadata, self.init()].concat()
    }

    fn metadata(&self) -> String {
        let mut bytes = self.magic.to_vec();
        for number in [size_of::<ElbowMeta>() as u32, self.abi.0, self.abi.1, 1] {
            bytes.extend(number.to_ne_bytes());
        }
        // An escape sequence in a name must not reach the terminal.
        for (text, size) in [("sample\u{1b}[2J", 64), (self.package_version, 32), ("by hand", 64)] {
            let end = bytes.len() + size;
            bytes.extend(text.bytes());
            bytes.resize(end, 0);
        }
        format!("#[unsafe(no_mangle)] pub static {META_SYMBOL}: [u8; {}] = {bytes:?};\n", bytes.len())
    }

    fn entry(&self) -> String {
        let (magic, size, minor) = self.entry;
        let (name, body) = (self.entry_symbol, self.entry_body);
        format!(
            "static ENTRY: Entry = Entry {{ magic: {magic:?}, size: {size}, major: {MAJOR}, minor: {minor}, n: 0, rest: [0; 6] }};
            #[unsafe(no_mangle)] pub extern \"C\" fn {name}() -> *const Entry {{ {body} }}\n"
        )
    }

    fn init(&self) -> String {
        self.constructor.as_ref().map_or(String::new(), |statement| {
            format!(
                "{PLACE} #[used] static CONSTRUCTOR: extern \"C\" fn() = {{ extern \"C\" fn run() {{ {statement} }} run }};\n"
            )
        })
    }
}

const ENTRY: &str = "#[repr(C)] pub struct Entry {
    magic: [u8; 8], size: u32, major: u32, minor: u32, n: u32, rest: [usize; 6],
}\n";

const PLACE: &str = r#"
#[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
#[cfg_attr(windows, unsafe(link_section = ".CRT$XCU"))]
#[cfg_attr(not(any(target_vendor = "apple", windows)), unsafe(link_section = ".init_array"))]"#;
