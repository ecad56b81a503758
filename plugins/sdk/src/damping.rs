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
use crate::point::{Matrix, Point};
use elbow_abi::{DAMPING_PSEUDO_INVERSE, DAMPING_RELATIVE, DAMPING_TIKHONOV, ElbowDamping};

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
        /// F⁺, (F + λ I)⁻¹ or (F + λ diag F)⁻¹.
        kind: DampingKind = DampingKind::PseudoInverse;
        /// Pseudo-inverse: eigenvalues below this share of the largest count as zero.
        rcond: f64 = 1e-9, min(0.0), below(1.0), log();
        /// λ, for `tikhonov` (in units of the matrix) and `relative` (a share).
        lambda: f64 = 1e-3, min(0.0), log(), live();
    }
}

impl Damping {
    /// The solution of the damped system F x = b, length P, and the rank that was inverted.
    pub fn solve<'a>(&self, at: &'a Point<'_>, fisher: Matrix<'_>, b: &[f64]) -> Result<(&'a [f64], usize)> {
        let (kind, value) = match self.kind {
            DampingKind::PseudoInverse => (DAMPING_PSEUDO_INVERSE, self.rcond),
            DampingKind::Tikhonov => (DAMPING_TIKHONOV, self.lambda),
            DampingKind::Relative => (DAMPING_RELATIVE, self.lambda),
        };
        at.solve(fisher, &ElbowDamping { kind, reserved: 0, value }, b)
    }
}
