//! The model: what it is built from and what it answers.

use crate::evaluator::{Evaluator, no_recognition};
use crate::network::Network;
use crate::parameters::Parameters;
use crate::plan::Plan;
use crate::target::{Joint, Target};
use crate::{domain, jeffreys, preset, table, target, validate};
use elbow_geometry::categorical::Chart;
use elbow_sdk::{
    About, Block, Capability, Code, Domain, Error, Fisher, Host, Issues, Model, ModelSetup, Objective, Quantity, Recognition,
    Result, Rng, Shape,
};
use std::ops::Range;

/// Joint states from which the visible states are split into parts.
const SPLIT: usize = 1 << 14;
/// Most parts.
const PARTS: usize = 16;
/// Most numbers in the Fisher matrices of all parts together, if there is more than one.
const PARTS_ROOM: usize = 1 << 22;
/// Most visible states, and most entries, of a learned table.
const MOST_LEARNED: (usize, usize) = (1 << 16, 1 << 20);

/// A Bayesian network with finite states.
pub struct BayesianNetwork {
    pub(crate) host: Host,
    pub(crate) network: Network,
    pub(crate) plan: Plan,
    pub(crate) target: Target,
    pub(crate) chart: Chart,
    learned: bool,
}

impl BayesianNetwork {
    /// Number of parameters φ.
    pub(crate) fn recognition_parameters(&self) -> usize {
        if self.learned { self.network.visible_states * (self.network.hidden_states - 1) } else { 0 }
    }

    /// Whether the target is joint.
    fn has_fixed(&self) -> bool {
        !matches!(self.target.joint, Joint::None)
    }

    /// An error if the model has no such q.
    pub(crate) fn has(&self, q: Recognition) -> Result<()> {
        let has = match q {
            Recognition::Fixed => self.has_fixed(),
            Recognition::Exact => true,
            Recognition::Learned => self.learned,
        };
        if has { Ok(()) } else { Err(no_recognition(q)) }
    }

    /// The parts of the visible states; fixed by the model, not by the number of threads.
    pub(crate) fn chunks(&self) -> impl Iterator<Item = Range<usize>> {
        let states = self.network.visible_states;
        let room = (PARTS_ROOM / (self.network.parameters * self.network.parameters)).max(1);
        let parts = if self.network.joint_states() < SPLIT { 1 } else { PARTS.min(states).min(room) };
        (0..parts).map(move |k| k * states / parts..(k + 1) * states / parts)
    }

    /// Limits of a learned table.
    fn check_learned(network: &Network, issues: &mut Issues) {
        let (visible, joint) = (network.visible_states, network.joint_states());
        if network.hidden_states == 1 {
            issues.parameter("learned", "there is no hidden node, so there is no q(h|v) to learn");
        } else if visible > MOST_LEARNED.0 || joint > MOST_LEARNED.1 {
            let most = format!("at most {} and {}", MOST_LEARNED.0, MOST_LEARNED.1);
            issues.parameter(
                "learned",
                format!("a table q(h|v) of {visible} visible and {joint} joint states is too large: {most}"),
            );
        }
    }
}

/// The recognition whose expected counts give the gradient by θ: that of the evidence comes from the posterior.
fn held(objective: Objective, q: Recognition) -> Recognition {
    if objective == Objective::Evidence { Recognition::Exact } else { q }
}

impl Model for BayesianNetwork {
    const ABOUT: About = About {
        id: "elbow.bayesian-network",
        summary: "Bayesian network with finite states, exact by enumeration.",
        family: "finite",
        references: &[
            "N. Ay, J. van Oostrum, A. Datar, On the Natural Gradient of the Evidence Lower Bound, JMLR 2025, arXiv:2307.11249",
            "D. Koller, N. Friedman, Probabilistic Graphical Models, MIT Press 2009",
        ],
        capabilities: &[Capability::Gradient, Capability::Fisher, Capability::Table],
        quantities: &[
            Quantity::up("log_evidence", "E log p(v) under the target, per datum"),
            Quantity::up("elbo", "E log p(v, h) − E log q(h|v) under the target and q, per datum"),
            Quantity::down("gap", "E KL(q(h|v) ‖ p(h|v)) under the target, per datum"),
            Quantity::down("kl_joint", "KL(p*(v) q(h|v) ‖ p(v, h))"),
            Quantity::down("kl_visible", "KL(p*(v) ‖ p(v))"),
        ],
    };
    type Parameters = Parameters;
    type Evaluator = Evaluator;

    fn new(setup: &ModelSetup, parameters: Parameters) -> Result<Self> {
        let mut issues = Issues::default();
        let network = preset::nodes(&parameters, &mut issues).and_then(|nodes| validate::network(&nodes, &mut issues));
        let given = target::read(&parameters.target, network.as_ref(), setup, &mut issues);
        if let (Some(network), true) = (&network, parameters.learned) {
            Self::check_learned(network, &mut issues);
        }
        issues.finish()?;
        let (Some(network), Some((joint, visible))) = (network, given) else {
            return Err(Error::new(Code::Failed, "the network could not be built"));
        };
        let plan = Plan::new(&network);
        let target = Target::new(&network, &plan, joint, visible);
        Ok(Self { host: setup.host, network, plan, target, chart: parameters.chart.into(), learned: parameters.learned })
    }

