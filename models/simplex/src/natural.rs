//! Natural gradients in closed form, for the joint table and for rows of the recognition.
//!
//! The two charts are dual: G of one inverts that of the other, so that `G⁻¹∇L` in one is `∇L` in the other. With `Q = p* q`
//!
//! ```text
//! mean    (G⁻¹ ∇L)_i = p_i − Q_i                          (F⁻¹ ∇_φ)_h = q_h (ℓ_h − Σ q ℓ)
//! logit   (G⁻¹ ∇L)_i = Q_k / p_k − Q_i / p_i              (F⁻¹ ∇_φ)_h = ℓ_h − ℓ_K          ℓ = log q − log p
//! ```
//!
//! for each row of φ with p*(v) > 0; the others do not move. Nothing is inverted, so nothing is lost near the boundary.
//!
//! # References
//! - Ay, van Oostrum, Datar, *On the Natural Gradient of the Evidence Lower Bound*, JMLR 2025.
//! - Amari, Nagaoka, *Methods of Information Geometry*, chapter 3.

use crate::Simplex;
use crate::table::Evaluator;
use elbow_geometry::categorical::{self, Chart};
use elbow_sdk::{Error, Fisher, Recognition, Result};

impl Simplex {
    /// `F⁺∇L` and the rank of F; `q` is the posterior for the evidence.
    pub(crate) fn natural(&self, at: &mut Evaluator, kind: Fisher, q: Recognition, out: &mut [f64]) -> Result<usize> {
        match kind {
            Fisher::Joint => self.natural_joint(at, q, out),
            Fisher::Recognition => {
                self.recognition_rows(at, self.chart.dual(), out)?;
                Ok(self.target.visible.iter().filter(|target| **target > 0.0).count() * (self.hidden - 1))
            }
            Fisher::Visible | Fisher::Aggregate => Err(Error::unsupported(
                "the natural gradient of the full simplex has a closed form under the metrics `joint` and `recognition` alone",
            )),
        }
    }

    fn natural_joint(&self, at: &mut Evaluator, q: Recognition, out: &mut [f64]) -> Result<usize> {
        self.extended_target(at, q)?;
        match self.chart {
            Chart::Mean => {
                categorical::score(Chart::Logit, &at.point.p, &at.joint, out);
                out.iter_mut().for_each(|x| *x = -*x);
            }
            Chart::Logit => {
                let last = self.ratio(at, q, out.len());
                out.iter_mut().enumerate().for_each(|(i, x)| *x = last - self.ratio(at, q, i));
            }
        }
        Ok(out.len())
    }

    /// `Q / p` of a joint state, by their logarithms where p underflows.
    fn ratio(&self, at: &Evaluator, q: Recognition, i: usize) -> f64 {
        let (point, target) = (&at.point, self.target.visible[i / self.hidden]);
        if target == 0.0 || point.p[i] >= f64::MIN_POSITIVE {
            return if at.joint[i] == 0.0 { 0.0 } else { at.joint[i] / point.p[i] };
        }
        let log_q = match (q, &self.target.conditional) {
            (Recognition::Exact, _) => point.log_posterior[i],
            (Recognition::Learned, _) => point.log_learned[i],
            (Recognition::Fixed, table) => table.as_ref().map_or(f64::NAN, |table| table[i].ln()),
        };
        (target.ln() + log_q - point.log_p[i]).exp()
    }
}
