//! The step against its definition.

use elbow_check::Value;
use elbow_check::optimizer::{START, positions};
use elbow_check::quadratic::{a, gradient};

elbow_sdk::bundle!(fn bundle = [optimizer elbow_diagonal_fisher::DiagonalFisher]);

#[test]
fn each_coordinate_is_divided_by_its_curvature() {
    let given = [("step_size", Value::Number(0.3)), ("lambda", Value::Number(0.2))];
    let found = &positions(bundle(), &given, 1)[1];
    for (i, g) in gradient(&START).iter().enumerate() {
        let expected = START[i] - 0.3 * g / (a(i, i) + 0.2);
        assert!((found[i] - expected).abs() < 1e-15, "parameter {i} is {}, not {expected}", found[i]);
    }
}
