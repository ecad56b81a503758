//! A run directory: the plan, the journals, the times. An existing one is never written to.
//!
//! ```text
//! DIR/plan.json              the experiment with all defaults, and its cells: a function of the experiment alone
//! DIR/environment.json       versions, where the plugins came from, the folder that the experiment's files are relative to
//! DIR/added/0000-ID.json     what a cell is made of that joined while the run went on
//! DIR/journal/0000-ID.jsonl  the records of a cell: the truth; the same bytes for every run
//! DIR/timing/0000-ID.jsonl   its process times: the one thing that differs from run to run
//! ```

use crate::journal::{Begin, SCHEMA_VERSION, status_named};
use crate::plan::{Cell, Ending, Plan};
use elbow_host::{Origin, PluginKind, place};
use serde_json::{Value, json};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Name of a cell's files, without the ending.
pub fn file_name(index: usize, id: &str) -> String {
    format!("{index:04}-{id}")
}

/// Makes the run directory of a plan: at `out`, which must not be there or be empty, or the next free one under `runs/`.
///
/// # Errors
/// If it is there already, or of the file system.
pub fn create(plan: &Plan, out: Option<&Path>) -> io::Result<PathBuf> {
    let directory = match out {
        Some(path) => fresh(path)?,
        None => next_free(&plan.name)?,
    };
    for folder in ["journal", "timing"] {
        fs::create_dir(directory.join(folder))?;
    }
    write_whole(&directory.join("plan.json"), &plan_json(plan))?;
    write_whole(&directory.join("environment.json"), &environment(plan))?;
    Ok(directory)
}

