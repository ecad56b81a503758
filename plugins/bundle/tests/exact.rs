//! Approximations against the exact natural gradient, where theory says that they agree.
//!
//! On the linear-Gaussian model ā and δ are independent in every layer, layers do not correlate, and the outputs' noise is the same in
//! every direction: Kronecker factors, their eigenbasis, blocks for layers, networks and units are all exact there.

use elbow_check::Value;
use elbow_check::course::{Course, Given, table, text};

fn number(x: f64) -> Value {
    Value::Number(x)
}

/// No averaging, no clipping, no damping: the bare direction.
const BARE: &[(&str, Value)] = &[
    ("estimation", Value::Absent),
    ("decay", Value::Number(0.0)),
    ("inverse_period", Value::Integer(1)),
    ("kl_clip", Value::Number(1e12)),
    ("momentum", Value::Number(0.0)),
    ("lambda", Value::Number(0.0)),
];

fn bare(step_size: f64, more: Given<'_>) -> Vec<(&'static str, Value)> {
    let mut all: Vec<(&'static str, Value)> = BARE.to_vec();
    all[0].1 = text("exact");
    all.push(("step_size", number(step_size)));
    for (key, value) in more {
        let known: &'static str = ["solver", "order", "metric", "blocks", "basis_period", "moments_decay", "tolerance"]
            .iter()
            .find(|k| *k == key)
            .expect("a known key");
        all.push((known, value.clone()));
    }
    all
}

fn course() -> Course {
    let data = table(&[("limit", Value::Integer(300))]);
    Course::new(elbow_bundle::bundle(), "linear-gaussian", &[("latent", Value::Integer(2)), ("data", data)], "default")
}

/// Pixels that never change make E[x̄ x̄ᵀ] singular: the exact encoder metric is inverted on its range, so encoders are compared by
/// what they do, which the loss sees.
fn close(found: &[f64], exact: &[f64], tolerance: f64) {
    for (i, (x, y)) in found.iter().zip(exact).enumerate() {
        assert!((x - y).abs() <= tolerance * (1.0 + y.abs()), "parameter {i}: {x}, not {y}");
    }
}

fn exact(course: &Course, metric: &str, step_size: f64, steps: usize) -> Vec<f64> {
    let given = [("metric", text(metric)), ("step_size", number(step_size))];
    course.follow("fisher-rao", &given, steps).unwrap_or_else(|error| panic!("{error}"))
}

fn generative(mut course: Course) -> Course {
    course.task.learned = false;
    course
}

#[test]
fn on_a_linear_decoder_every_structure_is_the_natural_gradient() {
    let course = generative(course());
    for metric in ["joint", "aggregate"] {
        let natural = exact(&course, metric, 0.3, 4);
        for (name, more) in [
            ("kfac", &[][..]),
            ("ekfac", &[("basis_period", Value::Integer(1)), ("moments_decay", number(0.0))]),
            ("unit-wise", &[]),
            ("block-diagonal", &[]),
            ("block-diagonal", &[("blocks", text("network"))]),
        ] {
            let mut given = [bare(0.3, more), vec![("metric", text(metric))]].concat();
            given.retain(|(key, _)| name != "ekfac" || *key != "inverse_period");
            let found = course.follow(name, &given, 4).unwrap_or_else(|error| panic!("{name}: {error}"));
            close(&found, &natural, 1e-9);
        }
    }
}

/// One input: the quasi-diagonal block is the whole block.
#[test]
fn with_one_input_the_quasi_diagonal_is_exact() {
    let data = table(&[("limit", Value::Integer(300))]);
    let one = Course::new(elbow_bundle::bundle(), "linear-gaussian", &[("latent", Value::Integer(1)), ("data", data)], "default");
    let course = generative(one);
    let natural = exact(&course, "aggregate", 0.3, 4);
    let mut given = bare(0.3, &[("metric", text("aggregate"))]);
    given.retain(|(key, _)| *key != "inverse_period");
    let found = course.follow("quasi-diagonal", &given, 4).unwrap_or_else(|error| panic!("{error}"));
    close(&found, &natural, 1e-9);
}

/// F is block-diagonal by nodes and rows of tables: the joint metric of a Bayesian network.
#[test]
fn blocks_are_exact_for_the_joint_metric_of_a_bayesian_network() {
    let network = [("preset", text("naive-bayes")), ("size", Value::Integer(3)), ("target", table(&[("counts", counts())]))];
    let mut course = Course::new(elbow_bundle::bundle(), "bayesian-network", &network, "default");
    (course.task.learned, course.task.recognition) = (false, elbow_check::abi::RECOGNITION_EXACT);
    let natural = exact(&course, "joint", 0.1, 5);
    let given = [bare(0.1, &[]), vec![("metric", text("joint"))]].concat();
    let found = course.follow("block-diagonal", &given, 5).unwrap_or_else(|error| panic!("{error}"));
    close(&found, &natural, 1e-11);
}

fn counts() -> Value {
    Value::Array { rows: 1, cols: 8, data: vec![20.0, 5.0, 3.0, 2.0, 4.0, 2.0, 6.0, 12.0] }
}

/// The product metric of pairs (Q_φ, p_θ) is block-diagonal: two steps from one gradient are one step under it.
#[test]
fn two_steps_at_once_are_the_natural_gradient_of_pairs() {
    let course = small();
    let natural = exact(&course, "aggregate", 0.2, 4);
    for solver in ["dense", "kfac", "unit-wise", "cg"] {
        let more = [("solver", text(solver)), ("metric", text("aggregate")), ("tolerance", number(1e-12))];
        let network = table(&bare(0.2, &more));
        let given = [("order", text("jacobi")), ("encoder", network.clone()), ("decoder", network)];
        let found = course.follow("two-step", &given, 4).unwrap_or_else(|error| panic!("{solver}: {error}"));
        close(&found, &natural, 1e-8);
    }
}

/// Data of full rank: 60 rows of 5 correlated numbers.
fn small() -> Course {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rows.csv");
    let data = table(&[("source", text("file")), ("file", text(file))]);
    Course::new(elbow_bundle::bundle(), "linear-gaussian", &[("latent", Value::Integer(2)), ("data", data)], "default")
}

/// The decoder's step is taken at the new encoder: with η = 1 it is the M-step of EM, and the loss falls at every step.
#[test]
fn two_steps_in_turn_with_full_length_descend_as_em_does() {
    let course = small();
    let network = table(&bare(1.0, &[("solver", text("dense"))]));
    let given =
        [("order", text("gauss-seidel")), ("encoder", table(&bare(0.5, &[("solver", text("dense"))]))), ("decoder", network)];
    let elbo = |steps| course.quantities(&course.follow("two-step", &given, steps).unwrap_or_else(|error| panic!("{error}")))[1];
    let elbos: Vec<f64> = (0..12).map(elbo).collect();
    assert!(elbos.windows(2).all(|pair| pair[1] > pair[0] - 1e-12), "{elbos:?}");
    let other = [("order", text("jacobi")), given[1].clone(), given[2].clone()];
    let jacobi = course.quantities(&course.follow("two-step", &other, 3).unwrap_or_else(|error| panic!("{error}")))[1];
    assert!((elbos[3] - jacobi).abs() > 1e-6, "the order makes a difference");
}

/// The encoder alone goes to the smallest gap that its family has.
#[test]
fn the_encoder_alone_reaches_the_smallest_gap() {
    let mut course = small();
    (course.task.generative, course.task.learned) = (false, true);
    let given = [("encoder", table(&bare(0.5, &[("solver", text("kfac"))])))];
    let gap = |steps| course.quantities(&course.follow("two-step", &given, steps).unwrap_or_else(|error| panic!("{error}")))[2];
    let (early, late, later) = (gap(5), gap(60), gap(80));
    assert!(late < early && (late - later).abs() < 1e-10, "{early}, {late}, {later}");
}

/// λ → ∞ gives the gradient: with blocks λ (θ₀ − θ) / η → ∇L.
#[test]
fn a_large_damping_gives_the_gradient() {
    let course = small();
    let gradient = course.follow("euclidean", &[("step_size", number(1e-6))], 1).unwrap_or_else(|error| panic!("{error}"));
    for name in ["block-diagonal", "unit-wise", "ekfac", "kfac"] {
        let mut given = bare(1e2, &[]);
        given.iter_mut().filter(|(key, _)| *key == "lambda").for_each(|(_, value)| *value = number(1e8));
        given.retain(|(key, _)| name != "ekfac" || *key != "inverse_period");
        let found = course.follow(name, &given, 1).unwrap_or_else(|error| panic!("{name}: {error}"));
        close(&found, &gradient, 1e-9);
    }
}
