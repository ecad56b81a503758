//! Whole tables, for callers that want them: rows of hidden states, one for each visible state.

use crate::enumerate::Products;
use crate::evaluator::Evaluator;
use crate::model::BayesianNetwork;
use crate::number::{Number, Wide};
use crate::plan::Position;
use elbow_geometry::categorical;
use elbow_sdk::{Recognition, Result};

/// p_θ(v, h).
pub(crate) fn joint(model: &BayesianNetwork, at: &mut Evaluator, out: &mut [f64]) {
    at.place.start(&model.plan, 0);
    for row in out.chunks_exact_mut(model.network.hidden_states) {
        model.plan.search(&mut at.place, &at.tables.entries, 1.0, &mut [], &mut Products(row.iter_mut()));
        at.place.advance(&model.plan);
    }
}

/// p*(v).
pub(crate) fn target(model: &BayesianNetwork, out: &mut [f64]) {
    let mut place = Position::new(&model.plan);
    for (v, mass) in out.iter_mut().enumerate() {
        *mass = model.target.mass(&model.plan, v, &mut place);
        place.advance(&model.plan);
    }
}

/// q(h|v); uniform where the visible state has no mass, so that each row sums to 1.
pub(crate) fn recognition(model: &BayesianNetwork, at: &mut Evaluator, q: Recognition, out: &mut [f64]) -> Result<()> {
    model.has(q)?;
    match q {
        Recognition::Exact if at.tables.extreme() => wide_posterior(model, at, out),
        Recognition::Exact => joint(model, at, out),
        Recognition::Fixed => each_row(model, out, |v, place, row| {
            model.target.row(&model.plan, v, place, row);
        }),
        Recognition::Learned => {
            let free = model.network.hidden_states - 1;
            each_row(model, out, |v, _, row| categorical::probabilities(model.chart, &at.phi[v * free..][..free], row));
            return Ok(());
        }
    }
    out.chunks_exact_mut(model.network.hidden_states).for_each(normalize);
    Ok(())
}

/// The posterior where p_θ(v, h) may leave the range of f64.
fn wide_posterior(model: &BayesianNetwork, at: &mut Evaluator, out: &mut [f64]) {
    let mut row = vec![Wide::ZERO; model.network.hidden_states];
    at.place.start(&model.plan, 0);
    for out in out.chunks_exact_mut(row.len()) {
        let sum = model.plan.search(&mut at.place, &at.tables.wide, Wide::ONE, &mut [], &mut Products(row.iter_mut()));
        out.iter_mut().zip(&row).for_each(|(q, p)| *q = if sum.is_positive() { (*p / sum).value() } else { 0.0 });
        at.place.advance(&model.plan);
    }
}

fn normalize(row: &mut [f64]) {
    let (sum, uniform) = (row.iter().sum::<f64>(), 1.0 / row.len() as f64);
    row.iter_mut().for_each(|x| *x = if sum == 0.0 { uniform } else { *x / sum });
}

/// ∇_θ log p_θ(v, h), a row for each joint state.
pub(crate) fn scores(model: &BayesianNetwork, at: &Evaluator, out: &mut [f64]) {
    let (network, plan) = (&model.network, &model.plan);
    let (mut place, mut families) = (Position::new(plan), vec![0; network.nodes.len()]);
    let mut counts = vec![0.0; network.families];
    for (state, row) in out.chunks_exact_mut(network.parameters).enumerate() {
        let hidden = state % network.hidden_states;
        place.families(plan, hidden, &mut families);
        families.iter().for_each(|&family| counts[family] = 1.0);
        at.tables.score(network, &counts, row);
        families.iter().for_each(|&family| counts[family] = 0.0);
        if hidden + 1 == network.hidden_states {
            place.advance(plan);
        }
    }
}

/// Calls `write(v, place, row)` for each visible state.
fn each_row(model: &BayesianNetwork, out: &mut [f64], mut write: impl FnMut(usize, &mut Position, &mut [f64])) {
    let mut place = Position::new(&model.plan);
    for (v, row) in out.chunks_exact_mut(model.network.hidden_states).enumerate() {
        write(v, &mut place, row);
        place.advance(&model.plan);
    }
}
