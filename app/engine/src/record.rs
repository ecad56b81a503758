//! The record of a point: which columns a cell has, and their values.

use crate::geometry::{self, Angles, NaturalNorm};
use crate::live::Metric;
use crate::plan::{Cell, Plan};
use crate::undefined::Reasons;
use elbow_abi::{OBJECTIVE_ELBO, OBJECTIVE_EVIDENCE};
use elbow_host::{Evaluator, Plugin, PluginKind, Proxy, Quantity, Result, Task};

/// Elements of the spectrum are recorded up to this many.
const LARGEST_SPECTRUM: usize = 64;

/// The visible marginal is recorded up to this many visible states, and summed over up to this many joint ones.
const LARGEST_VISIBLE: usize = 16;
const LARGEST_JOINT: usize = 4096;

/// Fills the rows of a cell.
pub struct Recorder {
    /// The columns, in the order of a row.
    pub columns: Vec<Metric>,
    /// Their names.
    pub names: Vec<String>,
    /// The last row; NaN where `undefined` has a reason.
    pub row: Vec<f64>,
    /// Why quantities of the last row have no meaning, by place.
    pub undefined: Reasons,
    /// p*(v) for each visible state, where p_θ(v) is recorded.
    pub target: Option<Vec<f64>>,
    quantities: usize,
    /// Places of log_evidence, elbo, gap, kl_joint and kl_visible, if the model has them all.
    identities: Option<[usize; 5]>,
    angles: Option<Angles>,
    norm: Option<NaturalNorm>,
    spectrum: bool,
    parameters: bool,
    /// p_θ(v, h), a row for each visible state, where it is recorded.
    joint: Vec<f64>,
    gradient: Vec<f64>,
    /// (θ, φ).
    point: Vec<f64>,
    watched: Option<usize>,
}

fn metric(name: &str, unit: &str, doc: &str, better: i32) -> Metric {
    Metric { name: name.into(), unit: unit.into(), doc: doc.into(), better, exact: true }
}

fn declared(quantity: &Quantity) -> Metric {
    let Quantity { name, unit, doc, better, exact } = quantity.clone();
    Metric { name, unit, doc, better, exact }
}

/// Elements of a vector as columns.
pub fn elements(name: &str, n: usize, doc: &str) -> impl Iterator<Item = Metric> {
    (0..n).map(move |i| metric(&format!("{name}[{i}]"), "", doc, 0))
}

const RESIDUAL: &str = "Largest absolute residual of log_evidence = elbo + gap, kl_joint = kl_visible + gap and \
    kl_joint + elbo = kl_visible + log_evidence (= −H*).";

const PATH_LENGTH: &str = "Fisher–Rao length of the path so far, Σ √(δᵀ G δ).";

fn costs() -> [Metric; 7] {
    [
        metric("loss_evaluations", "", "Losses that the optimizer asked for.", 0),
        metric("gradient_evaluations", "", "Gradients that the optimizer asked for.", 0),
        metric("fisher_evaluations", "", "Fisher matrices, dense or diagonal, that the optimizer asked for.", 0),
        metric("product_evaluations", "", "Fisher-vector products that the optimizer asked for.", 0),
        metric("solves", "", "Linear systems that the optimizer solved.", 0),
        metric("halvings", "", "Halvings of steps, and trial points refused, because they left the domain.", 0),
        metric("damping_raises", "", "Times that damping was raised because a matrix was not positive definite.", 0),
    ]
}

/// Whether a column counts what was spent.
pub fn is_cost(name: &str) -> bool {
    name == "path_length" || costs().iter().any(|cost| cost.name == name)
}

/// Vectors of our own.
const VECTORS: [&str; 3] = ["parameter", "spectrum", "visible"];

/// Whether a column of our own has this name, in any experiment.
fn is_ours(name: &str) -> bool {
    let single = ["step", "residual", "euclidean_norm", "path_length", "process_time"];
    let ours = || costs().into_iter().chain(geometry::columns());
    let stem = name.split_once('[').map(|(stem, _)| stem);
    single.contains(&name) || stem.is_some_and(|stem| VECTORS.contains(&stem)) || ours().any(|column| column.name == name)
}

/// Why what a model and an optimizer record cannot stand in one table: two columns would have one name.
pub fn clash(model: &Plugin, optimizer: &Plugin) -> Option<String> {
    let names = |plugin: &'_ Plugin| plugin.quantities.iter().map(|quantity| quantity.name.clone()).collect::<Vec<_>>();
    let (first, second) = (names(model), names(optimizer));
    if let Some(name) = first.iter().find(|name| second.contains(name)) {
        return Some(format!("{} and {} both record a quantity `{name}`", model.id, optimizer.id));
    }
    let ours = |plugin: &Plugin, names: &[String]| {
        let name = names.iter().find(|name| is_ours(name))?;
        Some(format!("{} records a quantity `{name}`, which is the name of one that elbow records itself", plugin.id))
    };
    ours(model, &first).or_else(|| ours(optimizer, &second))
}

