//! A run directory as an experiment that gives the same cells: plan, added cells, and the changes that the journals tell of.

use super::{Exported, is_damaged, warning};
use crate::directory::{self, Recorded, Unreadable};
use crate::file::{self, named};
use crate::{change, experiment as parts};
use serde_json::{Value as Json, json};
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A cell, with all changes as they were made.
struct Cell {
    model: Json,
    optimizer: Json,
    seed: u64,
}

/// Cells that differ in model and seed only.
struct Group {
    /// What they do, without label.
    optimizer: Json,
    label: String,
    /// Index of the model, seed.
    cells: Vec<(usize, u64)>,
}

/// The TOML of an experiment that gives the same numbers, cell by cell: also those of cells that were forked, restarted or
/// launched, and of changes in mid-run.
///
/// # Errors
/// One line that names the file.
pub fn experiment(run: &Path) -> Result<String, String> {
    from(run, &directory::read_each(run)?)
}

fn from(run: &Path, cells: &[Result<Recorded, Unreadable>]) -> Result<String, String> {
    let plan = read(&run.join("plan.json"))?;
    let settings = &plan["experiment"];
    let recorded: HashMap<usize, &Recorded> = cells.iter().flatten().map(|recorded| (recorded.begin.index, recorded)).collect();
    let mut cells = planned(&plan, settings)?;
    cells.extend(added(run)?);
    let cells: Vec<Cell> = cells.into_iter().map(|(index, cell)| with_changes(cell, recorded.get(&index).copied())).collect();
    let (mut models, mut seeds, mut groups) = (Vec::new(), Vec::new(), Vec::new());
    cells.iter().for_each(|cell| sort_in(cell, &mut models, &mut seeds, &mut groups));
    let mut optimizers = Vec::new();
    for group in &groups {
        entries(group, &models, &seeds, &plan["left_out"], &mut optimizers);
    }
    let mut whole = parts::with(settings, models, optimizers, &seeds);
    if let Some(base) = read(&run.join("environment.json")).ok().as_ref().and_then(|environment| environment["base"].as_str()) {
        place_files(&mut whole, Path::new(base));
    }
    parts::text(&whole)
}

/// Writes [`experiment`] to `experiment.toml` in a folder. A cell whose journal cannot be read stands in it as it was planned.
///
/// # Errors
/// One line that names the file.
pub fn write_experiment(run: &Path, out: &Path) -> Result<Exported, String> {
    let cells = directory::read_each(run)?;
    let (text, file) = (from(run, &cells)?, out.join("experiment.toml"));
    let written = fs::create_dir_all(out).and_then(|()| fs::write(&file, text));
    written.map_err(named(&file)).map_err(|error| error.to_string())?;
    let warnings = cells.iter().filter_map(warning).map(|told| format!("{told}; what was changed by hand there is unknown"));
    Ok(Exported { files: vec![file], warnings: warnings.collect(), is_damaged: cells.iter().any(is_damaged) })
}

fn read(path: &Path) -> Result<Json, String> {
    let bytes = file::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_slice(&bytes).map_err(|error| format!("{}: {error}", path.display()))
}

fn list(value: &Json) -> impl Iterator<Item = &Json> {
    value.as_array().into_iter().flatten()
}

/// The cells of the plan, with their index.
fn planned(plan: &Json, settings: &Json) -> Result<Vec<(usize, Cell)>, String> {
    let labelled = |entries: &Json, label: &Json| list(entries).find(|entry| entry["label"] == *label).cloned();
    let cell = |cell: &Json| {
        let model = labelled(&settings["model"], &cell["model"])?;
        let optimizer = labelled(&settings["optimizer"], &cell["optimizer_label"])?;
        Some((cell["index"].as_u64()? as usize, Cell { model, optimizer, seed: cell["seed"].as_u64()? }))
    };
    list(&plan["cells"])
        .map(|entry| cell(entry).ok_or_else(|| format!("plan.json: the cell {} is incomplete", entry["index"])))
        .collect()
}

/// The cells that joined, with their index.
fn added(run: &Path) -> Result<Vec<(usize, Cell)>, String> {
    let Ok(entries) = fs::read_dir(run.join("added")) else { return Ok(Vec::new()) };
    let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    files.sort();
    let cell = |path: &PathBuf| {
        let mut parts = read(path)?;
        let numbers = parts["index"].as_u64().zip(parts["seed"].as_u64());
        let (index, seed) = numbers.ok_or_else(|| format!("{}: it has no index or no seed", path.display()))?;
        Ok((index as usize, Cell { model: parts["model"].take(), optimizer: parts["optimizer"].take(), seed }))
    };
    files.iter().map(cell).collect()
}

