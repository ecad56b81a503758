//! The conformance suite on this model.

use elbow_check::Value;

fn target() -> Value {
    let data = vec![0.7, 0.3, 0.6, 0.2, 0.9];
    Value::Table(vec![("parameters".into(), Value::Array { rows: 1, cols: 5, data })])
}

elbow_check::conformance!(
    model elbow_bayesian_network::BayesianNetwork,
    [("preset", Value::Text("non-cylindrical".into())), ("learned", Value::Bool(true)), ("target", target())]
);
