//! Draws of parameters.
//!
//! Jeffreys' density is `√det G ∝ Π_{i,a} P(pa_i = a)^{(K_i − 1)/2} Π_k η_{i,a,k}^{−1/2}`. If each node's set of parents
//! contains the parents of its members, `P(pa_i = a) = Π_{j ∈ pa_i} η_j(a_j | a_{pa_j})`: the rows are independent, and row (j,
//! b) is Dirichlet with all parameters `½ + Σ_{i: j ∈ pa_i} (K_i − 1)/2 · N`, `N` the number of parent states of i that agree
//! with (x_j, pa_j = b). For Y ← X → Z: X ~ Beta(3/2, 3/2), all others Beta(1/2, 1/2).

use crate::model::BayesianNetwork;
use crate::network::Network;
use elbow_geometry::categorical::{self, Chart, Place};
use elbow_sdk::{Code, Error, Result, Rng};

/// Draws of a row until it is rounded into the open simplex.
const ATTEMPTS: usize = 100;

/// Draws θ and φ.
pub(crate) fn draw(model: &BayesianNetwork, kind: &str, rng: &mut Rng<'_>, theta: &mut [f64], phi: &mut [f64]) -> Result<()> {
    let nodes = model.network.nodes.len();
    let (halves, phi_halves) = match kind {
        "default" | "uniform" => (vec![2; nodes], 2),
        "jeffreys" => (halves(&model.network)?, 1),
        _ => return Err(Error::parameter("", format!("there is no distribution `{kind}`: default | uniform | jeffreys"))),
    };
    let (mut p, mut shape) = (Vec::new(), Vec::new());
    for (i, halves) in halves.into_iter().enumerate() {
        let rows = &model.network.rows[model.network.first_row[i]..][..model.network.parent_states(i)];
        rows.iter().for_each(|row| dirichlet(rng, model.chart, halves, &mut p, &mut shape, &mut theta[row.parameters()]));
    }
    let free = (model.network.hidden_states - 1).max(1);
    phi.chunks_exact_mut(free).for_each(|row| dirichlet(rng, model.chart, phi_halves, &mut p, &mut shape, row));
    Ok(())
}

/// Twice the Dirichlet parameter of each node's rows.
fn halves(network: &Network) -> Result<Vec<u32>> {
    (0..network.nodes.len()).try_for_each(|i| closed(network, i))?;
    Ok((0..network.nodes.len()).map(|j| node_halves(network, j)).collect())
}

/// An error unless the parents of node `i` contain their own parents.
fn closed(network: &Network, i: usize) -> Result<()> {
    let parents = &network.nodes[i].parents;
    let name = |j: usize| network.nodes[j].name.as_str();
    for &j in parents {
        if let Some(&k) = network.nodes[j].parents.iter().find(|k| !parents.contains(k)) {
            let why = format!("`{}`, a parent of `{}`, has the parent `{}`, which is not", name(j), name(i), name(k));
            let message = format!("Jeffreys' distribution of this network is no product: {why}; give initial points from a file");
            return Err(Error::new(Code::Unsupported, message));
        }
    }
    Ok(())
}

fn node_halves(network: &Network, j: usize) -> u32 {
    let own = network.nodes[j].states * network.parent_states(j);
    let children = (0..network.nodes.len()).filter(|&i| network.nodes[i].parents.contains(&j));
    let sum: usize = children.map(|i| (network.nodes[i].states - 1) * (network.parent_states(i) / own)).sum();
    u32::try_from(1 + sum).unwrap_or(u32::MAX)
}

/// Fills one row of parameters from a symmetric Dirichlet distribution: the same row in both charts, so that whether it has to be
/// drawn again, since it is rounded to the boundary, does not depend on the chart either.
fn dirichlet(rng: &mut Rng<'_>, chart: Chart, halves: u32, p: &mut Vec<f64>, shape: &mut Vec<u32>, out: &mut [f64]) {
    p.resize(out.len() + 1, 0.0);
    shape.clear();
    shape.resize(out.len() + 1, halves);
    for _ in 0..ATTEMPTS {
        rng.dirichlet_halves(shape, p);
        if categorical::place(Chart::Mean, &p[..out.len()]) == Place::Inside {
            break;
        }
    }
    categorical::parameters(chart, p, out);
}
