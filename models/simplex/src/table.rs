//! The state of an evaluator: the tables at one point, and the five quantities.
//!
//! ```text
//! p^V(v) = Σ_h p(v, h)      p(h|v) = p(v, h) / p^V(v)
//! Ev = E_{p*}[log p^V]      ELBO = E_{p* q}[log p − log q]      Gap = E_{p*} KL(q ‖ p(·|v))
//! D_J = KL(p* q ‖ p)        D_V = KL(p* ‖ p^V)
//! Ev = ELBO + Gap           D_J = D_V + Gap
//! ```
//!
//! # References
//! - Ay, van Oostrum, Datar, *On the Natural Gradient of the Evidence Lower Bound*, JMLR 2025.

use crate::Simplex;
use crate::target::condition;
use elbow_geometry::categorical;
use elbow_geometry::decomposition::{Decomposition, xlogx};
use elbow_sdk::{Code, Domain, Error, Recognition, Result};

/// The tables at one point; all go row by row over the visible states.
pub(crate) struct Point {
    /// p(v, h).
    pub p: Vec<f64>,
    /// log p(v, h), finite also where p underflows.
    pub log_p: Vec<f64>,
    /// p^V(v).
    pub visible: Vec<f64>,
    /// p(h|v).
    pub posterior: Vec<f64>,
    /// q_φ(h|v), if it is learned.
    pub learned: Vec<f64>,
}

/// Keeps the tables at its point and the memory to work with.
pub struct Evaluator {
    /// Where it stands; NaN until it is moved.
    pub(crate) point: Point,
    /// Room for a value of each joint state.
    pub(crate) joint: Vec<f64>,
    /// Room for a value of each visible state, twice.
    pub(crate) marginal: [Vec<f64>; 2],
}

impl Evaluator {
    /// All memory that an evaluator ever needs.
    pub(crate) fn new(visible: usize, hidden: usize) -> Self {
        let (joint, marginal) = (vec![f64::NAN; visible * hidden], vec![f64::NAN; visible]);
        let table = || joint.clone();
        let point = Point { p: table(), log_p: table(), visible: marginal.clone(), posterior: table(), learned: table() };
        Self { point, joint, marginal: [marginal.clone(), marginal] }
    }
}

/// `Σ q log p` with `0 · (−∞) = 0`.
pub(crate) fn expectation(q: &[f64], log_p: &[f64]) -> f64 {
    q.iter().zip(log_p).map(|(&q, &log_p)| if q == 0.0 { 0.0 } else { q * log_p }).sum()
}

impl Simplex {
    /// Moves to a point.
    pub(crate) fn stand(&self, at: &mut Evaluator, theta: &[f64], phi: &[f64]) -> Result<()> {
        if let Domain::Outside { parameter } = self.place(theta, phi)
            && !self.visible_is_positive(theta)
        {
            return Err(Error::new(Code::Domain, format!("parameter[{parameter}] is outside the simplex")));
        }
        categorical::probabilities(self.chart, theta, &mut at.point.p);
        categorical::log_probabilities(self.chart, theta, &mut at.point.log_p);
        self.condition(&mut at.point);
        let rows = at.point.learned.chunks_exact_mut(self.hidden).zip(self.rows(phi));
        rows.for_each(|(q, row)| categorical::probabilities(self.chart, row, q));
        Ok(())
    }

    /// p^V and p(h|v) from p.
    fn condition(&self, point: &mut Point) {
        let rows = point.p.chunks_exact(self.hidden).zip(point.posterior.chunks_exact_mut(self.hidden));
        for (sum, (p, posterior)) in point.visible.iter_mut().zip(rows) {
            *sum = p.iter().sum();
            condition(p, *sum, posterior);
        }
    }

    /// q(h|v) as the cell wants it.
    pub(crate) fn q<'a>(&'a self, point: &'a Point, recognition: Recognition) -> Result<&'a [f64]> {
        let no_joint = || Error::unsupported("a fixed recognition needs a joint target, of visible · hidden entries");
        match recognition {
            Recognition::Exact => Ok(&point.posterior),
            Recognition::Fixed => self.target.conditional.as_deref().ok_or_else(no_joint),
            Recognition::Learned => self.need_learned().map(|()| point.learned.as_slice()),
        }
    }

    /// An error without a learned recognition.
    pub(crate) fn need_learned(&self) -> Result<()> {
        let missing = || Error::unsupported("there is no learned recognition; it needs `learned = true`");
        if self.learned { Ok(()) } else { Err(missing()) }
    }

    /// The five quantities, each from its own definition.
    pub(crate) fn decomposition(&self, point: &Point, q: &[f64]) -> Decomposition {
        let mut sums = Decomposition::default();
        let rows = q.chunks_exact(self.hidden).zip(point.log_p.chunks_exact(self.hidden));
        for ((&target, &visible), (q, log_p)) in self.target.visible.iter().zip(&point.visible).zip(rows) {
            sums.add(target, visible, q.iter().map(|&q| xlogx(q)).sum(), expectation(q, log_p));
        }
        sums
    }
}
