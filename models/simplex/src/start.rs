//! Where points lie and where they come from.
//!
//! ```text
//! uniform    p ~ Dirichlet(1, …, 1)
//! jeffreys   p ~ Dirichlet(½, …, ½), whose density is ∝ √det G: det G = 1 / Π p_i in the mean chart
//! ```
//!
//! Rows of a learned recognition are drawn the same way, independently; there too it is Jeffreys' density, of F(φ).
//!
//! # References
//! - Amari, Nagaoka, *Methods of Information Geometry*, chapter 2.
//! - H. Jeffreys, *An invariant form for the prior probability in estimation problems*, Proceedings of the Royal Society A 186, 1946.

use crate::Simplex;
use elbow_geometry::categorical::{self, Chart, Place};
use elbow_sdk::{Code, Domain, Error, Result, Rng};

/// Draws of a row until it is rounded into the open simplex.
const ATTEMPTS: usize = 100;

impl Simplex {
    /// The rows of φ.
    pub(crate) fn rows<'a>(&self, phi: &'a [f64]) -> impl Iterator<Item = &'a [f64]> {
        phi.chunks_exact((self.hidden - 1).max(1))
    }

    /// Outside if any row is, else on the boundary if any row is.
    pub(crate) fn place(&self, theta: &[f64], phi: &[f64]) -> Domain {
        let (mut found, mut offset) = (Domain::Inside, 0);
        for row in std::iter::once(theta).chain(self.rows(phi)) {
            match (categorical::place(self.chart, row), found) {
                (Place::Outside, _) => return Domain::Outside { parameter: offset + self.first_outside(row) },
                (Place::Boundary, Domain::Inside) => found = Domain::Boundary { parameter: offset + first(row, |x| x == 0.0) },
                _ => (),
            }
            offset += row.len();
        }
        found
    }

    /// Whether log p^V is defined outside the simplex: every `Σ_h p(v, h)` is positive and no single p(v, h) is 0. A flow of the
    /// evidence under G_V sees nothing else and may pass there; ELBO and G are undefined.
    pub(crate) fn visible_is_positive(&self, theta: &[f64]) -> bool {
        let mut p = vec![0.0; self.states()];
        categorical::probabilities(self.chart, theta, &mut p);
        self.chart == Chart::Mean
            && p.iter().all(|x| x.is_finite() && *x != 0.0)
            && p.chunks_exact(self.hidden).all(|row| row.iter().sum::<f64>() > 0.0)
    }

    /// The first parameter that no row has.
    fn first_outside(&self, row: &[f64]) -> usize {
        match self.chart {
            Chart::Mean => first(row, |x| !(0.0..=1.0).contains(&x)),
            Chart::Logit => first(row, |x| !x.is_finite()),
        }
    }

    /// What of θ, and of φ, is outside the simplex.
    pub(crate) fn describe_outside(&self, theta: &[f64], phi: &[f64]) -> [Option<String>; 2] {
        let infinite = |row: &[f64], first| Some(first + row.iter().position(|x| !x.is_finite())?);
        let describe = |row: &[f64], first: usize| match self.chart {
            Chart::Mean => categorical::outside(row, first),
            Chart::Logit => infinite(row, first).map(|k| format!("parameter[{k}] = {}", row[k - first])),
        };
        let mut rows = self.rows(phi).scan(theta.len(), |next, row| Some((row, std::mem::replace(next, *next + row.len()))));
        [describe(theta, 0), rows.find_map(|(row, first)| describe(row, first))]
    }

    /// θ and φ from a named distribution.
    pub(crate) fn draw_start(&self, kind: &str, rng: &mut Rng<'_>, theta: &mut [f64], phi: &mut [f64]) -> Result<()> {
        let halves = match kind {
            "default" | "uniform" => 2,
            "jeffreys" => 1,
            _ => return Err(Error::new(Code::BadParameter, format!("no distribution `{kind}`; there are {KINDS}"))),
        };
        let rows = phi.chunks_exact_mut((self.hidden - 1).max(1));
        std::iter::once(theta).chain(rows).for_each(|row| self.draw_row(halves, rng, row));
        Ok(())
    }

    /// The same row in both charts: whether it counts as drawn does not depend on the chart either.
    fn draw_row(&self, halves: u32, rng: &mut Rng<'_>, row: &mut [f64]) {
        let (mut p, halves) = (vec![0.0; row.len() + 1], vec![halves; row.len() + 1]);
        for _ in 0..ATTEMPTS {
            rng.dirichlet_halves(&halves, &mut p);
            if categorical::place(Chart::Mean, &p[..row.len()]) == Place::Inside {
                break;
            }
        }
        categorical::parameters(self.chart, &p, row);
    }

    /// θ from the first k − 1 probabilities.
    pub(crate) fn invert_mean(&self, mean: &[f64], theta: &mut [f64]) -> Result<()> {
        if let Some(what) = categorical::outside(mean, 0) {
            return Err(Error::new(Code::Domain, format!("mean parameters: {what}, which is outside the simplex")));
        }
        if categorical::place(Chart::Mean, mean) == Place::Boundary && self.chart == Chart::Logit {
            let first = first(mean, |x| x == 0.0);
            return Err(Error::new(
                Code::Domain,
                format!("mean parameters: a probability is 0 (parameter[{first}]), which has no logit"),
            ));
        }
        let mut p = vec![0.0; self.states()];
        categorical::probabilities(Chart::Mean, mean, &mut p);
        categorical::parameters(self.chart, &p, theta);
        Ok(())
    }
}

/// Names of the distributions.
const KINDS: &str = "`default`, `uniform`, `jeffreys`";

/// The first that is wrong; if it is the one that 1 − Σ gives, the last parameter.
fn first(row: &[f64], wrong: impl Fn(f64) -> bool) -> usize {
    row.iter().position(|&x| wrong(x)).unwrap_or(row.len() - 1)
}
