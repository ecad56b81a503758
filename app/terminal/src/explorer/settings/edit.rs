//! Changing one key of the file; everything else stays as it is, to the byte.

use std::io;
use std::path::Path;

use elbow_engine::diagnostic::Diagnostics;
use elbow_engine::document;

/// The value of a key as it is written, if it is.
pub(crate) fn written<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let root = document::parse("", text, &mut Diagnostics::default());
    root.get(key).and_then(|node| text.get(node.span.range.clone()))
}

/// The text with a key that stands above all tables; `value` is TOML.
pub(crate) fn set(text: &str, key: &str, value: &str) -> String {
    let root = document::parse("", text, &mut Diagnostics::default());
    if let Some(node) = root.get(key) {
        let mut text = text.to_owned();
        text.replace_range(node.span.range.clone(), value);
        return text;
    }
    // Before the first key or table, so that it belongs to no table.
    let at = match root.entries().first() {
        Some(first) => text[..first.key_span.range.start].rfind('\n').map_or(0, |end| end + 1),
        None => text.len(),
    };
    let (before, after) = text.split_at(at);
    // Only a text without a key can end in the middle of a line here.
    let end = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
    format!("{before}{end}{key} = {value}\n{after}")
}

/// Writes the file in one piece, with its folder; a link stays a link.
pub(crate) fn save(path: &Path, text: &str) -> io::Result<()> {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let new = path.with_extension("toml.new");
    std::fs::write(&new, text)?;
    std::fs::rename(&new, &path)
}
