//! The conformance suite on this model.

use elbow_check::Value;

fn target() -> Value {
    let data = vec![0.2, 0.1, 0.15, 0.05, 0.3, 0.2];
    Value::Table(vec![("table".into(), Value::Array { rows: 1, cols: 6, data })])
}

elbow_check::conformance!(
    model elbow_simplex::Simplex,
    [("visible", Value::Integer(3)), ("hidden", Value::Integer(2)), ("learned", Value::Bool(true)), ("target", target())]
);
