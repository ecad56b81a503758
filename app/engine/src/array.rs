//! Numbers in an experiment: written out, flat or in rows, or in a file (`{ file = "x.npy" }`, also `.csv`).

use crate::diagnostic::{Diagnostics, Span};
use crate::document::{Node, NodeKind};
use elbow_host::{Schema, Value};
use std::fs::File;
use std::io::BufReader;
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
}

/// Reads an array, in range; nothing comes back where something is wrong.
pub fn read(node: &Node, schema: &Schema, base: &Path, out: &mut Diagnostics) -> Option<Value> {
    let Numbers { rows, cols, data } = match &node.kind {
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
        out.error(Some(&node.span), format!("`{}` holds a value that is not {}", schema.key, schema.range()));
        return None;
    }
    Some(Value::Array { rows, cols, data })
}

fn written(items: &[Node], node: &Node, schema: &Schema, out: &mut Diagnostics) -> Option<Numbers> {
    let before = out.issues().len();
    if items.is_empty() && schema.empty {
        return Some(Numbers { rows: 1, cols: 0, data: Vec::new() });
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
    (out.issues().len() == before).then_some(Numbers { rows: rows.len(), cols, data })
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

/// Reads the file that a text names, relative to the experiment's folder.
pub fn from_node(node: &Node, base: &Path, out: &mut Diagnostics) -> Option<Numbers> {
    let NodeKind::Text(name) = &node.kind else {
        out.error(Some(&node.span), format!("`file` is {}; expected a path", node.describe()));
        return None;
    };
    load(&base.join(name), &node.span, out)
}

fn load(path: &Path, span: &Span, out: &mut Diagnostics) -> Option<Numbers> {
    let result = match path.extension().and_then(|extension| extension.to_str()) {
        Some("npy") => npy(path),
        Some("csv") => csv(path),
        _ => Err("expected a file that ends in .npy or .csv".into()),
    };
    let result = result.and_then(|numbers| if numbers.data.is_empty() { Err("it holds no numbers".into()) } else { Ok(numbers) });
    result.map_err(|reason| out.error(Some(span), format!("cannot read {}: {reason}", path.display()))).ok()
}

fn npy(path: &Path) -> Result<Numbers, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let npy = npyz::NpyFile::new(BufReader::new(file)).map_err(|error| error.to_string())?;
    let (rows, cols) = match *npy.shape() {
        [n] => (1, n as usize),
        [rows, cols] => (rows as usize, cols as usize),
        ref shape => return Err(format!("it has {} dimensions; expected 1 or 2", shape.len())),
    };
    let by_columns = npy.order() == npyz::Order::Fortran;
    let data = match npy.dtype().descr().trim_matches('\'') {
        "<f8" | ">f8" => npy.into_vec::<f64>(),
        "<f4" | ">f4" => npy.into_vec::<f32>().map(|values| values.into_iter().map(f64::from).collect()),
        "<i8" | ">i8" => npy.into_vec::<i64>().map(|values| values.into_iter().map(|value| value as f64).collect()),
        "<i4" | ">i4" => npy.into_vec::<i32>().map(|values| values.into_iter().map(f64::from).collect()),
        other => return Err(format!("its numbers are of type {other}; expected f8, f4, i8 or i4")),
    };
    let data: Vec<f64> = data.map_err(|error| error.to_string())?;
    let at = |i: usize| data[(i % cols.max(1)) * rows + i / cols.max(1)];
    let data = if by_columns { (0..rows * cols).map(at).collect() } else { data };
    Ok(Numbers { rows, cols, data })
}

fn csv(path: &Path) -> Result<Numbers, String> {
    let reader = csv::ReaderBuilder::new().has_headers(false).trim(csv::Trim::All).comment(Some(b'#')).from_path(path);
    let (mut rows, mut cols, mut data) = (0, 0, Vec::new());
    for (line, record) in reader.map_err(|error| error.to_string())?.records().enumerate() {
        let record = record.map_err(|error| error.to_string())?;
        let numbers: Result<Vec<f64>, _> = record.iter().map(str::parse).collect();
        match numbers {
            Ok(numbers) => {
                (rows, cols) = (rows + 1, numbers.len());
                data.extend(numbers);
            }
            Err(_) if line == 0 => {} // a header
            Err(error) => return Err(format!("record {}: {error}", line + 1)),
        }
    }
    Ok(Numbers { rows, cols, data })
}
