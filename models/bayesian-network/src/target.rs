//! The target p*(v), and q(h|v) = p*(h|v) if it is joint.
//!
//! A joint target Q enters the lower bound only by its expected counts `C*[f] = Σ Q(v, h) 1[f]`:
//! `E_Q log p_θ(v, h) = Σ_f C*[f] log η_f`, so that the gradient of −ELBO with q fixed is `−score(C*)`. They are summed once.

use crate::enumerate::{Given, Product, Products, Sums};
use crate::network::{Network, Row};
use crate::plan::{Plan, Position};
use elbow_geometry::decomposition::{divergence_term, xlogx};

mod read;

pub(crate) use read::read;

/// Tables of visible states up to this length are kept also if they could be summed again from a network.
const KEPT: usize = 1 << 12;
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
    /// Whether p*(v) > 0 for every v.
    pub knows_all: bool,
    pub joint: Joint,
    /// C*; empty if the target is visible only.
    pub counts: Vec<f64>,
    /// Σ_v p*(v) E_q log q(h|v).
    pub log_q: f64,
    /// KL(Q ‖ M) of a joint target, with M the network that has the rows of C* for tables.
    pub excess: f64,
}

impl Target {
    pub fn new(network: &Network, plan: &Plan, given: Joint, visible: Vec<f64>) -> Self {
        let knows_all = visible.iter().all(|mass| *mass > 0.0);
        let mut target = Self { visible, knows_all, joint: given, counts: Vec::new(), log_q: 0.0, excess: 0.0 };
        if !matches!(target.joint, Joint::None) {
            target.sum(network, plan);
        }
        if let Joint::Table(table) = &target.joint {
            target.excess = excess(network, plan, table, &target.counts);
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
            self.knows_all &= mass > 0.0;
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

    /// p*(h|v) of a joint target for all hidden states, where p*(v) is `mass`.
    pub fn conditional(&self, plan: &Plan, v: usize, at: &mut Position, mass: f64, out: &mut [f64]) {
        self.row(plan, v, at, out);
        out.iter_mut().for_each(|x| *x /= mass);
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

/// KL(Q ‖ M), term by term.
fn excess(network: &Network, plan: &Plan, table: &[f64], counts: &[f64]) -> f64 {
    let (mut logarithms, mut row, mut at) = (vec![0.0; counts.len()], vec![0.0; network.hidden_states], Position::new(plan));
    network.rows.iter().for_each(|row| log_frequencies(row, counts, &mut logarithms));
    let mut sum = 0.0;
    for joint in table.chunks_exact(network.hidden_states) {
        plan.search(&mut at, &logarithms, 0.0, &mut [], &mut Sums(row.iter_mut()));
        sum += joint.iter().zip(&row).map(|(x, log)| divergence_term(*x, log.exp(), *log)).sum::<f64>();
        at.advance(plan);
    }
    sum
}

/// Logarithms of the frequencies in a row of counts; of equal ones in a row without any.
fn log_frequencies(row: &Row, counts: &[f64], out: &mut [f64]) {
    let total: f64 = counts[row.families()].iter().sum();
    let log = |c: f64| if total == 0.0 { -(row.states as f64).ln() } else { (c / total).ln() };
    row.families().for_each(|f| out[f] = log(counts[f]));
}
