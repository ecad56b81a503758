//! What is known at one point: computed when it is first asked for, then kept until the next move.

use crate::gram::mirror;
use crate::model::BayesianNetwork;
use crate::number::{Number, Wide};
use crate::pass::{Chunk, Context, EVIDENCE, JOINT, SUMS, UNKNOWN, VISIBLE, add};
use crate::plan::Position;
use crate::rows::Tables;
use elbow_geometry::categorical::Chart;
use elbow_geometry::decomposition::Decomposition;
use elbow_sdk::{Error, Recognition, Result};

/// Counts under the learned q; beside the flags of a pass.
const LEARNED: u8 = 32;
/// The gradient by φ.
const LEARNED_GRADIENT: u8 = 64;
/// Logarithms of the tables.
const LOGARITHMS: u8 = 128;

/// The state of one cell's evaluations.
pub struct Evaluator {
    pub(crate) tables: Tables,
    pub(crate) theta: Vec<f64>,
    pub(crate) phi: Vec<f64>,
    pub(crate) chunks: Vec<Chunk>,
    /// What is known.
    done: u8,
    /// What was asked for here, and at the point before: an optimizer asks for the same at each of its points, so a large
    /// model, which keeps no counts, sums all of it in one pass.
    asked: u8,
    habit: u8,
    /// R.
    pub(crate) evidence: Vec<f64>,
    /// C.
    pub(crate) joint: Vec<f64>,
    /// R and C in wide numbers, where the tables need them.
    pub(crate) wide_evidence: Vec<Wide>,
    pub(crate) wide_joint: Vec<Wide>,
    /// G_V, both triangles.
    pub(crate) visible: Vec<f64>,
    /// `Ev`, `H*` and `D_V`, the last without the states that the target does not know, and Σ p(v) over those it knows and those not.
    pub(crate) sums: Decomposition,
    pub(crate) known: f64,
    pub(crate) unknown: f64,
    pub(crate) logarithms: Vec<f64>,
    /// `Σ_v p*(v) E_q counts` and `Σ_v p*(v) E_q log q` of the learned q.
    pub(crate) learned: (Vec<f64>, f64),
    /// Room for a number of each family.
    pub(crate) room: Vec<f64>,
    /// Room for a walk over the visible states and a row of q.
    pub(crate) place: Position,
    pub(crate) row: Vec<f64>,
}

impl Evaluator {
    pub(crate) fn new(model: &BayesianNetwork) -> Self {
        let network = &model.network;
        let zeros = |len: usize| vec![0.0; len];
        let families = network.families;
        let mut evaluator = Self {
            tables: Tables::new(network, model.chart),
            theta: zeros(network.parameters),
            phi: zeros(model.recognition_parameters()),
            chunks: model.chunks().map(|states| Chunk::new(network, &model.plan, states)).collect(),
            done: 0,
            asked: 0,
            habit: 0,
            evidence: zeros(families),
            joint: zeros(families),
            wide_evidence: Vec::new(),
            wide_joint: Vec::new(),
            visible: Vec::new(),
            sums: Decomposition::default(),
            known: 0.0,
            unknown: 0.0,
            logarithms: zeros(families),
            learned: (zeros(families), 0.0),
            room: zeros(families),
            place: Position::new(&model.plan),
            row: zeros(if model.recognition_parameters() > 0 { network.hidden_states } else { 0 }),
        };
        // A point that moves nobody: every number is NaN until the first move.
        evaluator.tables.entries.fill(f64::NAN);
        evaluator
    }

    pub(crate) fn move_to(&mut self, model: &BayesianNetwork, theta: &[f64], phi: &[f64]) {
        self.theta.copy_from_slice(theta);
        self.phi.copy_from_slice(phi);
        self.tables.fill(&model.network, theta);
        self.chunks.iter_mut().for_each(Chunk::forget);
        (self.habit, self.asked, self.done) = (self.asked, 0, 0);
    }

    /// True if this has still to be computed.
    fn missing(&mut self, what: u8) -> bool {
        self.asked |= what;
        let missing = self.done & what != what;
        self.done |= what;
        missing
    }

    /// Runs a pass for what is not yet known.
    pub(crate) fn require(&mut self, model: &BayesianNetwork, need: u8) {
        let known = self.done;
        if !self.missing(need) {
            return;
        }
        let guess = self.habit & (EVIDENCE | SUMS | JOINT | VISIBLE | UNKNOWN);
        let want = (need | guess) & !known;
        self.done |= want;
        let on = Context { network: &model.network, plan: &model.plan, target: &model.target, tables: &self.tables };
        match &mut self.chunks[..] {
            [only] => only.pass(on, want),
            chunks => model.host.for_each(chunks, |_, chunk| chunk.pass(on, want)),
        }
        self.merge(model.network.parameters, want);
    }

