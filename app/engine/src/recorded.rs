//! A run directory as it was recorded, read whole.

use crate::journal::Begin;
use crate::plan::Ending;
use crate::reader::{Fault, Line, Reader};
use serde_json::Value;
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
    /// What is wrong with the file: a torn line, a checksum that does not fit.
    pub warning: Option<String>,
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
    let read = |path: &PathBuf| read_cell(path).map_err(|reason| format!("{}: {reason}", path.display()));
    journals(directory)?.iter().map(read).collect()
}

fn whole_lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').filter(|line| line.ends_with(b"\n"))
}

fn read_cell(path: &Path) -> Result<Recorded, String> {
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    let (mut reader, mut cell) = (Reader::default(), None);
    let mut torn = !bytes.is_empty() && bytes.last() != Some(&b'\n');
    for line in whole_lines(&bytes) {
        match reader.take(line) {
            Ok(line) => take(&mut cell, line),
            Err(Fault::Wrong(reason)) => return Err(reason),
            Err(Fault::Torn) => {
                torn = true;
                break;
            }
        }
    }
    let mut cell = cell.ok_or("the journal is empty")?;
    if torn {
        cell.warning = Some("the journal breaks off in a line, which was left out".into());
    }
    let times = fs::read(timing(path)).unwrap_or_default();
    cell.seconds = whole_lines(&times).map_while(time).collect();
    Ok(cell)
}

fn take(cell: &mut Option<Recorded>, line: Line) {
    match (cell, line) {
        (cell, Line::Begin(begin)) => {
            let (steps, values, seconds, others) = Default::default();
            *cell = Some(Recorded { begin: *begin, steps, values, seconds, ending: None, others, warning: None });
        }
        (Some(cell), Line::Point(step, values)) => {
            cell.steps.push(step);
            cell.values.extend(values);
        }
        (Some(cell), Line::Other(value)) => cell.others.push(value),
        (Some(cell), Line::End(ending, warning)) => (cell.ending, cell.warning) = (Some(ending), warning),
        (None, _) => {} // The reader lets nothing come before `begin`.
    }
}
