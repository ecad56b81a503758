//! The desk: a run that a user works at. Its cells run on threads of their own; parameters change, cells branch off and new ones
//! join, all through `&self` and without waiting for a step.
//!
//! ```text
//! Plan ─ start ─► cells 0 … n−1, `jobs` at a time ─┐
//! edit, undo ─► LiveCell's changes ────────────────┼─► journals, outcomes
//! fork, restart, launch ─► a plan of one cell ─────┘
//! ```
//! An added cell is planned as everything is, from the effective experiment, so every check is the same and its numbers depend on
//! nothing but its plan. `DIR/added/NNNN-ID.json` keeps that; `export::experiment` makes one experiment of all.

mod add;
mod ask;

use crate::directory::Writing;
use crate::live::{Live, LiveCell};
use crate::plan::{Cell, Plan};
use crate::run::{Outcome, Trouble, no_thread, run_cell};
use elbow_host::{Model, Plugin, PluginKind, Schema, Task, Value};
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

/// A parameter of a cell's optimizer that is a single value.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Dotted path, as `damping.lambda`.
    pub path: String,
    /// Type, range, unit, and whether it may change while the cell runs.
    pub schema: Schema,
    /// Present value, with the edits that are to come before the next step.
    pub value: Value,
}

/// A model or an optimizer that a new cell may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Label in the plan, or name of the plugin.
    pub name: String,
    /// One line.
    pub about: String,
}

/// How cells ended, by their index.
type Outcomes = Mutex<BTreeMap<usize, Outcome>>;

/// A run that a user works at; see the module's text.
pub struct Desk {
    plan: Arc<Plan>,
    live: Arc<Live>,
    /// Written until the desk is gone.
    directory: Option<Arc<Writing>>,
    /// The plans of the cells that joined, one each, in the order of their index.
    added: Mutex<Vec<Arc<Plan>>>,
    /// What users changed and have not undone.
    edits: Mutex<Vec<ask::Edit>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    outcomes: Arc<Outcomes>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
    /// Starts all cells of a plan, `jobs` at a time, or fewer where no more threads can be started. `live` is the plan's, see
    /// [`crate::run::live`]; `directory` its run directory, see [`crate::directory::create`]. Without one nothing is written.
    ///
    /// # Errors
    /// If not even one thread can be started.
    pub fn start(plan: Plan, live: Arc<Live>, jobs: usize, directory: Option<Writing>) -> io::Result<Self> {
        let threads = jobs.clamp(1, plan.cells.len().max(1));
        let (plan, next) = (Arc::new(plan), Arc::new(AtomicUsize::new(0)));
        let (added, edits, outcomes) = Default::default();
        let directory = directory.map(Arc::new);
        let desk = Self { plan, live, directory, added, edits, threads: Mutex::default(), outcomes };
        for started in 0..threads {
            let (plan, next) = (Arc::clone(&desk.plan), Arc::clone(&next));
            let work = move |run: &dyn Fn(&Plan, &Cell)| {
                while let Some(cell) = plan.cells.get(next.fetch_add(1, Ordering::Relaxed)) {
                    run(&plan, cell);
                }
            };
            match desk.spawn(work) {
                Err(error) if started == 0 => return Err(error),
                Err(_) => break,
                Ok(()) => {}
            }
        }
        Ok(desk)
    }

    /// Starts a thread that runs cells with the function that it is given.
    fn spawn(&self, work: impl FnOnce(&dyn Fn(&Plan, &Cell)) + Send + 'static) -> io::Result<()> {
        let (live, directory, outcomes) = (Arc::clone(&self.live), self.directory.clone(), Arc::clone(&self.outcomes));
        let run = move |plan: &Plan, cell: &Cell| {
            let outcome = run_cell(plan, cell, &live, directory.as_ref().map(|writing| &***writing));
            lock(&outcomes).insert(cell.index, outcome);
        };
        let started = thread::Builder::new().spawn(move || work(&run));
        started.map(|thread| lock(&self.threads).push(thread)).map_err(no_thread)
    }

    /// The plan that it was started with.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The live view of all cells.
    pub fn live(&self) -> &Arc<Live> {
        &self.live
    }

    /// The run directory, if there is one.
    pub fn directory(&self) -> Option<&Path> {
        self.directory.as_ref().map(|writing| &***writing)
    }

    /// Models for a new cell: those of the plan by label, then the other plugins.
    pub fn models(&self) -> Vec<Choice> {
        let planned = self.plan.models.iter().map(|model| (model.label.as_str(), model.plugin.as_str()));
        self.choices(PluginKind::Model, planned.collect())
    }

    /// Optimizers for a new cell: those of the plan by label, then the other plugins with their defaults.
    pub fn optimizers(&self) -> Vec<Choice> {
        let planned = self.plan.optimizers.iter().map(|optimizer| (optimizer.label.as_str(), optimizer.plugin.as_str()));
        self.choices(PluginKind::Optimizer, planned.collect())
    }

    fn choices(&self, kind: PluginKind, planned: Vec<(&str, &str)>) -> Vec<Choice> {
        let about = |id: &str| self.plan.catalog.find(kind, id).map_or_else(|_| String::new(), |plugin| plugin.summary.clone());
        let others =
            self.plan.catalog.list(kind).map(Plugin::short).filter(|name| planned.iter().all(|(label, _)| label != name));
        let others: Vec<_> = others.map(|name| (name, name)).collect();
        planned.iter().chain(&others).map(|(name, plugin)| Choice { name: (*name).to_owned(), about: about(plugin) }).collect()
    }

    /// A cell as it was planned and as it is seen.
    fn cell(&self, index: usize) -> Result<Seen, String> {
        let live = self.live.cell(index).ok_or_else(|| format!("there is no cell {index}"))?;
        let (plan, place) = match index.checked_sub(self.plan.cells.len()) {
            None => (Arc::clone(&self.plan), index),
            Some(added) => (lock(&self.added).get(added).cloned().ok_or_else(|| format!("there is no cell {index}"))?, 0),
        };
        Ok(Seen { plan, place, live })
    }

    /// Waits until all cells have ended, also those that join meanwhile.
    pub fn wait(&self) {
        loop {
            let threads = std::mem::take(&mut *lock(&self.threads));
            if threads.is_empty() {
                return;
            }
            // What runs a cell catches its panics.
            threads.into_iter().for_each(|thread| drop(thread.join()));
        }
    }

    /// The model of a cell, and what it descends there.
    pub fn task(&self, cell: usize) -> Option<(Arc<Model>, Task)> {
        let seen = self.cell(cell).ok()?;
        Some((Arc::clone(&seen.plan.model_of(seen.planned()).model), seen.planned().task))
    }

    /// What was wrong with the program or the disk, of the cells that have ended.
    pub fn troubles(&self) -> Vec<Trouble> {
        lock(&self.outcomes).values().filter_map(|outcome| outcome.trouble.clone()).collect()
    }

    /// Waits until all cells have ended; how they did, by their index.
    pub fn finish(self) -> Vec<Outcome> {
        self.wait();
        std::mem::take(&mut *lock(&self.outcomes)).into_values().collect()
    }
}

/// A cell as it was planned and as it is seen.
struct Seen {
    plan: Arc<Plan>,
    place: usize,
    live: Arc<LiveCell>,
}

impl Seen {
    fn planned(&self) -> &Cell {
        &self.plan.cells[self.place]
    }
}
