//! On a quadratic form whose Hessian is its Fisher matrix, the natural gradient is Newton's method.

use elbow_check::Value;
use elbow_check::optimizer::{START, positions};
use elbow_check::quadratic::{P, a, gradient};

elbow_sdk::bundle!(fn bundle = [optimizer elbow_fisher_rao::FisherRao]);

fn run(damping: Vec<(&str, Value)>, eta: f64) -> Vec<f64> {
    let table = Value::Table(damping.into_iter().map(|(key, value)| (key.to_owned(), value)).collect());
    positions(bundle(), &[("step_size", Value::Number(eta)), ("damping", table)], 1)[1].clone()
}

/// The largest entry of (A + D) δ + η ∇L, δ the step and D the damping: 0 for the damped natural gradient.
fn residual(theta: &[f64], eta: f64, damping: impl Fn(usize) -> f64) -> f64 {
    let (g, delta): (_, Vec<f64>) = (gradient(&START), theta.iter().zip(START).map(|(x, x0)| x - x0).collect());
    let row = |i: usize| (0..P).map(|j| a(i, j) * delta[j]).sum::<f64>() + damping(i) * delta[i] + eta * g[i];
    (0..P).map(|i| row(i).abs()).fold(0.0, f64::max)
}

#[test]
fn one_step_of_size_one_reaches_the_minimum() {
    for (i, x) in run(vec![], 1.0).iter().enumerate() {
        assert!((x - 0.5 * i as f64).abs() < 1e-13, "parameter {i} is {x}");
    }
}

#[test]
fn damped_steps_solve_the_damped_system() {
    let kind = |name: &str| ("kind", Value::Text(name.into()));
    let lambda = ("lambda", Value::Number(0.7));
    let tikhonov = run(vec![kind("tikhonov"), lambda.clone()], 0.3);
    assert!(residual(&tikhonov, 0.3, |_| 0.7) < 1e-13);
    let relative = run(vec![kind("relative"), lambda], 0.3);
    assert!(residual(&relative, 0.3, |i| 0.7 * a(i, i)) < 1e-13);
}

/// λ → ∞ gives the gradient: (θ₀ − θ) λ / η → ∇L.
#[test]
fn a_large_lambda_gives_the_gradient() {
    let theta = run(vec![("kind", Value::Text("tikhonov".into())), ("lambda", Value::Number(1e6))], 1.0);
    for (i, g) in gradient(&START).iter().enumerate() {
        assert!(((START[i] - theta[i]) * 1e6 - g).abs() < 1e-4, "parameter {i}");
    }
}
