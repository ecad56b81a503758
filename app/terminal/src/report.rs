//! Tables on stdout.

use crate::text::{cut, message, squeeze};
use comfy_table::{CellAlignment, ContentArrangement, ContentLineStyle, LineStyle, Table, TableStyle};
use elbow_engine::histogram::Histogram;
use elbow_engine::live::Status;
use elbow_engine::plan::{Cell, Plan};
use elbow_engine::probe::Probed;
use elbow_engine::run::Outcome;
use elbow_host::{Kind, Plugin, Schema, Value, escaped};

/// Final values in the table of a run, as far as a cell records them.
const FINAL: [&str; 7] = ["kl_visible", "log_evidence", "evidence_bound", "elbo", "gap", "gap_bound", "elbo_held_out"];

/// A table in plain characters.
pub fn table(header: &[&str]) -> Table {
    let mut table = Table::new();
    let style = TableStyle::new()
        .header_separator(LineStyle::new('─', '─', '─', '─'))
        .header_lines(ContentLineStyle::new(' ', ' ', ' '))
        .content_lines(ContentLineStyle::new(' ', ' ', ' '));
    table.load_style(style).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header);
    table
}

/// Widest cell of a table, and widest last one, which says why or what.
const CELL: usize = 60;
const LAST: usize = 600;

/// Adds a row of any text: what acts on a terminal is written out, and what is too wide cut.
pub fn add(table: &mut Table, cells: &[&str]) {
    let shown = |(place, text): (usize, &&str)| match escaped(text) {
        text if place + 1 == cells.len() => cut(&text, LAST, "…"),
        text => squeeze(&text, CELL, "…"),
    };
    table.add_row(cells.iter().enumerate().map(shown));
}

/// As [`add`], of texts that were made for it.
fn add_all<const N: usize>(table: &mut Table, cells: [String; N]) {
    add(table, &cells.each_ref().map(String::as_str));
}

/// A number with six significant digits, in the shorter of the two notations.
pub fn short(value: f64) -> String {
    if !value.is_finite() {
        return format!("{value}");
    }
    let magnitude = value.abs();
    if value != 0.0 && !(1e-4..1e6).contains(&magnitude) {
        return format!("{value:.5e}");
    }
    let digits = 5 - if value == 0.0 { 0 } else { magnitude.log10().floor() as i32 };
    format!("{value:.*}", usize::try_from(digits).unwrap_or(0))
}

/// The status of a cell with step and reason.
fn ended(outcome: &Outcome) -> String {
    let ending = &outcome.ending;
    match ending.status {
        Status::Finished if ending.reason.is_empty() => ending.status.name().to_owned(),
        status => format!("{} @ {}: {}", status.name(), ending.steps, ending.reason),
    }
}

/// The last value of a quantity, if the cell records it; none inside where it has no meaning.
fn last(outcome: &Outcome, name: &str) -> Option<Option<f64>> {
    let place = outcome.columns.iter().position(|column| column.name == name)?;
    let value = outcome.last.get(place).copied()?;
    Some((!outcome.undefined.contains_key(&place)).then_some(value))
}

/// The final table of a run.
pub fn outcomes(plan: &Plan, outcomes: &[Outcome]) -> String {
    let seeds = plan.seeds.len() > 1;
    let mut header = vec!["model", "optimizer"];
    header.extend(seeds.then_some("seed"));
    // A quantity that no model here has gets no column, nor one that is undefined for all, as a test without rows for it.
    let told = |name: &&&str| outcomes.iter().any(|outcome| last(outcome, name).flatten().is_some());
    let values: Vec<&str> = FINAL.iter().filter(told).copied().collect();
    header.extend(["steps"].iter().chain(&values).chain(&["gradients", "status"]));
    let mut table = table(&header);
    for (cell, outcome) in plan.cells.iter().zip(outcomes) {
        let row = row(plan, cell, outcome, &values, seeds);
        add(&mut table, &row.iter().map(String::as_str).collect::<Vec<_>>());
    }
    let numbers = 2..header.len() - 1;
    numbers.filter_map(|i| table.column_mut(i).map(|column| column.set_cell_alignment(CellAlignment::Right))).for_each(drop);
    table.to_string()
}

fn row(plan: &Plan, cell: &Cell, outcome: &Outcome, values: &[&str], seeds: bool) -> Vec<String> {
    let value = |name: &str| last(outcome, name);
    let mut row = vec![plan.model_of(cell).label.clone(), plan.optimizer_of(cell).label.clone()];
    row.extend(seeds.then(|| cell.seed.to_string()));
    row.push(outcome.ending.steps.to_string());
    let text = |value: Option<f64>| value.map_or_else(|| "undefined".to_owned(), short);
    row.extend(values.iter().map(|name| value(name).map_or_else(String::new, text)));
    row.push(value("gradient_evaluations").flatten().map_or_else(String::new, |count| format!("{count}")));
    row.push(ended(outcome));
    row
}

