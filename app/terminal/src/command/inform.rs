//! The commands that only tell: `plan`, `check`, `export`, the lists, completions, the manual.

use super::{Failure, IO, NOTHING, OK, Outcome, USAGE, all_plugins, catalog, note, plan_file, print};
use crate::cli::{Cli, Experiment, Format, Global, Listing};
use crate::report;
use crate::text::message;
use clap::CommandFactory;
use elbow_engine::export::{self, Exported, Format as Tables};
use elbow_engine::plan::Points;
use elbow_engine::spec;
use elbow_host::{Catalog, Plugin, PluginKind, escaped, place};
use std::path::Path;

/// `elbow plan FILE`.
pub fn plan(experiment: &Experiment, effective: bool, global: &Global) -> Outcome {
    let plan = plan_file(&experiment.file, &experiment.changes, global)?;
    if effective {
        let text = elbow_engine::experiment::text(&plan.effective).map_err(|reason| Failure(super::INTERNAL, reason))?;
        return print(&text);
    }
    if let Some(probe) = &plan.probe {
        let labels: Vec<&str> = plan.models.iter().map(|model| model.label.as_str()).collect();
        let points = match &probe.points {
            Points::Draw { kind, count } => format!("{count} points drawn from `{kind}`, {} seeds", plan.seeds.len()),
            Points::Given { count, .. } => format!("{count} points from a file"),
        };
        return print(&message(&format!("a probe of {}: {points}, bins of {}", labels.join(", "), probe.bin_width)));
    }
    note(&report::left_out(&plan).join("\n"));
    print(&report::plan(&plan))?;
    Ok(if plan.cells.is_empty() { NOTHING } else { OK })
}

/// `elbow check FILE`.
pub fn check(experiment: &Experiment, global: &Global) -> Outcome {
    let plan = plan_file(&experiment.file, &experiment.changes, global)?;
    let (cells, left) = (plan.cells.len(), plan.left_out.len());
    let left = if left > 0 { format!(", {left} left out (see elbow plan)") } else { String::new() };
    print(&message(&format!("{}: no errors; {cells} cells{left}", experiment.file.display())))
}

/// `elbow export DIR`.
pub fn export(run: &Path, format: Format, out: Option<&Path>) -> Outcome {
    if !run.join("journal").is_dir() {
        return Err(Failure(USAGE, format!("error: {} is no run directory: it has no folder `journal`", run.display())));
    }
    let tables = run.join("tables");
    let out = out.unwrap_or(&tables);
    let failed = |reason| Failure(IO, format!("error: {reason}"));
    let Exported { files, warnings, is_damaged } = match format {
        Format::Csv => export::export(run, out, Tables::Csv),
        Format::Jsonl => export::export(run, out, Tables::Jsonl),
        Format::Experiment => export::write_experiment(run, out),
    }
    .map_err(failed)?;
    for warning in warnings {
        note(&format!("warning: {warning}"));
    }
    print(&files.iter().map(|file| escaped(&file.display().to_string()).into_owned()).collect::<Vec<_>>().join("\n"))?;
    Ok(if is_damaged { IO } else { OK })
}

/// `elbow model|optimizer list|show`.
pub fn listing(kind: PluginKind, listing: &Listing, global: &Global) -> Outcome {
    let catalog = catalog(global)?;
    match listing {
        Listing::List => print(&report::plugins(catalog.list(kind))),
        Listing::Show { name } => {
            let plugin = catalog.find(kind, name).map_err(|near| unknown(kind, name, near, &catalog))?;
            let engine = if kind == PluginKind::Model { spec::model() } else { spec::optimizer(None) };
            print(&report::plugin(plugin, &engine))
        }
    }
}

fn unknown(kind: PluginKind, name: &str, near: Option<String>, catalog: &Catalog) -> Failure {
    let all = || catalog.list(kind).map(Plugin::short).collect::<Vec<_>>().join(", ");
    let hint = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("the {}s are {}", kind.name(), all()),
    };
    Failure(USAGE, format!("error: there is no {} `{name}`; {hint}{}", kind.name(), catalog.missing()))
}

/// `elbow plugin list`.
pub fn plugins(global: &Global) -> Outcome {
    print(&plugin_table(&all_plugins(global)?))
}

/// The plugins, a line each under a heading, and the libraries that were refused.
pub fn plugin_table(catalog: &Catalog) -> String {
    let mut table = report::table(&["kind", "id", "package", "origin"]);
    for plugin in [PluginKind::Model, PluginKind::Optimizer].into_iter().flat_map(|kind| catalog.list(kind)) {
        report::add(&mut table, &[plugin.kind.name(), &plugin.id, &plugin.package, &place(&plugin.origin)]);
    }
    for broken in catalog.broken() {
        report::add(&mut table, &["broken", "", "", &broken.to_string()]);
    }
    table.to_string()
}

/// `elbow completions SHELL`.
pub fn completions(shell: clap_complete::Shell) -> Outcome {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "elbow", &mut text);
    print(&String::from_utf8_lossy(&text))
}

/// `elbow man`.
pub fn man() -> Outcome {
    let mut text = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut text).map_err(|error| Failure(IO, error.to_string()))?;
    print(&String::from_utf8_lossy(&text))
}
