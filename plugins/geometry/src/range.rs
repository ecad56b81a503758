//! Orthonormal basis of the range of a small factor: `L = Q R`, so that `(L Lᵀ)⁺ = Q R⁻ᵀ R⁻¹ Qᵀ`.
//!
//! The full-rank factorization of the pseudo-inverse is Courrieu's (2005), who forms `LᵀL`; the orthogonal factorization keeps the
//! error at the condition number of F instead of a higher power of it. Modified Gram–Schmidt suffices, as its loss of
//! orthogonality is governed by the condition number of L, the root of that of F.

use crate::factor::Factor;
use crate::small::{Square, add_scaled, dot, remove, times};

/// Orthonormal basis of the range: `L = Q R`.
pub(crate) struct Range<const W: usize> {
    /// Number of columns of Q.
    pub rank: usize,
    /// Columns of Q.
    q: Square<W>,
    /// Columns of R.
    r: Square<W>,
    /// Columns of R⁻¹.
    pub inverse: Square<W>,
}

impl<const W: usize> Range<W> {
    /// Modified Gram–Schmidt on `L`, and the same column operations on the identity.
    #[inline(always)]
    pub(crate) fn new(factor: &Factor<W>) -> Self {
        let mut range = Self { rank: factor.rank, q: factor.rows, r: [[0.0; W]; W], inverse: [[0.0; W]; W] };
        for k in 0..range.rank {
            range.inverse[k][k] = 1.0;
            range.orthogonalise(k);
        }
        range
    }

    /// Takes the earlier columns out of the k-th and normalises it.
    #[inline(always)]
    fn orthogonalise(&mut self, k: usize) {
        let (mut column, mut image) = (self.q[k], self.inverse[k]);
        for j in 0..k {
            let c = dot(&self.q[j], &column);
            add_scaled(&mut column, -c, &self.q[j]);
            add_scaled(&mut image, -c, &self.inverse[j]);
            self.r[k][j] = c;
        }
        let norm = dot(&column, &column).sqrt();
        self.r[k][k] = norm;
        self.q[k] = column.map(|x| x / norm);
        self.inverse[k] = image.map(|x| x / norm);
    }

    /// `Q R⁻ᵀ R⁻¹ Qᵀ b`.
    #[inline(always)]
    pub(crate) fn solve(&self, b: &[f64; W]) -> [f64; W] {
        let (mut y, mut z, mut x) = ([0.0; W], [0.0; W], [0.0; W]);
        (0..self.rank).for_each(|k| y[k] = dot(&self.q[k], b));
        for k in (0..self.rank).rev() {
            let value = y[k] / self.r[k][k];
            add_scaled(&mut y, -value, &self.r[k]);
            y[k] = value;
        }
        for k in 0..self.rank {
            z[k] = (y[k] - dot(&self.r[k], &z)) / self.r[k][k];
            add_scaled(&mut x, z[k], &self.q[k]);
        }
        x
    }

    /// Share of b outside the range, in \[0, 1\].
    #[inline(always)]
    pub(crate) fn outside(&self, b: &[f64; W]) -> f64 {
        let mut rest = *b;
        (0..self.rank).for_each(|k| remove(&mut rest, &self.q[k]));
        let whole = dot(b, b);
        if whole > 0.0 { (dot(&rest, &rest) / whole).sqrt().min(1.0) } else { 0.0 }
    }

    /// Takes out of x what lies in the null space of `F = D⁻¹ L Lᵀ D⁻¹`, which is D times that of `L Lᵀ`: the shortest solution is
    /// left. Twice, since it may be much shorter than x.
    #[inline(always)]
    pub(crate) fn least(&self, factor: &Factor<W>, d: &[f64; W], mut x: [f64; W]) -> [f64; W] {
        let null = self.null(factor, d);
        (0..2 * (factor.n - self.rank)).for_each(|k| remove(&mut x, &null[k % (factor.n - self.rank)]));
        x
    }

    /// Orthonormal vectors of the null space of F, zero where there is none.
    #[inline(always)]
    fn null(&self, factor: &Factor<W>, d: &[f64; W]) -> Square<W> {
        let mut null = [[0.0; W]; W];
        for (k, row) in factor.open_rows().enumerate() {
            // A row that was no pivot: its unit vector, twice cleared of the range, and what it adds to the null space.
            let mut z = [0.0; W];
            z[row] = 1.0;
            (0..2 * self.rank).for_each(|j| remove(&mut z, &self.q[j % self.rank]));
            let mut z = times(d, &z);
            (0..2 * k).for_each(|j| remove(&mut z, &null[j % k]));
            let norm = dot(&z, &z).sqrt();
            if norm > 0.0 {
                null[k] = z.map(|z| z / norm);
            }
        }
        null
    }

    /// Rows of `R⁻¹ Qᵀ`.
    #[inline(always)]
    pub(crate) fn whitening(&self) -> Square<W> {
        let mut rows = [[0.0; W]; W];
        for j in 0..self.rank {
            (0..=j).for_each(|k| add_scaled(&mut rows[k], self.inverse[j][k], &self.q[j]));
        }
        rows
    }
}
