//! Fisher matrices: joint G(θ), visible G_V(θ), recognition F(φ).
//!
//! The visible marginal is a row of n_V probabilities with its own coordinates θ^V in the same chart, so its Fisher matrix is
//! that of a row, pulled back by the Jacobian J = ∂θ^V/∂θ. Its rank is n_V − 1.
//!
//! ```text
//! G = F(p)      G_V = Σ_v p^V(v) s̄(v) s̄(v)ᵀ = Jᵀ F(p^V) J      F(φ) = ⊕_v p*(v) F(q_φ(·|v))
//! mean    J x = Σ_h x(v, h)                                     logit   J x = E_{p(h|v)}[x] − E_{p(h|n_V)}[x]
//! mean    G_V[vh, wk] = δ_vw / p^V(v) + 1 / p^V(n_V), zero in the last row of the table
//! logit   G_V[vh, wk] = δ_vw p^V(v) [1 − p^V(v)] p(h|v) p(k|v) − [v ≠ w] p(v, h) p(w, k)
//! ```
//!
//! # References
//! - Ay, van Oostrum, Datar, *On the Natural Gradient of the Evidence Lower Bound*, JMLR 2025.
//! - Amari, Nagaoka, *Methods of Information Geometry*, chapter 2.

use crate::Simplex;
use crate::table::{Evaluator, Point, expectation};
use elbow_geometry::categorical::{self, Chart};
use elbow_sdk::{Code, Error, Fisher, Result};
use faer::MatMut;

fn no_aggregate() -> Error {
    Error::new(Code::Unsupported, "the metric `aggregate` is for networks; a finite model has `joint` and `visible`")
}

impl Simplex {
    /// The whole matrix.
    pub(crate) fn dense(&self, point: &Point, kind: Fisher, out: &mut [f64]) -> Result<()> {
        let n = self.states() - 1;
        match kind {
            Fisher::Joint => categorical::fisher(self.chart, &point.p, 1.0, MatMut::from_column_major_slice_mut(out, n, n)),
            Fisher::Visible => out.chunks_exact_mut(n).enumerate().for_each(|(i, row)| self.visible_row(point, i, row)),
            Fisher::Aggregate => return Err(no_aggregate()),
            Fisher::Recognition => return self.recognition_dense(point, out),
        }
        Ok(())
    }

    /// Row i of G_V.
    fn visible_row(&self, point: &Point, i: usize, row: &mut [f64]) {
        for (w, block) in row.chunks_mut(self.hidden).enumerate() {
            let first = w * self.hidden;
            block.iter_mut().zip(first..).for_each(|(x, j)| *x = self.visible_entry(point, (i / self.hidden, i), (w, j)));
        }
    }

    /// Entry of G_V for two (visible, joint) states.
    fn visible_entry(&self, point: &Point, (v, i): (usize, usize), (w, j): (usize, usize)) -> f64 {
        let (p, last) = (&point.visible, self.visible - 1);
        match self.chart {
            Chart::Mean if v == last || w == last => 0.0,
            Chart::Mean if v == w => 1.0 / p[v] + 1.0 / p[last],
            Chart::Mean => 1.0 / p[last],
            Chart::Logit if v == w => point.posterior[i] * point.posterior[j] * categorical::variance(p, v, 1.0),
            Chart::Logit => -(point.p[i] * point.p[j]),
        }
    }

    /// `⊕_v p*(v) F(q_φ(·|v))`
    fn recognition_dense(&self, point: &Point, out: &mut [f64]) -> Result<()> {
        self.need_learned()?;
        let (size, n) = (self.hidden - 1, self.visible * (self.hidden - 1));
        out.fill(0.0);
        let mut matrix = MatMut::from_column_major_slice_mut(out, n, n);
        for (v, q) in point.learned.chunks_exact(self.hidden).enumerate() {
            let block = matrix.as_mut().submatrix_mut(v * size, v * size, size, size);
            categorical::fisher(self.chart, q, self.target.visible[v], block);
        }
        Ok(())
    }

    /// The diagonal.
    pub(crate) fn diagonal(&self, point: &Point, kind: Fisher, out: &mut [f64]) -> Result<()> {
        match kind {
            Fisher::Joint => categorical::fisher_diagonal(self.chart, &point.p, 1.0, out),
            Fisher::Visible => {
                let entry = |i| self.visible_entry(point, (i / self.hidden, i), (i / self.hidden, i));
                out.iter_mut().enumerate().for_each(|(i, x)| *x = entry(i));
            }
            Fisher::Aggregate => return Err(no_aggregate()),
            Fisher::Recognition => {
                self.need_learned()?;
                let rows = point.learned.chunks_exact(self.hidden).zip(out.chunks_exact_mut(self.hidden - 1));
                rows.zip(&self.target.visible).for_each(|((q, out), &w)| categorical::fisher_diagonal(self.chart, q, w, out));
            }
        }
        Ok(())
    }

    /// The product with a vector.
    pub(crate) fn product(&self, at: &mut Evaluator, kind: Fisher, x: &[f64], out: &mut [f64]) -> Result<()> {
        match kind {
            Fisher::Joint => categorical::fisher_product(self.chart, &at.point.p, 1.0, x, out),
            Fisher::Visible => self.visible_product(at, x, out),
            Fisher::Aggregate => return Err(no_aggregate()),
            Fisher::Recognition => {
                self.need_learned()?;
                let rows = at.point.learned.chunks_exact(self.hidden).zip(&self.target.visible);
                let vectors = x.chunks_exact(self.hidden - 1).zip(out.chunks_exact_mut(self.hidden - 1));
                rows.zip(vectors).for_each(|((q, &w), (x, out))| categorical::fisher_product(self.chart, q, w, x, out));
            }
        }
        Ok(())
    }

    /// `Jᵀ F(p^V) J x`
    fn visible_product(&self, at: &mut Evaluator, x: &[f64], out: &mut [f64]) {
        let [push, pull] = &mut at.marginal;
        let free = self.visible - 1;
        self.push_forward(&at.point, x, push);
        categorical::fisher_product(self.chart, &at.point.visible, 1.0, &push[..free], &mut pull[..free]);
        pull[free] = match self.chart {
            Chart::Mean => 0.0,
            Chart::Logit => -pull[..free].iter().sum::<f64>(),
        };
        self.pull_back(&at.point, pull, out);
    }

    /// `J x` in the first n_V − 1 places.
    fn push_forward(&self, point: &Point, x: &[f64], out: &mut [f64]) {
        let rows = x.chunks(self.hidden).zip(point.posterior.chunks_exact(self.hidden));
        out.fill(0.0);
        out.iter_mut().zip(rows).for_each(|(sum, (x, posterior))| match self.chart {
            Chart::Mean => *sum = x.iter().sum(),
            Chart::Logit => *sum = expectation(&posterior[..x.len()], x),
        });
        if self.chart == Chart::Logit {
            let last = out[self.visible - 1];
            out.iter_mut().for_each(|sum| *sum -= last);
        }
    }

    /// `Jᵀ u`, where u of the last visible state belongs to its part of J.
    fn pull_back(&self, point: &Point, u: &[f64], out: &mut [f64]) {
        let each = out.iter_mut().zip(&point.posterior).enumerate();
        each.for_each(|(i, (x, posterior))| match self.chart {
            Chart::Mean => *x = u[i / self.hidden],
            Chart::Logit => *x = posterior * u[i / self.hidden],
        });
    }
}
