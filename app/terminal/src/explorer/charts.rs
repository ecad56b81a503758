//! The charts: a table of those that belong together, then one for every other number that is recorded.

use elbow_engine::live::Metric;

use super::plot::Scale;

/// What a chart shows.
#[derive(Clone, Debug)]
pub(crate) struct Chart {
    /// May be empty where the legend says it all.
    pub title: String,
    /// Names of the metrics; those that a run does not record are left out.
    pub metrics: Vec<String>,
    /// What the legend calls them, where there are several.
    pub legend: Vec<&'static str>,
    pub unit: String,
    /// How y is drawn.
    pub scale: Scale,
    /// How it is drawn if nobody says otherwise.
    pub natural: Scale,
    /// A range that the data does not move.
    pub fixed: Option<(f64, f64)>,
    /// Columns for the labels of the y axis, as of the last frame.
    pub gutter: u16,
}

struct Spec {
    title: &'static str,
    metrics: &'static [&'static str],
    legend: &'static [&'static str],
    unit: &'static str,
    scale: Scale,
    fixed: Option<(f64, f64)>,
}

/// The charts of the first page, in the order of importance.
const FIRST: &[Spec] = &[
    Spec { title: "kl_visible", metrics: &["kl_visible"], legend: &[], unit: "nats", scale: Scale::Log, fixed: None },
    Spec {
        title: "",
        metrics: &["elbo", "log_evidence", "evidence_bound"],
        legend: &["elbo", "log_evidence", "evidence ≥"],
        unit: "nats",
        scale: Scale::Linear,
        fixed: None,
    },
    Spec { title: "gap", metrics: &["gap"], legend: &[], unit: "nats", scale: Scale::Log, fixed: None },
    Spec {
        title: "cosines",
        metrics: &["cos_elbo", "cos_rec", "cos_gap"],
        legend: &["elbo", "rec", "gap"],
        unit: "",
        scale: Scale::Linear,
        fixed: Some((-1.0, 1.0)),
    },
    Spec { title: "gap ≥", metrics: &["gap_bound"], legend: &[], unit: "nats", scale: Scale::Linear, fixed: None },
    Spec {
        title: "",
        metrics: &["reconstruction", "kl"],
        legend: &["reconstruction", "kl"],
        unit: "nats",
        scale: Scale::Linear,
        fixed: None,
    },
];

/// Charts that belong on the first page.
pub(crate) const ON_FIRST_PAGE: usize = FIRST.len();

/// The charts of the table.
pub(crate) fn first() -> Vec<Chart> {
    let chart = |spec: &Spec| Chart {
        title: spec.title.to_owned(),
        metrics: spec.metrics.iter().map(|name| (*name).to_owned()).collect(),
        legend: spec.legend.to_vec(),
        unit: spec.unit.to_owned(),
        scale: spec.scale,
        natural: spec.scale,
        fixed: spec.fixed,
        gutter: 6,
    };
    FIRST.iter().map(chart).collect()
}

/// A chart for a number that no other chart shows.
pub(crate) fn further(charts: &[Chart], metric: &Metric) -> Option<Chart> {
    let shown = charts.iter().any(|chart| chart.metrics.contains(&metric.name));
    let alone = !shown && !metric.name.ends_with(']');
    alone.then(|| Chart {
        title: metric.name.clone(),
        metrics: vec![metric.name.clone()],
        legend: Vec::new(),
        unit: metric.unit.clone(),
        scale: Scale::Linear,
        natural: Scale::Linear,
        fixed: None,
        gutter: 6,
    })
}
