//! Diagonally pivoted Cholesky factorization `F ≈ L Lᵀ = Σ_k l_k l_kᵀ` of a small positive semi-definite matrix.
//!
//! The rows are not moved: a pivot's row is closed instead, so `l_k` stays in the order of F and is zero at the earlier pivots.
//! The factorization stops when the Schur complement is rounding noise (Higham, *Accuracy and Stability of Numerical Algorithms*,
//! section 10.3): its absolute trace is at most `8 n ε tr F` and so is each of its entries.

use crate::small::{Square, add_scaled, dot, order, times};

/// `F ≈ Σ_k l_k l_kᵀ`.
pub(crate) struct Factor<const W: usize> {
    /// Order of F.
    pub n: usize,
    /// Number of terms.
    pub rank: usize,
    /// Row of the k-th pivot.
    pivot: [usize; W],
    /// 1 at the rows that have not been pivots, 0 elsewhere.
    open: [f64; W],
    /// `1 / l_k[pivot k]`.
    inverse_diagonal: [f64; W],
    /// `l_k`, zero at the pivots before the k-th.
    pub rows: Square<W>,
    /// Σ |F_ii|, at least λ_max.
    trace: f64,
    /// max F_ii, at most λ_max.
    largest: f64,
}

impl<const W: usize> Factor<W> {
    /// No terms yet, for the matrix `a` of order `n`. Inlined, like all that hands out tables, so that nothing is copied.
    #[inline(always)]
    pub(crate) fn new(a: &Square<W>, n: usize) -> Self {
        let n = order::<W>(n);
        let diagonal = || (0..n).map(|i| a[i][i]);
        let (trace, largest) = (diagonal().map(f64::abs).sum(), diagonal().fold(0.0, f64::max));
        Self { n, rank: 0, pivot: [0; W], open: [1.0; W], inverse_diagonal: [0.0; W], rows: [[0.0; W]; W], trace, largest }
    }

    /// Rounding noise of the factorization, in the unit of F.
    #[inline]
    fn noise(&self) -> f64 {
        8.0 * self.n as f64 * f64::EPSILON * self.trace
    }

    /// Takes the term of pivot `p` out of `a`.
    #[inline(always)]
    fn eliminate(&mut self, a: &mut Square<W>, p: usize) {
        let (k, pivot) = (self.rank, a[p][p]);
        let column = times(&a[p], &self.open);
        self.open[p] = 0.0;
        // The next pivot waits for these alone, not for the root.
        a.iter_mut().zip(column).take(self.n).for_each(|(line, c)| add_scaled(line, -(c / pivot), &column));
        let scale = 1.0 / pivot.sqrt();
        self.rows[k] = column.map(|c| c * scale);
        self.pivot[k] = p;
        self.inverse_diagonal[k] = scale;
        self.rank = k + 1;
    }

    /// Largest pivot first, down to rounding noise; false if the matrix is seen not to be positive semi-definite.
    #[inline(always)]
    pub(crate) fn pivoted(&mut self, a: &mut Square<W>) -> bool {
        while self.rank < self.n {
            let (p, rest) = largest_open(a, self.n, &self.open);
            if rest <= self.noise() {
                return remainder_below(a, self.n, &self.open, self.noise());
            }
            if a[p][p].is_nan() || a[p][p] <= 0.0 {
                return false;
            }
            self.eliminate(a, p);
        }
        true
    }

    /// A vector of the null space for each row that was no pivot: 1 there, and at the pivots what takes its row of L away, given the
    /// rows of [`Factor::inverse`].
    #[inline(always)]
    pub(crate) fn null(&self, inverse: &Square<W>) -> (Square<W>, usize) {
        let (mut z, mut count) = ([[0.0; W]; W], 0);
        for row in (0..self.n).filter(|&row| self.open[row] != 0.0) {
            inverse.iter().zip(&self.rows).take(self.rank).for_each(|(m, l)| add_scaled(&mut z[count], -l[row], m));
            z[count][row] = 1.0;
            count += 1;
        }
        (z, count)
    }

