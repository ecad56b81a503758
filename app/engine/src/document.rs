//! An experiment as it was written: a tree of values that know where they stand.

use crate::diagnostic::{Diagnostics, Span};
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// A value and its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: NodeKind,
}

/// A written value.
#[derive(Clone, Debug)]
pub enum NodeKind {
    /// True or false.
    Bool(bool),
    /// An integer.
    Integer(i64),
    /// A number.
    Number(f64),
    /// Text.
    Text(String),
    /// A date or a time; no key takes one.
    Date,
    /// A list.
    List(Vec<Node>),
    /// A table.
    Table(Vec<Entry>),
}

/// A key and its value.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Key.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// Value.
    pub value: Node,
}

impl Node {
    /// What it is, in words.
    pub fn describe(&self) -> &'static str {
        match self.kind {
            NodeKind::Bool(_) => "true or false",
            NodeKind::Integer(_) => "an integer",
            NodeKind::Number(_) => "a number",
            NodeKind::Text(_) => "text",
            NodeKind::Date => "a date",
            NodeKind::List(_) => "a list",
            NodeKind::Table(_) => "a table",
        }
    }

    /// Entries of a table; none of anything else.
    pub fn entries(&self) -> &[Entry] {
        if let NodeKind::Table(entries) = &self.kind { entries } else { &[] }
    }

    /// Items of a list; a table counts as a list of one, as `[model]` for `[[model]]`.
    pub fn items(&self) -> &[Node] {
        if let NodeKind::List(items) = &self.kind { items } else { std::slice::from_ref(self) }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The deepest value on a path like `nodes[1].parents[0]` that was written.
    pub fn locate(&self, path: &str) -> &Self {
        let mut node = self;
        for part in path.split(['.', '[']).map(|part| part.trim_end_matches(']')).filter(|part| !part.is_empty()) {
            let next = match (&node.kind, part.parse::<usize>()) {
                (NodeKind::List(items), Ok(index)) => items.get(index),
                _ => node.get(part),
            };
            match next {
                Some(next) => node = next,
                None => break,
            }
        }
        node
    }
}

/// Reads a TOML text; syntax errors go to the diagnostics and what could be read comes back.
pub fn parse(name: &str, text: &str, diagnostics: &mut Diagnostics) -> Node {
    let source = diagnostics.add_source(name, text);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        let span = Span { source, range: error.span().unwrap_or(0..0) };
        diagnostics.error(Some(&span), error.message());
    }
    Node { span: Span { source, range: 0..text.len().min(1) }, kind: NodeKind::Table(entries(table.get_ref(), source)) }
}

fn entries(table: &DeTable<'_>, source: usize) -> Vec<Entry> {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| Entry {
            key: key.get_ref().to_string(),
            key_span: Span { source, range: key.span() },
            value: node(value.get_ref(), value.span(), source),
        })
        .collect();
    // In the order of the text: plans and messages follow it.
    entries.sort_by_key(|entry| entry.key_span.range.start);
    entries
}

fn node(value: &DeValue<'_>, range: Range<usize>, source: usize) -> Node {
    let kind = match value {
        DeValue::String(text) => NodeKind::Text(text.to_string()),
        DeValue::Integer(integer) => match i64::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(integer) => NodeKind::Integer(integer),
            Err(_) => NodeKind::Number(integer.as_str().parse().unwrap_or(f64::NAN)),
        },
        DeValue::Float(float) => NodeKind::Number(float.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(value) => NodeKind::Bool(*value),
        DeValue::Datetime(_) => NodeKind::Date,
        DeValue::Array(items) => NodeKind::List(items.iter().map(|item| node(item.get_ref(), item.span(), source)).collect()),
        DeValue::Table(table) => NodeKind::Table(entries(table, source)),
    };
    Node { span: Span { source, range }, kind }
}

/// Puts `--set key.path=value` over what was written. In a list of tables, `optimizer.step_size` sets the key of every one
/// and `optimizer[0].step_size` that of the first. A value that is not TOML is taken as text.
pub fn set(root: &mut Node, assignment: &str, diagnostics: &mut Diagnostics) {
    let source = diagnostics.add_source("--set", assignment);
    let whole = Span { source, range: 0..assignment.len() };
    let Some((path, value)) = assignment.split_once('=') else {
        return diagnostics.error(Some(&whole), "expected `key.path=value`");
    };
    let start = path.len() + 1;
    let range = start..assignment.len();
    let value = match DeValue::parse(value) {
        Ok(parsed) => node(parsed.get_ref(), range, source),
        Err(_) => Node { span: Span { source, range }, kind: NodeKind::Text(value.trim().to_owned()) },
    };
    let parts: Vec<&str> = path.split(['.', '[']).map(|part| part.trim().trim_end_matches(']')).collect();
    assign(root, &parts, &value, &whole, diagnostics);
}

/// Puts a value at a path; see [`set`].
pub fn assign(node: &mut Node, parts: &[&str], value: &Node, span: &Span, diagnostics: &mut Diagnostics) {
    let [part, rest @ ..] = parts else {
        *node = value.clone();
        return;
    };
    match &mut node.kind {
        NodeKind::List(items) => match part.parse::<usize>() {
            Ok(index) => match items.get_mut(index) {
                Some(item) => assign(item, rest, value, span, diagnostics),
                None => diagnostics.error(Some(span), format!("there is no item [{index}]; the list has {}", items.len())),
            },
            Err(_) => items.iter_mut().for_each(|item| assign(item, parts, value, span, diagnostics)),
        },
        NodeKind::Table(entries) => {
            let index = entries.iter().position(|entry| entry.key == *part).unwrap_or_else(|| {
                let value = Node { span: span.clone(), kind: NodeKind::Table(Vec::new()) };
                entries.push(Entry { key: (*part).to_owned(), key_span: span.clone(), value });
                entries.len() - 1
            });
            assign(&mut entries[index].value, rest, value, span, diagnostics);
        }
        _ => {
            *node = Node { span: span.clone(), kind: NodeKind::Table(Vec::new()) };
            assign(node, parts, value, span, diagnostics);
        }
    }
}
