//! Values as JSON, in one canonical form: plans are made of it, and hashes of its content.

use elbow_host::Value;
use serde_json::{Map, Value as Json, json};

/// A value; what was not given is left out of tables.
pub fn of(value: &Value) -> Json {
    json(value, &|written, digest| json!({ "file": written, "sha256": digest }))
}

/// What numbers depend on of a value: of a file its content, wherever it is.
pub fn content(value: &Value) -> Json {
    json(value, &|_, digest| json!({ "sha256": digest }))
}

fn json(value: &Value, file: &impl Fn(&str, &str) -> Json) -> Json {
    match value {
        Value::Absent => Json::Null,
        Value::Bool(value) => json!(value),
        Value::Integer(value) => json!(value),
        Value::Number(value) => json!(value),
        Value::Text(value) => json!(value),
        Value::Path { written, digest, .. } => file(written, digest),
        Value::Array { rows: 1, data, .. } => json!(data),
        Value::Array { cols, data, .. } => Json::Array(data.chunks((*cols).max(1)).map(|row| json!(row)).collect()),
        Value::List(values) => Json::Array(values.iter().map(|value| json(value, file)).collect()),
        Value::Table(entries) => {
            let given = entries.iter().map(|(key, value)| (key.clone(), json(value, file)));
            let full = |json: &Json| !json.is_null() && json.as_object().is_none_or(|table| !table.is_empty());
            Json::Object(given.filter(|(_, json)| full(json)).collect::<Map<_, _>>())
        }
    }
}
