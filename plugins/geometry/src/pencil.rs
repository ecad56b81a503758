//! The spectrum of the pencil `G_V x = λ G x`, which measures how far a model is from cylindrical.
//!
//! `0 ⪯ G_V ⪯ G`, so every λ lies in [0, 1]: the fraction of information that the visible variables retain. A model is cylindrical
//! at a point if and only if all λ are 0 or 1; the defect is `κ = √(Σ λ (1 − λ))`, and `√2 κ` is the Frobenius norm of the
//! commutator of the projectors on the tangent space and on the horizontal space (after Ay, van Oostrum and Datar, *On the Natural
//! Gradient of the Evidence Lower Bound*, JMLR 2025). With `B G Bᵀ = I` on the range of G the λ are the eigenvalues of `B G_V Bᵀ`.

use crate::dense::Dense;
use crate::jacobi;
use crate::small::{self, LARGEST, with_width};
use crate::solve::SolveError;
use faer::linalg::matmul::matmul;
use faer::prelude::{Reborrow, ReborrowMut};
use faer::{Accum, Mat, MatRef, Par};

/// An eigenvalue at most this counts as zero in [`Spectrum::lambda_min_plus`].
const ZERO: f64 = 1e-10;

/// Up to this order the eigenvalues come from Jacobi rotations.
const LARGEST_BY_ROTATION: usize = 8;

/// Eigenvalues of the pencil and what is read from them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spectrum {
    /// λ, ascending, in \[0, 1\]; one for each direction in the range of G, so `rank` of them.
    pub values: Vec<f64>,
    /// Rank of G.
    pub rank: usize,
    /// `√(Σ λ (1 − λ))`, in \[0, √rank / 2\].
    pub kappa: f64,
    /// `(4 / rank) Σ λ (1 − λ)`, in \[0, 1\]; 0 if the rank is 0.
    pub kappa_bar: f64,
    /// Smallest λ above 1e-10; NaN if there is none.
    pub lambda_min_plus: f64,
    /// `1 − lambda_min_plus`: the local rate of the EM algorithm; NaN if undefined.
    pub rate: f64,
    /// Number of λ above 0.99.
    pub near_one: usize,
    /// Number of λ below 0.01.
    pub near_zero: usize,
}

impl Spectrum {
    /// Everything from the eigenvalues, which are clipped to \[0, 1\]: the bounds hold exactly, so what is outside is rounding.
    fn fill(&mut self, values: &[f64]) {
        self.values.clear();
        self.values.extend(values.iter().map(|x| x.clamp(0.0, 1.0)));
        self.rank = values.len();
        let defect: f64 = self.values.iter().map(|x| x * (1.0 - x)).sum();
        self.kappa = defect.sqrt();
        self.kappa_bar = 4.0 * defect / self.rank.max(1) as f64;
        self.lambda_min_plus = self.values.iter().copied().find(|&x| x > ZERO).unwrap_or(f64::NAN);
        self.rate = 1.0 - self.lambda_min_plus;
        self.near_one = self.values.iter().filter(|&&x| x > 0.99).count();
        self.near_zero = self.values.iter().filter(|&&x| x < 0.01).count();
    }
}

/// Workspace for [`Spectrum`].
pub struct Pencil {
    /// For G, then for the whitened G_V.
    dense: Dense,
    /// B, one row for each kept direction; room for n×n.
    whitening: Mat<f64>,
    /// G_V Bᵀ; room for n×n.
    product: Mat<f64>,
    /// B G_V Bᵀ; room for n×n.
    whitened: Mat<f64>,
    /// The last result.
    spectrum: Spectrum,
}

impl Default for Pencil {
    fn default() -> Self {
        Self::new()
    }
}

impl Pencil {
    /// Empty; grows at first use.
    pub fn new() -> Self {
        let (dense, spectrum) = (Dense::new(), Spectrum::default());
        Self { dense, whitening: Mat::new(), product: Mat::new(), whitened: Mat::new(), spectrum }
    }