/// The cells of a plan, and what is left out.
pub fn plan(plan: &Plan) -> String {
    let mut table = table(&["cell", "model", "optimizer", "seed", "descends", "trains", "parameters"]);
    for cell in &plan.cells {
        let task = cell.task;
        let objective = if task.objective == elbow_abi::OBJECTIVE_ELBO { "−ELBO" } else { "−log evidence" };
        let recognition = ["fixed", "exact", "learned"].get(task.recognition as usize).copied().unwrap_or("?");
        let trains = match (task.generative, task.learned) {
            (true, true) => "θ, φ",
            (true, false) => "θ",
            _ => "φ",
        };
        let (model, optimizer) = (plan.model_of(cell).label.clone(), plan.optimizer_of(cell).label.clone());
        let descends = format!("{objective}, q {recognition}");
        let (seed, size) = (cell.seed.to_string(), cell.start.len().to_string());
        add_all(&mut table, [cell.id.clone(), model, optimizer, seed, descends, trains.into(), size]);
    }
    table.to_string()
}

/// One line for each pairing that is left out.
pub fn left_out(plan: &Plan) -> Vec<String> {
    plan.left_out.iter().map(|left| format!("left out: {} with {}: {}", left.model, left.optimizer, left.reason)).collect()
}

/// The histograms of a probe.
pub fn probed(probed: &Probed) -> String {
    let (model, ending) = (escaped(&probed.model), &probed.ending);
    let mut out = format!("{model}: {} points, {}\n", ending.steps, ending.status.name());
    if !ending.reason.is_empty() {
        out += &format!("  {}\n", escaped(&ending.reason));
    }
    for histogram in &probed.histograms {
        out += &one_histogram(histogram);
    }
    out
}

fn one_histogram(histogram: &Histogram) -> String {
    let Histogram { metric, mean, median, negative, undefined, width, .. } = histogram;
    let undefined = if *undefined > 0 { format!(", {undefined} undefined") } else { String::new() };
    let mut out = format!("\n{metric}: mean {mean:.4}, median {median:.4}, {:.2} % negative{undefined}\n", negative * 100.0);
    let filled = histogram.filled();
    let most = filled.iter().map(|(_, count, _)| *count).max().unwrap_or(1).max(1);
    for (edge, count, share) in filled {
        let bar = "█".repeat((count * 40 / most) as usize);
        out += &format!("  {edge:>5.2} … {:>5.2}  {count:>7}  {share:.5}  {bar}\n", edge + width);
    }
    out
}

/// Models or optimizers, a line each.
pub fn plugins<'a>(plugins: impl Iterator<Item = &'a Plugin>) -> String {
    let mut table = table(&["name", "family", "summary"]);
    for plugin in plugins {
        add(&mut table, &[plugin.short(), &plugin.family, &plugin.summary]);
    }
    table.to_string()
}

/// One model or optimizer with its parameters; `engine` are the keys that the engine adds.
pub fn plugin(plugin: &Plugin, engine: &[Schema]) -> String {
    let mut out = format!("{} ({}, {})\n{}\n", plugin.id, plugin.kind.name(), plugin.package, plugin.summary);
    for reference in &plugin.references {
        out += &format!("  {reference}\n");
    }
    let word = if plugin.kind == elbow_host::PluginKind::Model { "provides" } else { "needs" };
    out += &format!("{word}: {}\n", plugin.capabilities.join(", "));
    if !plugin.quantities.is_empty() {
        out += "\nrecords\n";
    }
    for quantity in &plugin.quantities {
        let unit = if quantity.unit.is_empty() { String::new() } else { format!(" [{}]", quantity.unit) };
        out += &format!("  {}{unit}: {}\n", quantity.name, quantity.doc);
    }
    let mut table = table(&["key", "type", "range", "default", "meaning"]);
    parameters(&plugin.schema, "", &mut table);
    parameters(engine, "", &mut table);
    format!("{}\n\n{table}", message(&out))
}

fn parameters(schemas: &[Schema], prefix: &str, table: &mut Table) {
    for schema in schemas {
        let key = format!("{prefix}{}", schema.key);
        match &schema.kind {
            Kind::Table(fields) => parameters(fields, &format!("{key}."), table),
            Kind::Tables(fields) => {
                let doc = schema.doc.replace('\n', " ");
                add_all(table, [key.clone(), schema.kind.describe(), String::new(), default(schema), doc]);
                parameters(fields, &format!("{key}[]."), table);
            }
            kind => {
                let unit = if schema.unit.is_empty() { String::new() } else { format!(" [{}]", schema.unit) };
                let needs = if schema.conditions.is_empty() { String::new() } else { format!(" Only {}.", schema.needs()) };
                let doc = schema.doc.replace('\n', " ") + &needs;
                add_all(table, [key, kind.describe() + &unit, schema.range(), default(schema), doc]);
            }
        }
    }
}

fn default(schema: &Schema) -> String {
    match &schema.default {
        Value::Absent if schema.required => "required".into(),
        Value::Absent => String::new(),
        Value::Text(text) => text.clone(),
        other => elbow_engine::json::of(other).to_string(),
    }
}
