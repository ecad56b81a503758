//! Against dense solutions, on a quadratic form whose Hessian is its Fisher matrix.

use elbow_check::Value;
use elbow_check::course::{Given, table, text};
use elbow_check::optimizer::{START, positions};
use elbow_check::quadratic::{P, a, gradient};

elbow_sdk::bundle!(fn bundle = [optimizer elbow_natural_cg::NaturalCg]);
elbow_sdk::bundle!(fn rival = [optimizer elbow_fisher_rao::FisherRao]);

/// The solver with a step of η = 0.3 and λ = 0.7, neither cut nor with momentum, solved to rounding; and more.
fn run(solver: &str, more: Given<'_>, steps: usize) -> Vec<Vec<f64>> {
    let numbers = [("step_size", 0.3), ("lambda", 0.7), ("kl_clip", 0.0), ("momentum", 0.0), ("tolerance", 1e-13)];
    let mut given: Vec<_> = numbers.into_iter().map(|(key, value)| (key, Value::Number(value))).collect();
    given.push(("solver", text(solver)));
    given.retain(|(key, _)| more.iter().all(|(other, _)| other != key));
    given.extend_from_slice(more);
    positions(bundle(), &given, steps)
}

fn distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// The largest entry of (A + λI) δ + η ∇L, δ the step.
fn residual(from: &[f64], to: &[f64], lambda: f64) -> f64 {
    let (g, delta): (_, Vec<f64>) = (gradient(from), to.iter().zip(from).map(|(x, x0)| x - x0).collect());
    let row = |i: usize| (0..P).map(|j| a(i, j) * delta[j]).sum::<f64>() + lambda * delta[i] + 0.3 * g[i];
    (0..P).map(|i| row(i).abs()).fold(0.0, f64::max)
}

/// Ten steps of either solver, begun anew or with the last solution, are those of the dense damped system.
#[test]
fn steps_are_those_of_the_dense_system() {
    let damping = table(&[("kind", text("tikhonov")), ("lambda", Value::Number(0.7))]);
    let dense = positions(rival(), &[("step_size", Value::Number(0.3)), ("damping", damping)], 10);
    for solver in ["cg", "minres"] {
        for warm in [false, true] {
            let found = run(solver, &[("warm_start", Value::Bool(warm))], 10);
            let worst = found.iter().zip(&dense).map(|(found, dense)| distance(found, dense)).fold(0.0, f64::max);
            assert!(worst < 1e-8, "{solver}, warm start {warm}: {worst:e} off");
            assert!(residual(&START, &found[1], 0.7) < 1e-12);
        }
    }
}

fn times(x: &[f64], lambda: f64) -> Vec<f64> {
    (0..P).map(|i| (0..P).map(|j| a(i, j) * x[j]).sum::<f64>() + lambda * x[i]).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// P iterations are enough. One makes a step along the gradient, also the second time if it does not begin with the last solution:
/// of length gᵀg/gᵀCg with conjugate gradients and gᵀCg/‖Cg‖² with MinRes, C = A + λI.
#[test]
fn iterations_cut_the_solution_short() {
    for solver in ["cg", "minres"] {
        let steps = |n: usize| run(solver, &[("iterations", Value::Integer(n as i64)), ("warm_start", Value::Bool(false))], 2);
        assert!(residual(&START, &steps(P)[1], 0.7) < 1e-12, "{solver}");
        for pair in steps(1).windows(2) {
            let g = gradient(&pair[0]);
            let cg = times(&g, 0.7);
            let length = if solver == "cg" { dot(&g, &g) / dot(&g, &cg) } else { dot(&g, &cg) / dot(&cg, &cg) };
            let expected: Vec<f64> = pair[0].iter().zip(&g).map(|(x, g)| x - 0.3 * length * g).collect();
            assert!(distance(&pair[1], &expected) < 1e-14, "{solver}");
        }
    }
}

/// Beginning with the last solution, one iteration comes nearer to the next one.
#[test]
fn a_warm_start_helps() {
    for solver in ["cg", "minres"] {
        let left = |warm: bool| {
            let way = run(solver, &[("iterations", Value::Integer(1)), ("warm_start", Value::Bool(warm))], 3);
            residual(&way[2], &way[3], 0.7) / dot(&gradient(&way[2]), &gradient(&way[2])).sqrt()
        };
        assert!(left(true) < 0.5 * left(false), "{solver}: {} and {}", left(true), left(false));
    }
}

/// Without damping MinRes solves with F itself: a step of η = 1 reaches the minimum.
#[test]
fn without_damping_it_is_newtons_method() {
    for solver in ["cg", "minres"] {
        let end = run(solver, &[("lambda", Value::Number(0.0)), ("step_size", Value::Number(1.0))], 1)[1].clone();
        assert!(distance(&end, &[0.0, 0.5, 1.0, 1.5]) < 1e-11, "{solver}: {end:?}");
    }
}

/// A step that is cut has δᵀFδ = κ, where λ = 0; else F + λI has the length κ.
#[test]
fn clipped_steps_have_their_length() {
    let more = [("kl_clip", Value::Number(1e-4)), ("lambda", Value::Number(0.0))];
    let end = &run("cg", &more, 1)[1];
    let delta: Vec<f64> = end.iter().zip(START).map(|(x, x0)| x - x0).collect();
    let length: f64 = (0..P * P).map(|k| delta[k / P] * a(k / P, k % P) * delta[k % P]).sum();
    assert!((length - 1e-4).abs() < 1e-14, "δᵀFδ = {length:e}");
}

/// The model is exact here, so every fifth step lowers λ by 0.95⁵.
#[test]
fn an_exact_model_lowers_the_damping() {
    let way = run("cg", &[("adapt", Value::Bool(true))], 11);
    for (k, pair) in way.windows(2).enumerate() {
        let lambda = 0.7 * 0.95f64.powi(5 * (k as i32 / 5));
        assert!(residual(&pair[0], &pair[1], lambda) < 1e-12, "step {k}");
    }
}

/// At the minimum the gradient is 0, and so is the step.
#[test]
fn the_minimum_is_kept() {
    let newton = [("lambda", Value::Number(0.0)), ("step_size", Value::Number(1.0))];
    for solver in ["cg", "minres"] {
        let way = run(solver, &newton, 6);
        assert!(distance(&way[6], &[0.0, 0.5, 1.0, 1.5]) < 1e-14, "{solver}: {:?}", way[6]);
    }
}
