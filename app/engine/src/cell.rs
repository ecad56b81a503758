//! One cell: an optimizer on a model, step by step until its budget or its end.

use crate::journal::Writer;
use crate::live::{Change, Control, Done, LiveCell, Metric, Next, Status};
use crate::plan::{Budget, Cell, Ending, Plan};
use crate::record::Recorder;
use crate::tuned::Tuned;
use crate::undefined::Undefined;
use crate::until::converged;
use crate::{change, ending, json};
use elbow_abi::OBJECTIVE_ELBO;
use elbow_host::{Counts, Place, PluginKind, Proxy, Result, Stream, work_time};
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
    /// Step of the last record, and the loss in the first one.
    recorded: Option<u64>,
    first_loss: Option<f64>,
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
    /// What has no meaning, and since when.
    pub undefined: Undefined,
}

/// Minibatches and noise depend on the seed alone, so that all optimizers see the same, and so do two models that differ in something
/// else.
pub(crate) fn noise_seed(seed: u64) -> u64 {
    Stream::new(&["noise", &format!("seed {seed}")]).seed()
}

/// Status of an ending and why.
type End = (Status, String);

impl Running {
    /// A cell at its start.
    ///
    /// # Errors
    /// The plugin's error.
    pub fn new(plan: &Plan, cell: &Cell) -> Result<Self> {
        let (model, optimizer) = (plan.model_of(cell), plan.optimizer_of(cell));
        let reports = plan.catalog.find(PluginKind::Optimizer, &optimizer.plugin).map_or(0, |plugin| plugin.quantities.len());
        let proxy = Proxy::new(&model.model, cell.task, &cell.start, noise_seed(cell.seed), reports)?;
        let tuned = Tuned::new(plan, cell, &proxy.problem())?;
        let (budget, process_time) = (plan.budget.clone(), Duration::ZERO);
        let (path_length, segment) = (0.0, None);
        Ok(Self { proxy, tuned, budget, step: 0, path_length, process_time, segment, recorded: None, first_loss: None })
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
            let over = self.over(started);
            if over.is_some() || boundary.is_some() || self.step.is_multiple_of(records.every) {
                // At a start on the boundary that is the reason, whatever is infinite there.
                if let (Some(end), None) = (self.record(records)?, &boundary) {
                    return Ok(self.ending(end));
                }
            }
            if let Some(reason) = boundary {
                return Ok(self.ending((Status::Diverged, reason)));
            }
            let end = match over {
                Some(reason) => Some(ending::finished(self.first_loss, records.recorder.loss(), reason)),
                None => self.go_on(control, records)?,
            };
            if let Some(end) = end {
                // The last point is recorded, whatever the period.
                if self.recorded != Some(self.step) {
                    self.record(records)?;
                }
                return Ok(self.ending(end));
            }
        }
    }

    /// Makes what changes are due and one step, unless that is the end.
    fn go_on(&mut self, control: &Control, records: &mut Records<'_>) -> io::Result<Option<End>> {
        if !self.may_step(control, records)? {
            return Ok(Some((Status::Stopped, "stopped on request".into())));
        }
        // What a fork repeats was seen before.
        if records.live.fork.is_none_or(|fork| self.step >= fork.step) {
            control.keep_pace(records.live);
        }
        self.one_step(records)
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

    fn ending(&self, (status, reason): End) -> Ending {
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

    /// What is used up of the budget; nothing needs to be said of the steps.
    fn over(&self, started: Instant) -> Option<String> {
        let Budget { steps, gradient_evaluations, seconds, .. } = &self.budget;
        if self.step >= *steps {
            return Some(String::new());
        }
        if let Some(most) = gradient_evaluations.filter(|most| self.proxy.counts.gradient >= *most) {
            return Some(format!("after {most} gradients"));
        }
        let spent = seconds.filter(|most| started.elapsed().as_secs_f64() >= *most);
        spent.map(|most| format!("after {most} s, at step {} of {steps}: another run may end elsewhere", self.step))
    }

    fn one_step(&mut self, records: &mut Records<'_>) -> io::Result<Option<End>> {
        self.segment.get_or_insert_with(work_time);
        let before = self.proxy.counts.halvings;
        let length = match self.proxy.step(&mut self.tuned.optimizer, records.recorder.measures_path()) {
            Ok(length) => length,
            Err(error) => return Ok(Some(ending::of_error(&error, &mut self.proxy))),
        };
        self.step += 1;
        records.live.progress(self.step);
        self.path_length += length;
        if let (Some(journal), halvings @ 1..) = (&mut records.journal, self.proxy.counts.halvings - before) {
            journal.mark(self.step, "halvings", halvings)?;
        }
        Ok(ending::of_rest(&mut self.proxy))
    }

    /// Records the point; an end tells that it is the cell's last.
    fn record(&mut self, records: &mut Records<'_>) -> io::Result<Option<End>> {
        if let Some(start) = self.segment.take() {
            self.process_time += work_time().saturating_sub(start);
        }
        if let Err(error) = records.recorder.fill(&mut self.proxy, self.path_length) {
            return Ok(Some(ending::of_error(&error, &mut self.proxy)));
        }
        let (recorder, seconds) = (&records.recorder, self.process_time.as_secs_f64());
        for mark in records.undefined.take(self.step, &recorder.undefined, &recorder.names) {
            records.live.lose(&mark);
            records.journal.as_mut().map_or(Ok(()), |journal| journal.other("mark", &mark))?;
        }
        if let Some(journal) = &mut records.journal {
            journal.point(self.step, &recorder.row, &recorder.undefined, seconds)?;
        }
        records.live.push(self.step, &[&recorder.row[..], &[seconds]].concat());
        self.recorded = Some(self.step);
        self.first_loss = self.first_loss.or(recorder.loss());
        if let Some(reason) = recorder.not_finite() {
            return Ok(Some((Status::Diverged, reason)));
        }
        let reached = converged(&self.budget.until, &recorder.columns, &recorder.row);
        Ok(reached.map(|reason| (Status::Converged, reason)))
    }
}

/// The column that the interface sees beside the recorded ones: it differs from run to run, so it is kept apart.
pub fn process_time() -> Metric {
    let doc = "Processor time of the cell's steps, on all threads, recording not counted.".into();
    Metric { name: "process_time".into(), unit: "s".into(), doc, better: 0, exact: false }
}