impl Recorder {
    /// The recorder of a cell.
    pub fn new(plan: &Plan, cell: &Cell) -> Self {
        let (planned, recording) = (plan.model_of(cell), &plan.recording);
        let find = |kind, id: &str| plan.catalog.find(kind, id).map_or(&[][..], |plugin| &plugin.quantities);
        let quantities = find(PluginKind::Model, &planned.plugin);
        let mut columns: Vec<Metric> = quantities.iter().map(declared).collect();
        let place = |name: &str| quantities.iter().position(|quantity| quantity.name == name);
        let places = ["log_evidence", "elbo", "gap", "kl_joint", "kl_visible"].map(place);
        let identities = places.iter().all(Option::is_some).then(|| places.map(Option::unwrap_or_default));
        if identities.is_some() {
            columns.push(metric("residual", "nats", RESIDUAL, 0));
        }
        columns.push(metric("euclidean_norm", "", "√(∇Lᵀ∇L) of the loss, over all trained parameters.", 0));
        let angles = if recording.geometry { Angles::new(&planned.model) } else { None };
        let norm = angles.as_ref().and_then(|_| NaturalNorm::new(&planned.model, cell.task));
        if angles.is_some() {
            columns.extend(geometry::columns());
            columns.push(metric("path_length", "", PATH_LENGTH, 0));
        }
        columns.extend(costs());
        columns.extend(find(PluginKind::Optimizer, &plan.optimizer_of(cell).plugin).iter().map(declared));
        if recording.parameters {
            columns.extend(elements("parameter", cell.start.len(), "Parameters: θ, then φ."));
        }
        let n = planned.model.shape().generative;
        let spectrum = angles.is_some() && n <= LARGEST_SPECTRUM;
        if spectrum {
            columns.extend(elements("spectrum", n, "Eigenvalues of the pencil (G_V, G), ascending."));
        }
        let (target, joint) = visible_marginal(plan, cell).unzip();
        let states = target.as_ref().map_or(0, Vec::len);
        columns.extend(elements("visible", states, "p_θ(v), the visible marginal, in the model's order of visible states."));
        let loss = if cell.task.objective == OBJECTIVE_ELBO { "elbo" } else { "log_evidence" };
        Self {
            row: vec![f64::NAN; columns.len()],
            undefined: Reasons::new(),
            target,
            joint: joint.unwrap_or_default(),
            watched: columns.iter().position(|column| column.name == loss),
            names: columns.iter().map(|column| column.name.clone()).collect(),
            columns,
            quantities: quantities.len(),
            identities,
            angles,
            norm,
            spectrum,
            parameters: recording.parameters,
            gradient: vec![0.0; cell.start.len()],
            point: cell.start.clone(),
        }
    }

    /// Fills the row where the cell stands.
    ///
    /// # Errors
    /// The model's error.
    pub fn fill(&mut self, proxy: &mut Proxy, path_length: f64) -> Result<()> {
        let (task, c) = (proxy.task(), proxy.counts);
        self.point.copy_from_slice(proxy.parameters());
        self.undefined.clear();
        self.row.clear();
        self.fill_quantities(proxy.evaluator()?, task)?;
        self.row.push(euclidean_norm(proxy.evaluator()?, task, &mut self.gradient)?);
        self.fill_geometry(proxy.evaluator()?, task, path_length)?;
        self.row.extend([c.loss, c.gradient, c.fisher, c.product, c.solve, c.halvings, c.raised].map(|count| count as f64));
        self.fill_reports(&proxy.reports);
        if self.parameters {
            self.row.extend(&self.point);
        }
        self.fill_tables(proxy.evaluator()?)
    }

    /// What the model records, and how far it is from the identities.
    fn fill_quantities(&mut self, at: &mut Evaluator, task: Task) -> Result<()> {
        self.row.resize(self.quantities, f64::NAN);
        at.quantities(task.recognition, &mut self.row)?;
        for place in (0..self.quantities).filter(|place| self.row[*place].is_nan()) {
            self.undefined.extend(at.undefined(task.recognition, place).map(|reason| (place, reason)));
        }
        if let Some(places) = self.identities {
            let lost = places.iter().find_map(|place| self.undefined.get(place).cloned());
            self.undefined.extend(lost.map(|reason| (self.row.len(), reason)));
            self.row.push(residual(places.map(|place| self.row[place])));
        }
        Ok(())
    }

