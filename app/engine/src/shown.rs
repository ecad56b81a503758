//! A recorded cell as a user interface sees it.

use crate::cell::process_time;
use crate::directory::file_name;
use crate::file;
use crate::journal::Begin;
use crate::live::{Fork, Live, LiveCell, Mark, Metric};
use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// Why a cell without an end is taken for crashed.
pub const NO_END: &str = "the writer is gone; the journal has no end";

/// What a run directory says of one cell beside its journal.
#[derive(Debug)]
pub struct Story {
    directory: PathBuf,
    label: String,
    added: Value,
    /// The optimizer's parameters before a change, by path; empty until the first one.
    values: HashMap<String, String>,
}

fn json(path: &Path) -> Value {
    file::read(path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

impl Story {
    /// The story of a cell.
    pub fn new(directory: &Path, begin: &Begin) -> Self {
        let added = json(&directory.join("added").join(file_name(begin.index, &begin.cell) + ".json"));
        Self { directory: directory.to_owned(), label: begin.label.clone(), added, values: HashMap::new() }
    }

    /// The index of the cell that it branched off, and the step.
    pub fn fork(&self) -> Option<(usize, u64)> {
        let fork = self.added.get("fork")?;
        Some((usize::try_from(fork.get("parent")?.as_u64()?).ok()?, fork.get("step")?.as_u64()?))
    }

    /// What a line of the journal means for the eyes of a user: changes, made or refused.
    pub fn mark(&mut self, line: &Value) -> Option<Mark> {
        let mark = line.get("mark")?;
        let text = |key: &str| mark.get(key).and_then(Value::as_str);
        let (step, path, new) = (mark.get("step")?.as_u64()?, text("path")?, show(mark.get("value")?));
        let old = self.values.get(path).cloned().or_else(|| self.planned(path));
        let text = match (text("event")?, old) {
            ("change", Some(old)) => format!("{path} {old} → {new}"),
            ("change", None) => format!("{path} → {new}"),
            ("refused", _) => return Some(Mark { step, text: format!("{path} not {new}: {}", text("reason")?) }),
            _ => return None,
        };
        self.values.insert(path.to_owned(), new);
        Some(Mark { step, text })
    }

    /// The value that the plan gives a parameter.
    fn planned(&self, path: &str) -> Option<String> {
        let pointer = format!("/{}", path.replace('.', "/"));
        if let Some(value) = self.added.get("optimizer").and_then(|own| own.pointer(&pointer)) {
            return Some(show(value));
        }
        let plan = json(&self.directory.join("plan.json"));
        let all = plan.pointer("/experiment/optimizer")?.as_array()?;
        all.iter().find(|optimizer| optimizer["label"] == *self.label)?.pointer(&pointer).map(show)
    }
}

/// A value as people write it.
fn show(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Where recorded cells are shown.
#[derive(Debug)]
pub struct Stage {
    /// The run directory.
    pub directory: PathBuf,
    /// The cells that are there.
    pub live: Arc<Live>,
    /// Their places in `live`, by their indices in the plan.
    places: HashMap<usize, usize>,
    /// What is wrong with journals.
    pub faults: Faults,
}

/// What is wrong with journals, a line each.
pub type Faults = Arc<Mutex<Vec<String>>>;

impl Stage {
    /// A stage without cells.
    pub fn new(directory: &Path, live: Live) -> Self {
        Self { directory: directory.to_owned(), live: Arc::new(live), places: HashMap::new(), faults: Faults::default() }
    }

    /// Notes that a journal cannot be read or is damaged.
    pub fn fault(&self, what: &str) {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).push(what.to_owned());
    }

    /// Adds a cell that begins. Its last column is the process time, which the journal does not have.
    pub fn enter(&mut self, begin: &Begin) -> (Arc<LiveCell>, Story) {
        let story = Story::new(&self.directory, begin);
        let cell = LiveCell::new(&begin.label, &begin.model, begin.seed, begin.steps);
        let parent = story.fork().and_then(|(index, step)| Some(Fork { parent: *self.places.get(&index)?, step }));
        let cell = parent.into_iter().fold(cell, LiveCell::forked);
        begin.target_visible.iter().for_each(|target| cell.set_target(target.clone()));
        cell.begin(begin.columns.iter().map(Metric::from).chain([process_time()]).collect());
        let cell = self.add(cell);
        self.places.insert(begin.index, self.live.count() - 1);
        (cell, story)
    }

    /// Adds a cell of which nothing is known but the file.
    pub fn enter_unknown(&self, journal: &Path) -> Arc<LiveCell> {
        self.add(LiveCell::new(&journal.file_stem().unwrap_or_default().to_string_lossy(), "", 0, 0))
    }

    fn add(&self, cell: LiveCell) -> Arc<LiveCell> {
        let cell = Arc::new(cell);
        self.live.add_shared(Arc::clone(&cell));
        cell
    }
}

/// Adds what a probe counted, if the line is about that.
pub fn add_histogram(cell: &LiveCell, line: &Value) {
    let histogram = line.get("histogram").and_then(|histogram| serde_json::from_value(histogram.clone()).ok());
    histogram.into_iter().for_each(|histogram| cell.add_histogram(histogram));
}
