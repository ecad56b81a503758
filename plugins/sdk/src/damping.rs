//! Solving with a Fisher matrix that may be singular.
//!
//! F⁺ leaves the null directions of the metric alone, and with it the step as seen on distributions does not depend on the
//! coordinates; (F + λI)⁻¹ tends to it as λ → 0, with an error O(λ), and to −∇L/λ as λ → ∞; (F + λ diag F)⁻¹ is invariant
//! under a rescaling of single coordinates only. A Cholesky factorization that fails is tried again with 10 λ.
//!
//! # References
//! - J. van Oostrum, J. Müller, N. Ay, *Invariance properties of the natural gradient in overparametrised systems*,
//!   Information Geometry 6, 2023.

use crate::error::Result;
use crate::optimizer::Setup;
use crate::point::{Matrix, Metric, Point};
use elbow_abi::{DAMPING_PSEUDO_INVERSE, DAMPING_RELATIVE, DAMPING_TIKHONOV, ElbowDamping, ElbowSolved};

crate::choices! {
    /// How a singular or ill-conditioned metric is inverted.
    pub enum DampingKind {
        /// F⁺.
        PseudoInverse = "pseudo-inverse",
        /// (F + λ I)⁻¹.
        Tikhonov = "tikhonov",
        /// (F + λ diag F)⁻¹.
        Relative = "relative",
    }
}

crate::parameters! {
    /// Damping of a linear system with a Fisher matrix.
    pub struct Damping {
        /// F⁺, (F + λ I)⁻¹ or (F + λ diag F)⁻¹. Default: `pseudo-inverse` where the Fisher matrix is exact, `tikhonov` where it is
        /// estimated from samples, whose null directions are not those of F.
        kind: Option<DampingKind> = None;
        /// F⁺: directions count as null whose eigenvalue is below this share of the largest, after scaling by the diagonal of F (for
        /// `visible` and `mixture` by that of G, which bounds them). Where the model has F⁺∇L in closed form there is nothing to decide.
        rcond: f64 = 1e-9, min(0.0), below(1.0), log(), when("kind", &["pseudo-inverse"]);
        /// λ, in units of the matrix for `tikhonov`, a share of its diagonal for `relative`.
        lambda: f64 = 1e-3, min(0.0), log(), live(), when("kind", &["tikhonov", "relative"]);
    }
}

/// The solution of a linear system with a Fisher matrix.
#[derive(Clone, Copy, Debug)]
pub struct Solution<'a> {
    /// x, as long as the right-hand side b.
    pub x: &'a [f64],
    /// How many directions were inverted.
    pub rank: usize,
    /// Share of b in directions that a pseudo-inverse took for null, in the metric of F's diagonal; 0 … 1.
    pub dropped: f64,
    /// The λ that it was found with, raises counted; 0 for a pseudo-inverse.
    pub lambda: f64,
}

impl Solution<'_> {
    /// # Safety
    /// The solution must have n numbers and hold as long as this.
    unsafe fn new(solved: ElbowSolved, n: usize) -> Self {
        let ElbowSolved { solution, rank, dropped, lambda } = solved;
        // SAFETY: the caller's contract.
        Self { x: unsafe { std::slice::from_raw_parts(solution, n) }, rank, dropped, lambda }
    }
}

impl Damping {
    /// With the kind that a problem calls for, if none is given.
    pub fn for_problem(self, setup: &Setup) -> Self {
        let usual = if setup.stochastic { DampingKind::Tikhonov } else { DampingKind::PseudoInverse };
        Self { kind: self.kind.or(Some(usual)), ..self }
    }

    fn kind(&self) -> DampingKind {
        self.kind.unwrap_or(DampingKind::PseudoInverse)
    }

    /// The natural gradient under a metric, F⁺∇L or its damped version: in closed form where the model has one.
    ///
    /// # Errors
    /// [`crate::Code::Numeric`] if a matrix is not positive definite however it is damped, or not finite.
    pub fn natural_gradient<'a>(&self, at: &'a Point<'_>, metric: &Metric) -> Result<Solution<'a>> {
        // SAFETY: the host's solution is as long as the gradient and holds until the point moves or the next system.
        Ok(unsafe { Solution::new(at.natural_gradient(metric, &self.raw())?, at.dimension()) })
    }

    /// The solution of the damped system F x = b, of any order; rank is judged after scaling F to unit diagonal.
    ///
    /// # Errors
    /// As [`Damping::natural_gradient`].
    pub fn solve<'a>(&self, at: &'a Point<'_>, fisher: Matrix<'_>, b: &[f64]) -> Result<Solution<'a>> {
        // SAFETY: as above, and as long as the right-hand side.
        Ok(unsafe { Solution::new(at.solve(fisher, &self.raw(), b)?, b.len()) })
    }

    fn raw(&self) -> ElbowDamping {
        let (kind, value) = match self.kind() {
            DampingKind::PseudoInverse => (DAMPING_PSEUDO_INVERSE, self.rcond),
            DampingKind::Tikhonov => (DAMPING_TIKHONOV, self.lambda),
            DampingKind::Relative => (DAMPING_RELATIVE, self.lambda),
        };
        ElbowDamping { kind, reserved: 0, value }
    }
}
