//! W1 and W2: variational autoencoders on images, with gradient descent, Adam and K-FAC.
//!
//! Data, start and noise are those of every program that is compared; they pass through files and an experiment, as a user's would.

use crate::{peak_rss_mb, rate, since_start};
use elbow_check::peers::Workload;
use elbow_engine::build::{self, Request};
use elbow_engine::cell::Running;
use elbow_engine::live::Control;
use elbow_engine::plan::Plan;
use elbow_host::{Catalog, PluginKind};
use npyz::WriterBuilder;
use serde_json::{Value, json};
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;
use std::sync::Arc;

/// Which network, and after how many steps the objective is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// 64-128-8.
    W1,
    /// 784-400-20.
    W2,
}

impl Size {
    fn name(self) -> &'static str {
        if self == Self::W1 { "W1" } else { "W2" }
    }

    fn steps(self) -> u64 {
        if self == Self::W1 { 500 } else { 100 }
    }

    fn workload(self) -> Result<Workload, String> {
        if self == Self::W2 {
            return Ok(Workload::w2());
        }
        let digits = elbow_data::digits().map_err(|error| error.to_string())?;
        Ok(Workload::w1(|row, column| digits.value(row, column)))
    }

    /// The optimizer's table; K-FAC with statistics and inverses every so many steps.
    fn optimizer(self, name: &str, [statistics, inverses]: [u64; 2]) -> String {
        let (sgd, damping, kappa) = if self == Self::W1 { (3e-3, 1e-3, 1e-3) } else { (1e-3, 0.1, 0.01) };
        match name {
            "sgd" => format!("plugin = \"euclidean\"\nstep_size = {sgd:?}\n"),
            "adam" => "plugin = \"adam\"\nstep_size = 1e-3\n".into(),
            _ => format!(
                "plugin = \"kfac\"\nstep_size = 0.1\nmomentum = 0.9\nkl_clip = {kappa:?}\nlambda = {damping:?}\nadapt = false\n\
                 decay = 0.95\nstatistics_period = {statistics}\ninverse_period = {inverses}\n"
            ),
        }
    }
}

fn write(path: &Path, shape: &[u64], numbers: &[f64]) -> Result<(), String> {
    let write = || {
        let file = BufWriter::new(File::create(path)?);
        let mut out = npyz::WriteOptions::new().default_dtype().shape(shape).writer(file).begin_nd()?;
        out.extend(numbers.iter().copied())?;
        out.finish()
    };
    write().map_err(|error: std::io::Error| format!("{}: {error}", path.display()))
}

/// Writes data, start and noise.
fn files(workload: &Workload, folder: &Path) -> Result<(), String> {
    let (rows, columns, latent) = (workload.rows() as u64, workload.visible as u64, workload.latent as u64);
    write(&folder.join("data.npy"), &[rows, columns], &workload.data)?;
    write(&folder.join("noise.npy"), &[64, workload.batch as u64, latent], &workload.noise())?;
    write(&folder.join("particles.npy"), &[1, rows, latent], &workload.particles())?;
    let (theta, phi) = workload.start();
    write(&folder.join("theta.npy"), &[theta.len() as u64], &theta)?;
    write(&folder.join("phi.npy"), &[phi.len() as u64], &phi)
}

/// The plan of a workload with one optimizer.
fn plan(size: Size, optimizer: &str, periods: [u64; 2], single: bool) -> Result<Plan, String> {
    let (workload, folder) = (size.workload()?, tempfile::tempdir().map_err(|error| error.to_string())?);
    files(&workload, folder.path())?;
    let Workload { hidden, latent, batch, .. } = workload;
    let text = format!(
        "run.steps = {}\n\
         [[model]]\nplugin = \"vae\"\nencoder = [{hidden}]\ndecoder = [{hidden}]\nlatent = {latent}\nscale = \"log-variance\"\n\
         precision = \"{}\"\nbatch = {batch}\nshuffle = false\nnoise = \"noise.npy\"\n\
         data = {{ source = \"file\", file = \"data.npy\", binarize = {{ kind = \"none\" }} }}\n\
         evaluation = {{ samples = 1, noise = \"particles.npy\" }}\n\
         init = {{ values = {{ file = \"theta.npy\" }}, recognition = {{ file = \"phi.npy\" }} }}\n\
         [[optimizer]]\n{}",
        size.steps(),
        if single { "single" } else { "double" },
        size.optimizer(optimizer, periods),
    );
    let catalog = Arc::new(Catalog::bundled(elbow_bundle::bundle())?);
    let request = Request { name: size.name(), text: &text, base: folder.path(), set: &[], seeds: None };
    build::plan(&request, &catalog).map_err(|wrong| wrong.render(false))
}

/// Where `elbo` stands among the model's quantities.
fn elbo(plan: &Plan) -> Result<usize, String> {
    let found = plan.catalog.find(PluginKind::Model, "vae");
    let plugin = found.map_err(|_| "the model is not in the bundle")?;
    plugin.quantities.iter().position(|quantity| quantity.name == "elbo").ok_or_else(|| "no elbo".into())
}

/// Runs a workload.
pub fn run(size: Size, optimizer: &str, dtype: &str, budget: f64) -> Result<Value, String> {
    let (plan, control) = (plan(size, optimizer, [1, 5], dtype == "float32")?, Control::default());
    let told = |error: elbow_host::Error| error.to_string();
    let cell = plan.cells.first().ok_or_else(|| format!("{:?}", plan.left_out))?;
    let (place, mut cell) = (elbo(&plan)?, Running::new(&plan, cell).map_err(told)?);
    let objective0 = -cell.quantity(place).map_err(told)?;
    cell.advance(1, &control).map_err(told)?;
    let first_step = since_start();
    cell.advance(size.steps(), &control).map_err(told)?;
    let objective = -cell.quantity(place).map_err(told)?;
    let (best, median) = rate(budget, |steps| cell.advance(cell.steps() + steps, &control).map_err(told))?;
    Ok(json!({
        "workload": size.name(), "opt": optimizer, "dtype": dtype, "steps_per_s": best, "median": median,
        "first_step_s": first_step.unwrap_or(0.0), "peak_rss_mb": peak_rss_mb(), "objective0": objective0,
        "n_steps": size.steps(), "objective": objective, "gradient_evaluations": cell.counts().gradient,
    }))
}

/// Steps after the first in which statistics or inverses are never renewed.
const NEVER: u64 = 1 << 40;

/// Microseconds of a step of K-FAC by part, as differences between runs that leave parts out.
pub fn split(size: Size, dtype: &str, budget: f64) -> Result<Value, String> {
    let told = |error: elbow_host::Error| error.to_string();
    let micros = |optimizer: &str, periods: [u64; 2]| -> Result<f64, String> {
        let (plan, control) = (plan(size, optimizer, periods, dtype == "float32")?, Control::default());
        let mut cell = Running::new(&plan, &plan.cells[0]).map_err(told)?;
        cell.advance(10, &control).map_err(told)?;
        Ok(1e6 / rate(budget / 4.0, |steps| cell.advance(cell.steps() + steps, &control).map_err(told))?.0)
    };
    let (gradient, precondition) = (micros("sgd", [1, 5])?, micros("kfac", [NEVER, NEVER])?);
    let (statistics, all) = (micros("kfac", [1, NEVER])?, micros("kfac", [1, 5])?);
    Ok(json!({
        "workload": size.name(), "dtype": dtype, "forward_backward_us": gradient, "precondition_and_step_us": precondition - gradient,
        "statistics_us": statistics - precondition, "inverses_us": all - statistics, "step_us": all,
    }))
}
