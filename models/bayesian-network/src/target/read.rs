//! The target from what an experiment says of it.

use super::Joint;
use crate::network::{Network, Row};
use crate::parameters::TargetParameters;
use elbow_geometry::categorical::{self, Chart, Place};
use elbow_geometry::printed::{Total, total};
use elbow_sdk::{Issues, ModelSetup};

/// Most visible states of a table.
const MOST_VISIBLE: usize = 1 << 16;
/// Most joint states of a table.
const MOST_JOINT: usize = 1 << 20;
/// The end of a note of a sum.
const PRINTED: &str = ", which is 1 as far as their digits tell: they were divided by it";

/// The target of an experiment; without a network only what needs none is checked.
pub(crate) fn read(
    given: &TargetParameters,
    network: Option<&Network>,
    setup: &ModelSetup,
    issues: &mut Issues,
) -> Option<(Joint, Vec<f64>)> {
    let keys = [("parameters", &given.parameters), ("table", &given.table), ("counts", &given.counts)];
    let present: Vec<(&str, &[f64])> = keys.iter().filter_map(|(key, values)| Some((*key, values.as_deref()?))).collect();
    let &[(key, values)] = &present[..] else {
        let names: Vec<String> = present.iter().map(|(key, _)| format!("`{key}`")).collect();
        let what = if names.is_empty() { "none".to_owned() } else { names.join(" and ") };
        let keys = "`parameters` (probabilities of this network), `table` (probabilities of its states), `counts` (data)";
        issues.parameter("target", format!("give exactly one of {keys}; there is {what}"));
        return None;
    };
    let mut own = Issues::default();
    let target = match key {
        "parameters" => tables(values, network, setup, &mut own),
        _ => table(key, values, network, setup, &mut own),
    };
    issues.take(own.finish())?;
    target
}

/// The target given by probabilities of the network.
fn tables(values: &[f64], network: Option<&Network>, setup: &ModelSetup, issues: &mut Issues) -> Option<(Joint, Vec<f64>)> {
    for (k, value) in values.iter().enumerate().filter(|(_, value)| !(0.0..=1.0).contains(*value)) {
        issues.parameter(format!("target.parameters[{k}]"), format!("{value} is not a probability: it must be in 0 … 1"));
    }
    let network = network?;
    if values.len() != network.parameters {
        let blocks = (0..network.nodes.len()).map(|i| format!("{} {}", network.node_parameters(i), network.block_name(i)));
        let why = format!("{} ({})", network.parameters, blocks.collect::<Vec<_>>().join(", "));
        issues.parameter("target.parameters", format!("has {} numbers; this network has {why}", values.len()));
        return None;
    }
    let mut entries = vec![0.0; network.families];
    for row in &network.rows {
        let free = row_of_the_target(row, &values[row.parameters()], setup, issues);
        categorical::probabilities(Chart::Mean, &free, &mut entries[row.families()]);
    }
    Some((Joint::Network(entries), Vec::new()))
}

/// The probabilities of a row but the last, divided by their sum where that is more than 1 by the rounding of their digits.
fn row_of_the_target(row: &Row, free: &[f64], setup: &ModelSetup, issues: &mut Issues) -> Vec<f64> {
    let known = free.len() > 1 && free.iter().all(|x| *x >= 0.0);
    if !known || categorical::place(Chart::Mean, free) != Place::Outside {
        return free.to_vec();
    }
    let path = format!("target.parameters[{}]", row.parameter);
    let what = format!("the row of {} numbers that begins here sums to", free.len());
    match total(free) {
        Total::Other(sum) => issues.parameter(path, format!("{what} {}, more than 1", shown(sum))),
        Total::Printed(sum) => setup.note(path, format!("{what} {}{PRINTED}", shown(sum))),
        Total::One => {}
    }
    let sum: f64 = free.iter().sum();
    free.iter().map(|x| x / sum).collect()
}

/// The target given by probabilities or counts of states.
fn table(
    key: &str,
    values: &[f64],
    network: Option<&Network>,
    setup: &ModelSetup,
    issues: &mut Issues,
) -> Option<(Joint, Vec<f64>)> {
    for (k, value) in values.iter().enumerate().filter(|(_, value)| !(**value >= 0.0 && value.is_finite())) {
        issues
            .parameter(format!("target.{key}[{k}]"), format!("{value} is not allowed: the numbers are finite and not negative"));
    }
    check_sum(key, values, setup, issues);
    let network = network?;
    let (visible, joint) = (network.visible_states, network.joint_states());
    let fits = [(visible, MOST_VISIBLE), (joint, MOST_JOINT)].iter().any(|(n, most)| *n == values.len() && n <= most);
    if !fits {
        issues.parameter(format!("target.{key}"), lengths(values.len(), visible, joint));
    }
    let sum: f64 = values.iter().sum();
    let normal: Vec<f64> = values.iter().map(|x| x / sum).collect();
    match values.len() {
        n if n == joint => Some((Joint::Table(network.by_visible_state(&normal)), Vec::new())),
        _ => Some((Joint::None, normal)),
    }
}

/// Probabilities that do not sum to 1, counts that sum to 0.
fn check_sum(key: &str, values: &[f64], setup: &ModelSetup, issues: &mut Issues) {
    match (key, total(values)) {
        ("counts", _) if values.iter().sum::<f64>() == 0.0 => {
            issues.parameter("target.counts", "there are no data: all counts are zero");
        }
        ("table", Total::Other(sum)) => {
            issues.parameter("target.table", format!("the probabilities sum to {}, not to 1", shown(sum)));
        }
        ("table", Total::Printed(sum)) => {
            let sum = shown(sum);
            let message =
                format!("the probabilities sum to {sum}, which is 1 as far as their digits tell: they were divided by it");
            setup.note("target.table", message);
        }
        _ => {}
    }
}

/// A sum without the rounding of its last digits.
fn shown(sum: f64) -> f64 {
    (sum * 1e12).round() / 1e12
}

/// Why a length does not fit.
fn lengths(given: usize, visible: usize, joint: usize) -> String {
    let visible_fits =
        if visible > MOST_VISIBLE { format!("too many: at most {MOST_VISIBLE}") } else { "a visible target".to_owned() };
    let joint_fits = if joint > MOST_JOINT { format!("too many: at most {MOST_JOINT}") } else { "a joint target".to_owned() };
    format!(
        "has {given} numbers; this network has {visible} visible states ({visible_fits}) and {joint} joint states ({joint_fits})"
    )
}
