//! Cells that join: forks, restarts, new ones.

use super::{Choice, Desk, Seen, lock};
use crate::build::{self, Request};
use crate::change::{self, Planned};
use crate::live::{Fork, LiveCell, Status};
use crate::plan::{Plan, PlannedModel};
use crate::{directory, experiment};
use elbow_host::{PluginKind, nearest};
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// A cell to be.
struct New {
    /// As in an effective experiment.
    model: Json,
    optimizer: Json,
    seed: u64,
    /// Of the optimizer, if it is free.
    label: String,
    fork: Option<Fork>,
}

impl Seen {
    /// A cell of the same model and optimizer with these changes.
    fn again(&self, seed: u64, label: String, changes: &[Planned]) -> New {
        let (cell, effective) = (self.planned(), &self.plan.effective);
        let mut optimizer = effective["optimizer"][cell.optimizer].clone();
        optimizer["changes"] = change::rows(changes);
        New { model: effective["model"][cell.model].clone(), optimizer, seed, label, fork: None }
    }
}

impl Desk {
    /// A new cell that repeats the steps of another up to `step`, then goes on with changes of live parameters. Of the other's own
    /// changes it has those before that step. Its index.
    ///
    /// # Errors
    /// A line for the user: the cell has not come so far, or is at its end there; what [`Desk::edit`] refuses; the parameters taken
    /// together.
    pub fn fork(&self, cell: usize, step: u64, changes: &[(String, String)]) -> Result<usize, String> {
        let seen = self.cell(cell)?;
        let (made, all) = (seen.live.steps_done(), seen.plan.budget.steps);
        if step > made {
            return Err(format!("{} has made {made} steps; it cannot be forked at step {step}", seen.live.optimizer));
        }
        if step >= all {
            return Err(format!("step {step} is the last one: a fork there would make none"));
        }
        let mut schedule = seen.schedule();
        schedule.retain(|planned| planned.step < step);
        for (path, text) in changes {
            schedule.push(Planned { step, change: change::written(seen.plugin()?, path, text)? });
        }
        let label = format!("{} @{step}", seen.live.optimizer);
        self.add(New { fork: Some(Fork { parent: cell, step }), ..seen.again(seen.live.seed, label, &schedule) })
    }

    /// A new cell as another from the start, with another seed, and with the changes that were made at their steps. Its index.
    ///
    /// # Errors
    /// A line for the user.
    pub fn restart(&self, cell: usize, seed: u64) -> Result<usize, String> {
        let seen = self.cell(cell)?;
        self.add(seen.again(seed, seen.live.optimizer.clone(), &seen.schedule()))
    }

    /// A new cell: the model a label of the plan or a plugin's name; the optimizer a label of the plan, or a plugin's name for
    /// its defaults. Its index.
    ///
    /// # Errors
    /// A line for the user: an unknown name, a pairing that cannot work, a model that needs more than its defaults.
    pub fn launch(&self, model: &str, optimizer: &str, seed: u64) -> Result<usize, String> {
        let model = self.named(PluginKind::Model, model, &self.models())?;
        let optimizer = self.named(PluginKind::Optimizer, optimizer, &self.optimizers())?;
        let label = optimizer["label"].as_str().unwrap_or_default().to_owned();
        self.add(New { model, optimizer, seed, label, fork: None })
    }

    /// What a name stands for: an entry of the plan, or a plugin with its defaults.
    fn named(&self, kind: PluginKind, name: &str, choices: &[Choice]) -> Result<Json, String> {
        let planned = self.plan.effective[kind.name()].as_array().into_iter().flatten();
        if let Some(entry) = planned.into_iter().find(|entry| entry["label"] == name) {
            return Ok(entry.clone());
        }
        let unknown = |_| {
            let near = nearest(name, choices.iter().map(|choice| choice.name.as_str()));
            let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            format!("there is no {} `{name}`{hint}{}", kind.name(), self.plan.catalog.missing())
        };
        let plugin = self.plan.catalog.find(kind, name).map_err(unknown)?;
        Ok(json!({ "plugin": plugin.id, "label": plugin.short() }))
    }

