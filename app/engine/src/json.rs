//! Values as JSON, in one canonical form: hashes and plans are made of it.

use elbow_host::Value;
use serde_json::{Map, Value as Json, json};

/// A value; what was not given is left out of tables.
pub fn of(value: &Value) -> Json {
    match value {
        Value::Absent => Json::Null,
        Value::Bool(value) => json!(value),
        Value::Integer(value) => json!(value),
        Value::Number(value) => json!(value),
        Value::Text(value) => json!(value),
        Value::Path { written, digest, .. } => json!({ "file": written, "sha256": digest }),
        Value::Array { rows: 1, data, .. } => json!(data),
        Value::Array { cols, data, .. } => Json::Array(data.chunks((*cols).max(1)).map(|row| json!(row)).collect()),
        Value::List(values) => Json::Array(values.iter().map(of).collect()),
        Value::Table(entries) => {
            let given = entries.iter().map(|(key, value)| (key.clone(), of(value)));
            let full = |json: &Json| !json.is_null() && json.as_object().is_none_or(|table| !table.is_empty());
            Json::Object(given.filter(|(_, json)| full(json)).collect::<Map<_, _>>())
        }
    }
}