    /// Lengths, angles and eigenvalues. Where the joint distribution is none, or on the boundary, G is no finite metric.
    fn fill_geometry(&mut self, at: &mut Evaluator, task: Task, path_length: f64) -> Result<()> {
        let (Some(angles), first) = (&mut self.angles, self.row.len()) else { return Ok(()) };
        let (theta, phi) = self.point.split_at(at.model().shape().generative);
        let outside =
            at.model().describe_place(theta, phi).err().map(|error| format!("G is no metric here: {}", message(&error)));
        if outside.is_none() {
            angles.evaluate(at, task.objective, task.recognition)?;
            angles.values[0] = self.norm.as_mut().map_or(Ok(f64::NAN), |norm| norm.evaluate(at))?;
        } else {
            angles.clear();
        }
        self.row.extend(angles.values);
        self.row.push(path_length);
        for place in (first..self.row.len()).filter(|place| self.row[*place].is_nan()) {
            let usual = match place - first {
                0 => "a Fisher matrix of the trained parameters is missing or too large",
                8 => "the path left the points where G is a metric",
                angle => Angles::undefined(angle),
            };
            self.undefined.insert(place, outside.clone().unwrap_or_else(|| usual.to_owned()));
        }
        Ok(())
    }

    fn fill_reports(&mut self, reports: &[Option<f64>]) {
        for report in reports {
            if report.is_none() {
                self.undefined.insert(self.row.len(), "no step has reported it".into());
            }
            self.row.push(report.unwrap_or(f64::NAN));
        }
    }

    /// The spectrum and the visible marginal.
    fn fill_tables(&mut self, at: &mut Evaluator) -> Result<()> {
        if let (true, Some(angles)) = (self.spectrum, &self.angles) {
            let first = self.row.len();
            self.row.extend(&angles.spectrum);
            let beyond = (first..self.row.len()).filter(|place| self.row[*place].is_nan());
            self.undefined.extend(beyond.map(|place| (place, geometry::BEYOND_RANK.to_owned())));
        }
        let hidden = at.model().shape().hidden_states.max(1);
        if self.target.is_some() {
            at.joint_table(&mut self.joint)?;
        }
        self.row.extend(self.joint.chunks_exact(hidden).map(|row| row.iter().sum::<f64>()));
        Ok(())
    }

    /// Whether the Fisher–Rao length of the path is wanted.
    pub fn measures_path(&self) -> bool {
        self.angles.is_some()
    }

    /// What is wrong with the last row: the first number that has a meaning and is not finite.
    pub fn not_finite(&self) -> Option<String> {
        let wrong = |(place, value): &(usize, &f64)| !value.is_finite() && !self.undefined.contains_key(place);
        let (place, value) = self.row.iter().enumerate().find(wrong)?;
        Some(format!("{} is {value}", self.columns[place].name))
    }

    /// The loss in the last row: less the objective, if it is recorded.
    pub fn loss(&self) -> Option<f64> {
        self.watched.map(|place| -self.row[place])
    }
}

/// What is wrong, without the path of the parameter.
fn message(error: &elbow_host::Error) -> &str {
    error.issues().first().map_or("", |issue| &issue.message)
}

/// p*(v) of a small finite model whose geometry is recorded, and memory for its joint distribution.
fn visible_marginal(plan: &Plan, cell: &Cell) -> Option<(Vec<f64>, Vec<f64>)> {
    let (model, theta) = (&plan.model_of(cell).model, &cell.start);
    let (visible, hidden) = (model.shape().visible_states, model.shape().hidden_states);
    let is_small = (1..=LARGEST_VISIBLE).contains(&visible) && (1..=LARGEST_JOINT).contains(&(visible * hidden));
    if !plan.recording.geometry || !model.has_table() || !is_small {
        return None;
    }
    let (mut at, (theta, phi)) = (model.evaluator(0).ok()?, theta.split_at(model.shape().generative));
    let mut target = vec![0.0; visible];
    at.move_to(theta, phi, 0).and_then(|()| at.target_table(&mut target)).ok()?;
    Some((target, vec![0.0; visible * hidden]))
}

/// Largest residual of the identities between (log evidence, elbo, gap, kl_joint, kl_visible).
fn residual([evidence, elbo, gap, joint, visible]: [f64; 5]) -> f64 {
    let residuals = [evidence - (elbo + gap), joint - (visible + gap), (joint + elbo) - (visible + evidence)];
    residuals.iter().fold(0.0, |largest, residual| if residual.is_nan() { f64::NAN } else { f64::max(largest, residual.abs()) })
}

fn euclidean_norm(at: &mut Evaluator, task: Task, gradient: &mut [f64]) -> Result<f64> {
    debug_assert!(task.objective <= OBJECTIVE_EVIDENCE, "a known objective");
    let (theta, phi) = gradient.split_at_mut(at.model().shape().generative);
    let (theta, phi) = (task.generative.then_some(theta), task.learned.then_some(phi));
    at.gradient(task.objective, task.recognition, theta, phi)?;
    Ok(gradient.iter().map(|g| g * g).sum::<f64>().sqrt())
}
