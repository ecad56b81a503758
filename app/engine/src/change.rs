//! Changes of an optimizer's parameters at a step: planned ones, and those that somebody asks for while it runs.
//!
//! A change at step k is made between the record of step k and step k + 1. Parameters are named by dotted paths, as
//! `damping.lambda`. In an experiment and in its records changes are a list of tables, `{ step = 120, damping = { lambda = 0.1 } }`.

use crate::check;
use crate::diagnostic::{Diagnostics, Span};
use crate::document::{Node, NodeKind};
use crate::json;
use crate::live::Change;
use elbow_host::{Kind, Plugin, Schema, Value, nearest};
use serde_json::{Map, Value as Json};
use std::path::Path;

/// A change at a step that is known beforehand.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// Steps made when it happens.
    pub step: u64,
    /// What changes.
    pub change: Change,
}

/// The value at a path.
pub fn at<'a>(parameters: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(parameters, Value::get)
}

/// Puts a value at a path that is there; the value before it.
pub fn put(parameters: &mut Value, path: &str, new: Value) -> Option<Value> {
    let (key, rest) = path.split_once('.').map_or((path, None), |(key, rest)| (key, Some(rest)));
    let Value::Table(entries) = parameters else { return None };
    let (_, value) = entries.iter_mut().find(|(known, _)| known == key)?;
    match rest {
        Some(rest) => put(value, rest, new),
        None => Some(std::mem::replace(value, new)),
    }
}

/// A value as people write it: `0.05`, `1e-8`, `true`, `visible`.
pub fn show(value: &Value) -> String {
    match value {
        Value::Absent => "none".into(),
        Value::Number(value) => format!("{value:?}"),
        Value::Text(value) => value.clone(),
        other => json::of(other).to_string(),
    }
}

/// Every parameter that is a single number, truth value or choice, with its path.
pub fn scalars(schemas: &[Schema]) -> Vec<(String, &Schema)> {
    schemas.iter().flat_map(scalar).collect()
}

fn scalar(schema: &Schema) -> Vec<(String, &Schema)> {
    match &schema.kind {
        Kind::Table(inner) => scalars(inner).into_iter().map(|(path, field)| (format!("{}.{path}", schema.key), field)).collect(),
        Kind::Bool | Kind::Integer | Kind::Number | Kind::Choice(_) => vec![(schema.key.clone(), schema)],
        _ => Vec::new(),
    }
}

/// Checks a change that somebody wrote for a running optimizer.
///
/// # Errors
/// A line for the user: no such parameter, not live, wrong type, range or choice.
pub fn written(plugin: &Plugin, path: &str, text: &str) -> Result<Change, String> {
    let all = scalars(&plugin.schema);
    let Some((_, schema)) = all.iter().find(|(known, _)| known == path) else {
        let near = nearest(path, all.iter().map(|(path, _)| path.as_str()));
        let hint = near.map_or_else(|| live_ones(plugin), |near| format!("did you mean `{near}`?"));
        return Err(format!("{} has no parameter `{path}`; {hint}", plugin.short()));
    };
    if !schema.live {
        return Err(not_live(plugin, path));
    }
    let mut out = Diagnostics::default();
    let span = Span { source: out.add_source(path, text), range: 0..text.len() };
    let value = check::value(&Node { span, kind: read(text.trim(), &schema.kind) }, schema, Path::new(""), &mut out);
    let unit = if schema.unit.is_empty() { String::new() } else { format!(" (in {})", schema.unit) };
    if out.is_empty() { Ok(Change { path: path.to_owned(), value }) } else { Err(out.line() + &unit) }
}

/// What a text means where this kind is expected; text, where it means nothing.
fn read(text: &str, kind: &Kind) -> NodeKind {
    let number = || text.parse().ok().map(NodeKind::Number);
    let read = match kind {
        Kind::Integer => text.parse().ok().map(NodeKind::Integer).or_else(number),
        Kind::Number => number(),
        Kind::Bool => text.parse().ok().map(NodeKind::Bool),
        _ => None,
    };
    read.unwrap_or_else(|| NodeKind::Text(text.trim_matches('"').to_owned()))
}

fn not_live(plugin: &Plugin, path: &str) -> String {
    format!("`{path}` cannot change while a cell runs; {}", live_ones(plugin))
}

fn live_ones(plugin: &Plugin) -> String {
    let live: Vec<String> =
        scalars(&plugin.schema).into_iter().filter(|(_, schema)| schema.live).map(|(path, _)| format!("`{path}`")).collect();
    if live.is_empty() { "nothing of this optimizer can".into() } else { format!("what can is {}", live.join(", ")) }
}

/// The key `changes` of an optimizer: `step`, and the plugin's parameters, none of them required.
pub fn schema(plugin: Option<&Plugin>) -> Schema {
    let step = Schema::new("step", Kind::Integer, "Steps made when it happens.").at_least(0.0).required();
    let fields = [step].into_iter().chain(plugin.into_iter().flat_map(|plugin| plugin.schema.iter().map(bare)));
    let doc = "Changes of live parameters in mid-run: `step`, and beside it the parameters with their new values.";
    Schema::new("changes", Kind::Tables(fields.collect()), doc)
}

fn bare(schema: &Schema) -> Schema {
    let kind = match &schema.kind {
        Kind::Table(fields) => Kind::Table(fields.iter().map(bare).collect()),
        other => other.clone(),
    };
    Schema { kind, default: Value::Absent, required: false, ..schema.clone() }
}

/// The changes of a checked list, in the order of their steps; each must be of a live parameter.
pub fn planned(list: &Value, node: Option<&Node>, plugin: &Plugin, out: &mut Diagnostics) -> Vec<Planned> {
    let (Value::List(rows), Some(node)) = (list, node) else { return Vec::new() };
    let mut all = Vec::new();
    for (row, node) in rows.iter().zip(node.items()) {
        let step = row.get("step").and_then(Value::as_number).unwrap_or(0.0) as u64;
        let changes = leaves(&plugin.schema, row, "");
        if changes.is_empty() && out.is_empty() {
            out.error(Some(&node.span), format!("nothing changes at step {step}; {}", live_ones(plugin)));
        }
        for (change, live) in changes {
            if !live {
                out.error(Some(&node.locate(&change.path).span), not_live(plugin, &change.path));
            }
            all.push(Planned { step, change });
        }
    }
    all.sort_by_key(|planned| planned.step); // stable: at one step the order of the list counts
    all
}

/// What a row gives, with its path and whether it is live.
fn leaves(schemas: &[Schema], row: &Value, prefix: &str) -> Vec<(Change, bool)> {
    let given =
        schemas.iter().filter_map(|schema| Some((schema, row.get(&schema.key).filter(|value| **value != Value::Absent)?)));
    let leaf = |(schema, value): (&Schema, &Value)| match &schema.kind {
        Kind::Table(fields) => leaves(fields, value, &format!("{prefix}{}.", schema.key)),
        _ => vec![(Change { path: format!("{prefix}{}", schema.key), value: value.clone() }, schema.live)],
    };
    given.flat_map(leaf).collect()
}

/// Changes as rows of an experiment, one each.
pub fn rows(changes: &[Planned]) -> Json {
    changes.iter().map(|planned| row(planned.step, &planned.change.path, json::of(&planned.change.value))).collect()
}

/// A change as a row of an experiment.
pub fn row(step: u64, path: &str, value: Json) -> Json {
    let table = |key: &str, value| Json::Object(Map::from_iter([(key.to_owned(), value)]));
    let mut row = path.rsplit('.').fold(value, |value, key| table(key, value));
    row["step"] = step.into();
    row
}
