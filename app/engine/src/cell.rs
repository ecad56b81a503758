//! One cell: an optimizer on a model, step by step until its budget or its end.

use crate::journal::Writer;
use crate::live::{Change, Control, Done, LiveCell, Metric, Next, Status};
use crate::plan::{Budget, Cell, Ending, Plan, PlannedModel};
use crate::record::Recorder;
use crate::tuned::Tuned;
use crate::{change, json};
use elbow_abi::{DOMAIN, NUMERIC, OBJECTIVE_ELBO};
use elbow_host::{Counts, Error, Place, PluginKind, Proxy, Result, Stream, work_time};
use serde_json::json;
use std::io;
use std::time::{Duration, Instant};

/// A cell under way.
pub struct Running {
    proxy: Box<Proxy>,
    tuned: Tuned,
    budget: Budget,
    step: u64,
    path_length: f64,
    /// Time that this thread and the pool for it have worked in steps, recording not counted.
    process_time: Duration,
    segment: Option<Duration>,
}

/// Where the records of a cell go.
pub struct Records<'a> {
    /// Fills the rows.
    pub recorder: Recorder,
    /// Steps from one record to the next.
    pub every: u64,
    /// The run directory's journal of the cell.
    pub journal: Option<Writer>,
    /// Who looks on.
    pub live: &'a LiveCell,
}

/// Minibatches and noise depend on the model and the seed alone, so that all optimizers see the same.
pub(crate) fn noise_seed(model: &PlannedModel, seed: u64) -> u64 {
    Stream::new(&["noise", &format!("seed {seed}"), &model.canonical]).seed()
}

/// How a cell ends that fails so.
fn end(error: &Error) -> (Status, String) {
    let status = if matches!(error.code(), NUMERIC | DOMAIN) { Status::Diverged } else { Status::Failed };
    (status, error.to_string())
}

impl Running {
    /// A cell at its start.
    ///
    /// # Errors
    /// The plugin's error.
    pub fn new(plan: &Plan, cell: &Cell) -> Result<Self> {
        let (model, optimizer) = (plan.model_of(cell), plan.optimizer_of(cell));
        let reports = plan.catalog.find(PluginKind::Optimizer, &optimizer.plugin).map_or(0, |plugin| plugin.quantities.len());
        let proxy = Proxy::new(&model.model, cell.task, &cell.start, noise_seed(model, cell.seed), reports)?;
        let tuned = Tuned::new(plan, cell, &proxy.problem())?;
        let (budget, process_time) = (plan.budget.clone(), Duration::ZERO);
        Ok(Self { proxy, tuned, budget, step: 0, path_length: 0.0, process_time, segment: None })
    }

    /// Steps made.
    pub fn steps(&self) -> u64 {
        self.step
    }

    /// How often what was evaluated for the optimizer.
    pub fn counts(&self) -> Counts {
        self.proxy.counts
    }

    /// A quantity of the model where the cell stands, by its place in the model's declaration.
    ///
    /// # Errors
    /// The model's error.
    pub fn quantity(&mut self, place: usize) -> Result<f64> {
        let recognition = self.proxy.task().recognition;
        let at = self.proxy.evaluator()?;
        let mut values = vec![f64::NAN; at.model().quantities];
        at.quantities(recognition, &mut values)?;
        Ok(values.get(place).copied().unwrap_or(f64::NAN))
    }

    /// Makes steps with nothing recorded, until the step `until`.
    ///
    /// # Errors
    /// The plugin's error.
    pub fn advance(&mut self, until: u64, control: &Control) -> Result<()> {
        while self.step < until && !control.is_stopped() {
            while let Some(change) = self.tuned.due(self.step) {
                let _ = self.tuned.change(&change, &self.proxy.problem()); // a refused change changes nothing
            }
            self.proxy.step(&mut self.tuned.optimizer, false)?;
            self.step += 1;
        }
        Ok(())
    }

    /// Runs the cell to its end, with records.
    ///
    /// # Errors
    /// Only of writing the records; a plugin's failure is an ending.
    pub fn run(mut self, control: &Control, records: &mut Records<'_>) -> io::Result<Ending> {
        let started = Instant::now();
        let boundary = self.boundary();
        loop {
            let over = self.over(started) || boundary.is_some();
            if over || self.step.is_multiple_of(records.every) {
                // At a start on the boundary that is the reason, whatever is infinite there.
                if let (Err((status, reason)), None) = (self.record(records)?, &boundary) {
                    return Ok(self.ending(status, reason));
                }
            }
            if let Some(reason) = boundary {
                return Ok(self.ending(Status::Diverged, reason));
            }
            if over {
                return Ok(self.ending(Status::Finished, String::new()));
            }
            if !self.may_step(control, records)? {
                return Ok(self.ending(Status::Stopped, "stopped on request".into()));
            }
            // What a fork repeats was seen before.
            if records.live.fork.is_none_or(|fork| self.step >= fork.step) {
                control.keep_pace(records.live);
            }
            if let Err((status, reason)) = self.one_step(records) {
                return Ok(self.ending(status, reason));
            }
        }
    }

