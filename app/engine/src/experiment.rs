//! Experiments with every value filled in, as plans and run directories keep them: taken apart and put together again.

use serde_json::{Map, Value as Json};

/// The experiment as TOML that plans to the same cells.
///
/// # Errors
/// What TOML cannot hold.
pub fn text(experiment: &Json) -> Result<String, String> {
    let mut written = experiment.clone();
    as_text_where_large(&mut written);
    toml::to_string(&written).map_err(|error| error.to_string())
}

/// Integers that TOML does not have become text: the seeds above 2⁶³ − 1.
fn as_text_where_large(value: &mut Json) {
    match value {
        Json::Number(number) if number.as_u64().is_some_and(|integer| i64::try_from(integer).is_err()) => {
            *value = Json::String(number.to_string());
        }
        Json::Array(items) => items.iter_mut().for_each(as_text_where_large),
        Json::Object(table) => table.values_mut().for_each(as_text_where_large),
        _ => {}
    }
}

/// The settings of an experiment with other models, optimizers and seeds.
pub fn with(settings: &Json, models: Vec<Json>, optimizers: Vec<Json>, seeds: &[u64]) -> Json {
    let mut run = settings["run"].clone();
    run["seeds"] = seeds.into();
    let kept = ["name", "about"].map(|key| (key.to_owned(), settings[key].clone()));
    let new = [("run", run), ("model", models.into()), ("optimizer", optimizers.into())];
    Json::Object(Map::from_iter(kept.into_iter().chain(new.map(|(key, value)| (key.to_owned(), value)))))
}

/// What an optimizer does, whatever it is called and whichever cells it has.
pub fn anonymous(optimizer: &Json) -> Json {
    let mut optimizer = optimizer.clone();
    if let Some(table) = optimizer.as_object_mut() {
        table.retain(|key, value| !["label", "model", "seeds"].contains(&key.as_str()) && *value != Json::Array(Vec::new()));
    }
    optimizer
}

/// The label, or the first of `label (2)`, `label (3)`, … that is not taken.
pub fn unique(label: &str, taken: impl Fn(&str) -> bool) -> String {
    let is_number = |text: &str| text.strip_suffix(')').is_some_and(|number| number.parse::<u32>().is_ok());
    let base = label.rsplit_once(" (").filter(|(_, number)| is_number(number)).map_or(label, |(base, _)| base);
    let numbered = (2..).map(|n| format!("{base} ({n})"));
    std::iter::once(label.to_owned()).chain(numbered).find(|label| !taken(label)).unwrap_or_default()
}
