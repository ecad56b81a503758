//! The desk: edits, undo, forks, restarts and new cells, and the experiment that gives them all again.

mod common;

use common::{bits, make_steps, plan, run, try_plan, until};
use elbow_engine::desk::Desk;
use elbow_engine::directory::{self, Recorded};
use elbow_engine::export::experiment;
use elbow_engine::live::{Fork, Live, Status};
use elbow_engine::plan::Plan;
use elbow_engine::run as engine;
use elbow_host::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Two models, two optimizers, two seeds.
const TEXT: &str = r#"
name = "desk"
run = { steps = 24, seeds = [0, 1], record = { every = 5, parameters = true } }
[[model]]
label = "net"
plugin = "bayesian-network"
preset = "non-cylindrical"
target = { parameters = [0.7, 0.3, 0.6, 0.2, 0.9] }
[[model]]
plugin = "simplex"
visible = 2
hidden = 2
target = { table = [0.1, 0.2, 0.3, 0.4] }
[[optimizer]]
plugin = "adam"
step_size = 0.05
changes = [{ step = 20, step_size = 0.03 }]
[[optimizer]]
label = "damped"
plugin = "fisher-rao"
damping = { kind = "tikhonov", lambda = 0.1 }
"#;

/// A desk whose cells are held at the start, at once.
fn desk(text: &str, directory: Option<&Path>) -> (Desk, Arc<Live>) {
    let plan = plan(text);
    let live = Arc::new(engine::live(&plan, true));
    live.control.set_paused(true);
    let directory = directory.map(|folder| directory::create(&plan, Some(folder)).unwrap());
    let jobs = plan.cells.len();
    (Desk::start(plan, Arc::clone(&live), jobs, directory).unwrap(), live)
}

fn edit(desk: &Desk, live: &Live, cell: usize, path: &str, text: &str) {
    desk.edit(cell, path, text).unwrap();
    settled(live, cell);
}

fn settled(live: &Live, cell: usize) {
    let cell = live.cell(cell).unwrap();
    until("the changes are settled", || cell.changes().1.is_empty());
}

fn value(desk: &Desk, cell: usize, path: &str) -> Value {
    desk.parameters(cell).into_iter().find(|parameter| parameter.path == path).expect("a parameter").value
}

fn changes(changes: &[(&str, &str)]) -> Vec<(String, String)> {
    changes.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

fn marks(live: &Live, cell: usize) -> Vec<String> {
    live.cell(cell).unwrap().marks().into_iter().map(|mark| format!("{} {}", mark.step, mark.text)).collect()
}

#[test]
fn everything_that_was_done_is_an_experiment_with_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    let (desk, live) = desk(TEXT, Some(&folder.path().join("run")));
    assert_eq!(desk.plan().cells.len(), 8);
    make_steps(&live, 0, 3);
    edit(&desk, &live, 0, "step_size", "0.02");
    make_steps(&live, 0, 4);
    edit(&desk, &live, 0, "step_size", "0.2");
    assert_eq!(desk.undo(0).unwrap(), "step_size 0.2 → 0.02");
    settled(&live, 0);
    make_steps(&live, 2, 6);
    edit(&desk, &live, 2, "damping.lambda", "3");
    edit(&desk, &live, 2, "metric", "visible");
    make_steps(&live, 2, 1);
    let fork = desk.fork(0, 5, &changes(&[("step_size", "0.4")])).unwrap();
    let plain = desk.fork(2, 7, &[]).unwrap();
    let again = desk.restart(0, 7).unwrap();
    let new = desk.launch("simplex", "euclidean", 3).unwrap();
    let labels: Vec<String> = live.cells().iter().skip(8).map(|cell| cell.optimizer.clone()).collect();
    assert_eq!(labels, ["adam @5", "damped @7", "adam (2)", "euclidean"]);
    assert_eq!((fork, plain, again, new), (8, 9, 10, 11));
    live.control.set_paused(false);
    let outcomes = desk.finish();
    assert!(outcomes.len() == 12 && outcomes.iter().all(|outcome| outcome.ending.status == Status::Finished));
    assert_eq!(
        marks(&live, 0),
        ["3 step_size 0.05 → 0.02", "7 step_size 0.02 → 0.2", "7 step_size 0.2 → 0.02", "20 step_size 0.02 → 0.03"]
    );
    assert_eq!(marks(&live, fork), ["3 step_size 0.05 → 0.02", "5 step_size 0.02 → 0.4"], "the parent's changes before the fork");
    assert_eq!(marks(&live, plain), ["6 damping.lambda 0.1 → 3.0", "6 metric joint → visible"]);

    let text = experiment(&folder.path().join("run")).unwrap();
    let exported = try_plan(&text).unwrap_or_else(|wrong| panic!("{}\n{text}", wrong.render(false)));
    let directory = directory::create(&exported, Some(&folder.path().join("again"))).unwrap();
    run(&exported, 2, Some(&directory));
    let (first, second) = (by_bits(&folder.path().join("run")), by_bits(&directory));
    assert_eq!(first.keys().collect::<Vec<_>>(), second.keys().collect::<Vec<_>>(), "{first:?}\n{second:?}\n{text}");
    assert_eq!((first.len(), exported.cells.len()), (11, 11), "the fork without changes is its parent");
    assert!(text.contains("seeds") && text.contains("model = \"net\""), "{text}");
    assert_eq!(ids(&plan(&experiment(&directory).unwrap())), ids(&exported), "its run gives the same experiment");
}

