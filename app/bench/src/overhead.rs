//! What engine, proxy and plugin interface add to a step of W3a: the same arithmetic called directly, and through them.

use crate::rate;
use crate::w3a::{RCOND, START, TARGET, plan};
use elbow_bayesian_network::{BayesianNetwork, Parameters, Preset, TargetParameters};
use elbow_engine::cell::Running;
use elbow_engine::live::Control;
use elbow_geometry::solve::Solver;
use elbow_sdk::{Fisher, Host, Model, ModelSetup, Objective, Recognition};
use faer::MatRef;
use serde_json::{Value, json};

/// Runs both and prints nanoseconds per step.
pub fn run(budget: f64) -> Result<Value, String> {
    let (engine, direct) = (through_engine(budget)?, directly(budget)?);
    let nanoseconds = |rate: f64| 1e9 / rate;
    let added = nanoseconds(engine) - nanoseconds(direct);
    Ok(json!({
        "workload": "overhead", "engine_ns": nanoseconds(engine), "direct_ns": nanoseconds(direct), "added_ns": added,
    }))
}

fn through_engine(budget: f64) -> Result<f64, String> {
    let (plan, control) = (plan()?, Control::default());
    let told = |error: elbow_host::Error| error.to_string();
    let mut cell = Running::new(&plan, &plan.cells[0]).map_err(told)?;
    rate(budget, |steps| cell.advance(cell.steps() + steps, &control).map_err(told)).map(|(best, _)| best)
}

fn directly(budget: f64) -> Result<f64, String> {
    let told = |error: elbow_sdk::Error| error.to_string();
    let target = TargetParameters { table: Some(TARGET.to_vec()), ..TargetParameters::default() };
    let parameters = Parameters { preset: Preset::NonCylindrical, target, ..Parameters::default() };
    let model = BayesianNetwork::new(&ModelSetup::new(Host::NONE), parameters).map_err(told)?;
    let (mut at, mut solver, mut theta) = (model.evaluator(0), Solver::new(), START);
    let (mut gradient, mut fisher, mut natural) = ([0.0; 5], [0.0; 25], [0.0; 5]);
    let mut step = || {
        model.move_to(&mut at, &theta, &[], 0).map_err(told)?;
        model.gradient(&mut at, Objective::Evidence, Recognition::Exact, &mut gradient).map_err(told)?;
        model.fisher(&mut at, Fisher::Visible, &mut fisher).map_err(told)?;
        let matrix = MatRef::from_column_major_slice(&fisher, 5, 5);
        solver.pseudo_inverse(matrix, None, &gradient, RCOND, &mut natural).map_err(|error| error.to_string())?;
        theta.iter_mut().zip(natural).for_each(|(theta, natural)| *theta -= 0.01 * natural);
        Ok::<(), String>(())
    };
    rate(budget, |steps| (0..steps).try_for_each(|_| step())).map(|(best, _)| best)
}
