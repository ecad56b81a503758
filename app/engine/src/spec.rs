//! The keys of an experiment that belong to the engine; the rest belongs to the plugins.

use crate::change;
use elbow_host::{Kind, Plugin, Schema, Value};

fn table(key: &str, fields: Vec<Schema>, doc: &str) -> Schema {
    Schema::new(key, Kind::Table(fields), doc)
}

fn choice(key: &str, names: &[&str], doc: &str) -> Schema {
    Schema::new(key, Kind::Choice(names.iter().map(|name| (*name).to_owned()).collect()), doc)
}

fn text(key: &str, doc: &str) -> Schema {
    Schema::new(key, Kind::Text, doc)
}

fn integer(key: &str, min: f64, doc: &str) -> Schema {
    Schema::new(key, Kind::Integer, doc).at_least(min)
}

/// Keys of the whole file. `model` and `optimizer` are lists of tables, `sweep` is a table of paths.
pub fn experiment() -> Vec<Schema> {
    vec![
        text("name", "Name of the experiment, and of its run directories.").or(Value::Text("experiment".into())),
        text("about", "What it shows.").or(Value::Text(String::new())),
        table("run", run(), "Budget, seeds and what is recorded."),
        table("probe", probe(), "Evaluate the diagnostics at many points instead of optimizing."),
    ]
}

/// Keys of the whole file whose tables are checked by themselves.
pub fn sections() -> Vec<Schema> {
    vec![
        Schema::new("model", Kind::Tables(Vec::new()), "The models.").required(),
        Schema::new("optimizer", Kind::Tables(Vec::new()), "The optimizers."),
        table("sweep", Vec::new(), "Lists of values for keys of models and optimizers."),
    ]
}

fn run() -> Vec<Schema> {
    let record = vec![
        integer("every", 1.0, "Steps from one record to the next; the start and the end are always recorded.")
            .or(Value::Integer(1)),
        Schema::new("parameters", Kind::Bool, "Record θ and φ.").or(Value::Bool(false)),
        Schema::new("geometry", Kind::Bool, "Record cosines, the spectrum of (G_V, G) and Fisher–Rao lengths.")
            .or(Value::Bool(true)),
    ];
    vec![
        integer("steps", 0.0, "Largest number of steps.").or(Value::Integer(1000)),
        integer("gradient_evaluations", 1.0, "Largest number of gradients that an optimizer may ask for."),
        Schema::new("seconds", Kind::Number, "Longest time for a cell, in seconds; the one budget that is not reproducible.")
            .above(0.0),
        Schema::new(
            "until",
            Kind::Numbers,
            "Recorded quantities and the values at which a cell has converged, all of them at a record: the smallest value of what is \
             larger when better, as elbo, and the largest of everything else, as kl_visible or fisher_norm.",
        ),
        Schema::new(
            "seeds",
            Kind::Seeds,
            "Seeds: whole numbers from 0 to 2⁶⁴ − 1; those above 2⁶³ − 1, and ranges, as text. Default: 0.",
        ),
        table("record", record, "What is recorded, and how often."),
    ]
}

fn probe() -> Vec<Schema> {
    vec![
        integer("points", 1.0, "Number of points to draw.").at_most(1e7),
        text("draw", "Distribution that the points are drawn from, as the model names it.").or(Value::Text("jeffreys".into())),
        text("file", "Points from a .npy or .csv file instead, one row each."),
        Schema::new("bin_width", Kind::Number, "Width of a bin of the cosines' histograms.")
            .above(0.0)
            .at_most(2.0)
            .or(Value::Number(0.1)),
    ]
}

/// Keys of every `[[model]]`, beside the plugin's own.
pub fn model() -> Vec<Schema> {
    let init = vec![
        Schema::new("values", Kind::Array, "θ, in the model's coordinates."),
        Schema::new("probabilities", Kind::Array, "θ as mean parameters (probabilities), whatever the model's coordinates."),
        Schema::new("recognition", Kind::Array, "φ, in the model's coordinates."),
        text("draw", "Distribution of what is not given, as the model names it.").or(Value::Text("default".into())),
    ];
    vec![
        text("plugin", "Id or short name of the model.").required(),
        text("label", "Name in tables and plots."),
        table("init", init, "Where every optimizer starts; what is not given is drawn from the seed."),
    ]
}

/// Keys of every `[[optimizer]]`, beside the plugin's own; `changes` takes the live ones of these, if the plugin is known.
pub fn optimizer(plugin: Option<&Plugin>) -> Vec<Schema> {
    vec![
        text("plugin", "Id or short name of the optimizer.").required(),
        text("label", "Name in tables and plots."),
        choice("objective", &["elbo", "evidence"], "What is descended: −ELBO or −log evidence.").or(Value::Text("elbo".into())),
        choice(
            "recognition",
            &["fixed", "exact", "learned"],
            "Where q(h|v) comes from: the target's posterior, the model's, or the model's own φ. Default: learned if the model \
             has φ, else fixed if the target is joint, else exact.",
        ),
        choice(
            "train",
            &["generative", "recognition", "both"],
            "Which parameters are optimized: θ, φ or both. Default: both if q is learned and the objective is the ELBO, else θ.",
        ),
        text("model", "Label of the one model that it runs on. Default: all models."),
        Schema::new("seeds", Kind::Seeds, "Those of the run's seeds that it runs with. Default: all of them."),
        change::schema(plugin),
    ]
}
