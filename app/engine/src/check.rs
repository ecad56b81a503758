//! Checks what was written against a schema: unknown keys, types, ranges, choices; every issue is reported, and what comes
//! back is complete.

use crate::array::{self, in_range};
use crate::diagnostic::Diagnostics;
use crate::document::{Entry, Node, NodeKind};
use elbow_host::{Kind, Schema, Value, nearest};
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::Path;

/// Checks a table with these keys; keys named in `elsewhere` belong to somebody else.
pub fn table(node: &Node, schemas: &[Schema], elsewhere: &[Schema], base: &Path, out: &mut Diagnostics) -> Value {
    let NodeKind::Table(entries) = &node.kind else {
        out.error(Some(&node.span), format!("expected a table, found {}", node.describe()));
        return Schema::defaults(schemas);
    };
    for entry in entries {
        if !schemas.iter().chain(elsewhere).any(|schema| schema.key == entry.key) {
            unknown(entry, schemas, elsewhere, out);
        }
    }
    let values = schemas.iter().map(|schema| {
        let value = match node.get(&schema.key) {
            Some(written) => value(written, schema, base, out),
            None if schema.required => missing(node, schema, out),
            None => schema.default_value(),
        };
        (schema.key.clone(), value)
    });
    Value::Table(values.collect())
}

fn missing(node: &Node, schema: &Schema, out: &mut Diagnostics) -> Value {
    out.error(Some(&node.span), format!("the key `{}` is missing: {}", schema.key, first_line(&schema.doc)));
    Value::Absent
}

fn unknown(entry: &Entry, schemas: &[Schema], elsewhere: &[Schema], out: &mut Diagnostics) {
    let names = || elsewhere.iter().chain(schemas).map(|schema| schema.key.as_str());
    let help = match nearest(&entry.key, names()) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("the keys here are {}", names().collect::<Vec<_>>().join(", ")),
    };
    out.error_with_help(Some(&entry.key_span), format!("unknown key `{}`", entry.key), Some(help));
}

/// Checks one value.
pub fn value(node: &Node, schema: &Schema, base: &Path, out: &mut Diagnostics) -> Value {
    let wrong = |out: &mut Diagnostics| {
        let found = node.describe();
        out.error(Some(&node.span), format!("`{}` is {found}; expected {}", schema.key, schema.kind.describe()));
        schema.default.clone()
    };
    match (&schema.kind, &node.kind) {
        (Kind::Bool, NodeKind::Bool(value)) => Value::Bool(*value),
        (Kind::Integer, NodeKind::Integer(value)) => {
            in_range(*value as f64, &node.span, schema, out);
            Value::Integer(*value)
        }
        (Kind::Number, NodeKind::Integer(value)) => number(*value as f64, node, schema, out),
        (Kind::Number, NodeKind::Number(value)) => number(*value, node, schema, out),
        (Kind::Text, NodeKind::Text(value)) => Value::Text(value.clone()),
        (Kind::Path, NodeKind::Text(written)) if written.is_empty() => schema.default.clone(),
        (Kind::Path, NodeKind::Text(written)) => path(written, node, schema, base, out),
        (Kind::Path, NodeKind::Table(_)) => recorded_path(node, schema, base, out),
        (Kind::Choice(names), NodeKind::Text(text)) => choice(text, names, node, schema, out),
        (Kind::Seeds, _) => Value::Absent, // Read where they are counted.
        (Kind::Array, _) => array::read(node, schema, base, out).unwrap_or(Value::Absent),
        (Kind::Table(fields), NodeKind::Table(_)) => table(node, fields, &[], base, out),
        (Kind::Numbers, NodeKind::Table(entries)) => {
            Value::Table(entries.iter().map(|entry| (entry.key.clone(), value(&entry.value, &named(entry), base, out))).collect())
        }
        (Kind::Tables(fields), NodeKind::List(items)) => {
            Value::List(items.iter().map(|item| table(item, fields, &[], base, out)).collect())
        }
        (Kind::Texts, NodeKind::List(items)) => Value::List(items.iter().filter_map(|item| text(item, schema, out)).collect()),
        _ => wrong(out),
    }
}

