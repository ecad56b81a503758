//! How a cell ends: at an optimum, at a stall, in divergence, or with its budget.
//!
//! The most that a step can bring is ½ ∇Lᵀ M⁺ ∇L nats, to first order, M the Fisher matrix of what is trained (the identity where that
//! is an estimate or too large). Where it is negligible a point is an optimum, inside the domain or on its boundary.

use crate::geometry::NaturalNorm;
use crate::live::Status;
use elbow_abi::{CONVERGED, DOMAIN, NUMERIC, OBJECTIVE_ELBO, STALLED};
use elbow_host::{Error, Place, Proxy, Result};

/// Status of an ending and why.
type End = (Status, String);

/// Nats, of losses of some nats: less is rounding.
const NEGLIGIBLE: f64 = 1e-12;
/// A step that the boundary stops although it is this short, as a share of 1 + |parameter|, does not run away.
const SHORT: f64 = 1e-6;
/// Steps in a row without a change of a single digit.
const MOST_UNMOVED: u64 = 20;
/// What a loss may rise from start to end, as a share of 1 nat or of its first size: optimizers may rise a little on their way.
const RISE: f64 = 0.1;

/// The end of a cell whose budget is used up.
pub fn finished(first: Option<f64>, last: Option<f64>, reason: String) -> End {
    let (Some(first), Some(last)) = (first, last) else { return (Status::Finished, reason) };
    if last - first > RISE * first.abs().max(1.0) {
        let because = if reason.is_empty() { String::new() } else { format!(" ({reason})") };
        return (Status::Worsened, format!("the loss rose from {first:.6} to {last:.6} nats{because}"));
    }
    (Status::Finished, reason)
}

/// The end of a cell whose step failed.
pub fn of_error(error: &Error, proxy: &mut Proxy) -> End {
    let text = error.to_string();
    match error.code() {
        CONVERGED => (Status::Converged, text),
        STALLED if is_optimum(proxy) => (Status::Converged, format!("{text}, and {}", negligible())),
        STALLED => (Status::Stalled, text),
        NUMERIC => (Status::Diverged, text),
        DOMAIN if is_optimum(proxy) => (Status::Converged, format!("an optimum on the boundary of the domain: {}", negligible())),
        DOMAIN if proxy.refused_length().is_some_and(|length| length < SHORT) => {
            (Status::Stalled, format!("the boundary of the domain is in the way, and this is no optimum: {text}"))
        }
        DOMAIN => (Status::Diverged, text),
        _ => (Status::Failed, text),
    }
}

/// The end of a cell that no longer moves.
pub fn of_rest(proxy: &mut Proxy) -> Option<End> {
    if proxy.unmoved() < MOST_UNMOVED {
        return None;
    }
    Some(if is_optimum(proxy) {
        (Status::Converged, format!("{MOST_UNMOVED} steps in a row changed no digit, and {}", negligible()))
    } else {
        (Status::Stalled, format!("{MOST_UNMOVED} steps in a row changed no digit of a parameter, and this is no optimum"))
    })
}

fn negligible() -> String {
    format!("no step could lower the loss by more than {NEGLIGIBLE:e} nats")
}

fn is_optimum(proxy: &mut Proxy) -> bool {
    promise(proxy).is_ok_and(|promise| promise <= NEGLIGIBLE)
}

/// The most that a step can bring, in nats.
fn promise(proxy: &mut Proxy) -> Result<f64> {
    let (task, point) = (proxy.task(), proxy.parameters().to_vec());
    let at = proxy.evaluator()?;
    let (theta, phi) = point.split_at(at.model().shape().generative);
    let inside = at.model().place(OBJECTIVE_ELBO, theta, phi) == Place::Inside;
    if let Some(mut norm) = NaturalNorm::new(at.model(), task).filter(|_| inside) {
        return norm.evaluate(at).map(|norm| 0.5 * norm * norm);
    }
    let mut gradient = vec![0.0; point.len()];
    let (by_theta, by_phi) = gradient.split_at_mut(theta.len());
    at.gradient(task.objective, task.recognition, task.generative.then_some(by_theta), task.learned.then_some(by_phi))?;
    Ok(0.5 * gradient.iter().map(|g| g * g).sum::<f64>())
}
