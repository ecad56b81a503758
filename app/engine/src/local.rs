//! The geometry at one point, for views that draw it.

use crate::geometry::RCOND;
use elbow_abi::FISHER_JOINT;
use elbow_geometry::solve::Solver;
use elbow_host::{Evaluator, Model, Place, Task, judged};
use faer::MatRef;
use std::sync::Arc;

/// Most generative parameters.
const LARGEST: usize = 64;

/// The Fisher matrix and the two gradients of a loss at a point, by the generative parameters θ.
#[derive(Clone, Debug, PartialEq)]
pub struct Local {
    /// G(θ), of the joint distribution: n × n, column by column.
    pub fisher: Vec<f64>,
    /// ∇L, in nats per unit of θ.
    pub gradient: Vec<f64>,
    /// G⁺∇L.
    pub natural: Vec<f64>,
    /// Number of generative parameters.
    pub n: usize,
}

/// Evaluates the geometry at a point (θ, φ), of the loss that a cell with this task descends.
///
/// # Errors
/// In a line: a point of another size, outside the domain or where something is not finite; a model with more than 64
/// generative parameters, or without Fisher matrices.
pub fn local(model: &Arc<Model>, task: Task, parameters: &[f64]) -> Result<Local, String> {
    let (shape, n) = (model.shape(), model.shape().generative);
    if n > LARGEST || !model.has_fisher() {
        return Err(format!("the model has no Fisher matrix of at most {LARGEST} parameters"));
    }
    if parameters.len() != n + shape.recognition {
        return Err(format!("the point has {} parameters; this model has {}", parameters.len(), n + shape.recognition));
    }
    let (theta, phi) = parameters.split_at(n);
    if model.place(elbow_abi::OBJECTIVE_ELBO, theta, phi) != Place::Inside {
        return Err("the point is not inside the domain".into());
    }
    let evaluate = || -> elbow_host::Result<Local> {
        let mut at = model.evaluator(0)?;
        at.move_to(theta, phi, 0)?;
        evaluated(&mut at, task, n)
    };
    let mut all = judged(evaluate()).map_err(|error| error.to_string())?;
    let matrix = MatRef::from_column_major_slice(&all.fisher, n, n);
    let solved = Solver::new().pseudo_inverse(matrix, None, &all.gradient, RCOND, &mut all.natural);
    solved.map_err(|error| error.to_string())?;
    let numbers = [&all.fisher, &all.gradient, &all.natural];
    let is_finite = numbers.iter().all(|numbers| numbers.iter().all(|number| number.is_finite()));
    if is_finite { Ok(all) } else { Err("the geometry is not finite there".into()) }
}

fn evaluated(at: &mut Evaluator, task: Task, n: usize) -> elbow_host::Result<Local> {
    let mut all = Local { fisher: vec![0.0; n * n], gradient: vec![0.0; n], natural: vec![0.0; n], n };
    at.fisher(FISHER_JOINT, &mut all.fisher)?;
    at.gradient(task.objective, task.recognition, Some(&mut all.gradient), None)?;
    Ok(all)
}
