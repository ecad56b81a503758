//! Natural gradients in closed form: the answer is F⁺∇L.

use super::{Subject, dense, told};
use crate::{Verdict, ensure};
use elbow_abi::*;

/// Largest error, relative to the largest |∇L|.
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
    // Where F is singular ∇L may have a part that it does not see: what is left of F x − ∇L, F takes to zero.
    let product = |x: &[f64]| -> Vec<f64> { (0..n).map(|i| (0..n).map(|j| f[j * n + i] * x[j]).sum()).collect() };
    let rest: Vec<f64> = product(&x).iter().zip(&gradient).map(|(image, g)| image - g).collect();
    let largest = f.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
    for (i, wrong) in product(&rest).into_iter().enumerate() {
        // Not `>`, which would pass over NaN.
        ensure(wrong.abs() <= CLOSE * largest * size, || {
            format!("{what}: F times the answer differs from the gradient by {}, which F sees", rest[i])
        })?;
    }
    let full = rank == n;
    ensure(!full || rest.iter().all(|rest| rest.abs() <= CLOSE * size), || {
        format!("{what}: the rank is {n}, and F times the answer differs from the gradient")
    })
}