/// A number under any name.
fn named(entry: &Entry) -> Schema {
    Schema::new(&entry.key, Kind::Number, "")
}

fn text(item: &Node, schema: &Schema, out: &mut Diagnostics) -> Option<Value> {
    if let NodeKind::Text(text) = &item.kind {
        return Some(Value::Text(text.clone()));
    }
    out.error(Some(&item.span), format!("`{}` holds {}; expected a list of texts", schema.key, item.describe()));
    None
}

/// A file that is there; relative paths start at the experiment's folder.
fn path(written: &str, node: &Node, schema: &Schema, base: &Path, out: &mut Diagnostics) -> Value {
    let full = base.join(written);
    if written == "-" {
        let why = "a run is replayed and forked, and reads its data again";
        out.error(Some(&node.span), format!("`{}`: standard input can be read once only; {why}: expected a file", schema.key));
        return schema.default.clone();
    }
    match digest(&full) {
        Ok(digest) => Value::Path { written: written.to_owned(), full: full.to_string_lossy().into_owned(), digest },
        Err(error) => {
            let message = format!("`{}`: cannot read {}: {error}", schema.key, full.display());
            out.error(Some(&node.span), message);
            schema.default.clone()
        }
    }
}

/// A file as plans record it, `{ file, sha256, folder }`: its content must be the same, and it may be relative to a folder other
/// than the experiment's.
fn recorded_path(node: &Node, schema: &Schema, base: &Path, out: &mut Diagnostics) -> Value {
    let text = |key: &str, doc: &str| Schema::new(key, Kind::Text, doc);
    let keys = [
        text("file", "Path of the file.").required(),
        text("sha256", "SHA-256 of its content."),
        text("folder", "Folder that the path is relative to."),
    ];
    let (before, table) = (out.issues().len(), table(node, &keys, &[], base, out));
    let given = |key: &str| table.get(key).and_then(Value::as_text);
    let folder = base.join(given("folder").unwrap_or_default());
    let value = path(given("file").unwrap_or_default(), node.locate("file"), schema, &folder, out);
    if let (Value::Path { full, digest, .. }, Some(expected)) = (&value, given("sha256"))
        && digest != expected
    {
        out.error(Some(&node.locate("sha256").span), format!("`{}`: {full} has changed: its SHA-256 is {digest}", schema.key));
    }
    if out.issues().len() == before { value } else { schema.default.clone() }
}

/// SHA-256 of a regular file, in pieces.
fn digest(path: &Path) -> Result<String, String> {
    let (file, len) = elbow_data::open(path).map_err(|error| error.to_string())?;
    let (mut file, mut hash, mut piece) = (file.take(len), Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut piece).map_err(|error| error.to_string())? {
            0 => break,
            n => hash.update(&piece[..n]),
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn number(value: f64, node: &Node, schema: &Schema, out: &mut Diagnostics) -> Value {
    in_range(value, &node.span, schema, out);
    Value::Number(value)
}

fn choice(text: &str, names: &[String], node: &Node, schema: &Schema, out: &mut Diagnostics) -> Value {
    if !names.iter().any(|name| name == text) {
        let help = nearest(text, names.iter().map(String::as_str)).map(|name| format!("did you mean `{name}`?"));
        let message = format!("`{}` is \"{text}\"; expected one of {}", schema.key, names.join(", "));
        out.error_with_help(Some(&node.span), message, help);
        return schema.default.clone();
    }
    Value::Text(text.to_owned())
}

/// The first line of a text.
pub fn first_line(doc: &str) -> &str {
    doc.lines().next().unwrap_or_default().trim()
}
