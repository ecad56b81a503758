//! A plugin that changes the floating-point environment is refused by name, wherever it does so, and the records of the other cells
//! are those of a run without it, byte for byte.
#![cfg(target_arch = "x86_64")]

mod common;
#[path = "environment/plugins.rs"]
mod plugins;

use common::run;
use elbow_engine::build::{self, Request};
use elbow_engine::live::Status;
use elbow_engine::plan::{Ending, Plan};
use elbow_engine::{directory, run as engine};
use elbow_host::floating::FloatingPoint;
use elbow_host::{Catalog, Origin, set_threads};
use plugins::{arm, bundle, disarm, turn};
use std::path::Path;
use std::sync::Arc;

/// Two models with one optimizer each, in this order: the second is to be what it is without the first.
fn text(model: &str, optimizer: &str) -> String {
    format!(
        "run.steps = 20\n[[model]]\nlabel = \"first\"\nplugin = \"{model}\"\n\
         [[model]]\nlabel = \"second\"\nplugin = \"bayesian-network\"\npreset = \"non-cylindrical\"\n\
         target = {{ parameters = [0.7, 0.3, 0.6, 0.2, 0.9] }}\n\
         [[optimizer]]\nlabel = \"a\"\nmodel = \"first\"\nplugin = \"{optimizer}\"\n\
         [[optimizer]]\nlabel = \"b\"\nmodel = \"second\"\nplugin = \"fisher-rao\"\nstep_size = 0.01\n"
    )
}

fn plan(model: &str, optimizer: &str) -> Result<Plan, String> {
    let mut catalog = Catalog::bundled(elbow_bundle::bundle()).unwrap();
    catalog.admit(bundle(), &Origin::Bundled).unwrap();
    let text = text(model, optimizer);
    let request = Request { name: "x.toml", text: &text, base: Path::new(""), set: &[], seeds: None };
    build::plan(&request, &Arc::new(catalog)).map_err(|wrong| wrong.line())
}

/// How the cells ended, and the journal of the second; one thread runs both, so that what the first leaves behind is there.
fn ran(plan: &Plan) -> (Vec<Ending>, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    let directory = directory::create(plan, Some(&folder.path().join("run"))).unwrap();
    let endings = run(plan, 1, Some(&directory)).into_iter().map(|outcome| outcome.ending).collect();
    let journal = directory::journals(&directory).unwrap().pop().unwrap();
    (endings, std::fs::read(journal).unwrap())
}

/// The second cell of a run whose first one has another, honest plugin.
fn undisturbed() -> Vec<u8> {
    let (endings, journal) = ran(&plan("test.honest", "euclidean").unwrap());
    assert!(endings.iter().all(|ending| ending.status == Status::Finished), "{endings:?}");
    journal
}

fn told(place: &str, reason: &str) {
    let plugin = if place.starts_with("model") { "`test.model`" } else { "`test.optimizer`" };
    assert!(reason.contains(plugin) && reason.ends_with(": rounding"), "{place}: {reason}");
}

/// The plugin does it while the cells run: the first fails, the second knows nothing of it.
fn spoils_its_own_cell_alone(place: &'static str, alone: &[u8]) {
    let plan = plan("test.model", "test.optimizer").unwrap();
    arm(place);
    let (endings, journal) = ran(&plan);
    disarm();
    assert_eq!((endings[0].status, endings[1].status), (Status::Failed, Status::Finished), "{place}: {endings:?}");
    told(place, &endings[0].reason);
    assert!(journal == alone, "{place}: the journal of the other cell has changed");
}

#[test]
fn a_plugin_that_changes_the_environment_is_refused_and_changes_nothing_else() {
    let _turn = turn();
    set_threads(2);
    let before = FloatingPoint::save();
    let alone = undisturbed();
    for place in ["optimizer create", "optimizer step", "optimizer each", "optimizer destroy"] {
        spoils_its_own_cell_alone(place, &alone);
    }
    for place in ["evaluator", "move", "loss", "gradient", "pool", "rows", "quantities", "domain", "evaluator destroy", "blocks"]
    {
        spoils_its_own_cell_alone(format!("model {place}").leak(), &alone);
    }
    for place in ["optimizer create", "optimizer destroy", "model create", "model shape", "model layers", "model draw"] {
        arm(place);
        let refused = plan("test.model", "test.optimizer").map(drop).unwrap_err();
        disarm();
        told(place, &refused);
    }
    assert_eq!(before.restore(), None, "the environment of this thread has changed");
}

#[test]
fn the_end_of_a_model_leaves_the_environment_alone() {
    let _turn = turn();
    let before = FloatingPoint::save();
    let plan = plan("test.model", "test.optimizer").unwrap();
    arm("model destroy");
    drop(plan);
    disarm();
    assert_eq!(before.restore(), None);
}

#[test]
fn a_probe_of_such_a_model_fails_with_its_name() {
    let _turn = turn();
    let mut catalog = Catalog::bundled(elbow_bundle::bundle()).unwrap();
    catalog.admit(bundle(), &Origin::Bundled).unwrap();
    let text = "probe.points = 600\nprobe.draw = \"default\"\n[[model]]\nplugin = \"test.model\"\n";
    let request = Request { name: "x.toml", text, base: Path::new(""), set: &[], seeds: None };
    let plan = build::plan(&request, &Arc::new(catalog)).unwrap_or_else(|wrong| panic!("{}", wrong.line()));
    arm("model move");
    let live = engine::live(&plan, false);
    let cells = elbow_engine::probe::live(&plan).into_iter().map(Arc::new).collect::<Vec<_>>();
    let probed = elbow_engine::probe::run(&plan, &cells, &live.control, 2, None).unwrap();
    disarm();
    assert_eq!(probed[0].ending.status, Status::Failed);
    told("model move", &probed[0].ending.reason);
}