    /// Makes the changes that are due, the planned ones first, and waits while the cell is held. False: it shall end.
    fn may_step(&mut self, control: &Control, records: &mut Records<'_>) -> io::Result<bool> {
        while let Some(change) = self.tuned.due(self.step) {
            self.change(change, true, records)?;
        }
        loop {
            match control.next(records.live) {
                Next::Step => return Ok(true),
                Next::End => return Ok(false),
                Next::Change => {
                    records.live.take_changes().into_iter().try_for_each(|change| self.change(change, false, records))?;
                }
            }
        }
    }

    /// Makes a change, or refuses it with a reason; the journal and who looks on are told.
    fn change(&mut self, change: Change, planned: bool, records: &mut Records<'_>) -> io::Result<()> {
        let (step, path, new) = (self.step, &change.path, change::show(&change.value));
        let old = change::show(self.tuned.value(path));
        let result = self.tuned.change(&change, &self.proxy.problem());
        let mut mark = json!({ "step": step, "event": "change", "path": path, "value": json::of(&change.value) });
        match &result {
            Ok(_) => records.live.mark(step, format!("{path} {old} → {new}")),
            Err(error) => {
                records.live.mark(step, format!("{path} stays {old}, not {new}: {error}"));
                mark["event"] = json!("refused");
                mark["reason"] = json!(error.to_string());
            }
        }
        records.live.settle(Done { step, change, before: result.ok(), planned });
        records.journal.as_mut().map_or(Ok(()), |journal| journal.other("mark", &mark))
    }

    fn ending(&self, status: Status, reason: String) -> Ending {
        Ending { status, reason, steps: self.step }
    }

    /// A start on the boundary of the domain, where the Fisher matrix is not finite: nothing can flow from there.
    fn boundary(&mut self) -> Option<String> {
        let point = self.proxy.parameters().to_vec();
        let model = self.proxy.evaluator().ok()?.model();
        let (theta, phi) = point.split_at(model.shape().generative);
        if model.place(OBJECTIVE_ELBO, theta, phi) == Place::Inside {
            return None;
        }
        model.describe_place(theta, phi).err().map(|error| format!("at the start {}", error.issues()[0].message))
    }

    fn over(&self, started: Instant) -> bool {
        let budget = &self.budget;
        self.step >= budget.steps
            || budget.gradient_evaluations.is_some_and(|most| self.proxy.counts.gradient >= most)
            || budget.seconds.is_some_and(|most| started.elapsed().as_secs_f64() >= most)
    }

    fn one_step(&mut self, records: &mut Records<'_>) -> std::result::Result<(), (Status, String)> {
        self.segment.get_or_insert_with(work_time);
        let before = self.proxy.counts.halvings;
        let length = self.proxy.step(&mut self.tuned.optimizer, records.recorder.measures_path()).map_err(|error| end(&error))?;
        self.step += 1;
        records.live.progress(self.step);
        self.path_length += length;
        let halvings = self.proxy.counts.halvings - before;
        match (&mut records.journal, halvings) {
            (Some(journal), 1..) => journal.mark(self.step, "halvings", halvings),
            _ => Ok(()),
        }
        .map_err(|error| (Status::Failed, format!("cannot write the journal: {error}")))
    }

    /// Records the point; `Err` inside tells that it is the cell's last.
    fn record(&mut self, records: &mut Records<'_>) -> io::Result<std::result::Result<(), (Status, String)>> {
        if let Some(start) = self.segment.take() {
            self.process_time += work_time().saturating_sub(start);
        }
        if let Err(error) = records.recorder.fill(&mut self.proxy, self.path_length) {
            return Ok(Err(end(&error)));
        }
        let seconds = self.process_time.as_secs_f64();
        if let Some(journal) = &mut records.journal {
            journal.point(self.step, &records.recorder.row, seconds)?;
        }
        records.live.push(self.step, &[&records.recorder.row[..], &[seconds]].concat());
        Ok(match records.recorder.not_finite() {
            Some(reason) => Err((Status::Diverged, reason)),
            None => Ok(()),
        })
    }
}

/// The column that the interface sees beside the recorded ones: it differs from run to run, so it is kept apart.
pub fn process_time() -> Metric {
    let doc = "Processor time of the cell's steps, on all threads, recording not counted.".into();
    Metric { name: "process_time".into(), unit: "s".into(), doc, better: 0, exact: false }
}
