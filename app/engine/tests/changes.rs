//! Changes in mid-run: asked for or planned, they give the same numbers to the bit.

mod common;

use common::{bits, make_steps, plan, run, until};
use elbow_engine::change;
use elbow_engine::directory::{self, Recorded};
use elbow_engine::live::Change;
use elbow_engine::plan::Plan;
use elbow_engine::run as engine;
use elbow_host::{PluginKind, Value};
use std::path::Path;

/// An experiment with one model and records at every third step only.
fn experiment(optimizer: &str) -> String {
    format!(
        "run = {{ steps = 20, record = {{ every = 3, parameters = true }} }}\n\
         [[model]]\nplugin = \"bayesian-network\"\npreset = \"non-cylindrical\"\n\
         target = {{ parameters = [0.7, 0.3, 0.6, 0.2, 0.9] }}\n[[optimizer]]\n{optimizer}\n"
    )
}

/// The only cell of a run into a folder.
fn recorded(plan: &Plan, folder: &Path) -> Recorded {
    let directory = directory::create(plan, Some(folder)).unwrap();
    run(plan, 1, Some(&directory));
    directory::read(&directory).unwrap().remove(0)
}

/// Runs the only cell and asks for changes at their steps.
fn edited(plan: &Plan, folder: &Path, changes: &[(u64, &str, &str)]) -> (Recorded, Vec<String>) {
    let directory = directory::create(plan, Some(folder)).unwrap();
    let live = engine::live(plan, true);
    let cell = live.cell(0).unwrap();
    live.control.hold(&cell, true);
    let plugin = plan.catalog.find(PluginKind::Optimizer, &plan.optimizers[0].plugin).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| engine::run(plan, &live, 1, Some(&directory)));
        for (step, path, text) in changes {
            make_steps(&live, 0, step - cell.steps_done());
            let before = cell.changes().0.len();
            assert!(live.control.change(&cell, change::written(plugin, path, text).unwrap()));
            until("the change is settled", || cell.changes().0.len() > before);
        }
        live.control.hold(&cell, false);
    });
    let marks = cell.marks().into_iter().map(|mark| format!("{} {}", mark.step, mark.text)).collect();
    (directory::read(&directory).unwrap().remove(0), marks)
}

/// The lines of the journal that tell of changes.
fn marks(cell: &Recorded) -> Vec<String> {
    cell.others.iter().filter(|line| line["mark"]["path"].is_string()).map(ToString::to_string).collect()
}

#[test]
fn an_edit_and_a_planned_change_give_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    // The moments of Adam and a nested parameter carry over; steps that are recorded, and ones that are not.
    let adam = "plugin = \"adam\"\nstep_size = 0.05";
    let damped = "plugin = \"fisher-rao\"\ndamping = { kind = \"tikhonov\", lambda = 0.1 }";
    let cases = [
        (adam, "step_size", "0.01", "step_size = 0.01", "step_size 0.05 → 0.01"),
        (damped, "damping.lambda", "2", "damping = { lambda = 2 }", "damping.lambda 0.1 → 2.0"),
        (damped, "metric", "visible", "metric = \"visible\"", "metric joint → visible"),
    ];
    for (number, (optimizer, path, text, key, told)) in cases.into_iter().enumerate() {
        for step in [0, 6, 7] {
            let place = |name: &str| folder.path().join(format!("{name}{number}-{step}"));
            let plain = plan(&experiment(optimizer));
            let (live, seen) = edited(&plain, &place("live"), &[(step, path, text)]);
            let changed = plan(&experiment(&format!("{optimizer}\nchanges = [{{ step = {step}, {key} }}]")));
            let planned = recorded(&changed, &place("planned"));
            assert_eq!(bits(&live), bits(&planned), "{path} at {step}");
            assert_eq!((marks(&live), marks(&live).len()), (marks(&planned), 1));
            assert_eq!(seen, [format!("{step} {told}")]);
            let untouched = recorded(&plain, &place("plain"));
            assert_eq!(untouched.steps, live.steps);
            assert_ne!(bits(&untouched), bits(&live), "the change of {path} shows");
            assert_ne!(plain.cells[0].id, changed.cells[0].id);
        }
    }
}