    /// In the order given; false if a pivot is not above rounding noise of its own diagonal entry.
    #[inline(always)]
    pub(crate) fn in_order(&mut self, a: &mut Square<W>) -> bool {
        let least: [f64; W] = std::array::from_fn(|i| 8.0 * self.n as f64 * f64::EPSILON * a[i][i].max(0.0));
        for (p, least) in least.into_iter().enumerate().take(self.n) {
            if a[p][p].is_nan() || a[p][p] <= least {
                return false;
            }
            self.eliminate(a, p);
        }
        true
    }

    /// The solution of `F x = b` that is zero at the rows that were no pivots, by two substitutions; b in the range of F.
    #[inline(always)]
    pub(crate) fn solve(&self, b: &[f64; W]) -> [f64; W] {
        let (mut rest, mut y, mut x) = (*b, [0.0; W], [0.0; W]);
        for k in 0..self.rank {
            y[k] = rest[self.pivot[k] % W] * self.inverse_diagonal[k];
            add_scaled(&mut rest, -y[k], &self.rows[k]);
        }
        for k in (0..self.rank).rev() {
            x[self.pivot[k] % W] = (y[k] - dot(&self.rows[k], &x)) * self.inverse_diagonal[k];
        }
        x
    }

    /// As [`Factor::solve`], by the rows of [`Factor::inverse`]: no step of it waits for another one.
    #[inline(always)]
    pub(crate) fn solve_by(&self, inverse: &Square<W>, b: &[f64; W]) -> [f64; W] {
        let mut x = [0.0; W];
        inverse.iter().take(self.rank).for_each(|m| add_scaled(&mut x, dot(m, b), m));
        x
    }

    /// Rows `m_k` of the inverse of the pivots' rows of L (columns in the order of F); of `L⁻¹` if rank = n. The rows of L that were no
    /// pivots can only make its smallest singular value larger.
    #[inline(always)]
    pub(crate) fn inverse(&self) -> Square<W> {
        let mut m = [[0.0; W]; W];
        for k in 0..self.rank {
            let p = self.pivot[k] % W;
            let mut row = [0.0; W];
            row[p] = 1.0;
            (0..k).for_each(|j| add_scaled(&mut row, -self.rows[j][p], &m[j]));
            m[k] = row.map(|x| x * self.inverse_diagonal[k]);
        }
        m
    }

    /// True if the kept and the dropped part lie on their sides of the cutoff, given `‖L⁺‖_F²`.
    #[inline]
    pub(crate) fn decided(&self, inverse_norm: f64, rcond: f64) -> bool {
        let slack = 16.0 * self.n as f64 * f64::EPSILON;
        let kept = 1.0 > 1.01 * (rcond + slack) * self.trace * inverse_norm;
        let dropped = self.rank == self.n || self.largest == 0.0 || 2.0 * self.noise() < rcond * self.largest;
        kept && dropped
    }
}

/// Row of the largest diagonal entry still open, and Σ |a_ii| over the open rows.
#[inline(always)]
fn largest_open<const W: usize>(a: &Square<W>, n: usize, open: &[f64; W]) -> (usize, f64) {
    let (mut best, mut rest, mut p) = (f64::NEG_INFINITY, 0.0, 0);
    for i in (0..n).filter(|&i| open[i] != 0.0) {
        rest += a[i][i].abs();
        if a[i][i] > best {
            (best, p) = (a[i][i], i);
        }
    }
    (p, rest)
}

/// True if all entries of the open block are at most `noise`: the trace alone would not show an indefinite remainder.
#[inline(always)]
fn remainder_below<const W: usize>(a: &Square<W>, n: usize, open: &[f64; W], noise: f64) -> bool {
    // Without branches, and so that NaN is not below.
    let below = |i: usize| (0..n).fold(true, |below, j| below & (open[j] * a[i][j].abs() <= noise));
    (0..n).fold(true, |all, i| all & ((open[i] == 0.0) | below(i)))
}
