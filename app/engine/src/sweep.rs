//! Sweeps: `[sweep]` gives lists of values for keys of models and optimizers; their product is the plan.
//!
//! `optimizer.step_size = [0.1, 0.01]` concerns every optimizer that has the key, `optimizer."label".step_size` that one.

use crate::diagnostic::{Diagnostics, Span};
use crate::document::{self, Node, NodeKind};
use elbow_host::{Kind, Schema};
use std::cell::Cell;

/// One swept key.
#[derive(Debug)]
pub struct Sweep {
    /// `model` or `optimizer`.
    pub section: String,
    /// Path of the key.
    pub path: Vec<String>,
    /// Values.
    values: Vec<Node>,
    /// Where it stands.
    pub span: Span,
    /// Whether anything has the key.
    pub used: Cell<bool>,
}

impl Sweep {
    /// All swept keys of an experiment.
    pub fn read(node: Option<&Node>, out: &mut Diagnostics) -> Vec<Self> {
        let mut all = Vec::new();
        for entry in node.map(Node::entries).unwrap_or_default() {
            if entry.key == "model" || entry.key == "optimizer" {
                walk(&entry.key, &entry.value, &mut Vec::new(), &mut all, out);
            } else {
                let help = Some("write model.KEY or optimizer.KEY".to_owned());
                out.error_with_help(Some(&entry.key_span), format!("unknown key `{}` in [sweep]", entry.key), help);
            }
        }
        all
    }

    /// How many values there are.
    pub fn count(&self) -> usize {
        self.values.len()
    }

    /// The path of the key within an entry with this label, if the sweep concerns it.
    fn path_in<'a>(&'a self, section: &str, label: &str, fields: &[&Schema]) -> Option<&'a [String]> {
        let first = self.path.first()?;
        let path = if first == label { &self.path[1..] } else { &self.path[..] };
        (self.section == section && has_key(fields, path)).then_some(path)
    }
}

fn walk(section: &str, node: &Node, path: &mut Vec<String>, all: &mut Vec<Sweep>, out: &mut Diagnostics) {
    match &node.kind {
        NodeKind::List(values) if !values.is_empty() && !path.is_empty() => all.push(Sweep {
            section: section.to_owned(),
            path: path.clone(),
            values: values.clone(),
            span: node.span.clone(),
            used: Cell::new(false),
        }),
        NodeKind::Table(entries) => {
            for entry in entries {
                path.push(entry.key.clone());
                walk(section, &entry.value, path, all, out);
                path.pop();
            }
        }
        _ => out.error(Some(&node.span), "expected a list of values to sweep over"),
    }
}

fn has_key(fields: &[&Schema], path: &[String]) -> bool {
    let [key, rest @ ..] = path else { return false };
    fields.iter().filter(|schema| schema.key == *key).any(|schema| match &schema.kind {
        Kind::Table(inner) if !rest.is_empty() => has_key(&inner.iter().collect::<Vec<_>>(), rest),
        _ => rest.is_empty(),
    })
}

/// How many entries [`expand`] makes of one; none if there are more than can be counted.
pub fn combinations(section: &str, label: &str, fields: &[&Schema], sweeps: &[Sweep]) -> Option<u128> {
    let used = sweeps.iter().filter(|sweep| sweep.path_in(section, label, fields).is_some());
    used.map(|sweep| sweep.count() as u128).try_fold(1u128, u128::checked_mul)
}

/// An entry with every combination of the values that are swept, and what each adds to its label.
pub fn expand(
    node: &Node,
    section: &str,
    label: &str,
    fields: &[&Schema],
    sweeps: &[Sweep],
    out: &mut Diagnostics,
) -> Vec<(Node, String)> {
    let mut all = vec![(node.clone(), String::new())];
    for sweep in sweeps {
        let Some(path) = sweep.path_in(section, label, fields) else { continue };
        sweep.used.set(true);
        let parts: Vec<&str> = path.iter().map(String::as_str).collect();
        let combine = |(node, suffix): &(Node, String), value: &Node, out: &mut Diagnostics| {
            let mut node = node.clone();
            document::assign(&mut node, &parts, value, &value.span, out);
            (node, format!("{suffix} {}={}", parts.join("."), brief(value)))
        };
        all = all
            .iter()
            .flat_map(|entry| sweep.values.iter().map(|value| combine(entry, value, out)).collect::<Vec<_>>())
            .collect();
    }
    all
}

fn brief(node: &Node) -> String {
    match &node.kind {
        NodeKind::Bool(value) => value.to_string(),
        NodeKind::Integer(value) => value.to_string(),
        NodeKind::Number(value) => format!("{value:?}"),
        NodeKind::Text(value) => value.clone(),
        NodeKind::List(values) => format!("[{}]", values.iter().map(brief).collect::<Vec<_>>().join(",")),
        NodeKind::Table(entries) => {
            let all: Vec<_> = entries.iter().map(|entry| format!("{}={}", entry.key, brief(&entry.value))).collect();
            format!("{{{}}}", all.join(","))
        }
        NodeKind::Date => String::new(),
    }
}
