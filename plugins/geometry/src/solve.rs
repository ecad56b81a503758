//! Directions from a Fisher matrix: `F⁺ b`, `(F + λ I)⁻¹ b`, `(F + λ diag F)⁻¹ b`.
//!
//! The pseudo-inverse of the metric applied to the differential is the natural gradient; where the metric is singular the pushed
//! forward direction still does not depend on the parametrization (van Oostrum, Müller and Ay). Small matrices take a pivoted
//! Cholesky factorization with a certificate that it agrees with the eigenvalue cutoff; all others the symmetric
//! eigendecomposition `F = U Λ Uᵀ`, `F⁺ b = Σ_{λ_k ≥ rcond λ_max} u_k (u_kᵀ b) / λ_k`.

use crate::dense::Dense;
use crate::factor::Factor;
use crate::small::{self, LARGEST, with_width};
use faer::MatRef;

/// Why there is no solution.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SolveError {
    /// An entry is NaN or infinite.
    NotFinite,
    /// The damped matrix still is not positive definite.
    NotPositiveDefinite {
        /// Largest damping tried.
        lambda: f64,
    },
}

impl std::fmt::Display for SolveError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotFinite => write!(f, "the matrix or the vector has an entry that is not finite"),
            Self::NotPositiveDefinite { lambda } => {
                write!(f, "the matrix is not positive definite, even with damping {lambda:e}")
            }
        }
    }
}

impl std::error::Error for SolveError {}

/// The damping that a solution was found with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Damped {
    /// λ, in the unit of F ([`Solver::tikhonov`]) or without unit ([`Solver::relative`]).
    pub lambda: f64,
    /// How often λ had to be raised, 0 to 8.
    pub raised: u32,
}

/// How often a damping is raised before giving up.
const MOST_RAISES: u32 = 8;
/// Least damping after a raise, relative to the largest diagonal entry.
const LEAST_RAISED: f64 = 1e-12;

/// Solves with symmetric matrices; keeps its memory.
pub struct Solver {
    /// For matrices that the small factorizations do not take.
    dense: Dense,
}

impl Default for Solver {
    fn default() -> Self {
        Self::new()
    }
}

impl Solver {
    /// Empty; grows at first use.
    pub fn new() -> Self {
        Self { dense: Dense::new() }
    }

    /// `x = F⁺ b`; eigenvalues below `rcond · λ_max`, and those not positive, count as zero. Returns the rank.
    ///
    /// `f` is n×n and symmetric with both triangles given, any strides; `b` and `x` have length n. With `rcond` below about
    /// 1e-14 eigenvalues that are rounding noise may be kept. Panics if the shapes differ.
    pub fn pseudo_inverse(&mut self, f: MatRef<'_, f64>, b: &[f64], rcond: f64, x: &mut [f64]) -> Result<usize, SolveError> {
        check_shapes(f, b, x)?;
        if b.is_empty() {
            return Ok(0);
        }
        if b.len() <= LARGEST
            && let Some(rank) = with_width!(b.len(), small_pseudo_inverse(f, b, rcond, x))?
        {
            return Ok(rank);
        }
        self.by_eigenvectors(f, b, rcond, x)
    }

    /// The definition.
    #[cold]
    fn by_eigenvectors(&mut self, f: MatRef<'_, f64>, b: &[f64], rcond: f64, x: &mut [f64]) -> Result<usize, SolveError> {
        let scale = self.dense.eigen(f)?;
        let first = self.dense.first_kept(rcond);
        x.fill(0.0);
        for k in first..b.len() {
            let u = self.dense.vector(k);
            let along = u.iter().zip(b).map(|(u, b)| u * b).sum::<f64>() / self.dense.values()[k] / scale;
            x.iter_mut().zip(u).for_each(|(x, u)| *x += along * u);
        }
        Ok(b.len() - first)
    }

