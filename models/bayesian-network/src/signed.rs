//! Beyond the tables: points where the evidence is still defined.
//!
//! log p_θ(v) = log Σ_h p_θ(v, h) needs positive sums, not positive terms. In the chart of means a flow of the evidence under
//! G_V can leave the cube of probabilities while p_θ^V stays a distribution; the flows published with the paper do (Y ← X → Z,
//! run 2: P(Z=1|X=1) passes 1 at step 76). The joint distribution, and with it ELBO and G, is undefined there.

use crate::enumerate::Product;
use crate::model::BayesianNetwork;
use crate::number::Number;
use crate::plan::Position;
use crate::rows::Tables;
use elbow_geometry::categorical::{self, Chart};
use elbow_sdk::Recognition;

impl BayesianNetwork {
    /// Whether every visible state has positive probability and no single entry is 0, where scores are not finite.
    pub(crate) fn visible_is_positive(&self, theta: &[f64]) -> bool {
        if self.chart != Chart::Mean || !theta.iter().all(|x| x.is_finite()) {
            return false;
        }
        let mut tables = Tables::new(&self.network, self.chart);
        tables.fill(&self.network, theta);
        let sums =
            || if tables.extreme() { self.sums_are_positive(&tables.wide) } else { self.sums_are_positive(&tables.entries) };
        tables.entries.iter().all(|x| *x != 0.0) && sums()
    }

    /// Whether every p(v) is positive, of these entries.
    fn sums_are_positive<N: Number>(&self, entries: &[N]) -> bool {
        let mut place = Position::new(&self.plan);
        (0..self.network.visible_states).all(|_| {
            let p = self.plan.search(&mut place, entries, N::ONE, &mut [], &mut Product::<false>);
            place.advance(&self.plan);
            p.is_positive()
        })
    }

    /// What of θ, or of the φ of a learned q, is outside [0, 1]: then p_θ(v, h), or q, is no distribution.
    pub(crate) fn outside(&self, theta: &[f64], phi: &[f64], q: Recognition) -> Option<String> {
        if self.chart == Chart::Logit {
            return None;
        }
        let mut rows = self.network.rows.iter();
        let of_theta = rows.find_map(|row| categorical::outside(&theta[row.parameters()], row.parameter));
        let size = (self.network.hidden_states - 1).max(1);
        let mut rows = phi.chunks_exact(size).enumerate().filter(|_| q == Recognition::Learned);
        of_theta.or_else(|| rows.find_map(|(v, row)| categorical::outside(row, theta.len() + v * size)))
    }
}
