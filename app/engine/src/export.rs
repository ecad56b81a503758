//! A run directory as tables: `runs` (a row per cell), `points` (a row per number), `timing`.
//!
//! Numbers are written so that they read back to the same bits; one that is not finite is `NaN`, `inf` or `-inf`.

mod experiment;

pub use experiment::{experiment, write_experiment};

use crate::directory::{self, Recorded};
use serde_json::json;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Format of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated, with a header.
    Csv,
    /// A JSON object a line.
    Jsonl,
}

const RUNS: [&str; 10] =
    ["cell_id", "model", "optimizer", "optimizer_label", "seed", "status", "reason", "steps", "points", "final_kl_visible"];
const POINTS: [&str; 5] = ["cell_id", "step", "metric", "value", "unit"];
const TIMING: [&str; 3] = ["cell_id", "step", "process_time"];

/// Writes the tables of a run directory into a folder; the files written and what is wrong with the journals.
///
/// # Errors
/// One line that names the file.
pub fn export(run: &Path, out: &Path, format: Format) -> Result<(Vec<PathBuf>, Vec<String>), String> {
    let cells = directory::read(run)?;
    fs::create_dir_all(out).map_err(|error| format!("{}: {error}", out.display()))?;
    let mut files = Vec::new();
    let mut write = |name: &str, header: &[&str], rows: &mut dyn Iterator<Item = Vec<Cell>>| {
        let path = out.join(format!("{name}.{}", if format == Format::Csv { "csv" } else { "jsonl" }));
        let result = table(&path, format, header, rows);
        files.push(path.clone());
        result.map_err(|error| format!("{}: {error}", path.display()))
    };
    write("runs", &RUNS, &mut cells.iter().map(run_row))?;
    write("points", &POINTS, &mut cells.iter().flat_map(point_rows))?;
    write("timing", &TIMING, &mut cells.iter().flat_map(timing_rows))?;
    let warnings = cells.iter().filter_map(|cell| Some(format!("cell {}: {}", cell.begin.cell, cell.warning.as_ref()?)));
    let warnings = warnings.collect();
    Ok((files, warnings))
}

/// A cell of a table.
enum Cell {
    Text(String),
    Natural(u64),
    Number(f64),
}

impl Cell {
    fn csv(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Natural(number) => number.to_string(),
            Self::Number(number) => format!("{number:?}"),
        }
    }

    fn json(&self) -> serde_json::Value {
        match self {
            Self::Text(text) => json!(text),
            Self::Natural(number) => json!(number),
            Self::Number(number) if number.is_finite() => json!(number),
            Self::Number(number) => json!(format!("{number:?}")),
        }
    }
}

fn table(path: &Path, format: Format, header: &[&str], rows: &mut dyn Iterator<Item = Vec<Cell>>) -> io::Result<()> {
    let part = path.with_extension("part");
    match format {
        Format::Csv => {
            let mut writer = csv::Writer::from_path(&part)?;
            writer.write_record(header)?;
            for row in rows {
                writer.write_record(row.iter().map(Cell::csv))?;
            }
            writer.flush()?;
        }
        Format::Jsonl => {
            let mut writer = io::BufWriter::new(fs::File::create(&part)?);
            for row in rows {
                let object = header.iter().zip(&row).map(|(key, cell)| ((*key).to_owned(), cell.json()));
                serde_json::to_writer(&mut writer, &serde_json::Value::Object(object.collect()))?;
                io::Write::write_all(&mut writer, b"\n")?;
            }
            io::Write::flush(&mut writer)?;
        }
    }
    fs::rename(part, path)
}

fn run_row(cell: &Recorded) -> Vec<Cell> {
    let begin = &cell.begin;
    let width = begin.columns.len();
    let (status, reason, steps) = match &cell.ending {
        Some(ending) => (ending.status.name(), ending.reason.clone(), ending.steps),
        None => ("incomplete", "the journal has no end".into(), cell.steps.last().copied().unwrap_or(0)),
    };
    let place = begin.columns.iter().position(|column| column.name == "kl_visible");
    let last = cell.values.len().checked_sub(width).zip(place).map_or(f64::NAN, |(start, place)| cell.values[start + place]);
    vec![
        Cell::Text(begin.cell.clone()),
        Cell::Text(begin.model.clone()),
        Cell::Text(begin.optimizer.clone()),
        Cell::Text(begin.label.clone()),
        Cell::Natural(begin.seed),
        Cell::Text(status.into()),
        Cell::Text(reason),
        Cell::Natural(steps),
        Cell::Natural(cell.steps.len() as u64),
        Cell::Number(last),
    ]
}

fn point_rows(cell: &Recorded) -> impl Iterator<Item = Vec<Cell>> {
    let columns = &cell.begin.columns;
    let points = cell.steps.iter().zip(cell.values.chunks(columns.len().max(1)));
    points.flat_map(move |(step, values)| {
        columns.iter().zip(values).map(move |(column, value)| {
            vec![
                Cell::Text(cell.begin.cell.clone()),
                Cell::Natural(*step),
                Cell::Text(column.name.clone()),
                Cell::Number(*value),
                Cell::Text(column.unit.clone()),
            ]
        })
    })
}

fn timing_rows(cell: &Recorded) -> impl Iterator<Item = Vec<Cell>> {
    let times = cell.steps.iter().zip(&cell.seconds);
    times.map(|(step, seconds)| vec![Cell::Text(cell.begin.cell.clone()), Cell::Natural(*step), Cell::Number(*seconds)])
}
