//! The table of keys: each action that is named gets the keys that are written, in place of its default ones.

use elbow_engine::diagnostic::{Diagnostics, Span};
use elbow_engine::document::{Entry, Node, NodeKind};
use elbow_host::nearest;

use super::Actions;
use crate::explorer::key::Key;

/// Without these nobody finds the way out.
const NEEDED: [&str; 2] = ["quit", "help"];

/// A key that the file gives to an action.
struct Given<'a> {
    action: &'a str,
    key: Key,
    span: &'a Span,
}

/// Checks the table; what is wrong with it goes to `out`.
pub(super) fn keys(node: &Node, actions: Actions<'_>, out: &mut Diagnostics) -> Vec<(String, Vec<Key>)> {
    let NodeKind::Table(entries) = &node.kind else {
        out.error(Some(&node.span), format!("`keys` is {}; expected a table: action = key", node.describe()));
        return Vec::new();
    };
    let (mut keys, mut all) = (Vec::new(), Vec::new());
    for entry in entries {
        if !known(entry, actions, out) {
            continue;
        }
        let given = of_action(entry, out);
        keys.push((entry.key.clone(), given.iter().map(|given| given.key).collect()));
        all.extend(given);
    }
    twice(&all, out);
    against_defaults(&all, entries, actions, out);
    keys
}

fn known(entry: &Entry, actions: Actions<'_>, out: &mut Diagnostics) -> bool {
    let names = || actions.iter().map(|(name, _)| *name);
    let known = names().any(|name| name == entry.key);
    if !known {
        let help = match nearest(&entry.key, names()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("the actions are {}", names().collect::<Vec<_>>().join(", ")),
        };
        out.error_with_help(Some(&entry.key_span), format!("there is no action `{}`", entry.key), Some(help));
    }
    known
}

fn of_action<'a>(entry: &'a Entry, out: &mut Diagnostics) -> Vec<Given<'a>> {
    let items = entry.value.items();
    if items.is_empty() && NEEDED.contains(&entry.key.as_str()) {
        out.error(Some(&entry.value.span), format!("`{}` needs a key", entry.key));
    }
    items
        .iter()
        .filter_map(|item| key(item, &entry.key, out))
        .map(|(key, span)| Given { action: &entry.key, key, span })
        .collect()
}

fn key<'a>(item: &'a Node, action: &str, out: &mut Diagnostics) -> Option<(Key, &'a Span)> {
    match &item.kind {
        NodeKind::Text(text) => match Key::parse(text) {
            Ok(key) => return Some((key, &item.span)),
            Err(wrong) => out.error_with_help(Some(&item.span), wrong.message, wrong.help),
        },
        // `chart-1 = 1` is what one writes first.
        NodeKind::Integer(digit @ 0..=9) => {
            out.error_with_help(
                Some(&item.span),
                format!("{digit} is a number; a key is text"),
                Some(format!("write \"{digit}\"")),
            );
        }
        _ => out.error(Some(&item.span), format!("`{action}` is {}; expected a key or a list of keys", item.describe())),
    }
    None
}

/// Two actions of the file with the same key.
fn twice(all: &[Given<'_>], out: &mut Diagnostics) {
    for (index, later) in all.iter().enumerate() {
        let Some(first) = all[..index].iter().find(|first| first.key == later.key && first.action != later.action) else {
            continue;
        };
        let message = format!("the key `{}` means two things: `{}` and `{}`", later.key, first.action, later.action);
        let (line, column) = out.line_column(first.span);
        let help = format!("`{}` has it at {}:{line}:{column}", first.action, out.sources[first.span.source].name);
        out.error_with_help(Some(later.span), message, Some(help));
    }
}

/// A key of the file that is a default key of an action that the file leaves alone.
fn against_defaults(all: &[Given<'_>], written: &[Entry], actions: Actions<'_>, out: &mut Diagnostics) {
    let kept = || actions.iter().filter(|(name, _)| written.iter().all(|entry| entry.key != *name));
    for given in all {
        let Some((other, _)) = kept().find(|(_, keys)| keys.contains(&given.key)) else { continue };
        let message = format!("the key `{}` means two things: `{}` here, and `{other}` by default", given.key, given.action);
        let instead = if NEEDED.contains(other) { "" } else { ", or `[]` for none" };
        let help = format!("give `{other}` another key in this table{instead}");
        out.error_with_help(Some(given.span), message, Some(help));
    }
}
