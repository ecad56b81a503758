//! Where points lie, and points from probabilities: row by row of the tables, of θ and then of φ.

use crate::model::BayesianNetwork;
use elbow_geometry::categorical::{self, Chart, Place};
use elbow_sdk::{Domain, Error, Result};
use std::ops::Range;

/// Rows of parameters, those of φ counted on after θ.
fn rows(model: &BayesianNetwork) -> impl Iterator<Item = Range<usize>> {
    let (first, free) = (model.network.parameters, model.network.hidden_states - 1);
    let phi = (0..model.recognition_parameters()).step_by(free.max(1)).map(move |k| first + k..first + k + free);
    model.network.rows.iter().map(|row| row.parameters()).chain(phi)
}

/// Where a point lies.
pub(crate) fn place(model: &BayesianNetwork, theta: &[f64], phi: &[f64]) -> Domain {
    // A point inside, as most are, of binary nodes: no row is a sum.
    let free = |x: &f64| *x > 0.0 && *x < 1.0;
    if model.network.is_binary() && model.chart == Chart::Mean && phi.is_empty() && theta.iter().all(free) {
        return Domain::Inside;
    }
    let mut boundary = None;
    for row in rows(model) {
        let split = theta.len();
        let values = if row.start < split { &theta[row.clone()] } else { &phi[row.start - split..row.end - split] };
        let culprit = || {
            let inside = |x: &f64| if model.chart == Chart::Mean { *x > 0.0 && *x < 1.0 } else { x.is_finite() };
            row.start + values.iter().position(|x| !inside(x)).unwrap_or(0)
        };
        match categorical::place(model.chart, values) {
            Place::Inside => {}
            Place::Boundary => boundary = boundary.or_else(|| Some(culprit())),
            Place::Outside => return Domain::Outside { parameter: culprit() },
        }
    }
    boundary.map_or(Domain::Inside, |parameter| Domain::Boundary { parameter })
}

/// θ from probabilities.
pub(crate) fn mean_to_theta(model: &BayesianNetwork, mean: &[f64], theta: &mut [f64]) -> Result<()> {
    let mut p = Vec::new();
    for row in &model.network.rows {
        let (at, free) = (row.parameters(), &mean[row.parameters()]);
        if let Some(what) = categorical::outside(free, at.start) {
            let first = at.start + free.iter().position(|x| !(0.0..=1.0).contains(x)).unwrap_or(0);
            return Err(Error::parameter(format!("[{first}]"), format!("{what}, which is outside the probabilities of a row")));
        }
        if categorical::place(Chart::Mean, free) == Place::Boundary && model.chart == Chart::Logit {
            let first = at.start + free.iter().position(|x| *x == 0.0).unwrap_or(0);
            let row = at.start..=at.end - 1;
            let message = format!("the row of parameters {row:?} has a probability of 0, which has no logit");
            return Err(Error::parameter(format!("[{first}]"), message));
        }
        p.resize(row.states, 0.0);
        categorical::probabilities(Chart::Mean, free, &mut p);
        categorical::parameters(model.chart, &p, &mut theta[at]);
    }
    Ok(())
}
