//! A run directory as it was recorded, read whole.

use crate::file;
use crate::journal::Begin;
use crate::plan::Ending;
use crate::reader::{Fault, Line, Reader};
use serde_json::Value;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// A cell as it was recorded.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// First line.
    pub begin: Begin,
    /// Steps of the points.
    pub steps: Vec<u64>,
    /// Their values, a row of as many as there are columns each.
    pub values: Vec<f64>,
    /// Process time at each point, where it was recorded.
    pub seconds: Vec<f64>,
    /// How it ended; absent where the journal breaks off.
    pub ending: Option<Ending>,
    /// Histograms and marks.
    pub others: Vec<Value>,
    /// What is wrong with the file: a line that breaks off, one that is none, a checksum that does not fit.
    pub warning: Option<String>,
    /// Whether that is damage, rather than an end that came while a line was written.
    pub is_damaged: bool,
}

/// A journal that cannot be read, or is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub reason: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path.display(), self.reason)
    }
}

/// The journals of a run directory, in the order of the plan.
///
/// # Errors
/// If there is no folder of them.
pub fn journals(directory: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(directory.join("journal"));
    let entries = entries.map_err(|error| format!("{} is no run directory: {error}", directory.display()))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    // From the ten thousandth on a name is longer: its index is its order, not its letters.
    files.sort_by_cached_key(|path| (index(path), path.clone()));
    Ok(files)
}

/// The index that a cell's file is named after.
fn index(path: &Path) -> Option<usize> {
    path.file_stem()?.to_str()?.split_once('-')?.0.parse().ok()
}

/// Where the times of a journal's cell are.
pub fn timing(journal: &Path) -> PathBuf {
    let run = journal.parent().and_then(Path::parent).unwrap_or(Path::new(""));
    run.join("timing").join(journal.file_name().unwrap_or_default())
}

/// The time in a line of a file of times.
pub fn time(line: &[u8]) -> Option<f64> {
    serde_json::from_slice::<Value>(line).ok()?.get("process_time")?.as_f64()
}

/// Reads all cells of a run directory, in the order of the plan.
///
/// # Errors
/// One line that names the file.
pub fn read(directory: &Path) -> Result<Vec<Recorded>, String> {
    read_each(directory)?.into_iter().map(|cell| cell.map_err(|unreadable| unreadable.to_string())).collect()
}

/// Reads the cells of a run directory, in the order of the plan, each for itself.
///
/// # Errors
/// If there is no folder of them.
pub fn read_each(directory: &Path) -> Result<Vec<Result<Recorded, Unreadable>>, String> {
    let read = |path: PathBuf| read_cell(&path).map_err(|reason| Unreadable { path, reason });
    Ok(journals(directory)?.into_iter().map(read).collect())
}

fn whole_lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n"))
}

fn read_cell(path: &Path) -> Result<Recorded, String> {
    let bytes = file::read(path).map_err(|error| error.to_string())?;
    let (mut reader, mut cell, mut fault) = (Reader::default(), None, None);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        match if line.ends_with(b"\n") { reader.take(line) } else { Err(Fault::Torn) } {
            Ok(line) => take(&mut cell, line),
            Err(reason) => {
                fault = Some(reason);
                break;
            }
        }
    }
    let Some(mut cell) = cell else { return Err(beginning(fault)) };
    if let Some(fault) = fault {
        let after = bytes.split_inclusive(|byte| *byte == b'\n').count() as u64 - reader.lines - 1;
        cell.is_damaged = after > 0 || fault != Fault::Torn;
        cell.warning = Some(left_out(reader.lines + 1, &fault, after));
    }
    let times = file::read(&timing(path)).unwrap_or_default();
    cell.seconds = whole_lines(&times).map_while(time).collect();
    Ok(cell)
}

/// Why there is no cell.
fn beginning(fault: Option<Fault>) -> String {
    match fault {
        None => "the journal is empty".into(),
        Some(Fault::Torn) => "its first line is not whole, or not JSON".into(),
        Some(Fault::Wrong(reason)) => reason,
    }
}

/// What is wrong with a line, and how much was left out with it.
fn left_out(line: u64, fault: &Fault, after: u64) -> String {
    let what = match fault {
        Fault::Torn if after == 0 => return format!("the journal breaks off in line {line}, which was left out"),
        Fault::Torn => "it is no JSON",
        Fault::Wrong(reason) => reason,
    };
    let lines = if after == 1 { "line" } else { "lines" };
    format!("line {line}: {what}; it and {after} {lines} after it were left out")
}

fn take(cell: &mut Option<Recorded>, line: Line) {
    match (cell, line) {
        (cell, Line::Begin(begin)) => {
            let (steps, values, seconds, others) = Default::default();
            let (warning, is_damaged) = (None, false);
            *cell = Some(Recorded { begin: *begin, steps, values, seconds, ending: None, others, warning, is_damaged });
        }
        (Some(cell), Line::Point(step, values)) => {
            cell.steps.push(step);
            cell.values.extend(values);
        }
        (Some(cell), Line::Other(value)) => cell.others.push(value),
        (Some(cell), Line::End(ending, warning)) => {
            (cell.ending, cell.is_damaged, cell.warning) = (Some(ending), warning.is_some(), warning);
        }
        (None, _) => {} // The reader lets nothing come before `begin`.
    }
}
