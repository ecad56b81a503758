//! The target p*(v), and q(h|v) = p*(h|v) if it is joint.
//!
//! A joint target Q enters the lower bound only by its expected counts `C*[f] = Σ Q(v, h) 1[f]`:
//! `E_Q log p_θ(v, h) = Σ_f C*[f] log η_f`, so that the gradient of −ELBO with q fixed is `−score(C*)`. They are summed once.

use crate::enumerate::{Given, Product, Products};
use crate::network::Network;
use crate::parameters::TargetParameters;
use crate::plan::{Plan, Position};
use elbow_geometry::categorical::{self, Chart, Place};
use elbow_geometry::decomposition::xlogx;
use elbow_sdk::Issues;

/// Tables of visible states up to this length are kept also if they could be summed again from a network.
const KEPT: usize = 1 << 12;
/// Most visible states of a table.
const MOST_VISIBLE: usize = 1 << 16;
/// Most joint states of a table.
const MOST_JOINT: usize = 1 << 20;
/// How far a sum may be from 1.
const ROUNDING: f64 = 1e-9;

/// Where q(h|v) comes from.
pub(crate) enum Joint {
    /// The target is visible only.
    None,
    /// Q(v, h), a row for each visible state.
    Table(Vec<f64>),
    /// The tables of the same network.
    Network(Vec<f64>),
}

/// The target.
pub(crate) struct Target {
    /// p*(v); empty if it is summed anew from the network.
    visible: Vec<f64>,
    pub joint: Joint,
    /// C*; empty if the target is visible only.
    pub counts: Vec<f64>,
    /// Σ_v p*(v) E_q log q(h|v).
    pub log_q: f64,
}

impl Target {
    pub fn new(network: &Network, plan: &Plan, given: Joint, visible: Vec<f64>) -> Self {
        let mut target = Self { visible, joint: given, counts: Vec::new(), log_q: 0.0 };
        if !matches!(target.joint, Joint::None) {
            target.sum(network, plan);
        }
        target
    }

    /// p*(v), C* and E_Q log q of a joint target: `Σ Q log Q − Σ p* log p*`.
    fn sum(&mut self, network: &Network, plan: &Plan) {
        let (mut at, mut entropy) = (Position::new(plan), 0.0);
        let mut counts = vec![0.0; network.families];
        for v in 0..network.visible_states {
            let mass = match &self.joint {
                Joint::Table(table) => {
                    let row = &table[v * network.hidden_states..][..network.hidden_states];
                    entropy += row.iter().map(|&x| xlogx(x)).sum::<f64>();
                    plan.search(&mut at, &[], 1.0, &mut counts, &mut Given(row.iter(), 1.0))
                }
                Joint::Network(entries) => plan.search(&mut at, entries, 1.0, &mut counts, &mut Product::<true>),
                Joint::None => 0.0,
            };
            entropy -= xlogx(mass);
            if network.visible_states <= KEPT || matches!(self.joint, Joint::Table(_)) {
                self.visible.push(mass);
            }
            at.advance(plan);
        }
        if let Joint::Network(entries) = &self.joint {
            let log = |x: &f64| if *x > 0.0 { x.ln() } else { 0.0 };
            entropy += counts.iter().zip(entries).map(|(c, x)| c * log(x)).sum::<f64>();
        }
        (self.counts, self.log_q) = (counts, entropy);
    }

    /// p*(v) of the visible state with this number, where `at` stands.
    #[inline]
    pub fn mass(&self, plan: &Plan, v: usize, at: &mut Position) -> f64 {
        match (self.visible.get(v), &self.joint) {
            (Some(&mass), _) => mass,
            (None, Joint::Network(entries)) => plan.search(at, entries, 1.0, &mut [], &mut Product::<false>),
            (None, _) => 0.0,
        }
    }

    /// p*(v, h) for all hidden states; false if the target is visible only.
    pub fn row(&self, plan: &Plan, v: usize, at: &mut Position, out: &mut [f64]) -> bool {
        match &self.joint {
            Joint::None => return false,
            Joint::Table(table) => out.copy_from_slice(&table[v * out.len()..][..out.len()]),
            Joint::Network(entries) => {
                plan.search(at, entries, 1.0, &mut [], &mut Products(out.iter_mut()));
            }
        }
        true
    }
}

/// The target of an experiment; without a network only what needs none is checked.
pub(crate) fn read(given: &TargetParameters, network: Option<&Network>, issues: &mut Issues) -> Option<(Joint, Vec<f64>)> {
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
    let target = if key == "parameters" { tables(values, network, &mut own) } else { table(key, values, network, &mut own) };
    issues.take(own.finish())?;
    target
}

/// The target given by probabilities of the network.
fn tables(values: &[f64], network: Option<&Network>, issues: &mut Issues) -> Option<(Joint, Vec<f64>)> {
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
        let free = &values[row.parameters()];
        categorical::probabilities(Chart::Mean, free, &mut entries[row.families()]);
        if free.len() > 1 && categorical::place(Chart::Mean, free) == Place::Outside && free.iter().all(|x| *x >= 0.0) {
            let path = format!("target.parameters[{}]", row.parameter);
            issues.parameter(
                path,
                format!("the row of {} numbers that begins here sums to {}, more than 1", free.len(), shown(free.iter().sum())),
            );
        }
    }
    Some((Joint::Network(entries), Vec::new()))
}

/// The target given by probabilities or counts of states.
fn table(key: &str, values: &[f64], network: Option<&Network>, issues: &mut Issues) -> Option<(Joint, Vec<f64>)> {
    for (k, value) in values.iter().enumerate().filter(|(_, value)| !(**value >= 0.0 && value.is_finite())) {
        issues
            .parameter(format!("target.{key}[{k}]"), format!("{value} is not allowed: the numbers are finite and not negative"));
    }
    let sum: f64 = values.iter().sum();
    if key == "table" && (sum - 1.0).abs() > ROUNDING {
        issues.parameter("target.table", format!("the probabilities sum to {}, not to 1", shown(sum)));
    }
    if key == "counts" && sum == 0.0 {
        issues.parameter("target.counts", "there are no data: all counts are zero");
    }
    let network = network?;
    let (visible, joint) = (network.visible_states, network.joint_states());
    let fits = [(visible, MOST_VISIBLE), (joint, MOST_JOINT)].iter().any(|(n, most)| *n == values.len() && n <= most);
    if !fits {
        issues.parameter(format!("target.{key}"), lengths(values.len(), visible, joint));
    }
    let normal: Vec<f64> = values.iter().map(|x| x / sum).collect();
    match values.len() {
        n if n == joint => Some((Joint::Table(network.by_visible_state(&normal)), Vec::new())),
        _ => Some((Joint::None, normal)),
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
