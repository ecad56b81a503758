//! Complete parameters from a few.

use elbow_host::{Kind, Schema, Value};

/// The parameters given, and defaults for the rest.
///
/// # Panics
/// If a key is not in the schema: a test must not believe that it set what it did not.
pub fn complete(schemas: &[Schema], given: &[(&str, Value)]) -> Value {
    let unknown = given.iter().find(|(key, _)| !schemas.iter().any(|schema| schema.key == *key));
    assert!(unknown.is_none(), "there is no parameter `{}`", unknown.map_or("", |(key, _)| key));
    let value = |schema: &Schema| match (given.iter().find(|(key, _)| schema.key == *key), &schema.kind) {
        (Some((_, Value::Table(entries))), Kind::Table(fields)) => {
            let inner: Vec<_> = entries.iter().map(|(key, value)| (key.as_str(), value.clone())).collect();
            complete(fields, &inner)
        }
        (Some((_, value)), _) => value.clone(),
        (None, _) => schema.default_value(),
    };
    Value::Table(schemas.iter().map(|schema| (schema.key.clone(), value(schema))).collect())
}
