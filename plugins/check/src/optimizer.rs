//! Checks of an optimizer.

use crate::complete::complete;
use crate::make_step;
use crate::{Check, Verdict, assert_all, descriptor, ensure, quadratic};
use elbow_abi::{
    CAPABILITY_FISHER, CAPABILITY_LAYERS, ElbowEntry, NUMERIC, OBJECTIVE_ELBO, PANIC, RECOGNITION_EXACT, UNSUPPORTED,
};
use elbow_host::{Catalog, Model, Optimizer, Origin, Plugin, PluginKind, Proxy, Result, Schema, Task, Value};

/// Where runs on the quadratic form start.
pub const START: [f64; quadratic::P] = [3.0, -2.0, 1.5, 4.0];

struct Subject {
    catalog: &'static Catalog,
    plugin: &'static Plugin,
}

/// A run of an optimizer on one of the check's models.
struct Run {
    proxy: Box<Proxy>,
    optimizer: Optimizer,
    /// Another one that has made no step.
    fresh: Optimizer,
}

impl Run {
    fn step(&mut self) -> Result<()> {
        make_step(&mut self.proxy, &mut self.optimizer)
    }

    fn steps(&mut self, n: usize) -> Result<Vec<u64>> {
        (0..n).try_for_each(|_| self.step())?;
        Ok(self.proxy.parameters().iter().map(|x| x.to_bits()).collect())
    }
}

impl Subject {
    fn run(&self, model: &str) -> Result<Run> {
        let plugin = self.catalog.find(PluginKind::Model, model).expect("the check's own models are in the catalog");
        let model = Model::new(plugin, &Schema::defaults(&plugin.schema))?;
        let task = Task { objective: OBJECTIVE_ELBO, recognition: RECOGNITION_EXACT, generative: true, learned: false };
        let proxy = Proxy::new(&model, task, &START, 0, self.plugin.quantities.len())?;
        let make = || Optimizer::new(self.plugin, &Schema::defaults(&self.plugin.schema), &proxy.problem());
        let (optimizer, fresh) = (make()?, make()?);
        Ok(Run { proxy, optimizer, fresh })
    }
}

/// Asserts that the optimizers of a bundle conform.
///
/// # Panics
/// With every check that fails.
pub fn assert_conforms(entry: &'static ElbowEntry) {
    let mut catalog = Catalog::bundled(entry).expect("the bundle is admitted");
    catalog.admit(quadratic::models(), &Origin::Bundled).expect("the check's models are admitted");
    let catalog: &'static Catalog = Box::leak(Box::new(catalog));
    for plugin in catalog.list(PluginKind::Optimizer) {
        assert_all(plugin, &Subject { catalog, plugin }, CHECKS);
    }
}

const CHECKS: &[Check<Subject>] = &[
    ("descriptor-text", |s| descriptor::text(s.plugin)),
    ("params-defaults-in-bounds", |s| descriptor::defaults(&s.plugin.schema)),
    ("descends-on-quadratic", descends),
    ("determinism", |s| same(s, 20, "two runs from the same start differ", |run, n| run.steps(n))),
    ("state-roundtrip-bitwise", |s| same(s, 20, "state() leaves something out: k + k steps differ from 2 k", interrupted)),
    ("state-garbage", garbage),
    ("missing-capability-is-unsupported", missing),
    ("nan-gradient-no-crash", |s| fails_with(s, "check.spoiled", NUMERIC)),
    ("model-error-propagates", |s| fails_with(s, "check.failing", elbow_abi::FAILED)),
];

/// Where an optimizer goes on the quadratic form from [`START`]: the start and the point after each step.
///
/// # Panics
/// If the parameters are refused or a step fails.
pub fn positions(entry: &'static ElbowEntry, given: &[(&str, Value)], steps: usize) -> Vec<Vec<f64>> {
    let mut catalog = Catalog::bundled(entry).expect("the bundle is admitted");
    catalog.admit(quadratic::models(), &Origin::Bundled).expect("the check's models are admitted");
    let catalog: &'static Catalog = Box::leak(Box::new(catalog));
    let plugin = catalog.list(PluginKind::Optimizer).next().expect("an optimizer");
    let mut run = Subject { catalog, plugin }.run("check.quadratic").expect("a run");
    run.optimizer =
        Optimizer::new(plugin, &complete(&plugin.schema, given), &run.proxy.problem()).expect("the parameters are accepted");
    let mut positions = vec![run.proxy.parameters().to_vec()];
    for _ in 0..steps {
        run.step().expect("a step");
        positions.push(run.proxy.parameters().to_vec());
    }
    positions
}

fn told<T>(result: Result<T>) -> std::result::Result<T, String> {
    result.map_err(|error| error.to_string())
}

fn descends(subject: &Subject) -> Verdict {
    let mut run = told(subject.run("check.quadratic"))?;
    let loss = |run: &mut Run| told(run.proxy.evaluator().and_then(|at| at.loss(OBJECTIVE_ELBO, RECOGNITION_EXACT)));
    let before = loss(&mut run)?;
    told(run.steps(50))?;
    let after = loss(&mut run)?;
    ensure(after < before, || format!("with its defaults it goes from {before} to {after} on a quadratic form: check the sign"))
}

/// Compares n steps with another way of making them.
fn same(subject: &Subject, n: usize, otherwise: &str, way: fn(&mut Run, usize) -> Result<Vec<u64>>) -> Verdict {
    let straight = told(subject.run("check.quadratic").and_then(|mut run| run.steps(n)))?;
    let other = told(subject.run("check.quadratic").and_then(|mut run| way(&mut run, n)))?;
    ensure(straight == other, || otherwise.into())
}

/// Half of the steps; then a fresh optimizer that has seen none of them takes up the state.
fn interrupted(run: &mut Run, n: usize) -> Result<Vec<u64>> {
    run.steps(n / 2)?;
    let bytes = run.optimizer.save()?;
    std::mem::swap(&mut run.optimizer, &mut run.fresh);
    run.optimizer.load(&bytes)?;
    run.steps(n - n / 2)
}

fn garbage(subject: &Subject) -> Verdict {
    for bytes in [&[][..], &[7; 3], &[0xff; 64]] {
        let mut run = told(subject.run("check.quadratic"))?;
        if let Err(error) = run.optimizer.load(bytes) {
            ensure(error.code() != PANIC, || format!("load({} bytes of garbage) panics: {error}", bytes.len()))?;
        }
    }
    Ok(())
}

fn missing(subject: &Subject) -> Verdict {
    let needs = subject.plugin.capabilities.iter().any(|need| need == CAPABILITY_FISHER || need == CAPABILITY_LAYERS);
    match subject.run("check.plain").and_then(|mut run| run.step()) {
        Err(error) if needs => {
            ensure(error.code() == UNSUPPORTED, || format!("without Fisher matrices or layers it says: {error}"))
        }
        Ok(()) if needs => Err("it says that it needs Fisher matrices but steps without them: drop the capability".into()),
        other => told(other),
    }
}

fn fails_with(subject: &Subject, model: &str, code: i32) -> Verdict {
    match subject.run(model).and_then(|mut run| run.step()) {
        Ok(()) => Err("a failing gradient does not fail the step: hand errors on with `?`".into()),
        Err(error) => ensure(error.code() == code, || format!("the step fails with another error: {error}")),
    }
}
