//! The table of charts. Another chart is another line.

use super::plot::Scale;

/// What a chart shows.
#[derive(Debug)]
pub(crate) struct Spec {
    /// May be empty where the legend says it all.
    pub title: &'static str,
    /// Names of the metrics; those that a run does not record are left out.
    pub metrics: &'static [&'static str],
    /// What the legend calls them, where there are several.
    pub legend: &'static [&'static str],
    pub unit: &'static str,
    pub scale: Scale,
    /// A range that the data does not move.
    pub fixed: Option<(f64, f64)>,
}

/// The charts, in the order of importance; 1 to 6 are their keys.
pub(crate) const CHARTS: &[Spec] = &[
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

/// Whether the whole history of a metric is kept for a chart.
pub(crate) fn is_charted(metric: &str) -> bool {
    CHARTS.iter().any(|spec| spec.metrics.contains(&metric))
}
