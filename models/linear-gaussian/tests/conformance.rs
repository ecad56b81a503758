//! The conformance suite on this model.

use elbow_check::Value;

fn data() -> Value {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data.csv");
    let text = |text: &str| Value::Text(text.to_owned());
    Value::Table(vec![("source".into(), text("file")), ("file".into(), text(file))])
}

elbow_check::conformance!(
    model elbow_linear_gaussian::LinearGaussian,
    [("data", data()), ("latent", Value::Integer(2))]
);