/// The changes that were made, then the planned ones that are to come, instead of those that were planned.
fn with_changes(mut cell: Cell, recorded: Option<&Recorded>) -> Cell {
    let Some(recorded) = recorded else { return cell };
    let marks = || recorded.others.iter().filter_map(|line| line.get("mark")).filter(|mark| mark["path"].is_string());
    let last = marks().filter_map(|mark| mark["step"].as_u64()).chain(recorded.steps.iter().copied()).max().unwrap_or(0);
    let end = recorded.ending.as_ref().map_or(last, |ending| ending.steps);
    let row = |mark: &Json| Some(change::row(mark["step"].as_u64()?, mark["path"].as_str()?, mark["value"].clone()));
    let passed = |planned: &Json| {
        let step = planned["step"].as_u64().unwrap_or(0);
        step < end || marks().filter_map(row).any(|mark| mark == *planned)
    };
    let to_come: Vec<Json> = list(&cell.optimizer["changes"]).filter(|planned| !passed(planned)).cloned().collect();
    let made = marks().filter(|mark| mark["event"] == "change").filter_map(row);
    let changes: Vec<Json> = made.chain(to_come).collect();
    if let Some(table) = cell.optimizer.as_object_mut() {
        table.remove("changes");
        if !changes.is_empty() {
            table.insert("changes".into(), changes.into());
        }
    }
    cell
}

fn sort_in(cell: &Cell, models: &mut Vec<Json>, seeds: &mut Vec<u64>, groups: &mut Vec<Group>) {
    let model = place(models, |model| *model == cell.model, || cell.model.clone());
    place(seeds, |seed| *seed == cell.seed, || cell.seed);
    let optimizer = parts::anonymous(&cell.optimizer);
    let label = cell.optimizer["label"].as_str().unwrap_or_default().to_owned();
    let group =
        place(groups, |group| group.optimizer == optimizer, || Group { optimizer: optimizer.clone(), label, cells: Vec::new() });
    place(&mut groups[group].cells, |known| *known == (model, cell.seed), || (model, cell.seed));
}

/// The place of what fits, which is added if there is none.
fn place<T>(all: &mut Vec<T>, fits: impl Fn(&T) -> bool, new: impl FnOnce() -> T) -> usize {
    all.iter().position(fits).unwrap_or_else(|| {
        all.push(new());
        all.len() - 1
    })
}

/// The `[[optimizer]]` of a group: one, or one for each of its models; restricted where that is needed.
fn entries(group: &Group, models: &[Json], seeds: &[u64], left_out: &Json, out: &mut Vec<Json>) {
    let of = |model: usize| seeds.iter().copied().filter(|seed| group.cells.contains(&(model, *seed))).collect::<Vec<_>>();
    let impossible =
        |model: &Json| list(left_out).any(|pair| pair["model"] == model["label"] && pair["optimizer"] == *group.label);
    let by_model: Vec<(&Json, Vec<u64>)> = models.iter().enumerate().map(|(place, model)| (model, of(place))).collect();
    let has_cells: Vec<_> = by_model.iter().filter(|(_, seeds)| !seeds.is_empty()).collect();
    let alike = by_model.iter().all(|(model, seeds)| *seeds == has_cells[0].1 || (seeds.is_empty() && impossible(model)));
    for (model, own) in if alike { &has_cells[..1] } else { &has_cells[..] } {
        let mut entry = group.optimizer.clone();
        entry["label"] = json!(parts::unique(&group.label, |label| out.iter().any(|other| other["label"] == label)));
        if !alike {
            entry["model"] = model["label"].clone();
        }
        if own.len() != seeds.len() {
            entry["seeds"] = json!(own);
        }
        out.push(entry);
    }
}

/// Files are relative to the folder of the experiment that the run came from.
fn place_files(value: &mut Json, base: &Path) {
    match value {
        Json::Object(table) => {
            let relative = table.get("file").and_then(Json::as_str).is_some_and(|file| Path::new(file).is_relative());
            if relative && table.contains_key("sha256") {
                table.insert("folder".into(), json!(base));
            }
            table.values_mut().for_each(|value| place_files(value, base));
        }
        Json::Array(items) => items.iter_mut().for_each(|item| place_files(item, base)),
        _ => {}
    }
}
