//! Beyond the tables: points where the evidence is still defined.
//!
//! log p_θ(v) = log Σ_h p_θ(v, h) needs positive sums, not positive terms. In the chart of means a flow of the evidence under
//! G_V can leave the cube of probabilities while p_θ^V stays a distribution; the flows published with the paper do (Y ← X → Z,
//! run 2: P(Z=1|X=1) passes 1 at step 76). The joint distribution, and with it ELBO and G, is undefined there.

use crate::enumerate::Product;
use crate::model::BayesianNetwork;
use crate::plan::Position;
use crate::rows::Tables;
use elbow_geometry::categorical::Chart;

impl BayesianNetwork {
    /// Whether every visible state has positive probability and no single entry is 0, where scores are not finite.
    pub(crate) fn visible_is_positive(&self, theta: &[f64]) -> bool {
        if self.chart != Chart::Mean || !theta.iter().all(|x| x.is_finite()) {
            return false;
        }
        let mut tables = Tables::new(&self.network, self.chart);
        tables.fill(&self.network, theta);
        let mut place = Position::new(&self.plan);
        tables.entries.iter().all(|x| *x != 0.0)
            && (0..self.network.visible_states).all(|_| {
                let p = self.plan.search(&mut place, &tables.entries, 1.0, &mut [], &mut Product::<false>);
                place.advance(&self.plan);
                p > 0.0
            })
    }
}
