//! Statistics and inverses that are renewed at different times, against the same mathematics written out plainly: what one phase of a
//! step keeps the other must not touch.

mod common;

use elbow_check::Value;
use elbow_check::course::{Course, Given, table, text};
use elbow_sdk::abi::RECOGNITION_FIXED;

const STEPS: usize = 12;

fn number(x: f64) -> Value {
    Value::Number(x)
}

/// Every (s, i) with s ≠ i, and one with both equal.
const PERIODS: [(i64, i64); 5] = [(1, 3), (3, 1), (2, 5), (4, 2), (1, 1)];

fn timed((statistics, inverse): (i64, i64)) -> Vec<(&'static str, Value)> {
    vec![
        ("metric", text("joint")),
        ("estimation", text("exact")),
        ("step_size", number(0.02)),
        ("lambda", number(0.1)),
        ("decay", number(0.6)),
        ("statistics_period", Value::Integer(statistics)),
        ("inverse_period", Value::Integer(inverse)),
    ]
}

fn without_clip(mut given: Vec<(&'static str, Value)>) -> Vec<(&'static str, Value)> {
    given.extend([("kl_clip", number(0.0)), ("momentum", number(0.0))]);
    given
}

/// What a method inverts follows the statistics, unless it has a period of its own.
fn own(name: &str, mut given: Vec<(&'static str, Value)>) -> Vec<(&'static str, Value)> {
    given.retain(|(key, _)| *key != "inverse_period" || ["kfac", "unit-wise", "block-diagonal"].contains(&name));
    given
}

fn close(found: &[f64], expected: &[f64], what: &str) {
    for (k, (x, y)) in found.iter().zip(expected).enumerate() {
        assert!((x - y).abs() < 1e-9 * (1.0 + y.abs()), "{what}: parameter {k} is {x}, not {y}");
    }
}

fn follow(course: &Course, name: &str, given: Given<'_>) -> Vec<f64> {
    course.follow(name, given, STEPS).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A network of two layers each way, of unequal sizes, whose statistics change from step to step.
fn network() -> Course {
    let data = table(&[("limit", Value::Integer(40))]);
    let given = [
        ("data", data),
        ("encoder", sizes(&[3.0])),
        ("decoder", sizes(&[2.0])),
        ("latent", Value::Integer(1)),
        ("batch", Value::Integer(5)),
        ("precision", text("double")),
    ];
    let mut course = Course::new(elbow_bundle::bundle(), "vae", &given, "default");
    course.admit(common::plain::bundle());
    course
}

fn sizes(sizes: &[f64]) -> Value {
    Value::Array { rows: 1, cols: sizes.len(), data: sizes.to_vec() }
}

#[test]
fn networks() {
    let course = network();
    for (periods, method) in PERIODS.into_iter().flat_map(|p| ["kfac", "ekfac", "unit-wise", "quasi-diagonal"].map(|m| (p, m))) {
        let mut given = own(method, without_clip(timed(periods)));
        let mut plain = timed(periods);
        plain.push(("method", text(method)));
        if method == "ekfac" {
            let own = [("basis_period", Value::Integer(2)), ("moments_decay", number(0.5))];
            given.extend(own.clone());
            plain.extend(own);
        }
        close(&follow(&course, method, &given), &follow(&course, "plain-curvature", &plain), &format!("{method} {periods:?}"));
    }
}

/// The decoder's last layer has 64 outputs and 3 inputs: its block is the largest that elimination likes.
#[test]
fn blocks_of_networks() {
    let course = network();
    for periods in [(1, 3), (2, 1)] {
        let plain = [timed(periods), vec![("method", text("block-diagonal"))]].concat();
        let found = follow(&course, "block-diagonal", &without_clip(timed(periods)));
        close(&found, &follow(&course, "plain-curvature", &plain), &format!("{periods:?}"));
    }
}

/// Both networks at once with one solver are the solver itself.
#[test]
fn two_networks() {
    let course = network();
    for (periods, solver) in PERIODS.into_iter().flat_map(|p| ["kfac", "unit-wise", "quasi-diagonal", "diagonal"].map(|m| (p, m)))
    {
        let each = table(&[without_clip(timed(periods)), vec![("solver", text(solver))]].concat());
        let given = [("order", text("jacobi")), ("encoder", each.clone()), ("decoder", each)];
        let plain = [timed(periods), vec![("method", text(solver))]].concat();
        close(
            &follow(&course, "two-step", &given),
            &follow(&course, "plain-curvature", &plain),
            &format!("{solver} {periods:?}"),
        );
    }
}

fn list(data: &[f64]) -> Value {
    Value::Array { rows: 1, cols: data.len(), data: data.to_vec() }
}

/// The common parent of two binary variables, in the coordinates of the paper.
fn parent() -> Course {
    let target = table(&[("parameters", list(&[0.7, 0.3, 0.6, 0.2, 0.9]))]);
    let mut course = Course::new(
        elbow_bundle::bundle(),
        "bayesian-network",
        &[("preset", text("non-cylindrical")), ("target", target)],
        "default",
    );
    course.start = vec![0.3, 0.8, 0.2, 0.6, 0.1];
    (course.task.learned, course.task.recognition) = (false, RECOGNITION_FIXED);
    course.admit(common::plain::bundle());
    course
}

#[test]
fn blocks_of_exact_matrices() {
    let course = parent();
    for periods in PERIODS {
        let plain = [timed(periods), vec![("method", text("block-diagonal"))]].concat();
        close(
            &follow(&course, "block-diagonal", &without_clip(timed(periods))),
            &follow(&course, "plain-curvature", &plain),
            &format!("{periods:?}"),
        );
    }
}

/// P(X = 1) moves by η (p* − p) of its natural gradient: 0.3 + 0.01 · 0.4 + 0.01 · 0.396 = 0.30796 after two steps. With its defaults the
/// method inverts an exact matrix at each point.
#[test]
fn an_exact_matrix_is_that_of_the_point() {
    let course = parent();
    let given = [("step_size", number(0.01)), ("lambda", number(0.0)), ("kl_clip", number(0.0)), ("momentum", number(0.0))];
    let found = course.follow("block-diagonal", &given, 2).unwrap_or_else(|error| panic!("{error}"));
    assert!((found[0] - 0.30796).abs() < 1e-14, "{}", found[0]);
}
