//! A file with every default, to begin from.

use std::fmt::Write;

use elbow_host::{Kind, Schema};

use super::symbols::SYMBOLS;
use super::{Actions, simple, tables};
use crate::explorer::key::Key;

const HEAD: &str = "\
# Settings of the explorer. Each line that begins with `#` and no space is a default: take the `#` away to change it.
# `elbow doctor` tells where this file belongs, and whether it is right.
";

/// Defaults of the keys with one value, and of the palette.
const DEFAULTS: [(&str, &str); 5] = [
    ("glyphs", "\"auto\""),
    ("color", "\"auto\""),
    ("frames", "10"),
    ("ground", "\"dark\""),
    ("palette", "[\"#56b4e9\", \"#e69f00\", \"#00b282\", \"#cc79a7\", \"#e56a10\", \"#ddcc33\", \"#007ac0\"]"),
];

/// The file: valid as it stands, and with every `#` at the begin of a default taken away.
pub(crate) fn example(actions: Actions<'_>) -> String {
    let (mut out, tables) = (HEAD.to_owned(), tables());
    for schema in simple().iter().chain(&tables) {
        let default = DEFAULTS.iter().find(|(key, _)| *key == schema.key);
        let _ = write!(out, "\n# {}{}\n", schema.doc, range(schema));
        let _ = match default {
            Some((key, default)) => writeln!(out, "#{key} = {default}"),
            None => writeln!(out, "[{}]", schema.key),
        };
        match schema.key.as_str() {
            "keys" => keys(&mut out, actions),
            "symbols" => symbols(&mut out),
            _ => {}
        }
    }
    out
}

/// What a value may be.
fn range(schema: &Schema) -> String {
    match &schema.kind {
        Kind::Choice(_) => format!(" {}", schema.kind.describe()),
        _ if schema.range().is_empty() => String::new(),
        _ => format!(" {}", schema.range()),
    }
}

fn keys(out: &mut String, actions: Actions<'_>) {
    for (name, keys) in actions {
        let keys: Vec<String> = keys.iter().map(|key| text(&Key::name(*key))).collect();
        let _ = match keys.as_slice() {
            [one] => writeln!(out, "#{name} = {one}"),
            many => writeln!(out, "#{name} = [{}]", many.join(", ")),
        };
    }
}

fn symbols(out: &mut String) {
    for (name, default, doc) in SYMBOLS {
        let _ = writeln!(out, "#{name} = {}  # {doc}", text(default));
    }
}

/// Text as TOML writes it.
fn text(text: &str) -> String {
    toml::Value::from(text).to_string()
}
