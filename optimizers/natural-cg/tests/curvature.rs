//! Where the last solution misleads, where the metric is not positive definite, and where a run is interrupted.

mod bent;

use bent::Bent;
use elbow_check::Value;
use elbow_check::abi::{NUMERIC, OBJECTIVE_ELBO, RECOGNITION_EXACT};
use elbow_check::course::{Course, Given, text};
use elbow_check::host::Task;

elbow_sdk::bundle!(fn bundle = [optimizer elbow_natural_cg::NaturalCg, model Bent]);

fn course(second: f64) -> Course {
    let mut course = Course::new(bundle(), "test.bent", &[("second", Value::Number(second))], "default");
    course.task = Task { objective: OBJECTIVE_ELBO, recognition: RECOGNITION_EXACT, generative: true, learned: false };
    course
}

/// No damping, not cut, no momentum.
fn given(eta: f64, solver: &str, iterations: i64) -> Vec<(&'static str, Value)> {
    let numbers = [("step_size", eta), ("lambda", 0.0), ("kl_clip", 0.0), ("momentum", 0.0)];
    let mut given: Vec<_> = numbers.into_iter().map(|(key, value)| (key, Value::Number(value))).collect();
    given.extend([("solver", text(solver)), ("iterations", Value::Integer(iterations))]);
    given
}

/// With η = 2 the first step goes from (1, 0) to (−1, 0), where ∇L = (−1, 1). There d = (1, 0) and one iteration more ascend, so the solution
/// begins anew: d = ∇L · 2/101.
#[test]
fn a_misleading_start_is_given_up() {
    let end = course(100.0).follow("elbow.natural-cg", &given(2.0, "cg", 1), 2).unwrap_or_else(|error| panic!("{error}"));
    let expected = [-1.0 + 4.0 / 101.0, -4.0 / 101.0];
    assert!(end.iter().zip(expected).all(|(x, y)| (x - y).abs() < 1e-15), "{end:?}");
}

/// F = diag(1, −9): conjugate gradients refuse it and say what to do, MinRes solves it: d = (−1, −1/9).
#[test]
fn an_indefinite_metric_needs_minres() {
    let follow = |given: Given<'_>| course(-9.0).follow("elbow.natural-cg", given, 2);
    let error = follow(&given(2.0, "cg", 250)).expect_err("F is indefinite");
    assert!(error.code() == NUMERIC && error.to_string().contains("minres"), "{error}");
    let end = follow(&given(2.0, "minres", 250)).unwrap_or_else(|error| panic!("{error}"));
    assert!((end[0] - 1.0).abs() < 1e-12 && (end[1] - 2.0 / 9.0).abs() < 1e-12, "{end:?}");
}

/// Where a solution is cut short the next one depends on it, so it belongs to the state.
#[test]
fn the_last_solution_is_saved() {
    let (course, given) = (course(3.0), given(0.3, "cg", 1));
    let make = || course.optimizer("elbow.natural-cg", &given).unwrap_or_else(|error| panic!("{error}"));
    let (mut proxy, mut optimizer, mut fresh) = (course.proxy(), make(), make());
    (0..4).for_each(|_| {
        proxy.step(&mut optimizer, false).unwrap_or_else(|error| panic!("{error}"));
    });
    fresh.load(&optimizer.save().unwrap_or_else(|error| panic!("{error}"))).unwrap_or_else(|error| panic!("{error}"));
    (0..3).for_each(|_| {
        proxy.step(&mut fresh, false).unwrap_or_else(|error| panic!("{error}"));
    });
    let straight = course.follow("elbow.natural-cg", &given, 7).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(proxy.parameters(), straight);
}