    /// Spectrum of the joint Fisher matrix `g` and the visible one `g_v`, both n×n and symmetric with both triangles given.
    ///
    /// Directions count as null whose eigenvalue, of G scaled to unit diagonal, is below `rcond` times the largest. Panics if the shapes differ.
    pub fn compute(&mut self, g: MatRef<'_, f64>, g_v: MatRef<'_, f64>, rcond: f64) -> Result<&Spectrum, SolveError> {
        let n = g.nrows();
        assert!(g.ncols() == n && g_v.nrows() == n && g_v.ncols() == n, "both matrices are n by n");
        self.reserve(n);
        let done = if (1..=LARGEST).contains(&n) { with_width!(n, compute_small(self, g, g_v, rcond))? } else { false };
        if !done {
            self.by_eigenvectors(g, g_v, rcond)?;
        }
        Ok(&self.spectrum)
    }

    /// Makes room for order `n`.
    fn reserve(&mut self, n: usize) {
        if n > self.whitening.nrows() {
            let room = || Mat::zeros(n, n);
            (self.whitening, self.product, self.whitened) = (room(), room(), room());
            self.spectrum.values.reserve(n);
        }
    }

    /// `D G D = U Λ Uᵀ`, `Bᵀ = D U Λ^{-1/2}` over the kept eigenvalues.
    #[cold]
    fn by_eigenvectors(&mut self, g: MatRef<'_, f64>, g_v: MatRef<'_, f64>, rcond: f64) -> Result<(), SolveError> {
        let n = g.nrows();
        self.dense.eigen(g, None)?;
        let first = self.dense.first_kept(rcond);
        for k in first..n {
            let length = self.dense.values()[k].sqrt();
            let column = &mut self.whitening.col_as_slice_mut(k - first)[..n];
            let each = column.iter_mut().zip(self.dense.vector(k)).zip(self.dense.units());
            each.for_each(|((b, u), d)| *b = d * u / length);
        }
        let rank = n - first;
        let b = self.whitening.as_ref().submatrix(0, 0, n, rank);
        let mut product = self.product.as_mut().submatrix_mut(0, 0, n, rank);
        matmul(product.rb_mut(), Accum::Replace, g_v, b, 1.0, Par::Seq);
        let whitened = self.whitened.as_mut().submatrix_mut(0, 0, rank, rank);
        matmul(whitened, Accum::Replace, b.transpose(), product.rb(), 1.0, Par::Seq);
        self.finish(rank)
    }

    /// Eigenvalues of the whitened matrix.
    fn finish(&mut self, rank: usize) -> Result<(), SolveError> {
        let whitened = self.whitened.as_ref().submatrix(0, 0, rank, rank);
        self.spectrum.fill(self.dense.eigenvalues(whitened)?);
        Ok(())
    }
}

/// The certified way at width `W`; false if the rank of G is not certain.
fn compute_small<const W: usize>(
    pencil: &mut Pencil,
    g: MatRef<'_, f64>,
    g_v: MatRef<'_, f64>,
    rcond: f64,
) -> Result<bool, SolveError> {
    let n = g.nrows();
    let (mut g, g_v) = (small::read::<W>(g).ok_or(SolveError::NotFinite)?, small::read::<W>(g_v).ok_or(SolveError::NotFinite)?);
    let Some((rows, rank)) = small::whitening(&mut g, n, rcond) else { return Ok(false) };
    let mut whitened = [[0.0; W]; W];
    for k in 0..rank {
        let mut product = [0.0; W];
        g_v.iter().zip(rows[k]).for_each(|(line, c)| small::add_scaled(&mut product, c, line));
        whitened[k].iter_mut().zip(&rows[..rank]).for_each(|(x, row)| *x = small::dot(row, &product));
    }
    if W <= LARGEST_BY_ROTATION && rank == n {
        let Some(values) = jacobi::eigenvalues(&mut whitened, n) else { return Ok(false) };
        pencil.spectrum.fill(&values[..n]);
        return Ok(true);
    }
    for (k, row) in whitened.iter().enumerate().take(rank) {
        pencil.whitened.col_as_slice_mut(k)[..rank].copy_from_slice(&row[..rank]);
    }
    pencil.finish(rank).map(|()| true)
}
