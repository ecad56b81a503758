//! Symbols of the user's own.

use elbow_engine::diagnostic::Diagnostics;
use elbow_engine::document::{Entry, Node, NodeKind};
use elbow_host::{acts, nearest};
use ratatui::text::Span;

/// Name, default, and what it stands for.
pub(super) const SYMBOLS: [(&str, &str, &str); 5] = [
    ("cursor", "▸", "the selected line"),
    ("dot", "●", "a run, in lists"),
    ("cross", "✗", "the end of a run that failed"),
    ("mark", "◆", "a change of a parameter, on a curve"),
    ("star", "★", "the target"),
];

/// Checks the table; what is wrong with it goes to `out`.
pub(super) fn symbols(node: &Node, out: &mut Diagnostics) -> Vec<(String, String)> {
    let NodeKind::Table(entries) = &node.kind else {
        out.error(Some(&node.span), format!("`symbols` is {}; expected a table: name = \"character\"", node.describe()));
        return Vec::new();
    };
    entries.iter().filter_map(|entry| symbol(entry, out)).collect()
}

fn symbol(entry: &Entry, out: &mut Diagnostics) -> Option<(String, String)> {
    let names = || SYMBOLS.iter().map(|(name, ..)| *name);
    if !names().any(|name| name == entry.key) {
        let help = match nearest(&entry.key, names()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("the symbols are {}", names().collect::<Vec<_>>().join(", ")),
        };
        out.error_with_help(Some(&entry.key_span), format!("there is no symbol `{}`", entry.key), Some(help));
        return None;
    }
    let found = match &entry.value.kind {
        NodeKind::Text(text) => match columns(text) {
            Some(1) => return Some((entry.key.clone(), text.clone())),
            Some(columns) => format!("\"{text}\", {columns} columns wide"),
            None => "a control character".to_owned(),
        },
        _ => entry.value.describe().to_owned(),
    };
    out.error(Some(&entry.value.span), format!("`{}` is {found}; expected text of one column", entry.key));
    None
}

/// Columns of a text that a terminal shows as it is.
fn columns(text: &str) -> Option<usize> {
    (!text.contains(acts)).then(|| Span::raw(text).width())
}
