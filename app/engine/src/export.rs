//! A run directory as tables: `runs` (a row per cell), `points` (a row per number), `timing`.
//!
//! Numbers are written so that they read back to the same bits. One that is not finite is `NaN`, `inf` or `-inf` in CSV; in JSON lines
//! it is `null`, as in a journal, and `nonfinite` holds the infinite ones by the names of their columns: `null` alone is NaN.
//!
//! A journal that cannot be read is a row of `runs` with the reason, and stops nobody else's.

mod experiment;

pub use experiment::{experiment, write_experiment};

use crate::directory::{self, Recorded, Unreadable};
use crate::file::named;
use serde_json::{Map, Value, json};
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

/// What came of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// The files written.
    pub files: Vec<PathBuf>,
    /// What is wrong with the journals, a line each.
    pub warnings: Vec<String>,
    /// Whether a journal cannot be read, or is damaged: then the files hold less than was recorded, or something else.
    pub is_damaged: bool,
}

/// What is wrong with a journal, if anything is.
fn warning(cell: &Result<Recorded, Unreadable>) -> Option<String> {
    match cell {
        Ok(cell) => Some(format!("cell {}: {}", cell.begin.cell, cell.warning.as_ref()?)),
        Err(unreadable) => Some(unreadable.to_string()),
    }
}

fn is_damaged(cell: &Result<Recorded, Unreadable>) -> bool {
    cell.as_ref().map_or(true, |cell| cell.is_damaged)
}

/// Writes the tables of a run directory into a folder.
///
/// # Errors
/// One line that names the file.
pub fn export(run: &Path, out: &Path, format: Format) -> Result<Exported, String> {
    let cells = directory::read_each(run)?;
    let read = || cells.iter().flatten();
    fs::create_dir_all(out).map_err(named(out)).map_err(|error| error.to_string())?;
    let mut files = Vec::new();
    let mut write = |name: &str, header: &[&str], rows: &mut dyn Iterator<Item = Vec<Cell>>| {
        let path = out.join(format!("{name}.{}", if format == Format::Csv { "csv" } else { "jsonl" }));
        let result = table(&path, format, header, rows);
        files.push(path.clone());
        result.map_err(named(&path)).map_err(|error| error.to_string())
    };
    write("runs", &RUNS, &mut cells.iter().map(|cell| cell.as_ref().map_or_else(unreadable_row, run_row)))?;
    write("points", &POINTS, &mut read().flat_map(point_rows))?;
    write("timing", &TIMING, &mut read().flat_map(timing_rows))?;
    let warnings = cells.iter().filter_map(warning).collect();
    Ok(Exported { files, warnings, is_damaged: cells.iter().any(is_damaged) })
}

/// A cell of a table.
enum Cell {
    Nothing,
    Text(String),
    Natural(u64),
    Number(f64),
}

impl Cell {
    fn csv(&self) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Text(text) => text.clone(),
            Self::Natural(number) => number.to_string(),
            Self::Number(number) => format!("{number:?}"),
        }
    }

    /// A number that is not finite becomes null.
    fn json(&self) -> Value {
        match self {
            Self::Nothing => Value::Null,
            Self::Text(text) => json!(text),
            Self::Natural(number) => json!(number),
            Self::Number(number) => json!(number),
        }
    }

    fn infinite(&self) -> Option<Value> {
        if let Self::Number(number) = self { number.is_infinite().then(|| json!(format!("{number}"))) } else { None }
    }
}

/// A file appears whole or not at all; one of this process does not meet that of another.
fn table(path: &Path, format: Format, header: &[&str], rows: &mut dyn Iterator<Item = Vec<Cell>>) -> io::Result<()> {
    let part = path.with_extension(format!("{}.part", std::process::id()));
    let written = match format {
        Format::Csv => csv_lines(&part, header, rows),
        Format::Jsonl => json_lines(&part, header, rows),
    };
    let done = written.and_then(|()| fs::rename(&part, path));
    done.inspect_err(|_| drop(fs::remove_file(&part)))
}

fn csv_lines(path: &Path, header: &[&str], rows: &mut dyn Iterator<Item = Vec<Cell>>) -> io::Result<()> {
    let mut writer = csv::Writer::from_path(path)?;
    writer.write_record(header)?;
    for row in rows {
        writer.write_record(row.iter().map(Cell::csv))?;
    }
    writer.flush()
}

fn json_lines(path: &Path, header: &[&str], rows: &mut dyn Iterator<Item = Vec<Cell>>) -> io::Result<()> {
    let mut writer = io::BufWriter::new(fs::File::create(path)?);
    for row in rows {
        let named = || header.iter().map(|key| (*key).to_owned()).zip(&row);
        let mut object: Map<_, _> = named().map(|(key, cell)| (key, cell.json())).collect();
        let infinite: Map<_, _> = named().filter_map(|(key, cell)| Some((key, cell.infinite()?))).collect();
        if !infinite.is_empty() {
            object.insert("nonfinite".into(), infinite.into());
        }
        serde_json::to_writer(&mut writer, &object)?;
        io::Write::write_all(&mut writer, b"\n")?;
    }
    io::Write::flush(&mut writer)
}

/// A journal of which nothing is known but its name, `0000-ID.jsonl`.
fn unreadable_row(Unreadable { path, reason }: &Unreadable) -> Vec<Cell> {
    let name = path.file_stem().unwrap_or_default().to_string_lossy();
    let id = name.split_once('-').map_or(&*name, |(_, id)| id).to_owned();
    let told = [Cell::Text("unreadable".into()), Cell::Text(reason.clone())];
    let nothing = |count: usize| (0..count).map(|_| Cell::Nothing);
    [Cell::Text(id)].into_iter().chain(nothing(4)).chain(told).chain(nothing(RUNS.len() - 7)).collect()
}

fn run_row(cell: &Recorded) -> Vec<Cell> {
    let begin = &cell.begin;
    let width = begin.columns.len();
    let last_step = cell.steps.last().copied().unwrap_or(0);
    let (status, reason, steps) = match &cell.ending {
        _ if cell.is_damaged => ("damaged", cell.warning.clone().unwrap_or_default(), last_step),
        Some(ending) => (ending.status.name(), ending.reason.clone(), ending.steps),
        None => ("incomplete", "the journal has no end".into(), last_step),
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
