//! From what was written to the plan: plugins are found, sweeps expanded, every value checked, every start placed.

mod count;
mod select;

use crate::change::{self, Planned};
use crate::check;
use crate::diagnostic::Diagnostics;
use crate::document::{self, Node, NodeKind};
use crate::effect::Effects;
use crate::plan::*;
use crate::seeds::Seeds;
use crate::start::{Init, resolve_task, start};
use crate::sweep::{Sweep, expand};
use crate::{array, json, record, spec};
use elbow_abi::UNSUPPORTED;
use elbow_host::{Catalog, Model, Optimizer, Plugin, PluginKind, Problem, Proxy, Schema, Value, judged, place};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

/// An experiment as it is written, and what the command line adds.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// Name for messages: the path of the file.
    pub name: &'a str,
    /// Its text.
    pub text: &'a str,
    /// Folder that files in it are relative to.
    pub base: &'a Path,
    /// `key.path=value`, each over what stands in the file.
    pub set: &'a [String],
    /// Seeds instead of those of the file.
    pub seeds: Option<Seeds>,
}

/// Plans an experiment.
///
/// # Errors
/// Everything that is wrong with it.
pub fn plan(request: &Request<'_>, catalog: &Arc<Catalog>) -> Result<Plan, Diagnostics> {
    plan_with(request, catalog, &[])
}

/// Plans an experiment with models that are there already: one that is the same is shared and not made again.
///
/// # Errors
/// Everything that is wrong with it.
pub fn plan_with(request: &Request<'_>, catalog: &Arc<Catalog>, known: &[&PlannedModel]) -> Result<Plan, Diagnostics> {
    let mut out = Diagnostics::default();
    let mut root = document::parse(request.name, request.text, &mut out);
    if !out.is_empty() {
        return Err(out); // What follows from a syntax error would only confuse.
    }
    for assignment in request.set {
        document::set(&mut root, assignment, &mut out);
    }
    let effects = Effects::default();
    let plan = Builder { base: request.base, catalog, known, effects, out: &mut out }.plan(&root, request.seeds.clone());
    match plan {
        Some(plan) if out.is_empty() => Ok(Plan { notes: out, ..plan }),
        _ => {
            if out.is_empty() {
                out.is_nothing = true;
                out.error(None, "the experiment has nothing to run");
            }
            Err(out)
        }
    }
}

struct Builder<'a> {
    base: &'a Path,
    catalog: &'a Arc<Catalog>,
    /// Models that need not be made again.
    known: &'a [&'a PlannedModel],
    effects: Effects,
    out: &'a mut Diagnostics,
}

/// A checked `[[model]]` or `[[optimizer]]`.
struct Checked<'a> {
    node: Node,
    plugin: &'a Plugin,
    label: String,
    engine: Value,
    parameters: Value,
    changes: Vec<Planned>,
    /// Those of the run's seeds that an optimizer runs with.
    seeds: Option<Vec<u64>>,
    /// Nothing is wrong with what was written, so the plugin may look at it.
    clean: bool,
}

impl Checked<'_> {
    /// The one model that an optimizer runs on.
    fn model(&self) -> Option<&str> {
        self.engine.get("model").and_then(Value::as_text)
    }
}