fn ids(plan: &Plan) -> Vec<String> {
    let mut ids: Vec<String> = plan.cells.iter().map(|cell| cell.id.clone()).collect();
    ids.sort();
    ids
}

/// The cells of a run by model, seed and all their bits.
fn by_bits(run: &Path) -> BTreeMap<(String, u64, Vec<u64>), Vec<String>> {
    let mut all: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for cell in directory::read(run).unwrap() {
        let Recorded { begin, .. } = &cell;
        all.entry((begin.model.clone(), begin.seed, bits(&cell))).or_default().push(begin.label.clone());
    }
    all
}

#[test]
fn an_untouched_run_exports_its_experiment() {
    let folder = tempfile::tempdir().unwrap();
    let planned = plan(TEXT);
    let directory = directory::create(&planned, Some(&folder.path().join("run"))).unwrap();
    run(&planned, 2, Some(&directory));
    let exported = plan(&experiment(&directory).unwrap());
    assert_eq!(ids(&exported), ids(&planned));
    assert!(exported.optimizers.iter().all(|optimizer| optimizer.model.is_none() && optimizer.seeds.is_none()));
}

#[test]
fn a_stopped_cell_keeps_the_changes_that_are_to_come() {
    let folder = tempfile::tempdir().unwrap();
    let (desk, live) = desk(TEXT, Some(&folder.path().join("run")));
    make_steps(&live, 0, 4);
    edit(&desk, &live, 0, "step_size", "0.02");
    let again = desk.restart(0, 0).unwrap();
    live.control.stop();
    desk.finish();
    let exported = plan(&experiment(&folder.path().join("run")).unwrap());
    let changes: Vec<(u64, Value)> =
        exported.optimizers[0].changes.iter().map(|planned| (planned.step, planned.change.value.clone())).collect();
    assert_eq!(changes, [(4, Value::Number(0.02)), (20, Value::Number(0.03))]);
    assert_eq!(exported.cells.len(), 8, "cell {again} is cell 0 again, started or not");
}

#[test]
fn a_fork_repeats_its_parent_and_shares_its_model() {
    let folder = tempfile::tempdir().unwrap();
    let (desk, live) = desk(TEXT, Some(&folder.path().join("run")));
    make_steps(&live, 0, 12);
    live.control.set_pace(1); // what a fork repeats is not slowed down; held, it does not begin
    let fork = desk.fork(0, 12, &changes(&[("step_size", "0.5")])).unwrap();
    let cell = live.cell(fork).unwrap();
    assert_eq!((cell.fork, cell.seed, cell.model.as_str()), (Some(Fork { parent: 0, step: 12 }), 0, "net"));
    let start = std::time::Instant::now();
    make_steps(&live, fork, 12);
    assert!(start.elapsed().as_secs() < 9, "a step a second were twelve");
    live.control.set_pace(0);
    live.control.set_paused(false);
    desk.finish();
    let cells = directory::read(&folder.path().join("run")).unwrap();
    let width = cells[0].begin.columns.len();
    assert_eq!(cells[fork].steps, cells[0].steps);
    assert_eq!(bits(&cells[0])[..6 + 3 * width], bits(&cells[fork])[..6 + 3 * width], "steps 0, 5 and 10");
    assert_ne!(cells[0].values[3 * width..], cells[fork].values[3 * width..]);
    let parts =
        std::fs::read_to_string(folder.path().join(format!("run/added/{:04}-{}.json", fork, cells[fork].begin.cell))).unwrap();
    assert!(parts.contains("\"parent\": 0") && parts.contains("\"step_size\": 0.5") && parts.contains("adam @12"), "{parts}");
}

