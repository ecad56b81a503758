//! What is said of wrong parameters: all of it, each with its path.

mod common;

use common::*;
use elbow_bayesian_network::{NodeParameters, Parameters, Preset, TargetParameters};
use elbow_sdk::{Code, Fisher, Model, Objective, Recognition, Rng, Tables};

/// The issues as `path: message`.
fn issues(parameters: Parameters) -> Vec<String> {
    let error = try_build(parameters).err().expect("an error");
    assert!(error.issues().iter().all(|issue| issue.code == Code::BadParameter));
    error.issues().iter().map(|issue| format!("{}: {}", issue.path, issue.message)).collect()
}

/// Each expected line begins an issue, in order, and there are no more.
#[track_caller]
fn expect(parameters: Parameters, expected: &[&str]) {
    let found = issues(parameters);
    let all = found.len() == expected.len() && found.iter().zip(expected).all(|(found, expected)| found.starts_with(expected));
    assert!(all, "{found:#?}");
}

fn fork() -> Vec<NodeParameters> {
    vec![node("X", 2, &[], false), node("Y", 2, &["X"], true), node("Z", 3, &["X"], true)]
}

fn uniform(n: usize) -> TargetParameters {
    table(&vec![1.0 / n as f64; n])
}

#[test]
fn nodes() {
    let bad = vec![
        node("", 2, &[], true),
        node("Rain", 1, &["Sprinkler", "Sprinkler", "rian"], true),
        node("Sprinkler", 2, &["Sprinkler"], true),
        node("Rain", 2, &[], true),
    ];
    expect(
        custom(bad, uniform(4)),
        &[
            "nodes[0].name: is empty",
            "nodes[3].name: `Rain` is already the name of nodes[1]",
            "nodes[1].parents[1]: `Sprinkler` is named twice",
            "nodes[1].parents[2]: there is no node `rian`; did you mean `Rain`?",
            "nodes[2].parents[0]: `Sprinkler` is its own parent",
            "nodes[1].states: 1 is too few",
        ],
    );
}

#[test]
fn cycles_are_named() {
    let nodes = vec![
        node("A", 2, &["C"], true),
        node("B", 2, &["A"], true),
        node("C", 2, &["B", "D"], true),
        node("D", 2, &[], true),
        node("E", 2, &["C"], true),
    ];
    expect(custom(nodes, uniform(32)), &["nodes[0].parents: the arrows form a cycle: A → B → C → A"]);
    let pair = vec![node("Z", 2, &[], true), node("A", 2, &["B"], true), node("B", 2, &["A"], true)];
    expect(custom(pair, uniform(8)), &["nodes[1].parents: the arrows form a cycle: A → B → A"]);
}

#[test]
fn nothing_visible_and_a_bad_target_at_once() {
    let nodes = vec![node("X", 2, &[], false)];
    let expected =
        ["nodes: no node is visible", "target.table[1]: -0.5 is not allowed", "target.table: the probabilities sum to 0"];
    expect(custom(nodes, table(&[0.5, -0.5])), &expected);
}

#[test]
fn too_many_states() {
    let names: Vec<String> = (0..25).map(|i| format!("V{i}")).collect();
    let nodes = names.iter().map(|name| node(name, 2, &[], true)).collect();
    expect(custom(nodes, table(&[1.0])), &["nodes: 33554432 joint states"]);
    let huge = vec![node("A", i64::MAX, &[], true), node("B", i64::MAX, &[], true)];
    expect(custom(huge, table(&[1.0])), &["nodes: more than 10^19 joint states"]);
    let wide: Vec<_> = names[..17].iter().map(|name| node(name, 2, &[], true)).collect();
    let found = issues(custom(wide.clone(), uniform(17)));
    assert!(found[0].contains("131072 visible states (too many: at most 65536)"), "{found:?}");
    let mut hidden = wide;
    hidden.push(node("H", 2, &[], false));
    let learned = Parameters { learned: true, ..custom(hidden, parameters(&[0.5; 18])) };
    expect(learned, &["learned: a table q(h|v) of 131072 visible and 262144 joint states is too large"]);
}

