//! The state of an evaluator: the tables at one point, and the five quantities.
//!
//! ```text
//! p^V(v) = Σ_h p(v, h)      p(h|v) = p(v, h) / p^V(v)
//! Ev = E_{p*}[log p^V]      ELBO = E_{p* q}[log p − log q]      Gap = E_{p*} KL(q ‖ p(·|v))
//! D_J = KL(p* q ‖ p)        D_V = KL(p* ‖ p^V)
//! Ev = ELBO + Gap           D_J = D_V + Gap
//! ```
//!
//! In logits p^V and p(h|v) come from log p by log-sum-exp, so that they are right also where every p(v, h) of a row underflows.
//!
//! # References
//! - Ay, van Oostrum, Datar, *On the Natural Gradient of the Evidence Lower Bound*, JMLR 2025.

use crate::Simplex;
use crate::target::condition;
use elbow_geometry::categorical::{self, Chart};
use elbow_geometry::decomposition::{Decomposition, divergence_term, xlogx};
use elbow_sdk::{Code, Domain, Error, Recognition, Result};
use std::ops::Range;

/// The tables at one point; all go row by row over the visible states.
pub(crate) struct Point {
    /// p(v, h).
    pub p: Vec<f64>,
    /// log p(v, h), finite also where p underflows.
    pub log_p: Vec<f64>,
    /// p^V(v).
    pub visible: Vec<f64>,
    /// log p^V(v).
    pub log_visible: Vec<f64>,
    /// p(h|v).
    pub posterior: Vec<f64>,
    /// log p(h|v).
    pub log_posterior: Vec<f64>,
    /// q_φ(h|v), if it is learned.
    pub learned: Vec<f64>,
    /// log q_φ(h|v).
    pub log_learned: Vec<f64>,
    /// What of θ, and of φ, is outside the simplex: then only the visible marginal is a distribution.
    pub outside: [Option<String>; 2],
}

impl Point {
    /// What makes p(v, h), or the q that is asked for, no distribution.
    pub(crate) fn outside(&self, recognition: Recognition) -> Option<&str> {
        let [theta, phi] = self.outside.each_ref().map(Option::as_deref);
        theta.or(phi.filter(|_| recognition == Recognition::Learned))
    }
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
        let point = Point {
            p: table(),
            log_p: table(),
            visible: marginal.clone(),
            log_visible: marginal.clone(),
            posterior: table(),
            log_posterior: table(),
            learned: table(),
            log_learned: table(),
            outside: [None, None],
        };
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
        let outside = matches!(self.place(theta, phi), Domain::Outside { .. });
        at.point.outside = if outside { self.describe_outside(theta, phi) } else { [None, None] };
        if outside && !self.visible_is_positive(theta) {
            let what = at.point.outside.iter().flatten().next().map_or("a parameter", String::as_str);
            return Err(Error::new(Code::Domain, format!("{what} is outside the simplex, and p(v) is not positive for every v")));
        }
        categorical::probabilities(self.chart, theta, &mut at.point.p);
        categorical::log_probabilities(self.chart, theta, &mut at.point.log_p);
        self.condition(&mut at.point);
        for (v, row) in self.rows(phi).enumerate() {
            let states = self.row(v);
            categorical::probabilities(self.chart, row, &mut at.point.learned[states.clone()]);
            categorical::log_probabilities(self.chart, row, &mut at.point.log_learned[states]);
        }
        Ok(())
    }

    /// Where the states (v, h) of a visible state stand in a table.
    pub(crate) fn row(&self, v: usize) -> Range<usize> {
        v * self.hidden..(v + 1) * self.hidden
    }

    /// p^V and p(h|v) from p.
    fn condition(&self, point: &mut Point) {
        for v in 0..self.visible {
            let row = self.row(v);
            let (posterior, log_posterior) = (&mut point.posterior[row.clone()], &mut point.log_posterior[row.clone()]);
            match self.chart {
                Chart::Mean => {
                    point.visible[v] = point.p[row.clone()].iter().sum();
                    point.log_visible[v] = point.visible[v].ln();
                    condition(&point.p[row], point.visible[v], posterior);
                    log_posterior.iter_mut().zip(posterior).for_each(|(log, p)| *log = p.ln());
                }
                Chart::Logit => {
                    log_posterior.copy_from_slice(&point.log_p[row]);
                    point.log_visible[v] = categorical::normalise(log_posterior);
                    point.visible[v] = point.log_visible[v].exp();
                    posterior.iter_mut().zip(log_posterior).for_each(|(p, log)| *p = log.exp());
                }
            }
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

    /// The five quantities; those of the joint table are NaN where it is no distribution.
    pub(crate) fn decomposition(&self, point: &Point, recognition: Recognition) -> Result<Decomposition> {
        let (all_q, mut sums) = (self.q(point, recognition)?, Decomposition::default());
        for (v, &target) in self.target.visible.iter().enumerate() {
            let (q, log_p) = (&all_q[self.row(v)], &point.log_p[self.row(v)]);
            let (posterior, log_posterior) = (&point.posterior[self.row(v)], &point.log_posterior[self.row(v)]);
            let bound = expectation(q, log_p) - q.iter().map(|&q| xlogx(q)).sum::<f64>();
            let each = q.iter().zip(posterior.iter().zip(log_posterior));
            sums.add_visible(target, point.visible[v], point.log_visible[v]);
            sums.add_hidden(target, bound, each.map(|(&q, (&p, &log_p))| divergence_term(q, p, log_p)).sum());
        }
        if point.outside(recognition).is_some() {
            (sums.elbo, sums.gap, sums.kl_joint) = (f64::NAN, f64::NAN, f64::NAN);
        }
        Ok(sums)
    }
}
