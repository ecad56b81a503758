//! The conformance suite on this model, with five rows of data from a file.

use elbow_check::Value;

fn table(entries: &[(&str, Value)]) -> Value {
    Value::Table(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
}

fn data() -> Value {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rows.csv");
    table(&[("source", Value::Text("file".into())), ("file", Value::Text(file.into()))])
}

fn units(sizes: &[f64]) -> Value {
    Value::Array { rows: 1, cols: sizes.len(), data: sizes.to_vec() }
}

elbow_check::conformance!(
    model elbow_vae::Vae,
    [
        ("data", data()),
        ("encoder", units(&[3.0])),
        ("decoder", units(&[2.0])),
        ("latent", Value::Integer(1)),
        ("batch", Value::Integer(4)),
        ("evaluation", table(&[("samples", Value::Integer(2))])),
    ]
);
