//! Plans from text, and runs into a temporary folder.
#![allow(dead_code, reason = "each test uses some of it")]

use elbow_engine::build::{self, Request};
use elbow_engine::diagnostic::Diagnostics;
use elbow_engine::plan::Plan;
use elbow_engine::run::{self, Outcome};
use elbow_host::Catalog;
use std::path::Path;
use std::sync::Arc;

/// Plans a text.
pub fn try_plan(text: &str) -> Result<Plan, Diagnostics> {
    plan_in(text, Path::new(env!("CARGO_MANIFEST_DIR")))
}

/// Plans a text whose files are in a folder.
pub fn plan_in(text: &str, base: &Path) -> Result<Plan, Diagnostics> {
    let catalog = Arc::new(Catalog::bundled(elbow_bundle::bundle()).expect("the bundle is admitted"));
    build::plan(&Request { name: "test.toml", text, base, set: &[], seeds: None }, &catalog)
}

/// Plans a text that is right.
pub fn plan(text: &str) -> Plan {
    try_plan(text).unwrap_or_else(|wrong| panic!("{}", wrong.render(false)))
}

/// Runs all cells.
pub fn run(plan: &Plan, jobs: usize, directory: Option<&Path>) -> Vec<Outcome> {
    let live = run::live(plan, false);
    let outcomes = run::run(plan, &live, jobs, directory);
    assert!(outcomes.iter().all(|outcome| outcome.trouble.is_none()), "the records can be written");
    outcomes
}

/// The last value of a column.
pub fn last(outcome: &Outcome, name: &str) -> f64 {
    let place = outcome.columns.iter().position(|column| column.name == name);
    outcome.last[place.unwrap_or_else(|| panic!("there is no column {name}"))]
}

/// A model with five parameters and an optimizer, with more lines for each.
pub fn small(model: &str, optimizer: &str) -> String {
    format!(
        "run.steps = 30\n[[model]]\nplugin = \"bayesian-network\"\npreset = \"non-cylindrical\"\n\
         target = {{ parameters = [0.7, 0.3, 0.6, 0.2, 0.9] }}\n{model}\n\
         [[optimizer]]\nplugin = \"fisher-rao\"\nstep_size = 0.01\n{optimizer}\n"
    )
}

/// The bits of a recorded cell: steps, then values.
pub fn bits(cell: &elbow_engine::directory::Recorded) -> Vec<u64> {
    cell.steps.iter().copied().chain(cell.values.iter().map(|value| value.to_bits())).collect()
}

/// Waits for something that another thread does.
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = std::time::Instant::now();
    while !holds() {
        assert!(start.elapsed().as_secs() < 60, "still not: {what}");
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
}

/// A held cell makes this many steps, one by one.
pub fn make_steps(live: &elbow_engine::live::Live, cell: usize, steps: u64) {
    let cell = live.cell(cell).expect("a cell");
    let target = cell.steps_done() + steps;
    (0..steps).for_each(|_| live.control.step_once(&cell));
    until("the steps are made", || cell.steps_done() >= target);
}