    /// Adds the parts up, in their order.
    fn merge(&mut self, parameters: usize, want: u8) {
        let (chunks, extreme) = (&self.chunks, self.tables.extreme());
        match (want & EVIDENCE != 0, extreme) {
            (true, false) => sum(chunks, |chunk| &chunk.evidence, &mut self.evidence),
            (true, true) => wide_sum(chunks, |chunk| &chunk.extreme.evidence, &mut self.wide_evidence, &mut self.evidence),
            _ => (),
        }
        match (want & JOINT != 0, extreme) {
            (true, false) => sum(chunks, |chunk| &chunk.joint, &mut self.joint),
            (true, true) => wide_sum(chunks, |chunk| &chunk.extreme.joint, &mut self.wide_joint, &mut self.joint),
            _ => (),
        }
        if want & SUMS != 0 {
            self.sums = Decomposition::default();
            chunks.iter().for_each(|chunk| self.sums.merge(&chunk.sums));
            self.known = chunks.iter().map(|chunk| chunk.known).sum();
        }
        if want & UNKNOWN != 0 {
            self.unknown = chunks.iter().map(|chunk| chunk.unknown).sum();
        }
        if want & VISIBLE != 0 {
            self.visible.resize(parameters * parameters, 0.0);
            sum(&self.chunks, |chunk| chunk.gram.lower(), &mut self.visible);
            mirror(&mut self.visible, parameters);
        }
    }

    /// Counts under the learned q.
    fn require_learned(&mut self, model: &BayesianNetwork) {
        if !self.missing(LEARNED) {
            return;
        }
        let on = Context { network: &model.network, plan: &model.plan, target: &model.target, tables: &self.tables };
        let phi = &self.phi;
        model.host.for_each(&mut self.chunks, |_, chunk| chunk.learned_counts(on, phi));
        sum(&self.chunks, |chunk| &chunk.learned.counts, &mut self.learned.0);
        self.learned.1 = self.chunks.iter().map(|chunk| chunk.learned.log_q).sum();
    }

    /// The gradient of −ELBO by φ, which the parts hold in order.
    pub(crate) fn require_learned_gradient(&mut self, model: &BayesianNetwork) {
        if self.missing(LEARNED_GRADIENT) {
            self.derive_by_phi(model, false);
        }
    }

    /// F(φ)⁺ times that gradient, in its place.
    pub(crate) fn natural_by_phi(&mut self, model: &BayesianNetwork) {
        self.done &= !LEARNED_GRADIENT;
        self.derive_by_phi(model, true);
    }

    fn derive_by_phi(&mut self, model: &BayesianNetwork, natural: bool) {
        self.require_logarithms();
        let on = Context { network: &model.network, plan: &model.plan, target: &model.target, tables: &self.tables };
        let (phi, logarithms) = (&self.phi, &self.logarithms);
        model.host.for_each(&mut self.chunks, |_, chunk| chunk.learned_gradient(on, phi, logarithms, natural));
    }

    pub(crate) fn require_logarithms(&mut self) {
        if self.missing(LOGARITHMS) {
            self.tables.logarithms(&mut self.logarithms);
        }
    }

    /// Makes the expected counts under p* and q known.
    pub(crate) fn require_counts(&mut self, model: &BayesianNetwork, q: Recognition) -> Result<()> {
        model.has(q)?;
        match q {
            Recognition::Fixed => {}
            Recognition::Exact => self.require(model, EVIDENCE),
            Recognition::Learned => self.require_learned(model),
        }
        Ok(())
    }

    /// The expected counts under p* and q.
    pub(crate) fn counts<'a>(&'a self, model: &'a BayesianNetwork, q: Recognition) -> &'a [f64] {
        match q {
            Recognition::Fixed => &model.target.counts,
            Recognition::Exact => &self.evidence,
            Recognition::Learned => &self.learned.0,
        }
    }

    /// `−score(E[counts])`, the gradient of −ELBO by θ.
    pub(crate) fn gradient(&mut self, model: &BayesianNetwork, q: Recognition, out: &mut [f64]) -> Result<()> {
        self.require_counts(model, q)?;
        if self.tables.extreme() && q == Recognition::Exact && model.chart == Chart::Mean {
            let Self { tables, wide_evidence, room, .. } = self;
            tables.wide_score(&model.network, |f| wide_evidence[f], room, out);
        } else {
            self.tables.score(&model.network, self.counts(model, q), out);
        }
        out.iter_mut().for_each(|x| *x = -*x);
        Ok(())
    }
}

/// Adds up what the parts hold.
fn sum(chunks: &[Chunk], of: impl Fn(&Chunk) -> &[f64], out: &mut [f64]) {
    out.copy_from_slice(of(&chunks[0]));
    chunks[1..].iter().for_each(|chunk| add(out, 1.0, of(chunk)));
}

/// The same of wide numbers, which then also become f64.
fn wide_sum(chunks: &[Chunk], of: impl Fn(&Chunk) -> &[Wide], wide: &mut Vec<Wide>, out: &mut [f64]) {
    wide.clear();
    wide.extend_from_slice(of(&chunks[0]));
    chunks[1..].iter().for_each(|chunk| add(wide, Wide::ONE, of(chunk)));
    out.iter_mut().zip(wide).for_each(|(x, wide)| *x = wide.value());
}

/// The error of a q that the model has not.
pub(crate) fn no_recognition(q: Recognition) -> Error {
    Error::unsupported(match q {
        Recognition::Fixed => "the target is visible only, so it has no p*(h|v): give joint probabilities as `target`",
        _ => "the network has no learned q(h|v): set `learned = true`",
    })
}
