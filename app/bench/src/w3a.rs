//! W3a: p(x) p(y|x) p(z|x) with X hidden; θ ← θ + 0.01 G_V⁺ ∇E_{p*} log p(y, z), pseudo-inverse cut at 1e-10.

use crate::{peak_rss_mb, rate, since_start};
use elbow_engine::build::{self, Request};
use elbow_engine::cell::Running;
use elbow_engine::live::Control;
use elbow_engine::plan::Plan;
use elbow_host::{Catalog, PluginKind};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

/// Steps after which the objective is taken.
const STEPS: u64 = 400;

/// Start: P(x=1), P(y=1|x=1), P(y=1|x=0), P(z=1|x=1), P(z=1|x=0).
pub const START: [f64; 5] = [0.3, 0.6, 0.2, 0.7, 0.4];
/// Target over (y, z) = (1,1), (1,0), (0,1), (0,0).
pub const TARGET: [f64; 4] = [0.4, 0.1, 0.15, 0.35];
/// Cutoff of the pseudo-inverse.
pub const RCOND: f64 = 1e-10;

/// The plan of the workload.
pub fn plan() -> Result<Plan, String> {
    let text = format!(
        "run.steps = {STEPS}\n\
         [[model]]\nplugin = \"bayesian-network\"\npreset = \"non-cylindrical\"\n\
         target = {{ table = {TARGET:?} }}\ninit = {{ values = {START:?} }}\n\
         [[optimizer]]\nplugin = \"fisher-rao\"\nobjective = \"evidence\"\nmetric = \"visible\"\nstep_size = 0.01\n\
         damping = {{ kind = \"pseudo-inverse\", rcond = {RCOND:?} }}\n"
    );
    let catalog = Arc::new(Catalog::bundled(elbow_bundle::bundle())?);
    let request = Request { name: "W3a", text: &text, base: Path::new(""), set: &[], seeds: None };
    build::plan(&request, &catalog).map_err(|wrong| wrong.render(false))
}

/// Where `kl_visible` stands among the model's quantities.
fn kl_visible(plan: &Plan) -> Result<usize, String> {
    let found = plan.catalog.find(PluginKind::Model, "bayesian-network");
    let plugin = found.map_err(|_| "the model is not in the bundle")?;
    plugin.quantities.iter().position(|quantity| quantity.name == "kl_visible").ok_or_else(|| "no kl_visible".into())
}

/// Runs the workload.
pub fn run(budget: f64) -> Result<Value, String> {
    let (plan, control) = (plan()?, Control::default());
    let place = kl_visible(&plan)?;
    let told = |error: elbow_host::Error| error.to_string();
    let mut cell = Running::new(&plan, &plan.cells[0]).map_err(told)?;
    let objective0 = cell.quantity(place).map_err(told)?;
    cell.advance(1, &control).map_err(told)?;
    let first_step = since_start();
    cell.advance(STEPS, &control).map_err(told)?;
    let objective = cell.quantity(place).map_err(told)?;
    let (best, median) = rate(budget, |steps| cell.advance(cell.steps() + steps, &control).map_err(told))?;
    Ok(json!({
        "workload": "W3a", "method": "enum", "dtype": "float64", "steps_per_s": best, "median": median,
        "first_step_s": first_step.unwrap_or(0.0), "peak_rss_mb": peak_rss_mb(), "objective0": objective0,
        "n_steps": STEPS, "objective": objective, "gradient_evaluations": cell.counts().gradient,
    }))
}