#[test]
fn targets() {
    expect(custom(fork(), TargetParameters::default()), &["target: give exactly one of `parameters`"]);
    let two = TargetParameters { table: Some(vec![1.0]), counts: Some(vec![1.0]), parameters: None };
    assert!(issues(custom(fork(), two))[0].ends_with("there is `table` and `counts`"));
    let length =
        "target.table: has 5 numbers; this network has 6 visible states (a visible target) and 12 joint states (a joint target)";
    expect(custom(fork(), uniform(5)), &[length]);
    let probabilities = "target.parameters: has 2 numbers; this network has 7 (1 P(X), 2 P(Y|X), 4 P(Z|X))";
    expect(custom(fork(), parameters(&[0.5, 0.5])), &[probabilities]);
    expect(
        custom(fork(), parameters(&[1.5, 0.5, f64::NAN, 0.7, 0.6, 0.1, 0.2])),
        &[
            "target.parameters[0]: 1.5 is not a probability",
            "target.parameters[2]: NaN is not a probability",
            "target.parameters[3]: the row of 2 numbers that begins here sums to 1.3, more than 1",
        ],
    );
    expect(custom(fork(), table(&[0.5, 0.1, 0.1, 0.1, 0.1, 0.2])), &["target.table: the probabilities sum to 1.1, not to 1"]);
    expect(custom(fork(), counts(&[0.0; 6])), &["target.counts: there are no data"]);
    let bad = ["target.counts[0]: -1 is not allowed", "target.counts[2]: inf is not allowed"];
    expect(custom(fork(), counts(&[-1.0, 2.0, f64::INFINITY, 0.0, 0.0, 1.0])), &bad);
    expect(
        custom(fork(), counts(&[])),
        &["target.counts: there are no data: all counts are zero", "target.counts: has 0 numbers"],
    );
}

#[test]
fn presets() {
    expect(Parameters { target: uniform(4), ..Parameters::default() }, &["nodes: give the nodes of the network, or a `preset`"]);
    let both = Parameters { nodes: Tables(fork()), ..preset(Preset::Cylindrical, Some(3), uniform(4)) };
    expect(both, &["nodes: the preset `cylindrical` brings its own nodes", "size: does not apply to `cylindrical`"]);
    let sized = Parameters { size: Some(3), ..custom(fork(), uniform(6)) };
    expect(sized, &["size: does not apply to `custom`"]);
    expect(preset(Preset::Chain, Some(1), uniform(2)), &["size: 1 is not in 2 … 24, the sizes of `chain`"]);
    let no_hidden = Parameters { learned: true, ..custom(vec![node("V", 2, &[], true)], uniform(2)) };
    expect(no_hidden, &["learned: there is no hidden node"]);
}

#[test]
fn what_a_model_lacks() {
    let mut at = At::new(build(custom(fork(), uniform(6))));
    at.renew();
    let mut theta = vec![0.0; 7];
    let fixed = at.model.gradient(&mut at.at, Objective::Elbo, Recognition::Fixed, &mut theta).expect_err("no q");
    assert_eq!(fixed.code(), Code::Unsupported);
    assert!(fixed.to_string().contains("visible only"));
    let learned = at.model.fisher(&mut at.at, Fisher::Recognition, &mut []).expect_err("no φ");
    assert!(learned.to_string().contains("learned = true"));
    let mut words = || 0;
    let kind = at.model.draw("cauchy", &mut Rng::new(&mut words), &mut theta, &mut []).expect_err("no such draw");
    assert!(kind.to_string().contains("default | uniform | jeffreys"));
    let mean = at.model.mean_to_theta(&[0.5, 0.5, 1.5, 0.1, 0.1, 0.1, 0.1], &mut theta).expect_err("no probability");
    assert_eq!(mean.issues()[0].path, "[2]");
}
