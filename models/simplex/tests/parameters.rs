//! Parameters: every issue at once, with its path; targets from probabilities and counts.

mod common;

use common::*;
use elbow_sdk::{Block, Code, Host, Model, ModelSetup, Recognition};
use elbow_simplex::{Chart, Parameters, Simplex, TargetParameters};

fn given(visible: usize, hidden: usize, target: TargetParameters) -> Parameters {
    Parameters { visible, hidden, chart: Chart::Mean, target, learned: false }
}

/// Paths of the issues, each message containing what is expected of it.
#[track_caller]
fn wrong(parameters: Parameters, expected: &[(&str, &str)]) {
    let error = build(parameters).err().expect("the parameters are wrong");
    let paths: Vec<_> = error.issues().iter().map(|issue| issue.path.as_str()).collect();
    assert_eq!(paths, expected.iter().map(|(path, _)| *path).collect::<Vec<_>>(), "{error}");
    for (issue, (_, text)) in error.issues().iter().zip(expected) {
        assert!(issue.code == Code::BadParameter && issue.message.contains(text), "{} has no `{text}`", issue.message);
    }
}

#[test]
fn targets() {
    let neither = TargetParameters { table: None, counts: None };
    wrong(given(2, 2, neither), &[("target", "exactly one")]);
    let both = TargetParameters { table: Some(vec![0.5, 0.5]), counts: Some(vec![1.0, -1.0, 3.0]) };
    let counted = [("target.counts", "has 3 entries; 2 fit for p*(v), 4 for p*(v, h)"), ("target.counts", "entry 1 is -1")];
    wrong(given(2, 2, both), &[&[("target", "exactly one")], &counted[..]].concat());
    wrong(given(2, 2, table(&[])), &[("target.table", "is empty; 2")]);
    wrong(given(2, 2, table(&[0.5, 0.47])), &[("target.table", "0.97")]);
    wrong(given(2, 2, table(&[0.5, 0.5 + 2e-9])), &[("target.table", "sum to 1.000000002")]);
    wrong(given(2, 2, table(&[f64::NAN, 0.5])), &[("target.table", "entry 0 is NaN")]);
    wrong(given(2, 2, table(&[1.5, -0.5])), &[("target.table", "entry 1 is -0.5; none")]);
    wrong(given(2, 2, counts(&[0.0, 0.0])), &[("target.counts", "not positive")]);
    build(given(2, 2, table(&[0.5, 0.5 + 5e-10]))).unwrap();
}

/// What is noted of a table, and p* as it is taken.
fn noted(values: &[f64]) -> (Vec<String>, Vec<f64>) {
    let setup = ModelSetup::new(Host::NONE);
    let mut at = At::new(Simplex::new(&setup, given(3, 1, table(values))).unwrap(), &[0.25, 0.25], &[]);
    (setup.notes().into_iter().map(|note| format!("{}: {}", note.path, note.message)).collect(), at.target())
}

/// A table that was printed with four decimals is divided by its sum, with a note; one that sums to 1 needs none.
#[test]
fn printed_tables() {
    let (notes, target) = noted(&[0.3333, 0.3333, 0.3333]);
    assert_eq!(target, [1.0 / 3.0; 3]);
    assert!(
        notes.len() == 1 && notes[0].starts_with("target.table: the probabilities sum to 0.9999, which is 1 as far"),
        "{notes:?}"
    );
    assert!(noted(&[0.1, 0.2, 0.7]).0.is_empty());
    wrong(given(3, 1, table(&[0.333, 0.3333, 0.3333])), &[("target.table", "sum to 0.9996, not to 1")]);
}

#[test]
fn everything_at_once() {
    let parameters = Parameters { learned: true, ..given(1, 1, table(&[-0.5, -0.5, 0.25])) };
    let of_table = [("target.table", "3 entries"), ("target.table", "(and 1 more)"), ("target.table", "-0.75")];
    wrong(parameters, &[&[("visible", "at least 2"), ("learned", "one hidden")], &of_table[..]].concat());
    wrong(given(2, 0, table(&[0.5, 0.5])), &[("hidden", "at least 1")]);
    wrong(given(4096, 2, counts(&[1.0; 4096])), &[("visible", "is 8192; at most 4096")]);
    wrong(given(usize::MAX, 2, counts(&[1.0])), &[("visible", "at most 4096"), ("target.counts", "1 entries")]);
}

#[test]
fn largest_model() {
    let mut at = At::new(build(given(2048, 2, counts(&[1.0; 2048]))).unwrap(), &[1.0 / 4096.0; 4095], &[]);
    assert_eq!(at.shape().generative, 4095);
    close(&[at.quantities(Recognition::Exact)[0]], &[-(2048.0_f64).ln()], 1e-14);
}

#[test]
fn counts_are_normalized() {
    let mut at = At::new(build(given(2, 2, counts(&[1.0, 3.0, 4.0, 0.0]))).unwrap(), &[0.25; 3], &[]);
    assert_eq!((at.target(), at.q(Recognition::Fixed)), (vec![0.5, 0.5], vec![0.25, 0.75, 1.0, 0.0]));
    assert!(at.shape().has_fixed);
    let mut at = At::new(build(given(2, 2, counts(&[1.0, 3.0]))).unwrap(), &[0.25; 3], &[]);
    assert_eq!(at.target(), [0.25, 0.75]);
    assert!(!at.shape().has_fixed);
}

#[test]
fn blocks() {
    let block = |name: &str, recognition, len| Block { name: name.to_owned(), recognition, len };
    let plain = build(given(2, 3, table(&[0.5, 0.5]))).unwrap();
    assert_eq!(plain.blocks(), [block("p(v,h)", false, 5)]);
    let learned = build(Parameters { learned: true, ..given(2, 3, table(&[0.5, 0.5])) }).unwrap();
    assert_eq!(learned.blocks(), [block("p(v,h)", false, 5), block("q(h|v=0)", true, 2), block("q(h|v=1)", true, 2)]);
    assert_eq!(learned.shape().recognition, 4);
}
