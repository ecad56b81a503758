//! Symmetric eigendecompositions and Cholesky factors of any size, by faer, in memory that is kept.

use crate::solve::SolveError;
use faer::dyn_stack::{MemBuffer, MemStack, StackReq};
use faer::linalg::cholesky::llt;
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::{ColMut, Mat, MatMut, MatRef, Par};

/// Room for one matrix, its eigenvectors and eigenvalues, and faer's scratch.
pub(crate) struct Dense {
    /// The matrix; after [`Dense::cholesky`] its factor.
    a: Mat<f64>,
    /// Eigenvectors.
    u: Mat<f64>,
    /// Eigenvalues, ascending.
    values: Vec<f64>,
    /// Order of the matrix at hand.
    n: usize,
    /// Scratch.
    memory: MemBuffer,
}

impl Dense {
    /// Empty.
    pub(crate) fn new() -> Self {
        Self { a: Mat::new(), u: Mat::new(), values: Vec::new(), n: 0, memory: MemBuffer::new(StackReq::EMPTY) }
    }

    /// Makes room for order `n`.
    fn reserve(&mut self, n: usize) {
        self.n = n;
        if n > self.values.len() {
            (self.a, self.u, self.values) = (Mat::zeros(n, n), Mat::zeros(n, n), vec![0.0; n]);
        }
        let evd = self_adjoint_evd_scratch::<f64>(n.max(1), ComputeEigenvectors::Yes, Par::Seq, Default::default());
        let factor = llt::factor::cholesky_in_place_scratch::<f64>(n, Par::Seq, Default::default());
        let need = evd.or(factor).or(llt::solve::solve_in_place_scratch::<f64>(n, 1, Par::Seq));
        if !MemStack::new(&mut self.memory).can_hold(need) {
            self.memory = MemBuffer::new(need);
        }
    }

    /// Copies the lower triangle of `f` divided by its largest absolute entry, which is returned (0 for F = 0).
    fn load(&mut self, f: MatRef<'_, f64>) -> Result<f64, SolveError> {
        self.reserve(f.nrows());
        let mut scale = 0.0_f64;
        for x in (0..self.n).flat_map(|j| (j..self.n).map(move |i| f[(i, j)])) {
            if !x.is_finite() {
                return Err(SolveError::NotFinite);
            }
            scale = scale.max(x.abs());
        }
        let divisor = if scale > 0.0 { scale } else { 1.0 };
        for j in 0..self.n {
            (j..self.n).for_each(|i| self.a[(i, j)] = f[(i, j)] / divisor);
        }
        Ok(scale)
    }

    /// `f = s U diag(λ) Uᵀ`; returns s. The scaling keeps tiny and huge matrices away from underflow and overflow.
    pub(crate) fn eigen(&mut self, f: MatRef<'_, f64>) -> Result<f64, SolveError> {
        let scale = self.load(f)?;
        self.decompose(true)?;
        Ok(scale)
    }

    /// Eigenvalues of `f` alone, ascending, multiplied by its scale.
    pub(crate) fn eigenvalues(&mut self, f: MatRef<'_, f64>) -> Result<&[f64], SolveError> {
        let scale = self.load(f)?;
        self.decompose(false)?;
        self.values[..self.n].iter_mut().for_each(|x| *x *= scale);
        Ok(&self.values[..self.n])
    }

    /// Decomposes the matrix at hand. No convergence is reported as a matrix that cannot be used.
    fn decompose(&mut self, vectors: bool) -> Result<(), SolveError> {
        let n = self.n;
        if n == 0 {
            return Ok(());
        }
        let a = self.a.as_ref().submatrix(0, 0, n, n);
        let u = vectors.then(|| self.u.as_mut().submatrix_mut(0, 0, n, n));
        let values = ColMut::from_slice_mut(&mut self.values[..n]).as_diagonal_mut();
        let stack = MemStack::new(&mut self.memory);
        self_adjoint_evd(a, values, u, Par::Seq, stack, Default::default()).map_err(|_| SolveError::NotFinite)
    }

    /// Eigenvalues, ascending, in the unit of the scale.
    pub(crate) fn values(&self) -> &[f64] {
        &self.values[..self.n]
    }

    /// The k-th eigenvector.
    pub(crate) fn vector(&self, k: usize) -> &[f64] {
        &self.u.col_as_slice(k)[..self.n]
    }

    /// Index of the first eigenvalue kept: positive and not below `rcond · λ_max`.
    pub(crate) fn first_kept(&self, rcond: f64) -> usize {
        let cutoff = rcond * self.values().last().copied().unwrap_or(0.0);
        self.values().partition_point(|&x| x < cutoff || x <= 0.0)
    }

    /// Cholesky factor of `f + diag(a + r f_ii)` with `added = (a, r)`.
    ///
    /// False if a pivot is not above rounding noise of its own diagonal entry.
    pub(crate) fn cholesky(&mut self, f: MatRef<'_, f64>, added: (f64, f64)) -> bool {
        let n = f.nrows();
        self.reserve(n);
        self.a.as_mut().submatrix_mut(0, 0, n, n).copy_from(f);
        for i in 0..n {
            self.values[i] = f[(i, i)] + added.0 + added.1 * f[(i, i)];
            self.a[(i, i)] = self.values[i];
        }
        let (matrix, stack) = (self.a.as_mut().submatrix_mut(0, 0, n, n), MemStack::new(&mut self.memory));
        let done = llt::factor::cholesky_in_place(matrix, Default::default(), Par::Seq, stack, Default::default()).is_ok();
        done && (0..n).all(|i| self.a[(i, i)].powi(2) > 8.0 * n as f64 * f64::EPSILON * self.values[i])
    }

    /// `x ← (L Lᵀ)⁻¹ x` with the factor at hand.
    pub(crate) fn solve(&mut self, x: &mut [f64]) {
        let factor = self.a.as_ref().submatrix(0, 0, self.n, self.n);
        let right = MatMut::from_column_major_slice_mut(x, self.n, 1);
        llt::solve::solve_in_place(factor, right, Par::Seq, MemStack::new(&mut self.memory));
    }
}
