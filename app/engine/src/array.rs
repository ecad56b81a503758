//! Numbers in an experiment: written out, flat or in rows, or in a file (`{ file = "x.npy" }`, also `.csv` and standard input, `-`).

use crate::diagnostic::{Diagnostics, Span};
use crate::document::{Node, NodeKind};
use crate::input;
use elbow_data::{Array, Found};
use elbow_host::{Schema, Value};
use std::path::Path;

/// Numbers, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Numbers {
    /// Number of rows; 1 for a flat list.
    pub rows: usize,
    /// Number of columns.
    pub cols: usize,
    /// rows × cols numbers.
    pub data: Vec<f64>,
    /// What was recognized in a file.
    pub summary: String,
}

/// Reads an array, in range; nothing comes back where something is wrong.
pub fn read(node: &Node, schema: &Schema, base: &Path, out: &mut Diagnostics) -> Option<Value> {
    let Numbers { rows, cols, data, summary } = match &node.kind {
        NodeKind::List(items) => written(items, node, schema, out)?,
        NodeKind::Table(entries) => match entries.as_slice() {
            [entry] if entry.key == "file" => from_node(&entry.value, base, out)?,
            _ => {
                out.error(Some(&node.span), format!("`{}` is a table; expected numbers or {{ file = \"…\" }}", schema.key));
                return None;
            }
        },
        _ => {
            out.error(Some(&node.span), format!("`{}` is {}; expected a list of numbers", schema.key, node.describe()));
            return None;
        }
    };
    if matches!(node.kind, NodeKind::Table(_)) && !data.iter().all(|value| schema.admits(*value)) {
        let message = format!("`{}` holds a value that is not {} ({summary})", schema.key, schema.range());
        out.error(Some(&node.span), message);
        return None;
    }
    Some(Value::Array { rows, cols, data })
}

fn written(items: &[Node], node: &Node, schema: &Schema, out: &mut Diagnostics) -> Option<Numbers> {
    let before = out.issues().len();
    if items.is_empty() && schema.empty {
        return Some(Numbers { rows: 1, cols: 0, data: Vec::new(), summary: String::new() });
    }
    if items.is_empty() {
        out.error(Some(&node.span), format!("`{}` is empty; expected numbers", schema.key));
        return None;
    }
    let lists = items.iter().filter(|item| matches!(item.kind, NodeKind::List(_))).count();
    let rows: Vec<&[Node]> = if lists == items.len() { items.iter().map(Node::items).collect() } else { vec![items] };
    let cols = rows[0].len();
    for (row, item) in rows.iter().zip(items).filter(|(row, _)| row.len() != cols) {
        out.error(Some(&item.span), format!("this row has {} numbers, the first one {cols}", row.len()));
    }
    let data: Vec<f64> = rows.iter().flat_map(|row| row.iter()).map(|item| one(item, schema, out)).collect();
    (out.issues().len() == before).then_some(Numbers { rows: rows.len(), cols, data, summary: String::new() })
}

fn one(item: &Node, schema: &Schema, out: &mut Diagnostics) -> f64 {
    let value = match item.kind {
        NodeKind::Integer(value) => value as f64,
        NodeKind::Number(value) => value,
        _ => {
            out.error(Some(&item.span), format!("`{}` holds {}; expected a number", schema.key, item.describe()));
            return f64::NAN;
        }
    };
    in_range(value, &item.span, schema, out);
    value
}

/// Reports a number that is not in the schema's range.
pub fn in_range(value: f64, span: &Span, schema: &Schema, out: &mut Diagnostics) {
    if !value.is_finite() {
        out.error(Some(span), format!("`{}` is {value}; expected a finite number", schema.key));
    } else if !schema.admits(value) {
        out.error(Some(span), format!("`{}` is {value}; expected a value {}", schema.key, schema.range()));
    }
}

/// Reads the file that a text names, relative to the experiment's folder; `-` is standard input.
pub fn from_node(node: &Node, base: &Path, out: &mut Diagnostics) -> Option<Numbers> {
    let NodeKind::Text(name) = &node.kind else {
        out.error(Some(&node.span), format!("`file` is {}; expected a path", node.describe()));
        return None;
    };
    let (shown, found) = if name == "-" {
        let bytes = input::bytes();
        (
            "standard input".to_owned(),
            bytes.and_then(|bytes| elbow_data::array_of(name, bytes.to_vec()).map_err(|error| error.to_string())),
        )
    } else {
        let path = base.join(name);
        (path.display().to_string(), elbow_data::array(&path).map_err(|error| error.to_string()))
    };
    let Found { data: Array { shape, values }, summary } =
        found.map_err(|reason| out.error(Some(&node.span), format!("cannot read {shown}: {reason}"))).ok()?;
    let (rows, cols) = if let [rows, cols] = shape[..] { (rows, cols) } else { (1, values.len()) };
    Some(Numbers { rows, cols, data: values, summary })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document;
    use elbow_host::Kind;

    #[test]
    fn values_of_a_file_out_of_range_are_told_with_what_the_file_holds() {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("a.csv"), "1;2\n3;-4\n").expect("the file is written");
        let mut out = Diagnostics::default();
        let root = document::parse("x.toml", "counts = { file = \"a.csv\" }", &mut out);
        let schema = Schema::new("counts", Kind::Array, "").at_least(0.0);
        let value = read(root.get("counts").expect("the key"), &schema, folder.path(), &mut out);
        let wrong = "`counts` holds a value that is not ≥ 0 (CSV (semicolons between columns), 2 × 2 values from -4.0 to 3.0)";
        assert_eq!((value, out.issues()[0].message.as_str()), (None, wrong));
    }
}
