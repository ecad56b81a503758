//! Networks without hidden layers: an empty list is a value where a plugin says so, alone and swept, and is written out again.

mod common;

use common::{plan, run, try_plan};
use elbow_engine::experiment;
use elbow_engine::live::Status;

const AFFINE: &str = "run.steps = 3\n[[model]]\nplugin = \"vae\"\nencoder = []\ndecoder = []\nlatent = 2\ndata.limit = 40\n\
                      evaluation.samples = 2\n[[optimizer]]\nplugin = \"euclidean\"\nstep_size = 0.01\n";

/// θ of 2 to 64 units, φ of 64 to 4.
#[test]
fn an_empty_list_of_layers() {
    let planned = plan(AFFINE);
    assert_eq!(planned.cells[0].start.len(), 3 * 64 + 65 * 4);
    assert!(run(&planned, 1, None).iter().all(|outcome| outcome.ending.status == Status::Finished));
    let again = plan(&experiment::text(&planned.effective).unwrap());
    assert_eq!(again.cells[0].id, planned.cells[0].id);
}

#[test]
fn an_empty_list_among_others() {
    let swept = AFFINE.replace("encoder = []\n", "") + "[sweep]\nmodel.encoder = [[], [3]]\n";
    let sizes: Vec<usize> = plan(&swept).cells.iter().map(|cell| cell.start.len()).collect();
    assert_eq!(sizes, [3 * 64 + 65 * 4, 3 * 64 + 65 * 3 + 4 * 4]);
}

#[test]
fn other_lists_are_not_empty() {
    let wrong = try_plan(&AFFINE.replace("run.steps", "run.seeds = []\nrun.steps")).expect_err("no seeds");
    assert!(wrong.issues()[0].message.contains("there is no seed in an empty list"), "{}", wrong.render(false));
}