#[test]
fn labels_are_shared_by_the_same_and_unique_otherwise() {
    let (desk, live) = desk(TEXT, None);
    make_steps(&live, 0, 2);
    let label = |cell: usize| {
        let cell = live.cell(cell).unwrap();
        format!("{} | {} | {}", cell.model, cell.optimizer, cell.seed)
    };
    assert_eq!(label(desk.restart(0, 5).unwrap()), "net | adam | 5", "the same optimizer has the same label");
    assert_eq!(label(desk.restart(0, 5).unwrap()), "net | adam (2) | 5");
    assert_eq!(label(desk.fork(0, 1, &changes(&[("step_size", "0.1")])).unwrap()), "net | adam @1 | 0");
    assert_eq!(label(desk.fork(0, 1, &changes(&[("step_size", "0.2")])).unwrap()), "net | adam @1 (2) | 0");
    assert_eq!(label(desk.launch("net", "adam", 6).unwrap()), "net | adam | 6");
    assert_eq!(label(desk.launch("net", "elbow.adam", 6).unwrap()), "net | adam (3) | 6", "the plugin's defaults are others");
    live.control.set_paused(false);
    assert_eq!(desk.finish().len(), 14);
}

#[test]
fn parameters_are_those_of_the_moment() {
    let (desk, live) = desk(TEXT, None);
    let paths: Vec<String> = desk.parameters(2).into_iter().map(|parameter| parameter.path).collect();
    for path in ["step_size", "integrator", "metric", "damping.kind", "damping.lambda"] {
        assert!(paths.iter().any(|known| known == path), "{path} in {paths:?}");
    }
    assert_eq!(value(&desk, 2, "damping.lambda"), Value::Number(0.1));
    for text in ["0.2", "0.3"] {
        desk.edit(2, "damping.lambda", text).unwrap();
        assert_eq!(value(&desk, 2, "damping.lambda"), Value::Number(text.parse().unwrap()), "made or still to come");
    }
    edit(&desk, &live, 2, "metric", "visible");
    assert_eq!(desk.undo(2).unwrap(), "metric visible → joint");
    assert_eq!(desk.undo(2).unwrap(), "damping.lambda 0.3 → 0.2");
    assert_eq!(desk.undo(2).unwrap(), "damping.lambda 0.2 → 0.1");
    assert!(desk.undo(2).unwrap_err().contains("no edit"));
    assert!(desk.undo(0).unwrap_err().contains("no edit"), "edits belong to their cell");
    assert_eq!(value(&desk, 2, "damping.lambda"), Value::Number(0.1));
    live.control.stop();
    desk.wait();
    assert!(desk.edit(2, "metric", "visible").unwrap_err().contains("damped has ended"));
}

#[test]
fn a_refused_edit_cannot_be_undone() {
    let text = TEXT.replace(
        "plugin = \"fisher-rao\"\ndamping = { kind = \"tikhonov\", lambda = 0.1 }",
        "plugin = \"euclidean\"\nintegrator = \"rk4\"",
    );
    let (desk, live) = desk(&text, None);
    edit(&desk, &live, 2, "step_size", "0.02");
    edit(&desk, &live, 2, "momentum", "0.5");
    assert_eq!(value(&desk, 2, "momentum"), Value::Number(0.0));
    assert_eq!(desk.undo(2).unwrap(), "step_size 0.02 → 0.01");
    live.control.stop();
    desk.finish();
}