#[test]
fn moments_carry_over_a_change() {
    let folder = tempfile::tempdir().unwrap();
    let adam = plan(&experiment("plugin = \"adam\"\nstep_size = 0.05"));
    let back = [(4, "step_size", "0.01"), (4, "step_size", "0.05")];
    let (there_and_back, _) = edited(&adam, &folder.path().join("a"), &back);
    assert_eq!(bits(&there_and_back), bits(&recorded(&adam, &folder.path().join("b"))), "nothing else changed");
}

#[test]
fn a_refused_edit_leaves_the_optimizer_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let rk4 = plan(&experiment("plugin = \"euclidean\"\nintegrator = \"rk4\""));
    let (refused, seen) = edited(&rk4, &folder.path().join("a"), &[(5, "momentum", "0.5")]);
    assert_eq!(bits(&refused), bits(&recorded(&rk4, &folder.path().join("b"))));
    assert!(seen[0].starts_with("5 momentum stays 0.0, not 0.5: ") && seen[0].contains("discrete method"), "{seen:?}");
    let mark = refused.others.iter().find(|line| line["mark"]["event"] == "refused").expect("a mark");
    assert!(mark["mark"]["step"] == 5 && mark["mark"]["reason"].as_str().unwrap().contains("discrete"), "{mark}");
}

#[test]
fn an_optimizer_runs_on_the_model_and_with_the_seeds_that_it_names() {
    let text = "run.seeds = [0, 1, 2]\n[[model]]\nlabel = \"a\"\nplugin = \"simplex\"\nvisible = 2\nhidden = 2\ntarget = { table = [0.1, 0.2, 0.3, 0.4] }\n\
        [[model]]\nlabel = \"b\"\nplugin = \"simplex\"\nvisible = 2\nhidden = 2\ntarget = { table = [0.4, 0.3, 0.2, 0.1] }\n\
        [[optimizer]]\nplugin = \"adam\"\nmodel = \"b\"\nseeds = [2, 0]\n[[optimizer]]\nplugin = \"euclidean\"\nseeds = [1]\n";
    let plan = plan(text);
    let found: Vec<_> = plan.cells.iter().map(|cell| (plan.model_of(cell).label.as_str(), cell.optimizer, cell.seed)).collect();
    assert_eq!(found, [("a", 1, 1), ("b", 0, 0), ("b", 0, 2), ("b", 1, 1)]);
}

#[test]
fn what_is_written_for_an_edit_is_checked() {
    let plan = plan(&experiment("plugin = \"fisher-rao\""));
    let plugin = plan.catalog.find(PluginKind::Optimizer, "fisher-rao").unwrap();
    let good = |path: &str, text: &str| change::written(plugin, path, text).unwrap();
    assert_eq!(good("step_size", " 5e-2 "), Change { path: "step_size".into(), value: Value::Number(0.05) });
    assert_eq!(good("metric", "visible").value, Value::Text("visible".into()));
    for (path, text, part) in [
        ("step_size", "fast", "`step_size` is text; expected a number"),
        ("step_size", "-1", "`step_size` is -1; expected a value > 0"),
        ("step_size", "nan", "expected a finite number"),
        ("metric", "visibel", "did you mean `visible`?"),
        ("damping.lamda", "1", "fisher-rao has no parameter `damping.lamda`; did you mean `damping.lambda`?"),
        ("damping", "1", "did you mean `damping."),
        ("integrator", "rk4", "`integrator` cannot change while a cell runs; what can is `step_size`"),
    ] {
        let wrong = change::written(plugin, path, text).unwrap_err();
        assert!(wrong.contains(part) && !wrong.contains('\n'), "{wrong}");
    }
}
