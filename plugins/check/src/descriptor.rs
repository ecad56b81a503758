//! What a plugin says of itself.

use crate::{Verdict, ensure};
use elbow_host::{Kind, Plugin, Schema, Value};

/// Id, summary, references, and text for every parameter and quantity.
pub fn text(plugin: &Plugin) -> Verdict {
    ensure(plugin.id.contains('.'), || format!("the id `{}` names no owner: write owner.{}", plugin.id, plugin.id))?;
    ensure(plugin.summary.ends_with('.'), || "the summary is no sentence: end it with a full stop".into())?;
    ensure(!plugin.family.is_empty(), || "the family is empty: say `natural gradient`, …".into())?;
    ensure(plugin.references.iter().all(|reference| !reference.is_empty()), || "a reference is empty".into())?;
    let silent = plugin.quantities.iter().find(|quantity| quantity.doc.is_empty());
    ensure(silent.is_none(), || format!("the quantity `{}` has no text: say what it is, with its sign", silent.unwrap().name))?;
    documented(&plugin.schema)
}

fn documented(schemas: &[Schema]) -> Verdict {
    for (place, schema) in schemas.iter().enumerate() {
        let again = schemas[..place].iter().any(|other| other.key == schema.key);
        ensure(!again, || {
            format!("the key `{}` stands for two parameters: rename one, or do not flatten both tables", schema.key)
        })?;
        ensure(!schema.doc.is_empty(), || format!("the parameter `{}` has no text: add a /// line", schema.key))?;
        if let Kind::Table(fields) | Kind::Tables(fields) = &schema.kind {
            documented(fields)?;
        }
    }
    Ok(())
}

/// Defaults lie in their ranges and among their choices.
pub fn defaults(schemas: &[Schema]) -> Verdict {
    for schema in schemas {
        if let Some(number) = schema.default.as_number() {
            ensure(schema.admits(number), || format!("the default of `{}` is {number}, not {}", schema.key, schema.range()))?;
        }
        if let (Kind::Choice(names), Value::Text(text)) = (&schema.kind, &schema.default) {
            ensure(names.contains(text), || format!("the default of `{}` is {text}, which is no choice", schema.key))?;
        }
        if let Kind::Table(fields) | Kind::Tables(fields) = &schema.kind {
            defaults(fields)?;
        }
    }
    Ok(())
}