    /// `x = (F + λ I)⁻¹ b` by Cholesky.
    ///
    /// If a pivot is not above rounding noise, λ becomes 10 λ (at least 1e-12 of the largest diagonal entry), at most 8 times.
    /// `f` is n×n and symmetric, `b` and `x` have length n. Panics if the shapes differ.
    pub fn tikhonov(&mut self, f: MatRef<'_, f64>, b: &[f64], lambda: f64, x: &mut [f64]) -> Result<Damped, SolveError> {
        let largest = (0..f.nrows()).map(|i| f[(i, i)]).fold(0.0, f64::max);
        self.raising(f, b, lambda, LEAST_RAISED * largest, |lambda| (lambda, 0.0), x)
    }

    /// `x = (F + λ diag F)⁻¹ b` by Cholesky; λ has no unit and is raised as in [`Solver::tikhonov`] (at least 1e-12).
    ///
    /// The direction does not depend on the scale of single parameters. Panics if the shapes differ.
    pub fn relative(&mut self, f: MatRef<'_, f64>, b: &[f64], lambda: f64, x: &mut [f64]) -> Result<Damped, SolveError> {
        self.raising(f, b, lambda, LEAST_RAISED, |lambda| (0.0, lambda), x)
    }

    /// Tries λ, 10 λ, …; `added(λ) = (a, r)` says that the damping adds `a + r F_ii`.
    fn raising(
        &mut self,
        f: MatRef<'_, f64>,
        b: &[f64],
        mut lambda: f64,
        least: f64,
        added: fn(f64) -> (f64, f64),
        x: &mut [f64],
    ) -> Result<Damped, SolveError> {
        check_shapes(f, b, x)?;
        for raised in 0..=MOST_RAISES {
            if self.damped(f, b, added(lambda), x)? {
                return Ok(Damped { lambda, raised });
            }
            if raised < MOST_RAISES {
                lambda = (10.0 * lambda).max(least);
            }
        }
        Err(SolveError::NotPositiveDefinite { lambda })
    }

    /// One attempt; false if the matrix is not positive definite.
    fn damped(&mut self, f: MatRef<'_, f64>, b: &[f64], added: (f64, f64), x: &mut [f64]) -> Result<bool, SolveError> {
        if b.is_empty() {
            return Ok(true);
        }
        if b.len() <= LARGEST {
            return with_width!(b.len(), small_damped(f, b, added, x));
        }
        if (0..b.len()).any(|j| (0..b.len()).any(|i| !f[(i, j)].is_finite())) {
            return Err(SolveError::NotFinite);
        }
        let done = self.dense.cholesky(f, added);
        if done {
            x.copy_from_slice(b);
            self.dense.solve(x);
        }
        Ok(done)
    }
}

/// Panics unless F is n×n; `b` must be finite.
fn check_shapes(f: MatRef<'_, f64>, b: &[f64], x: &[f64]) -> Result<(), SolveError> {
    assert!(
        f.nrows() == b.len() && f.ncols() == b.len() && x.len() == b.len(),
        "the matrix is n by n, the vectors have length n"
    );
    if b.iter().all(|x| x.is_finite()) { Ok(()) } else { Err(SolveError::NotFinite) }
}

/// The certified way at width `W`: `None` if undecided.
fn small_pseudo_inverse<const W: usize>(
    f: MatRef<'_, f64>,
    b: &[f64],
    rcond: f64,
    x: &mut [f64],
) -> Result<Option<usize>, SolveError> {
    let mut a = small::read::<W>(f).ok_or(SolveError::NotFinite)?;
    Ok(small::pseudo_inverse(&mut a, b, rcond, x))
}

/// One damped attempt at width `W`.
fn small_damped<const W: usize>(f: MatRef<'_, f64>, b: &[f64], added: (f64, f64), x: &mut [f64]) -> Result<bool, SolveError> {
    let mut a = small::read::<W>(f).ok_or(SolveError::NotFinite)?;
    (0..b.len()).for_each(|i| a[i][i] += added.0 + added.1 * a[i][i]);
    let mut factor = Factor::new(&a, b.len());
    let done = factor.in_order(&mut a);
    if done {
        x.copy_from_slice(&factor.solve(&small::pad(b))[..small::order::<W>(b.len())]);
    }
    Ok(done)
}