    fn shape(&self) -> Shape {
        Shape {
            generative: self.network.parameters,
            recognition: self.recognition_parameters(),
            visible_states: self.network.visible_states,
            hidden_states: self.network.hidden_states,
            has_fixed: self.has_fixed(),
            has_exact: true,
            stochastic: false,
        }
    }

    fn blocks(&self) -> Vec<Block> {
        let network = &self.network;
        let node = |i| Block { name: network.block_name(i), recognition: false, len: network.node_parameters(i) };
        let phi = Block { name: "q(h|v)".into(), recognition: true, len: self.recognition_parameters() };
        (0..network.nodes.len()).map(node).chain(self.learned.then_some(phi)).collect()
    }

    fn domain(&self, theta: &[f64], phi: &[f64]) -> Domain {
        domain::place(self, theta, phi)
    }

    fn has_evidence(&self, theta: &[f64]) -> bool {
        self.visible_is_positive(theta)
    }

    fn draw(&self, kind: &str, rng: &mut Rng<'_>, theta: &mut [f64], phi: &mut [f64]) -> Result<()> {
        jeffreys::draw(self, kind, rng, theta, phi)
    }

    fn mean_to_theta(&self, mean: &[f64], theta: &mut [f64]) -> Result<()> {
        domain::mean_to_theta(self, mean, theta)
    }

    fn evaluator(&self, _seed: u64) -> Evaluator {
        Evaluator::new(self)
    }

    fn move_to(&self, at: &mut Evaluator, theta: &[f64], phi: &[f64], _sample: u64) -> Result<()> {
        at.move_to(self, theta, phi);
        Ok(())
    }

    fn loss(&self, at: &mut Evaluator, objective: Objective, q: Recognition) -> Result<f64> {
        if objective == Objective::Evidence || q == Recognition::Exact {
            return Ok(-at.log_evidence(self));
        }
        at.expectations(self, q).map(|(log_p, log_q)| log_q - log_p)
    }

    fn gradient(&self, at: &mut Evaluator, objective: Objective, q: Recognition, theta: &mut [f64]) -> Result<()> {
        at.gradient(self, held(objective, q), theta)
    }

    fn recognition_gradient(&self, at: &mut Evaluator, phi: &mut [f64]) -> Result<()> {
        self.has(Recognition::Learned)?;
        at.require_learned_gradient(self);
        let parts = at.chunks.iter().flat_map(|chunk| &chunk.learned.gradient);
        phi.iter_mut().zip(parts).for_each(|(x, part)| *x = *part);
        Ok(())
    }

    fn quantities(&self, at: &mut Evaluator, q: Recognition, out: &mut [f64]) -> Result<()> {
        let all = at.decomposition(self, q)?;
        out.copy_from_slice(&[all.log_evidence, all.elbo, all.gap, all.kl_joint, all.kl_visible]);
        Ok(())
    }

    fn undefined(&self, at: &mut Evaluator, q: Recognition, index: usize) -> Option<String> {
        let needs_the_joint_table = ["elbo", "gap", "kl_joint"].contains(&Self::ABOUT.quantities.get(index)?.name);
        let what = self.outside(&at.theta, &at.phi, q).filter(|_| needs_the_joint_table)?;
        Some(format!("the evidence flow left [0, 1]: {what}"))
    }

    fn natural_gradient(&self, at: &mut Evaluator, kind: Fisher, o: Objective, q: Recognition, out: &mut [f64]) -> Result<usize> {
        at.natural(self, kind, held(o, q), out)
    }

    fn fisher(&self, at: &mut Evaluator, kind: Fisher, out: &mut [f64]) -> Result<()> {
        at.fisher(self, kind, out)
    }

    fn fisher_diagonal(&self, at: &mut Evaluator, kind: Fisher, out: &mut [f64]) -> Result<()> {
        at.fisher_diagonal(self, kind, out)
    }

    fn fisher_product(&self, at: &mut Evaluator, kind: Fisher, vector: &[f64], out: &mut [f64]) -> Result<()> {
        at.fisher_product(self, kind, vector, out)
    }

    fn joint_table(&self, at: &mut Evaluator, out: &mut [f64]) -> Result<()> {
        table::joint(self, at, out);
        Ok(())
    }

    fn target_table(&self, _at: &mut Evaluator, out: &mut [f64]) -> Result<()> {
        table::target(self, out);
        Ok(())
    }

    fn recognition_table(&self, at: &mut Evaluator, q: Recognition, out: &mut [f64]) -> Result<()> {
        table::recognition(self, at, q, out)
    }

    fn scores(&self, at: &mut Evaluator, out: &mut [f64]) -> Result<()> {
        table::scores(self, at, out);
        Ok(())
    }
}
