//! A run directory: the plan, the journals, the times. An existing one is never written to.
//!
//! ```text
//! DIR/plan.json              the experiment with all defaults, and its cells: a function of the experiment alone
//! DIR/environment.json       versions, where the plugins came from, the folder that the experiment's files are relative to
//! DIR/added/0000-ID.json     what a cell is made of that joined while the run went on
//! DIR/journal/0000-ID.jsonl  the records of a cell: the truth; the same bytes for every run
//! DIR/timing/0000-ID.jsonl   its process times: the one thing that differs from run to run
//! DIR/lock                   empty; locked as long as somebody writes
//! ```

pub use crate::recorded::{Recorded, Unreadable, journals, read, read_each};
pub use crate::writing::{Presence, Writing, presence};

use crate::file::named;
use crate::journal::SCHEMA_VERSION;
use crate::plan::{Cell, Plan};
use crate::writing::LOCK;
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
/// Followers see it being written until what is returned is dropped.
///
/// # Errors
/// If it is there already, or of the file system.
pub fn create(plan: &Plan, out: Option<&Path>) -> io::Result<Writing> {
    let (directory, is_new) = match out {
        Some(path) => fresh(path)?,
        None => (next_free(&plan.name)?, true),
    };
    fill(plan, &directory).inspect_err(|_| take_back(&directory, is_new))
}

fn fill(plan: &Plan, directory: &Path) -> io::Result<Writing> {
    // Before the folder of journals, so that nobody sees that without a writer.
    let writing = Writing::new(directory.to_owned())?;
    for folder in FOLDERS.map(|folder| directory.join(folder)) {
        fs::create_dir(&folder).map_err(named(&folder))?;
    }
    write_whole(&directory.join(PLAN), &plan_json(plan))?;
    write_whole(&directory.join(ENVIRONMENT), &environment(plan))?;
    Ok(writing)
}

const FOLDERS: [&str; 2] = ["journal", "timing"];
const PLAN: &str = "plan.json";
const ENVIRONMENT: &str = "environment.json";

/// Removes what an attempt left of a run directory, so that the next one may have its name. Nothing else was in it.
fn take_back(directory: &Path, is_new: bool) {
    for file in [PLAN, ENVIRONMENT, LOCK] {
        let _ = fs::remove_file(directory.join(file));
    }
    for folder in FOLDERS {
        let _ = fs::remove_dir(directory.join(folder));
    }
    if is_new {
        let _ = fs::remove_dir(directory);
    }
}

/// The directory at a path, and whether it was not there before.
fn fresh(path: &Path) -> io::Result<(PathBuf, bool)> {
    let taken = || io::Error::new(io::ErrorKind::AlreadyExists, "it is there already, and a run is never overwritten");
    match fs::read_dir(path).map(|mut entries| entries.next().is_none()) {
        Ok(true) => Ok((path.to_owned(), false)),
        Ok(false) => Err(taken()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => fs::create_dir_all(path).map(|()| (path.to_owned(), true)),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Err(taken()),
        Err(error) => Err(error),
    }
}

/// Characters of a directory's name that come from the experiment's: file systems allow 255 bytes.
const LONGEST: usize = 60;

fn next_free(name: &str) -> io::Result<PathBuf> {
    let plain = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' };
    let plain: String = name.chars().map(plain).take(LONGEST).collect();
    fs::create_dir_all("runs")?;
    for number in 1.. {
        let path = Path::new("runs").join(format!("{plain}-{number}"));
        match fs::create_dir(&path) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(named(&path)(error)),
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
    let written = fs::write(&part, format!("{value:#}\n")).and_then(|()| fs::rename(&part, path));
    written.map_err(named(path)).inspect_err(|_| drop(fs::remove_file(&part)))
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