impl<'a> Builder<'a> {
    fn plan(&mut self, root: &Node, seeds: Option<Seeds>) -> Option<Plan> {
        let top = check::table(root, &spec::experiment(), &spec::sections(), self.base, self.out);
        let sweeps = Sweep::read(root.get("sweep"), self.out);
        let probing = root.get("probe").is_some();
        let seeds = seeds.unwrap_or_else(|| self.seeds(root));
        if !self.is_small(root, &sweeps, &seeds) {
            return None; // To make it only to find more mistakes is what it is too large for.
        }
        let seeds: Vec<u64> = seeds.all().collect();
        let models = self.section(root, PluginKind::Model, &sweeps);
        let optimizers = self.section(root, PluginKind::Optimizer, &sweeps);
        for sweep in sweeps.iter().filter(|sweep| !sweep.used.get()) {
            self.out
                .error(Some(&sweep.span), format!("no {} has the key `{}` that is swept", sweep.section, sweep.path.join(".")));
        }
        if root.get("model").is_none() {
            self.out.error_with_help(None, "no [[model]] is given", Some("add [[model]] with plugin = \"…\"".into()));
        }
        if optimizers.is_empty() && !probing && root.get("optimizer").is_none() {
            self.out.error_with_help(None, "no [[optimizer]] is given", Some("add [[optimizer]] with plugin = \"…\"".into()));
        }
        std::mem::take(&mut self.effects).report(self.out);
        let run = top.get("run").cloned().unwrap_or(Value::Absent);
        self.selections(root, &models, &optimizers, &seeds);
        let instances: Vec<_> = models.into_iter().filter_map(|model| self.instance(model)).collect();
        let probe = probing.then(|| self.probe(root, &top)).flatten();
        let mut plan = Plan {
            name: top.get("name")?.as_text()?.to_owned(),
            about: top.get("about")?.as_text()?.to_owned(),
            budget: budget(&run),
            recording: recording(&run),
            models: Vec::new(),
            optimizers: Vec::new(),
            cells: Vec::new(),
            left_out: Vec::new(),
            probe,
            seeds,
            effective: serde_json::Value::Null,
            notes: Diagnostics::default(),
            base: self.base.to_owned(),
            catalog: Arc::clone(self.catalog),
        };
        plan.effective = effective(&plan, &top, &instances, &optimizers);
        if !probing {
            self.cells(&mut plan, &instances, &optimizers);
            self.late_changes(&plan, &optimizers);
        } else {
            self.check_points(root, &plan, &instances);
        }
        plan.models = instances.into_iter().map(|(_, model)| model).collect();
        plan.optimizers = optimizers.into_iter().map(planned_optimizer).collect();
        if !probing {
            self.conditions(root, &plan);
        }
        Some(plan)
    }

