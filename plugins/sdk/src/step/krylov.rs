//! Solving A x = b, A symmetric, by products with A alone: conjugate gradients and MinRes.
//!
//! Conjugate gradients want a positive definite A and minimise the A-norm of the error over the Krylov space; MinRes minimises the
//! residual and takes any symmetric A, also an indefinite or singular one. Both begin with the x that they are given, such as
//! [`WARM`] times the last solution, and stop at a relative residual ‖b − Ax‖ ≤ tolerance · ‖b‖.
//!
//! # References
//! - M. Hestenes, E. Stiefel, *Methods of conjugate gradients for solving linear systems*, 1952.
//! - C. Paige, M. Saunders, *Solution of sparse indefinite systems of linear equations*, SIAM J. Numer. Anal. 12, 1975.
//! - J. Martens, *Deep learning via Hessian-free optimization*, ICML 2010 (the warm start).

mod cg;
mod minres;

pub use cg::Cg;
pub use minres::MinRes;

use super::norm;
use crate::error::{Code, Error, Result};

/// Share of the last solution that a warm start begins with.
pub const WARM: f64 = 0.95;

crate::parameters! {
    /// When to stop.
    pub struct Stop {
        /// Residual ‖b − Ax‖ at which to stop, relative to ‖b‖.
        tolerance: f64 = 1e-6, min(0.0), below(1.0), log();
        /// Most iterations, so products with the matrix.
        iterations: usize = 250, min(1.0);
    }
}

/// Why a solver stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The residual is as small as wanted.
    Converged,
    /// The iterations are used up.
    Iterations,
    /// Conjugate gradients met a direction with pᵀAp ≤ 0: A is not positive definite. x is the last iterate before it.
    NegativeCurvature,
    /// MinRes: A is singular and b not in its range. x is a least-squares solution.
    LeastSquares,
}

/// How a solution ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Solved {
    /// Iterations made.
    pub iterations: usize,
    /// ‖b − Ax‖ / ‖b‖, by the solver's recursion; 0 for b = 0.
    pub residual: f64,
    /// Why it stopped.
    pub end: End,
}

/// r ← b − A x; gives ‖b‖ and ‖r‖. Without a start x = 0 the product is saved; b = 0 has the solution 0.
fn residual(
    product: &mut impl FnMut(&[f64], &mut [f64]) -> Result<()>,
    b: &[f64],
    x: &mut [f64],
    r: &mut [f64],
) -> Result<(f64, f64)> {
    let size = finite(norm(b), "the right-hand side")?;
    r.fill(0.0);
    if size == 0.0 {
        x.fill(0.0);
    } else if x.iter().any(|x| *x != 0.0) {
        product(x, r)?;
    }
    r.iter_mut().zip(b).for_each(|(r, b)| *r = b - *r);
    Ok((size, finite(norm(r), "a product with the matrix")?))
}

/// The number itself, or an error about what it was made of.
fn finite(number: f64, what: &str) -> Result<f64> {
    if number.is_finite() { Ok(number) } else { Err(Error::new(Code::Numeric, format!("{what} is not finite"))) }
}

#[cfg(test)]
mod tests;