fn fresh(path: &Path) -> io::Result<PathBuf> {
    let taken = || io::Error::new(io::ErrorKind::AlreadyExists, "it is there already, and a run is never overwritten");
    match fs::read_dir(path).map(|mut entries| entries.next().is_none()) {
        Ok(true) => Ok(path.to_owned()),
        Ok(false) => Err(taken()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => fs::create_dir_all(path).map(|()| path.to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Err(taken()),
        Err(error) => Err(error),
    }
}

fn next_free(name: &str) -> io::Result<PathBuf> {
    let plain: String = name.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
    fs::create_dir_all("runs")?;
    for number in 1.. {
        let path = Path::new("runs").join(format!("{plain}-{number}"));
        match fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("no free name is left"))
}

/// Writes down what a cell is made of that joins.
pub(crate) fn add(directory: &Path, cell: &Cell, mut parts: Value) -> io::Result<()> {
    parts["schema_version"] = SCHEMA_VERSION.into();
    let folder = directory.join("added");
    fs::create_dir_all(&folder)?;
    write_whole(&folder.join(format!("{}.json", file_name(cell.index, &cell.id))), &parts)
}

/// A file appears whole or not at all.
fn write_whole(path: &Path, value: &Value) -> io::Result<()> {
    let part = path.with_extension("part");
    fs::write(&part, format!("{value:#}\n"))?;
    fs::rename(&part, path)
}

/// Most numbers of a start that stand in the plan.
const LARGEST_START: usize = 4096;

fn plan_json(plan: &Plan) -> Value {
    // The start of a large model says nothing to a reader, and the seed gives it again.
    let start = |cell: &Cell| (cell.start.len() <= LARGEST_START).then(|| cell.start.clone());
    let cell = |cell: &Cell| {
        let (model, optimizer) = (plan.model_of(cell), plan.optimizer_of(cell));
        json!({
            "index": cell.index, "cell_id": cell.id, "seed": cell.seed, "model": model.label, "model_plugin": model.plugin,
            "optimizer": optimizer.plugin, "optimizer_label": optimizer.label, "start": start(cell),
        })
    };
    let left_out =
        |left: &crate::plan::LeftOut| json!({ "model": left.model, "optimizer": left.optimizer, "reason": left.reason });
    json!({
        "schema_version": SCHEMA_VERSION,
        "experiment": plan.effective,
        "cells": plan.cells.iter().map(cell).collect::<Vec<_>>(),
        "left_out": plan.left_out.iter().map(left_out).collect::<Vec<_>>(),
    })
}

fn environment(plan: &Plan) -> Value {
    let kinds = [PluginKind::Model, PluginKind::Optimizer];
    let plugins = kinds.into_iter().flat_map(|kind| plan.catalog.list(kind)).map(|plugin| {
        let sha256 = match &plugin.origin {
            Origin::Loaded { sha256, .. } => Some(sha256),
            Origin::Bundled => None,
        };
        json!({ "id": plugin.id, "package": plugin.package, "origin": place(&plugin.origin), "sha256": sha256 })
    });
    let base = std::path::absolute(plan.base.join(".")).unwrap_or_else(|_| plan.base.clone());
    json!({ "elbow": env!("CARGO_PKG_VERSION"), "base": base, "plugins": plugins.collect::<Vec<_>>() })
}

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

/// Reads all cells of a run directory, in the order of the plan.
///
/// # Errors
/// One line that names the file.
pub fn read(directory: &Path) -> Result<Vec<Recorded>, String> {
    let journal = directory.join("journal");
    let entries = fs::read_dir(&journal).map_err(|error| format!("{} is no run directory: {error}", directory.display()))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
    files.sort();
    files.iter().map(|path| read_cell(path).map_err(|reason| format!("{}: {reason}", path.display()))).collect()
}

fn read_cell(path: &Path) -> Result<Recorded, String> {
    let bytes = fs::read(path).map_err(|error| error.to_string())?;
    let mut cell: Option<Recorded> = None;
    let mut checksum = crc32fast::Hasher::new();
    let mut torn = !bytes.is_empty() && bytes.last() != Some(&b'\n');
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let Ok(mut value) = serde_json::from_slice::<Value>(line) else {
            torn = true;
            break;
        };
        match (&mut cell, value.get_mut("begin")) {
            (None, Some(begin)) => cell = Some(begun(begin.take())?),
            (None, None) => return Err("the journal does not begin with `begin`".into()),
            (Some(cell), _) => take_line(cell, &value, &checksum)?,
        }
        checksum.update(line);
    }
    let mut cell = cell.ok_or("the journal is empty")?;
    if torn {
        cell.warning = Some("the journal breaks off in a line, which was left out".into());
    }
    let timing = path.parent().and_then(Path::parent).map(|run| run.join("timing")).zip(path.file_name());
    cell.seconds = timing.map(|(folder, name)| read_times(&folder.join(name))).unwrap_or_default();
    Ok(cell)
}

fn begun(begin: Value) -> Result<Recorded, String> {
    let begin: Begin = serde_json::from_value(begin).map_err(|error| format!("its first line is not `begin`: {error}"))?;
    if begin.schema_version != SCHEMA_VERSION {
        return Err(format!("it has format {}; this elbow reads {SCHEMA_VERSION}", begin.schema_version));
    }
    let (steps, values, seconds, others) = Default::default();
    Ok(Recorded { begin, steps, values, seconds, ending: None, others, warning: None })
}

fn take_line(cell: &mut Recorded, value: &Value, checksum: &crc32fast::Hasher) -> Result<(), String> {
    if let (Some(step), Some(values)) = (value.get("step").and_then(Value::as_u64), value.get("values").and_then(Value::as_array))
    {
        if values.len() != cell.begin.columns.len() {
            return Err(format!("the point at step {step} has {} values for {} columns", values.len(), cell.begin.columns.len()));
        }
        let odd = |i: usize| value.get("nonfinite")?.get(i.to_string())?.as_str()?.parse().ok();
        let number = |(i, value): (usize, &Value)| value.as_f64().or_else(|| odd(i)).unwrap_or(f64::NAN);
        cell.steps.push(step);
        cell.values.extend(values.iter().enumerate().map(number));
    } else if let Some(end) = value.get("end") {
        let text = |key: &str| end.get(key).and_then(Value::as_str).unwrap_or_default();
        let status = status_named(text("status")).ok_or("its end has no status")?;
        let steps = end.get("steps").and_then(Value::as_u64).unwrap_or_default();
        cell.ending = Some(Ending { status, reason: text("reason").to_owned(), steps });
        let (written, found) = (text("crc32"), format!("{:08x}", checksum.clone().finalize()));
        if written != found {
            cell.warning = Some(format!("the checksum is {found}, its end says {written}: the file was changed"));
        }
    } else {
        cell.others.push(value.clone());
    }
    Ok(())
}

fn read_times(path: &Path) -> Vec<f64> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let lines = text.lines().map_while(|line| serde_json::from_str::<Value>(line).ok());
    lines.map_while(|line| line.get("process_time").and_then(Value::as_f64)).collect()
}
