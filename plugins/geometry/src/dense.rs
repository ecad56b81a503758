//! Symmetric eigendecompositions, scaled to unit diagonal, and Cholesky factors of any size, by faer, in memory that is kept.

use crate::small::unit;
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
    /// Diagonal of D, which scales to unit diagonal.
    d: Vec<f64>,
    /// Order of the matrix at hand.
    n: usize,
    /// Scratch.
    memory: MemBuffer,
}

impl Dense {
    /// Empty.
    pub(crate) fn new() -> Self {
        let (values, d, memory) = (Vec::new(), Vec::new(), MemBuffer::new(StackReq::EMPTY));
        Self { a: Mat::new(), u: Mat::new(), values, d, n: 0, memory }
    }

    /// Makes room for order `n`.
    fn reserve(&mut self, n: usize) {
        self.n = n;
        if n > self.values.len() {
            (self.a, self.u) = (Mat::zeros(n, n), Mat::zeros(n, n));
            (self.values, self.d) = (vec![0.0; n], vec![0.0; n]);
        }
        let evd = self_adjoint_evd_scratch::<f64>(n.max(1), ComputeEigenvectors::Yes, Par::Seq, Default::default());
        let factor = llt::factor::cholesky_in_place_scratch::<f64>(n, Par::Seq, Default::default());
        let need = evd.or(factor).or(llt::solve::solve_in_place_scratch::<f64>(n, 1, Par::Seq));
        if !MemStack::new(&mut self.memory).can_hold(need) {
            self.memory = MemBuffer::new(need);
        }
    }

    /// Copies the lower triangle of `f`, an entry changed by what `of` makes of it and its place.
    fn load(&mut self, f: MatRef<'_, f64>, of: impl Fn(&[f64], f64, usize, usize) -> f64) -> Result<(), SolveError> {
        for j in 0..self.n {
            for i in j..self.n {
                if !f[(i, j)].is_finite() {
                    return Err(SolveError::NotFinite);
                }
                self.a[(i, j)] = of(&self.d, f[(i, j)], i, j);
            }
        }
        Ok(())
    }

    /// `D f D = U diag(λ) Uᵀ` with unit diagonal, or scaled by the diagonal that is given, so that the scale of single coordinates,
    /// however far apart, decides nothing.
    pub(crate) fn eigen(&mut self, f: MatRef<'_, f64>, units: Option<&[f64]>) -> Result<(), SolveError> {
        self.reserve(f.nrows());
        (0..self.n).for_each(|i| self.d[i] = unit(units.map_or(f[(i, i)], |units| units[i].abs())));
        self.load(f, |d, x, i, j| match i == j && units.is_none() {
            true => f64::from(d[i] > 0.0),
            false => (x * d[i]) * d[j],
        })?;
        self.decompose(true)
    }

    /// Eigenvalues of `f` itself, ascending.
    pub(crate) fn eigenvalues(&mut self, f: MatRef<'_, f64>) -> Result<&[f64], SolveError> {
        self.reserve(f.nrows());
        self.load(f, |_, x, _, _| x)?;
        self.decompose(false)?;
        Ok(&self.values[..self.n])
    }

    /// Diagonal of D.
    pub(crate) fn units(&self) -> &[f64] {
        &self.d[..self.n]
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

    /// Eigenvalues, ascending.
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
