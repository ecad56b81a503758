//! Directions from a Fisher matrix: `F⁺ b`, `(F + λ I)⁻¹ b`, `(F + λ diag F)⁻¹ b`.
//!
//! The pseudo-inverse of the metric applied to the differential is the natural gradient; where the metric is singular the pushed
//! forward direction still does not depend on the parametrization (van Oostrum, Müller and Ay). Near the boundary of a model the
//! entries of F differ by any factor, so rank is judged after scaling to unit diagonal: with `C = D F D`, `D_ii = 1/√F_ii`, the
//! eigenvalues of C below `rcond` times its largest count as zero; that leaves C_r, and F⁺ is the pseudo-inverse of
//! `D⁻¹ C_r D⁻¹`. What of b lies outside its range is dropped, and the share is told. Scaling to unit diagonal
//! is within a factor n of the best there is (van der Sluis 1969). Coordinates that F does not mix are solved apart.
//!
//! A matrix that is at most another one, as `G_V ⪯ G`, may be zero but for rounding in a coordinate that the other sees; its own
//! diagonal would take that rounding for a scale. So the diagonal of the other is given for it, `D_ii = 1/√|G_ii|`.
//!
//! Small matrices take a pivoted Cholesky factorization with a certificate that it agrees with the cutoff; all others the symmetric
//! eigendecomposition `C = U Λ Uᵀ`.
//!
//! # References
//! - A. van der Sluis, *Condition numbers and equilibration of matrices*, Numerische Mathematik 14, 1969.

use crate::components::Components;
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

/// What a pseudo-inverse made of a right-hand side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inverted {
    /// Rank of F.
    pub rank: usize,
    /// Share of b outside the range of F, ‖D (b − F F⁺ b)‖ / ‖D b‖, in \[0, 1\].
    pub dropped: f64,
}

/// How often a damping is raised before giving up.
const MOST_RAISES: u32 = 8;
/// Least damping after a raise, relative to the largest diagonal entry.
const LEAST_RAISED: f64 = 1e-12;

/// Solves with symmetric matrices; keeps its memory.
pub struct Solver {
    /// For matrices that the small factorizations do not take.
    dense: Dense,
    components: Components,
    /// A block of F, its part of b and x.
    block: Vec<f64>,
    part: [Vec<f64>; 2],
    /// Orthonormal vectors of the null space, and the part of b that is orthogonal to it.
    null: Vec<f64>,
    inside: Vec<f64>,
}

impl Default for Solver {
    fn default() -> Self {
        Self::new()
    }
}

impl Solver {
    /// Empty; grows at first use.
    pub fn new() -> Self {
        let (dense, components) = (Dense::new(), Components::default());
        Self { dense, components, block: Vec::new(), part: Default::default(), null: Vec::new(), inside: Vec::new() }
    }

    /// `x = F⁺ b`; see the module's text.
    ///
    /// `f` is n×n and symmetric with both triangles given, any strides; `b` and `x` have length n, and so has the diagonal of a matrix
    /// that bounds F, if one is known. Coordinates whose diagonal entry is not positive are null. With `rcond` below about 1e-14 eigenvalues that are rounding noise may be kept. Panics if the shapes
    /// differ.
    pub fn pseudo_inverse(
        &mut self,
        f: MatRef<'_, f64>,
        bound: Option<&[f64]>,
        b: &[f64],
        rcond: f64,
        x: &mut [f64],
    ) -> Result<Inverted, SolveError> {
        check_shapes(f, b, x)?;
        if b.is_empty() {
            return Ok(Inverted { rank: 0, dropped: 0.0 });
        }
        if let Some(bound) = bound {
            // In these units rounding couples everything, and every coordinate has its scale.
            assert!(bound.len() == b.len(), "a diagonal of length n");
            return self.whole(f, Some(bound), b, rcond, x);
        }
        self.components.find(f);
        if self.components.count() == 1 && b.len() > 1 {
            return self.whole(f, None, b, rcond, x);
        }
        let (mut rank, mut dropped, mut kept) = (0, 0.0, 0.0);
        for k in 0..self.components.count() {
            let (block, norm) = self.by_itself(f, b, rcond, x, k)?;
            rank += block.rank;
            let outside = if block.dropped > 0.0 { block.dropped.powi(2) * norm } else { 0.0 };
            dropped += outside;
            kept += if outside < norm { norm - outside } else { 0.0 };
        }
        Ok(Inverted { rank, dropped: if dropped > 0.0 { (1.0 / (1.0 + kept / dropped)).sqrt() } else { 0.0 } })
    }

