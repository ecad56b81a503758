//! Fisher matrices: as a whole, their diagonals, their products with vectors.
//!
//! `G` is block-diagonal by rows of tables: `P(pa = a) F(row)` with `F` that of one categorical distribution (Ay, *On the
//! locality of the natural gradient for learning in deep Bayesian networks*, 2020). `F(φ)` is block-diagonal by visible states:
//! `p*(v) F(row)`. `G_V` is not block-diagonal. A weight beyond the range of f64 multiplies the entries in two halves, so that
//! `P(pa = a) / η` is right where both are tiny.

use crate::evaluator::Evaluator;
use crate::model::BayesianNetwork;
use crate::network::{Network, Row};
use crate::number::{Number, Wide};
use crate::pass::{JOINT, VISIBLE};
use crate::rows::Tables;
use elbow_geometry::categorical::{self, Chart};
use elbow_sdk::{Code, Error, Fisher, Recognition, Result};
use faer::MatMut;

/// One diagonal block: a row of a table, where its parameters begin, and its weight.
#[derive(Clone, Copy)]
struct Block<'a> {
    chart: Chart,
    p: &'a [f64],
    /// The weight is the first times the square of the second.
    weight: (f64, f64),
    first: usize,
}

impl Block<'_> {
    fn parameters(&self) -> std::ops::Range<usize> {
        self.first..self.first + self.p.len() - 1
    }

    /// Into an n × n matrix that is zero there.
    fn dense(&self, out: &mut [f64], n: usize) {
        if let [_, _] = self.p {
            let place = self.first * n + self.first;
            categorical::fisher_diagonal(self.chart, self.p, self.weight.0, &mut out[place..=place]);
            return self.scale(&mut out[place..=place]);
        }
        let (first, size) = (self.first, self.p.len() - 1);
        let block = MatMut::from_column_major_slice_mut(out, n, n).submatrix_mut(first, first, size, size);
        categorical::fisher(self.chart, self.p, self.weight.0, block);
        (first..first + size).for_each(|j| self.scale(&mut out[j * n + first..][..size]));
    }

    fn diagonal(&self, out: &mut [f64]) {
        categorical::fisher_diagonal(self.chart, self.p, self.weight.0, &mut out[self.parameters()]);
        self.scale(&mut out[self.parameters()]);
    }

    fn product(&self, vector: &[f64], out: &mut [f64]) {
        let at = self.parameters();
        categorical::fisher_product(self.chart, self.p, self.weight.0, &vector[at.clone()], &mut out[at.clone()]);
        self.scale(&mut out[at]);
    }

    fn scale(&self, out: &mut [f64]) {
        if self.weight.1 != 1.0 {
            out.iter_mut().for_each(|x| *x = *x * self.weight.1 * self.weight.1);
        }
    }
}

/// The blocks of G; `joint` holds the probabilities of all families.
fn joint_blocks<'a>(network: &'a Network, tables: &'a Tables, joint: &'a [f64]) -> impl Iterator<Item = Block<'a>> {
    network.rows.iter().map(|row| block(tables, row, (joint[row.families()].iter().sum(), 1.0)))
}

/// The same with probabilities in wide numbers.
fn wide_blocks<'a>(network: &'a Network, tables: &'a Tables, joint: &'a [Wide]) -> impl Iterator<Item = Block<'a>> {
    let weight = |row: &Row| joint[row.families()].iter().fold(Wide::ZERO, |sum, x| sum + *x);
    network.rows.iter().map(move |row| block(tables, row, weight(row).parts()))
}

fn block<'a>(tables: &'a Tables, row: &Row, weight: (f64, f64)) -> Block<'a> {
    Block { chart: tables.chart, p: &tables.entries[row.families()], weight, first: row.parameter }
}

/// Calls `each` with the blocks of F(φ).
fn recognition_blocks(model: &BayesianNetwork, at: &mut Evaluator, mut each: impl FnMut(Block<'_>)) -> Result<()> {
    model.has(Recognition::Learned)?;
    let (place, p) = (&mut at.place, &mut at.row);
    place.start(&model.plan, 0);
    for (v, phi) in at.phi.chunks_exact(p.len() - 1).enumerate() {
        let weight = (model.target.mass(&model.plan, v, place), 1.0);
        categorical::probabilities(model.chart, phi, p);
        each(Block { chart: model.chart, p, weight, first: v * phi.len() });
        place.advance(&model.plan);
    }
    Ok(())
}

impl Evaluator {
    /// Calls `each` with the blocks of G or F(φ); false for G_V, which has none and is then known.
    fn blocks(&mut self, model: &BayesianNetwork, kind: Fisher, each: impl FnMut(Block<'_>)) -> Result<bool> {
        match kind {
            Fisher::Visible => self.require(model, VISIBLE),
            Fisher::Joint => {
                self.require(model, JOINT);
                if self.tables.extreme() {
                    wide_blocks(&model.network, &self.tables, &self.wide_joint).for_each(each);
                } else {
                    joint_blocks(&model.network, &self.tables, &self.joint).for_each(each);
                }
            }
            Fisher::Recognition => recognition_blocks(model, self, each)?,
            Fisher::Aggregate => {
                let what = "the metric `aggregate` is for networks; a finite model has `joint` and `visible`";
                return Err(Error::new(Code::Unsupported, what));
            }
        }
        Ok(kind != Fisher::Visible)
    }

    pub(crate) fn fisher(&mut self, model: &BayesianNetwork, kind: Fisher, out: &mut [f64]) -> Result<()> {
        let n = if kind == Fisher::Recognition { self.phi.len() } else { model.network.parameters };
        if kind != Fisher::Visible {
            out.fill(0.0);
        }
        if !self.blocks(model, kind, |block| block.dense(out, n))? {
            out.copy_from_slice(&self.visible);
        }
        Ok(())
    }

    pub(crate) fn fisher_diagonal(&mut self, model: &BayesianNetwork, kind: Fisher, out: &mut [f64]) -> Result<()> {
        if kind == Fisher::Joint && self.tables.binary_inverse().is_some() {
            self.binary_diagonal(model, out);
        } else if !self.blocks(model, kind, |block| block.diagonal(out))? {
            let diagonal = self.visible.iter().step_by(model.network.parameters + 1);
            out.iter_mut().zip(diagonal).for_each(|(x, entry)| *x = *entry);
        }
        Ok(())
    }

    /// `P(pa = a) (1/η + 1/(1 − η))`, the diagonal of G in means of binary nodes: every natural gradient with G_V asks for it.
    fn binary_diagonal(&mut self, model: &BayesianNetwork, out: &mut [f64]) {
        self.require(model, JOINT);
        let pairs = |x| <[f64]>::chunks_exact(x, 2);
        let inverse = self.tables.binary_inverse().unwrap_or_default();
        let each = out.iter_mut().zip(pairs(&self.joint).zip(pairs(inverse)));
        each.for_each(|(x, (joint, inverse))| *x = (joint[0] + joint[1]) * (inverse[0] + inverse[1]));
    }

    pub(crate) fn fisher_product(
        &mut self,
        model: &BayesianNetwork,
        kind: Fisher,
        vector: &[f64],
        out: &mut [f64],
    ) -> Result<()> {
        if !self.blocks(model, kind, |block| block.product(vector, out))? {
            let product = |row: &[f64]| row.iter().zip(vector).map(|(x, y)| x * y).sum();
            out.iter_mut().zip(self.visible.chunks_exact(vector.len())).for_each(|(x, row)| *x = product(row));
        }
        Ok(())
    }
}
