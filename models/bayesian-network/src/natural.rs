//! Natural gradients in closed form.
//!
//! G is block-diagonal by rows of tables, `w F(η)` with `w = P(pa = a)`, and F of one chart inverts that of the other. With c the
//! expected counts of the row under p* q and `C = Σ c` the row of `G⁻¹∇(−ELBO)` is
//! `(η_k C − c_k) / w` in means and `(c_K / η_K − c_k / η_k) / w` in logits: −score of `c / w` in the other chart. A row of φ with
//! `ℓ = log q − log p_θ(v, h)` gives `q_h (ℓ_h − Σ q ℓ)` and `ℓ_h − ℓ_K`. Nothing is inverted, so nothing is lost near the boundary;
//! rows of weight 0 do not move (Amari and Nagaoka, *Methods of Information Geometry*, chapter 3; Ay, *On the locality of the natural
//! gradient for learning in deep Bayesian networks*, 2020).

use crate::evaluator::Evaluator;
use crate::model::BayesianNetwork;
use crate::network::{Network, Row};
use crate::number::{Number, Wide};
use crate::pass::{EVIDENCE, JOINT};
use elbow_geometry::categorical::Chart;
use elbow_sdk::{Error, Fisher, Recognition, Result};

/// What the closed form is made of.
struct Rows<'a, N> {
    network: &'a Network,
    entries: &'a [N],
    /// The probabilities of all families.
    joint: &'a [N],
}

impl<N: Number> Rows<'_, N> {
    /// `P(pa = a)`.
    fn weight(&self, row: &Row) -> N {
        self.joint[row.families()].iter().fold(N::ZERO, |sum, x| sum + *x)
    }

    /// Number of parameters of the rows with a weight.
    fn rank(&self) -> usize {
        let rows = self.network.rows.iter().filter(|row| self.weight(row).is_positive());
        rows.map(|row| row.states - 1).sum()
    }

    /// `c / w` of every family, 0 where w is.
    fn ratios(&self, counts: impl Fn(usize) -> N, out: &mut [f64]) {
        for row in &self.network.rows {
            let weight = self.weight(row);
            row.families().for_each(|f| out[f] = if weight.is_positive() { (counts(f) / weight).value() } else { 0.0 });
        }
    }

    /// `(c_K / η_K − c_k / η_k) / w` of every parameter, 0 where w is.
    fn logits(&self, counts: impl Fn(usize) -> N, out: &mut [f64]) {
        for row in &self.network.rows {
            let weight = self.weight(row);
            let ratio = |f: usize| counts(f) / (weight * self.entries[f]);
            let difference = |f: usize| (ratio(row.family + row.states - 1) + ratio(f) * N::from(-1.0)).value();
            let each = out[row.parameters()].iter_mut().zip(row.families());
            each.for_each(|(x, f)| *x = if weight.is_positive() { difference(f) } else { 0.0 });
        }
    }
}

impl Evaluator {
    /// `F⁺∇L` and the rank of F; `q` is the posterior for the evidence.
    pub(crate) fn natural(&mut self, model: &BayesianNetwork, kind: Fisher, q: Recognition, out: &mut [f64]) -> Result<usize> {
        match kind {
            Fisher::Joint => self.natural_joint(model, q, out),
            Fisher::Recognition => self.natural_recognition(model, out),
            Fisher::Visible | Fisher::Aggregate => Err(Error::unsupported(
                "the natural gradient of a Bayesian network has a closed form under the metrics `joint` and `recognition` alone",
            )),
        }
    }

    fn natural_joint(&mut self, model: &BayesianNetwork, q: Recognition, out: &mut [f64]) -> Result<usize> {
        model.has(q)?;
        self.require(model, if q == Recognition::Exact { EVIDENCE | JOINT } else { JOINT });
        self.require_counts(model, q)?;
        let mut room = std::mem::take(&mut self.room);
        let (network, tables, counts) = (&model.network, &self.tables, self.counts(model, q));
        let rank = if tables.extreme() {
            let exact = q == Recognition::Exact;
            let counts = |f: usize| if exact { self.wide_evidence[f] } else { Wide::from(counts[f]) };
            self.rows(Rows { network, entries: &tables.wide, joint: &self.wide_joint }, counts, &mut room, out)
        } else {
            self.rows(Rows { network, entries: &tables.entries, joint: &self.joint }, |f| counts[f], &mut room, out)
        };
        self.room = room;
        Ok(rank)
    }

    fn rows<N: Number>(&self, rows: Rows<'_, N>, counts: impl Fn(usize) -> N, room: &mut [f64], out: &mut [f64]) -> usize {
        match self.tables.chart {
            Chart::Logit => rows.logits(counts, out),
            Chart::Mean => {
                rows.ratios(counts, room);
                self.tables.score_in(Chart::Logit, rows.network, room, out);
                out.iter_mut().for_each(|x| *x = -*x);
            }
        }
        rows.rank()
    }

    fn natural_recognition(&mut self, model: &BayesianNetwork, out: &mut [f64]) -> Result<usize> {
        model.has(Recognition::Learned)?;
        self.natural_by_phi(model);
        let parts = self.chunks.iter().flat_map(|chunk| &chunk.learned.gradient);
        out.iter_mut().zip(parts).for_each(|(x, part)| *x = *part);
        let rows: usize = self.chunks.iter().map(|chunk| chunk.learned.rows).sum();
        Ok(rows * (model.network.hidden_states - 1))
    }
}