#[test]
fn bad_input_is_told_in_a_line() {
    let (desk, live) = desk(TEXT, None);
    make_steps(&live, 0, 2);
    let told = [
        (desk.edit(0, "step_siz", "1").err(), "did you mean `step_size`?"),
        (desk.edit(0, "beta1", "0.5").err(), "`beta1` cannot change while a cell runs; what can is `step_size`"),
        (desk.edit(0, "step_size", "0").err(), "expected a value > 0"),
        (desk.edit(0, "step_size", "0.05").err(), "`step_size` is 0.05 already"),
        (desk.edit(99, "step_size", "1").err(), "there is no cell 99"),
        (desk.fork(0, 3, &[]).err(), "adam has made 2 steps; it cannot be forked at step 3"),
        (desk.fork(0, 2, &changes(&[("epsilon", "1")])).err(), "`epsilon` cannot change"),
        (desk.fork(0, 2, &changes(&[("step_size", "x")])).err(), "`step_size` is text; expected a number"),
        (desk.launch("nett", "adam", 0).err(), "there is no model `nett`; did you mean `net`?"),
        (desk.launch("net", "adm", 0).err(), "there is no optimizer `adm`; did you mean `adam`?"),
        (desk.launch("net", "kfac", 0).err(), "net with kfac: it needs"),
        (desk.launch("bayesian-network", "adam", 0).err(), "give the nodes of the network"),
    ];
    for (wrong, part) in told {
        let wrong = wrong.expect(part);
        assert!(wrong.contains(part) && !wrong.contains('\n'), "{wrong:?} tells {part}");
    }
    assert_eq!(live.count(), 8, "nothing was added");
    live.control.stop();
    desk.finish();
}

#[test]
fn new_cells_may_have_any_model_and_optimizer() {
    let (desk, live) = desk(TEXT, None);
    let names = |choices: Vec<elbow_engine::desk::Choice>| choices.into_iter().map(|choice| choice.name).collect::<Vec<_>>();
    let (models, optimizers) = (names(desk.models()), names(desk.optimizers()));
    assert_eq!(
        (&models[..2], &optimizers[..2]),
        (&["net".to_owned(), "simplex".into()][..], &["adam".to_owned(), "damped".into()][..])
    );
    assert!(models.contains(&"vae".into()) && optimizers.contains(&"fisher-rao".into()));
    assert_eq!(optimizers.iter().filter(|name| *name == "adam").count(), 1);
    let cell = desk.launch("vae", "adam", 1).unwrap();
    assert_eq!((live.cell(cell).unwrap().model.as_str(), live.cell(cell).unwrap().optimizer.as_str()), ("vae", "adam"));
    live.control.stop();
    desk.finish();
}

#[test]
fn the_files_of_an_exported_experiment_are_found_and_must_be_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let images: Vec<u8> =
        [0x803u32, 40, 2, 2].iter().flat_map(|word| word.to_be_bytes()).chain((0..160).map(|k| (k * 7 % 251) as u8)).collect();
    let file = folder.path().join("images.idx3");
    std::fs::write(&file, &images).unwrap();
    let text = "run.steps = 2\n[[model]]\nplugin = \"vae\"\nbatch = 0\ndata = { source = \"file\", file = \"images.idx3\" }\n[[optimizer]]\nplugin = \"adam\"\n";
    let first = common::plan_in(text, folder.path()).unwrap_or_else(|wrong| panic!("{}", wrong.render(false)));
    let directory = directory::create(&first, Some(&folder.path().join("run"))).unwrap();
    let live = Arc::new(engine::live(&first, true));
    live.control.set_paused(true);
    let id = first.cells[0].id.clone();
    let run = directory.to_path_buf();
    let desk = Desk::start(first, Arc::clone(&live), 1, Some(directory)).unwrap();
    desk.restart(0, 4).unwrap();
    live.control.set_paused(false);
    desk.finish();
    let exported = experiment(&run).unwrap();
    assert_eq!(plan(&exported).cells[0].id, id, "from another folder");
    std::fs::write(&file, [&images[..], &[1]].concat()).unwrap();
    let wrong = try_plan(&exported).unwrap_err().line();
    assert!(wrong.contains("images.idx3 has changed"), "{wrong}");
}
