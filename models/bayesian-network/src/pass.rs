//! One pass over a part of the visible states.
//!
//! With `c_v` the expected counts of a visible state and `p(v)` their sum over one table, `R = Σ_v (p*(v) / p(v)) c_v`,
//! `C = Σ_v c_v` and `G_V = Σ_v score(c_v) score(c_v)ᵀ / p(v)`. States go in blocks. A small model has one block, which is
//! kept: whatever is asked next at the same point costs no further search. Where products of entries may leave the range of f64,
//! which is known before the search, [`Chunk::extreme_pass`] takes over.

use crate::enumerate::Product;
use crate::extreme::Extreme;
use crate::gram::Gram;
use crate::network::Network;
use crate::number::Number;
use crate::plan::{Plan, Position};
use crate::recognition::Learned;
use crate::rows::Tables;
use crate::target::Target;
use elbow_geometry::decomposition::Decomposition;
use std::ops::Range;

/// R, the counts whose score is the gradient of the evidence.
pub(crate) const EVIDENCE: u8 = 1;
/// Sums over the visible states that the target knows.
pub(crate) const SUMS: u8 = 2;
/// C, the probabilities of all families.
pub(crate) const JOINT: u8 = 4;
/// G_V.
pub(crate) const VISIBLE: u8 = 8;
/// The probability of the visible states that the target does not know.
pub(crate) const UNKNOWN: u8 = 16;
/// What makes a pass go through all visible states, not only those of the target.
pub(crate) const EVERYWHERE: u8 = JOINT | VISIBLE | UNKNOWN;

/// All counts of a model of at most this many numbers are kept.
const KEPT: usize = 4096;
/// Visible states of a block that is not kept.
const BLOCK: usize = 64;

/// What a pass reads.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub network: &'a Network,
    pub plan: &'a Plan,
    pub target: &'a Target,
    pub tables: &'a Tables,
}

/// A part of the visible states with its sums. The parts are fixed by the model, and so is every rounding.
pub(crate) struct Chunk {
    pub states: Range<usize>,
    pub at: Position,
    pub kept: bool,
    filled: bool,
    /// c_v of a block, row by row.
    counts: Vec<f64>,
    /// p(v) and p*(v) of a block.
    mass: Vec<f64>,
    target: Vec<f64>,
    /// R.
    pub evidence: Vec<f64>,
    /// `Ev`, `H*` and `D_V`, without the states that the target does not know.
    pub sums: Decomposition,
    /// Σ p(v) over the states that the target knows, and over those that it does not.
    pub known: f64,
    pub unknown: f64,
    /// C.
    pub joint: Vec<f64>,
    /// G_V.
    pub gram: Gram,
    pub learned: Learned,
    pub extreme: Extreme,
}

impl Chunk {
    pub fn new(network: &Network, plan: &Plan, states: Range<usize>) -> Self {
        let kept = network.visible_states * network.families <= KEPT;
        let block = if kept { states.len() } else { BLOCK.min(states.len()) };
        Self {
            states,
            at: Position::new(plan),
            kept,
            filled: false,
            counts: vec![0.0; block * network.families],
            mass: vec![0.0; block],
            target: vec![0.0; block],
            evidence: vec![0.0; network.families],
            sums: Decomposition::default(),
            known: 0.0,
            unknown: 0.0,
            joint: vec![0.0; network.families],
            gram: Gram::default(),
            learned: Learned::default(),
            extreme: Extreme::default(),
        }
    }

    /// Forgets the kept block.
    pub fn forget(&mut self) {
        self.filled = false;
    }

    /// Sums what is wanted, from zero.
    pub fn pass(&mut self, on: Context<'_>, want: u8) {
        self.clear(on.network, want);
        if on.tables.extreme() {
            return self.extreme_pass(on, want);
        }
        if self.kept && self.filled {
            return self.gather(on, want, self.mass.len());
        }
        let data_only = !self.kept && want & EVERYWHERE == 0;
        let (mut first, end) = (self.states.start, self.states.end);
        self.at.start(on.plan, first);
        while first < end {
            let len = self.mass.len().min(end - first);
            self.search(on, first, len, data_only);
            self.gather(on, want, len);
            first += len;
        }
        self.filled = true;
    }

    fn clear(&mut self, network: &Network, want: u8) {
        if want & EVIDENCE != 0 {
            self.evidence.fill(0.0);
        }
        if want & SUMS != 0 {
            (self.sums, self.known) = (Decomposition::default(), 0.0);
        }
        if want & UNKNOWN != 0 {
            self.unknown = 0.0;
        }
        if want & JOINT != 0 {
            self.joint.fill(0.0);
        }
        if want & VISIBLE != 0 {
            self.gram.clear(network.parameters, self.mass.len());
        }
    }

    /// c_v, p(v) and p*(v) of a block; with `data_only` states with p*(v) = 0 are passed over.
    fn search(&mut self, on: Context<'_>, first: usize, len: usize, data_only: bool) {
        // So few states that the target, too, is kept: its masses need no position.
        if self.kept && on.plan.is_listed() {
            on.plan.listed(&on.tables.entries, &mut self.counts, &mut self.mass);
            self.target.iter_mut().enumerate().for_each(|(v, x)| *x = on.target.mass(on.plan, v, &mut self.at));
            return;
        }
        let rows = self.counts.chunks_exact_mut(on.network.families).take(len);
        let masses = self.mass.iter_mut().zip(&mut self.target);
        for (k, (counts, (mass, target))) in rows.zip(masses).enumerate() {
            *target = on.target.mass(on.plan, first + k, &mut self.at);
            if !(data_only && *target == 0.0) {
                counts.fill(0.0);
                *mass = on.plan.search(&mut self.at, &on.tables.entries, 1.0, counts, &mut Product::<true>);
            }
            self.at.advance(on.plan);
        }
    }

    /// Adds a block to what is wanted.
    fn gather(&mut self, on: Context<'_>, want: u8, len: usize) {
        if want & SUMS != 0 {
            (0..len).for_each(|k| self.add_sums(self.target[k], self.mass[k], self.mass[k].ln()));
        }
        if want & UNKNOWN != 0 {
            self.unknown += (0..len).filter(|&k| self.target[k] == 0.0).map(|k| self.mass[k]).sum::<f64>();
        }
        let families = on.network.families;
        let row = |k: usize| &self.counts[k * families..(k + 1) * families];
        if want & EVIDENCE != 0 {
            for k in (0..len).filter(|&k| self.target[k] != 0.0) {
                add(&mut self.evidence, self.target[k] / self.mass[k], row(k));
            }
        }
        if want & JOINT != 0 {
            (0..len).for_each(|k| add(&mut self.joint, 1.0, row(k)));
        }
        if want & VISIBLE != 0 {
            self.gram.add(on.network, on.tables, &self.counts[..len * families], &self.mass[..len]);
        }
    }

    /// Adds a visible state to the sums, if the target knows it.
    pub fn add_sums(&mut self, target: f64, mass: f64, log_mass: f64) {
        if target != 0.0 {
            self.sums.add_visible(target, mass, log_mass);
            self.known += mass;
        }
    }
}

/// `sum += factor · values`.
#[inline]
pub(crate) fn add<N: Number>(sum: &mut [N], factor: N, values: &[N]) {
    sum.iter_mut().zip(values).for_each(|(sum, value)| *sum += factor * *value);
}