    /// The k-th component, and the square of the length of its part of `D b`.
    fn by_itself(
        &mut self,
        f: MatRef<'_, f64>,
        b: &[f64],
        rcond: f64,
        x: &mut [f64],
        k: usize,
    ) -> Result<(Inverted, f64), SolveError> {
        if let &[i] = self.components.get(k) {
            return single(f[(i, i)], b[i], &mut x[i]);
        }
        let (mut block, [mut part, mut solved]) = (std::mem::take(&mut self.block), std::mem::take(&mut self.part));
        let members = self.components.get(k);
        let n = members.len();
        block.clear();
        block.extend(members.iter().flat_map(|&j| members.iter().map(move |&i| f[(i, j)])));
        part.clear();
        part.extend(members.iter().map(|&i| b[i]));
        solved.resize(n, 0.0);
        let done = self.whole(MatRef::from_column_major_slice(&block, n, n), None, &part, rcond, &mut solved[..n]);
        let norm = (0..n).map(|i| (part[i] * small::unit(block[i * n + i])).powi(2)).sum();
        self.components.get(k).iter().zip(&solved).for_each(|(&i, value)| x[i] = *value);
        (self.block, self.part) = (block, [part, solved]);
        done.map(|inverted| (inverted, norm))
    }

    /// A matrix that does not fall apart.
    fn whole(
        &mut self,
        f: MatRef<'_, f64>,
        units: Option<&[f64]>,
        b: &[f64],
        rcond: f64,
        x: &mut [f64],
    ) -> Result<Inverted, SolveError> {
        if (1..=LARGEST).contains(&b.len())
            && let Some(inverted) = with_width!(b.len(), small_pseudo_inverse(f, units, b, rcond, x))?
        {
            return Ok(inverted);
        }
        self.by_eigenvectors(f, units, b, rcond, x)
    }

    /// The definition.
    #[cold]
    fn by_eigenvectors(
        &mut self,
        f: MatRef<'_, f64>,
        units: Option<&[f64]>,
        b: &[f64],
        rcond: f64,
        x: &mut [f64],
    ) -> Result<Inverted, SolveError> {
        let n = b.len();
        self.dense.eigen(f, units)?;
        let (first, d) = (self.dense.first_kept(rcond), self.dense.units());
        null_space((0..first).map(|k| (self.dense.vector(k), d)), &mut self.null);
        let mut inside = std::mem::take(&mut self.inside);
        inside.clear();
        inside.extend(b);
        remove(&mut inside, &self.null);
        x.fill(0.0);
        for k in first..n {
            let along = self.dense.vector(k).iter().zip(d).zip(&inside).map(|((u, d), b)| u * d * b).sum::<f64>();
            let along = along / self.dense.values()[k];
            x.iter_mut().zip(self.dense.vector(k)).zip(d).for_each(|((x, u), d)| *x += along * d * u);
        }
        remove(x, &self.null);
        let apart = b.iter().zip(&inside).zip(d).map(|((b, inside), d)| (d * (b - inside)).powi(2)).sum();
        let dropped = small::share(apart, b.iter().zip(d).map(|(b, d)| (d * b).powi(2)).sum());
        self.inside = inside;
        Ok(Inverted { rank: n - first, dropped })
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

/// A component of one coordinate.
fn single(f: f64, b: f64, x: &mut f64) -> Result<(Inverted, f64), SolveError> {
    if !f.is_finite() {
        return Err(SolveError::NotFinite);
    }
    if f <= 0.0 {
        *x = 0.0;
        // What such a coordinate has of b is longer than anything that F sees.
        return Ok((Inverted { rank: 0, dropped: f64::from(b != 0.0) }, if b == 0.0 { 0.0 } else { f64::INFINITY }));
    }
    *x = b / f;
    Ok((Inverted { rank: 1, dropped: 0.0 }, b * *x))
}

/// Orthonormal vectors of the null space of F, which is D times that of C, one after the other: from the vectors of the latter and D.
fn null_space<'a>(null: impl Iterator<Item = (&'a [f64], &'a [f64])>, basis: &mut Vec<f64>) {
    basis.clear();
    for (u, d) in null {
        let start = basis.len();
        basis.extend(u.iter().zip(d).map(|(u, d)| u * d));
        let (earlier, z) = basis.split_at_mut(start);
        remove(z, earlier);
        let norm = z.iter().map(|z| z * z).sum::<f64>().sqrt();
        z.iter_mut().for_each(|z| *z /= if norm > 0.0 { norm } else { 1.0 });
    }
}

/// Takes the parts along orthonormal vectors out of x; twice, since what is left may be much shorter.
fn remove(x: &mut [f64], vectors: &[f64]) {
    let each = || vectors.chunks_exact(x.len());
    for q in each().chain(each()) {
        let along: f64 = x.iter().zip(q).map(|(x, q)| x * q).sum();
        x.iter_mut().zip(q).for_each(|(x, q)| *x -= along * q);
    }
}

/// The certified way at width `W`: `None` if undecided.
fn small_pseudo_inverse<const W: usize>(
    f: MatRef<'_, f64>,
    units: Option<&[f64]>,
    b: &[f64],
    rcond: f64,
    x: &mut [f64],
) -> Result<Option<Inverted>, SolveError> {
    let mut a = small::read::<W>(f).ok_or(SolveError::NotFinite)?;
    Ok(small::pseudo_inverse(&mut a, units, b, rcond, x))
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