    fn section(&mut self, root: &Node, kind: PluginKind, sweeps: &[Sweep]) -> Vec<Checked<'a>> {
        let (catalog, name): (&'a Catalog, _) = (self.catalog, kind.name());
        let (mut all, mut labels): (Vec<Checked<'a>>, HashSet<String>) = Default::default();
        for node in root.get(name).map(Node::items).unwrap_or_default() {
            let Some(plugin) = self.plugin(catalog, node, kind) else { continue };
            let keys = &keys(kind, plugin);
            let fields: Vec<&Schema> = keys.iter().chain(&plugin.schema).collect();
            let label = text(node, "label").unwrap_or_else(|| natural_label(node, plugin));
            for (node, suffix) in expand(node, name, &label, &fields, sweeps, self.out) {
                let mut label = format!("{label}{suffix}");
                if !labels.insert(label.clone()) {
                    label = format!("{label} ({})", all.len() + 1);
                    labels.insert(label.clone());
                }
                let before = self.out.issues().len();
                let engine = check::table(&node, keys, &plugin.schema, self.base, self.out);
                let parameters = check::table(&node, &plugin.schema, keys, self.base, self.out);
                let list = engine.get("changes").unwrap_or(&Value::Absent);
                let changes = change::planned(list, node.get("changes"), plugin, self.out);
                let seeds = node.get("seeds").and_then(|node| Seeds::read(node, self.out)).map(|seeds| seeds.all().collect());
                let clean = self.out.issues().len() == before;
                if clean {
                    self.effects.take(&node, &plugin.schema, &parameters, &changes);
                }
                all.push(Checked { node, plugin, label, engine, parameters, changes, seeds, clean });
            }
        }
        all
    }

    fn plugin(&mut self, catalog: &'a Catalog, node: &Node, kind: PluginKind) -> Option<&'a Plugin> {
        let Some(name) = node.get("plugin") else {
            let known: Vec<&str> = catalog.list(kind).map(Plugin::short).collect();
            let help = format!("the {}s are {}", kind.name(), known.join(", "));
            self.out.error_with_help(Some(&node.span), format!("this {} has no key `plugin`", kind.name()), Some(help));
            return None;
        };
        let NodeKind::Text(text) = &name.kind else {
            self.out.error(Some(&name.span), format!("`plugin` is {}; expected the name of a {}", name.describe(), kind.name()));
            return None;
        };
        let found = catalog.find(kind, text);
        if let Err(near) = &found {
            let all =
                || format!("the {}s are {}", kind.name(), catalog.list(kind).map(Plugin::short).collect::<Vec<_>>().join(", "));
            let help = near.as_ref().map_or_else(all, |near| format!("did you mean `{near}`?")) + &catalog.missing();
            self.out.error_with_help(Some(&name.span), format!("there is no {} `{text}`", kind.name()), Some(help));
        }
        let found = found.ok()?;
        if let Some(other) = catalog.broken().iter().find(|broken| broken.ids.contains(&found.id)) {
            self.out.error(Some(&name.span), format!("`{text}` is offered twice: by {}, and by {other}", place(&found.origin)));
        }
        Some(found)
    }

    /// The seeds of the file; of one without, 0.
    fn seeds(&mut self, root: &Node) -> Seeds {
        let written = root.get("run").and_then(|run| run.get("seeds"));
        written.and_then(|node| Seeds::read(node, self.out)).unwrap_or_else(|| Seeds::from(0))
    }

    /// Makes the model; its issues get their places.
    fn instance(&mut self, checked: Checked<'a>) -> Option<(Checked<'a>, PlannedModel)> {
        if !checked.clean {
            return None;
        }
        let canonical =
            json!([checked.plugin.id, json::content(&checked.parameters), json::content(checked.engine.get("init")?)])
                .to_string();
        let known = self.known.iter().find(|known| known.canonical == canonical).map(|known| Arc::clone(&known.model));
        match known.map_or_else(|| judged(Model::new(checked.plugin, &checked.parameters)), Ok) {
            Ok(model) => {
                self.notes(&checked.node, &model);
                let (label, plugin, parameters) = (checked.label.clone(), checked.plugin.id.clone(), checked.parameters.clone());
                Some((checked, PlannedModel { label, plugin, parameters, model, canonical }))
            }
            Err(error) => {
                self.report(&checked.node, "", &error);
                None
            }
        }
    }

    /// What a model has to say of parameters that it accepts.
    fn notes(&mut self, node: &Node, model: &Model) {
        for note in &model.notes {
            self.out.note(Some(&node.locate(&note.path).span), format!("`{}`: {}", note.path, note.message));
        }
    }

    /// A plugin's issues at the places that their paths name.
    fn report(&mut self, node: &Node, prefix: &str, error: &elbow_host::Error) {
        for issue in error.issues() {
            let place = node.locate(&format!("{prefix}{}", issue.path));
            // A plugin may leave the subject to the path.
            let headless = ["has ", "is ", "does "].iter().any(|verb| issue.message.starts_with(verb));
            let subject = if headless { format!("`{}` ", issue.path) } else { String::new() };
            self.out.error(Some(&place.span), format!("{subject}{}", issue.message));
        }
    }

    fn cells(&mut self, plan: &mut Plan, models: &[(Checked<'_>, PlannedModel)], optimizers: &[Checked<'_>]) {
        let mut ids = HashSet::new();
        for (m, (written, model)) in models.iter().enumerate() {
            let starts = self.starts(plan, written, model);
            for (o, optimizer) in optimizers.iter().enumerate().filter(|(_, optimizer)| optimizer.clean) {
                if optimizer.model().is_some_and(|label| label != model.label) {
                    continue;
                }
                let left_out = |reason| LeftOut { model: model.label.clone(), optimizer: optimizer.label.clone(), reason };
                if let Some(reason) = record::clash(written.plugin, optimizer.plugin) {
                    plan.left_out.push(left_out(reason));
                    continue;
                }
                let task = match resolve_task(&optimizer.engine, model, optimizer.plugin, written.plugin) {
                    Ok(task) => task,
                    Err(reason) => {
                        plan.left_out.push(left_out(reason));
                        continue;
                    }
                };
                let problem = Problem::new(&model.model, task);
                match judged(Optimizer::new(optimizer.plugin, &optimizer.parameters, &problem).map(drop)) {
                    // What the optimizer cannot do on this model it may do on another.
                    Err(error) if error.code() == UNSUPPORTED => {
                        plan.left_out.push(left_out(error.to_string()));
                        continue;
                    }
                    Err(error) => {
                        self.report(&optimizer.node, "", &error);
                        continue;
                    }
                    Ok(()) => {}
                }
                if let Err(reason) = self.check_changes(optimizer, &problem) {
                    plan.left_out.push(left_out(reason));
                    continue;
                }
                if let Some(reason) = starts.first().and_then(|start| cannot_step(model, optimizer, task, start)) {
                    plan.left_out.push(left_out(reason));
                    continue;
                }
                let own: Option<HashSet<u64>> = optimizer.seeds.as_ref().map(|own| own.iter().copied().collect());
                let seeds = plan.seeds.iter().zip(&starts).filter(|(seed, _)| own.as_ref().is_none_or(|own| own.contains(seed)));
                for (seed, start) in seeds {
                    let name = name(model, optimizer, task, *seed);
                    let (index, id, start) = (plan.cells.len(), hash(&name.to_string()), start.clone());
                    if !ids.insert(id.clone()) {
                        plan.left_out.push(left_out(format!("it repeats another cell (seed {seed})")));
                        continue;
                    }
                    plan.cells.push(Cell { index, id, model: m, optimizer: o, seed: *seed, task, start });
                }
            }
        }
        if plan.cells.is_empty() && self.out.is_empty() {
            self.out.is_nothing = true;
            for LeftOut { model, optimizer, reason } in &plan.left_out {
                self.out.error(None, format!("{model} with {optimizer}: {reason}"));
            }
        }
    }

    fn starts(&mut self, plan: &Plan, written: &Checked<'_>, model: &PlannedModel) -> Vec<Vec<f64>> {
        let init = Init { values: written.engine.get("init").unwrap_or(&Value::Absent), model };
        let starts = plan.seeds.iter().map(|seed| start(&init, *seed));
        let mut good = Vec::new();
        for start in starts {
            match start {
                Ok(start) => good.push(start),
                Err((path, message)) => self.out.error(Some(&written.node.locate(&path).span), message),
            }
        }
        good
    }

    fn probe(&mut self, root: &Node, top: &Value) -> Option<Probe> {
        let (written, table) = (root.get("probe")?, top.get("probe")?);
        let bin_width = table.get("bin_width")?.as_number()?;
        let points = match (written.get("file"), table.get("points")) {
            (Some(file), Some(Value::Absent)) => {
                let numbers = array::from_node(file, self.base, self.out)?;
                Points::Given { count: numbers.rows, data: numbers.data }
            }
            (None, Some(Value::Integer(count))) => {
                Points::Draw { kind: table.get("draw")?.as_text()?.to_owned(), count: usize::try_from(*count).ok()? }
            }
            _ => {
                self.out.error(Some(&written.span), "a probe takes either `points` (how many to draw) or `file`");
                return None;
            }
        };
        Some(Probe { points, bin_width })
    }

    /// Points must have the model's dimension and lie in its domain; a distribution must be one that the model has.
    fn check_points(&mut self, root: &Node, plan: &Plan, models: &[(Checked<'_>, PlannedModel)]) {
        let place = root.locate("probe.file").span.clone();
        for (_, model) in models {
            if let Err(reason) = crate::probe::check(plan, model) {
                self.out.error(Some(&place), format!("{}: {reason}", model.label));
            }
        }
    }
}

fn planned_optimizer(checked: Checked<'_>) -> PlannedOptimizer {
    let model = checked.model().map(str::to_owned);
    let Checked { plugin, label, parameters, engine, changes, seeds, .. } = checked;
    PlannedOptimizer { label, plugin: plugin.id.clone(), parameters, task: engine, changes, model, seeds }
}

/// All that the numbers of a cell depend on.
fn name(model: &PlannedModel, optimizer: &Checked<'_>, task: elbow_host::Task, seed: u64) -> serde_json::Value {
    let mut name = json!([model.canonical, optimizer.plugin.id, json::content(&optimizer.parameters), task_json(task), seed]);
    if let (false, Some(name)) = (optimizer.changes.is_empty(), name.as_array_mut()) {
        name.push(change::rows(&optimizer.changes));
    }
    name
}

/// The reason why an optimizer cannot make a step on a model, found by making one. Other failures are the cell's.
fn cannot_step(model: &PlannedModel, optimizer: &Checked<'_>, task: elbow_host::Task, start: &[f64]) -> Option<String> {
    let try_one = || {
        let mut proxy = Proxy::new(&model.model, task, start, 0, optimizer.plugin.quantities.len())?;
        let mut trial = Optimizer::new(optimizer.plugin, &optimizer.parameters, &proxy.problem())?;
        proxy.step(&mut trial, false)
    };
    judged(try_one()).err().filter(|error| error.code() == UNSUPPORTED).map(|error| error.to_string())
}

fn text(node: &Node, key: &str) -> Option<String> {
    if let NodeKind::Text(text) = &node.get(key)?.kind { Some(text.clone()) } else { None }
}

/// A model's preset says more than its plugin's name.
fn natural_label(node: &Node, plugin: &Plugin) -> String {
    text(node, "preset").unwrap_or_else(|| plugin.short().to_owned())
}

fn natural(value: Option<&Value>) -> Option<u64> {
    if let Some(Value::Integer(integer)) = value { u64::try_from(*integer).ok() } else { None }
}

/// The keys of an entry that belong to the engine.
fn keys(kind: PluginKind, plugin: &Plugin) -> Vec<Schema> {
    match kind {
        PluginKind::Model => spec::model(),
        PluginKind::Optimizer => spec::optimizer(Some(plugin)),
    }
}

fn budget(run: &Value) -> Budget {
    Budget {
        steps: natural(run.get("steps")).unwrap_or(1000),
        gradient_evaluations: natural(run.get("gradient_evaluations")),
        seconds: run.get("seconds").and_then(Value::as_number),
        until: until(run),
    }
}

fn until(run: &Value) -> Vec<Until> {
    let Some(Value::Table(entries)) = run.get("until") else { return Vec::new() };
    let one = |(name, value): &(String, Value)| Some(Until { quantity: name.clone(), threshold: value.as_number()? });
    entries.iter().filter_map(one).collect()
}

fn recording(run: &Value) -> Recording {
    let record = run.get("record");
    let flag = |key: &str| record.and_then(|record| record.get(key)) == Some(&Value::Bool(true));
    let every = natural(record.and_then(|record| record.get("every"))).unwrap_or(1);
    Recording { every, parameters: flag("parameters"), geometry: flag("geometry") }
}

fn task_json(task: elbow_host::Task) -> serde_json::Value {
    json!([task.objective, task.recognition, task.generative, task.learned])
}

fn hash(text: &str) -> String {
    Sha256::digest(text).iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

fn effective(plan: &Plan, top: &Value, models: &[(Checked<'_>, PlannedModel)], optimizers: &[Checked<'_>]) -> serde_json::Value {
    let merge = |checked: &Checked<'_>| {
        let (mut all, own) = (json::of(&checked.engine), json::of(&checked.parameters));
        if let (Some(all), serde_json::Value::Object(own)) = (all.as_object_mut(), own) {
            all.extend(own);
            all.insert("plugin".into(), json!(checked.plugin.id));
            all.insert("label".into(), json!(checked.label));
            checked.seeds.as_ref().map(|seeds| all.insert("seeds".into(), json!(seeds)));
            if !checked.changes.is_empty() {
                all.insert("changes".into(), change::rows(&checked.changes));
            }
        }
        all
    };
    let mut run = json::of(top.get("run").unwrap_or(&Value::Absent));
    run["seeds"] = json!(plan.seeds);
    let mut whole = json!({
        "name": plan.name,
        "about": plan.about,
        "run": run,
        "model": models.iter().map(|(checked, _)| merge(checked)).collect::<Vec<_>>(),
        "optimizer": optimizers.iter().map(merge).collect::<Vec<_>>(),
    });
    if plan.probe.is_some() {
        whole["probe"] = json::of(top.get("probe").unwrap_or(&Value::Absent));
    }
    whole
}
