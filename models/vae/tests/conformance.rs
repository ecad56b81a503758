//! The conformance suite on this model, with five rows of data from a file: with hidden layers, and in modules of their own
//! without them and with units one by one.

use elbow_check::Value;

fn table(entries: &[(&str, Value)]) -> Value {
    Value::Table(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
}

fn data(file: &str) -> Value {
    let file = format!("{}/tests/{file}", env!("CARGO_MANIFEST_DIR"));
    table(&[("source", Value::Text("file".into())), ("file", Value::Text(file))])
}

fn units(sizes: &[f64]) -> Value {
    Value::Array { rows: 1, cols: sizes.len(), data: sizes.to_vec() }
}

elbow_check::conformance!(
    model elbow_vae::Vae,
    [
        ("data", data("rows.csv")),
        ("encoder", units(&[3.0])),
        ("decoder", units(&[2.0])),
        ("latent", Value::Integer(1)),
        ("batch", Value::Integer(4)),
        ("evaluation", table(&[("samples", Value::Integer(2))])),
    ]
);

mod affine {
    use super::{Value, data, units};

    elbow_check::conformance!(
        model elbow_vae::Vae,
        [
            ("data", data("rows.csv")),
            ("encoder", units(&[])),
            ("decoder", units(&[])),
            ("latent", Value::Integer(2)),
            ("likelihood", Value::Text("gaussian".into())),
            ("learned_variance", Value::Bool(true)),
        ]
    );
}

mod one {
    use super::{Value, data, units};

    elbow_check::conformance!(
        model elbow_vae::Vae,
        [
            ("data", data("column.csv")),
            ("encoder", units(&[1.0])),
            ("decoder", units(&[1.0])),
            ("latent", Value::Integer(1)),
            ("batch", Value::Integer(1)),
            ("shuffle", Value::Bool(false)),
        ]
    );
}
