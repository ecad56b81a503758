//! Natural gradients in closed form: F times the answer is the gradient.

use super::{Subject, dense, told};
use crate::{Verdict, ensure};
use elbow_abi::*;

/// Largest `|F x − ∇L|`, relative to the largest |∇L|.
const CLOSE: f64 = 1e-8;

/// Wherever a model has an answer, at drawn points. A pair of objective and recognition without a gradient has none to solve for.
pub(super) fn solves_the_metric(s: &Subject) -> Verdict {
    for number in 0..5 {
        for (kind, n) in s.fishers() {
            for q in s.recognitions() {
                for objective in [OBJECTIVE_ELBO, OBJECTIVE_EVIDENCE] {
                    solves(s, number, (kind, n), objective, q)?;
                }
            }
        }
    }
    Ok(())
}

fn solves(s: &Subject, number: u32, (kind, n): (u32, usize), objective: u32, q: u32) -> Verdict {
    let (mut at, mut x) = (s.at(number)?, vec![f64::NAN; n]);
    let rank = match at.natural_gradient(kind, objective, q, &mut x) {
        Err(error) if error.code() == UNSUPPORTED => return Ok(()),
        answer => told(answer)?,
    };
    let mut gradient = vec![f64::NAN; n];
    let (theta, phi) = if kind == FISHER_RECOGNITION { (None, Some(&mut gradient[..])) } else { (Some(&mut gradient[..]), None) };
    told(at.gradient(objective, q, theta, phi))?;
    let f = dense(s, number, kind, n)?;
    let size = gradient.iter().fold(0.0_f64, |size, g| size.max(g.abs()));
    let what = format!("Fisher matrix {kind}, objective {objective}, recognition {q}");
    ensure(rank <= n, || format!("{what}: the rank is {rank}, of {n} parameters"))?;
    for (i, g) in gradient.iter().enumerate() {
        let image: f64 = (0..n).map(|j| f[j * n + i] * x[j]).sum();
        // Not `>`, which would pass over NaN.
        ensure((image - g).abs() <= CLOSE * size, || {
            format!("{what}: row {i} of F times the answer is {image}, of the gradient {g}")
        })?;
    }
    Ok(())
}
