//! Keys that were written and have no effect, as the schema's conditions tell: `tolerance` of an integrator without error control.
//!
//! A key is fine if it has an effect in one of the entries that a sweep makes of it, at the start or after a planned change. A value that
//! is the default anyway is no mistake.

use crate::change::{self, Planned};
use crate::diagnostic::{Diagnostics, Span};
use crate::document::Node;
use elbow_host::{Condition, Kind, Schema, Value};

/// A written key and what it waits for, if it has had no effect so far.
struct Written {
    span: Span,
    waits: Option<(String, String)>,
}

/// The written keys of an experiment.
#[derive(Default)]
pub struct Effects(Vec<Written>);

impl Effects {
    /// Takes in an entry with its complete parameters, at the start and after each change.
    pub fn take(&mut self, node: &Node, schemas: &[Schema], parameters: &Value, changes: &[Planned]) {
        let mut now = parameters.clone();
        self.table(node, schemas, &[parameters]);
        for Planned { change, .. } in changes {
            change::put(&mut now, &change.path, change.value.clone());
            self.table(node, schemas, &[&now]);
        }
    }

    /// A table and those around it, the outermost first.
    fn table(&mut self, node: &Node, schemas: &[Schema], tables: &[&Value]) {
        let here = tables.last().copied().unwrap_or(&Value::Absent);
        for schema in schemas {
            let (Some(entry), Some(value)) = (node.entries().iter().find(|entry| entry.key == schema.key), here.get(&schema.key))
            else {
                continue;
            };
            if let Kind::Table(fields) = &schema.kind {
                self.table(&entry.value, fields, &[tables, &[value]].concat());
            }
            let unmet = schema.conditions.iter().find_map(|condition| unmet(condition, tables));
            if *value != schema.default_value() || unmet.is_none() {
                self.note(&entry.key_span, unmet.map(|needs| (schema.key.clone(), needs)));
            }
        }
    }

    fn note(&mut self, span: &Span, waits: Option<(String, String)>) {
        match self.0.iter_mut().find(|written| written.span == *span) {
            Some(written) if waits.is_none() => written.waits = None,
            Some(_) => {}
            None => self.0.push(Written { span: span.clone(), waits }),
        }
    }

    /// Reports the keys without an effect.
    pub fn report(self, out: &mut Diagnostics) {
        for Written { span, waits } in self.0 {
            if let Some((key, needs)) = waits {
                let help = Some("leave it out, or change what it depends on".to_owned());
                out.error_with_help(Some(&span), format!("`{key}` has no effect here: {needs}"), help);
            }
        }
    }
}

/// What a condition needs that the tables do not have. A parameter that is not given may be anything.
fn unmet(condition: &Condition, tables: &[&Value]) -> Option<String> {
    let value = tables.iter().rev().find_map(|table| table.get(&condition.key))?;
    let found = match value {
        Value::Text(text) => text.clone(),
        Value::Bool(value) => value.to_string(),
        _ => return None,
    };
    let wanted = condition.values.join(" or ");
    (!condition.values.contains(&found)).then(|| format!("it needs `{}` = {wanted}, which is {found}", condition.key))
}