    /// Plans a cell, writes down what it is made of, and starts it on a thread of its own.
    fn add(&self, new: New) -> Result<usize, String> {
        let mut added = lock(&self.added); // held throughout: places in the list are indices
        let mut plan = self.plan_one(&new, &added)?;
        self.name(&mut plan, &new, &added);
        let index = self.live.count();
        plan.cells[0].index = index;
        self.keep(&plan, &new)?;
        let (optimizer, model) = (&plan.optimizers[0].label, &plan.models[0].label);
        let live = LiveCell::new(optimizer, model, new.seed, plan.budget.steps);
        self.live.add(match new.fork {
            Some(fork) => live.forked(fork),
            None => live,
        });
        let plan = Arc::new(plan);
        added.push(Arc::clone(&plan));
        let started = self.spawn(move |run| run(&plan, &plan.cells[0])).map_err(|error| error.to_string());
        if let (Err(reason), Some(cell)) = (&started, self.live.cell(index)) {
            cell.end(Status::Failed, reason);
        }
        started.map(|()| index)
    }

    /// The plan of one cell. Models that are there are not made again.
    fn plan_one(&self, new: &New, added: &[Arc<Plan>]) -> Result<Plan, String> {
        let mut optimizer = experiment::anonymous(&new.optimizer);
        optimizer["label"] = json!(new.label);
        let text =
            experiment::text(&experiment::with(&self.plan.effective, vec![new.model.clone()], vec![optimizer], &[new.seed]))?;
        let known: Vec<&PlannedModel> = plans(&self.plan, added).flat_map(|plan| &plan.models).collect();
        let request = Request { name: "the new cell", text: &text, base: &self.plan.base, set: &[], seeds: None };
        build::plan_with(&request, &self.plan.catalog, &known).map_err(|wrong| wrong.line())
    }

    /// Gives the model and the optimizer labels: the same for the same, different for different ones; and no two cells agree in
    /// model, optimizer and seed.
    fn name(&self, plan: &mut Plan, new: &New, added: &[Arc<Plan>]) {
        let all = || plans(&self.plan, added);
        let model = &plan.models[0];
        let same = all().flat_map(|plan| &plan.models).find(|known| known.canonical == model.canonical);
        let taken = |label: &str| all().flat_map(|plan| &plan.models).any(|known| known.label == label);
        let model = same.map_or_else(|| experiment::unique(&model.label, taken), |same| same.label.clone());
        let own = experiment::anonymous(&plan.effective["optimizer"][0]);
        let another = |label: &str| {
            let entries = all().flat_map(|plan| plan.effective["optimizer"].as_array().into_iter().flatten());
            entries.into_iter().any(|entry| entry["label"] == label && experiment::anonymous(entry) != own)
        };
        let cells = self.live.cells();
        let there =
            |label: &str| cells.iter().any(|cell| cell.optimizer == label && cell.model == model && cell.seed == new.seed);
        let optimizer = experiment::unique(&new.label, |label| another(label) || there(label));
        plan.effective["model"][0]["label"] = json!(model);
        plan.effective["optimizer"][0]["label"] = json!(optimizer);
        (plan.models[0].label, plan.optimizers[0].label) = (model, optimizer);
    }

    /// Writes down what a cell is made of.
    fn keep(&self, plan: &Plan, new: &New) -> Result<(), String> {
        let Some(run) = self.directory() else { return Ok(()) };
        let (cell, effective) = (&plan.cells[0], &plan.effective);
        let fork = new.fork.map(|fork| json!({ "parent": fork.parent, "step": fork.step }));
        let parts = json!({
            "index": cell.index, "cell_id": cell.id, "seed": cell.seed, "label": plan.optimizers[0].label, "fork": fork,
            "model": effective["model"][0], "optimizer": effective["optimizer"][0],
        });
        directory::add(run, cell, parts).map_err(|error| format!("cannot write to {}: {error}", run.display()))
    }
}

fn plans<'a>(first: &'a Plan, added: &'a [Arc<Plan>]) -> impl Iterator<Item = &'a Plan> {
    std::iter::once(first).chain(added.iter().map(AsRef::as_ref))
}
