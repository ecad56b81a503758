//! Adam's steps against their definition.

use elbow_check::Value;
use elbow_check::optimizer::{START, positions};
use elbow_check::quadratic::gradient;

elbow_sdk::bundle!(fn bundle = [optimizer elbow_adam::Adam]);

/// The first step is −η sign(g), as ε → 0.
#[test]
fn the_first_step_is_the_sign_of_the_gradient() {
    let given = [("step_size", Value::Number(0.01)), ("epsilon", Value::Number(1e-300))];
    let first = &positions(bundle(), &given, 1)[1];
    for (i, g) in gradient(&START).iter().enumerate() {
        assert!((first[i] - (START[i] - 0.01 * g.signum())).abs() < 1e-15, "parameter {i}");
    }
}

/// Moments with bias correction, written out.
#[test]
fn thirty_steps_by_hand() {
    let (eta, b1, b2, epsilon): (f64, f64, f64, f64) = (0.05, 0.9, 0.999, 1e-8);
    let (mut theta, mut m, mut v) = (START, [0.0; 4], [0.0; 4]);
    for t in 1..=30 {
        let g = gradient(&theta);
        for i in 0..4 {
            m[i] = b1 * m[i] + (1.0 - b1) * g[i];
            v[i] = b2 * v[i] + (1.0 - b2) * g[i] * g[i];
            theta[i] -= eta * (m[i] / (1.0 - b1.powi(t))) / ((v[i] / (1.0 - b2.powi(t))).sqrt() + epsilon);
        }
    }
    let found = &positions(bundle(), &[("step_size", Value::Number(eta))], 30)[30];
    for (found, expected) in found.iter().zip(theta) {
        assert!((found - expected).abs() < 1e-14, "{found} is not {expected}");
    }
}
