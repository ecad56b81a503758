//! Orthonormal basis of the range of a small factor: `L = Q R`, so that the rows of `R⁻¹ Qᵀ` whiten `L Lᵀ` on its range.
//!
//! Modified Gram–Schmidt suffices, as its loss of
//! orthogonality is governed by the condition number of L, the root of that of F.

use crate::factor::Factor;
use crate::small::{Square, add_scaled, dot};

/// Orthonormal basis of the range: `L = Q R`.
pub(crate) struct Range<const W: usize> {
    /// Number of columns of Q.
    pub rank: usize,
    /// Columns of Q.
    q: Square<W>,
    /// Columns of R⁻¹.
    pub inverse: Square<W>,
}

impl<const W: usize> Range<W> {
    /// Modified Gram–Schmidt on `L`, and the same column operations on the identity.
    #[inline(always)]
    pub(crate) fn new(factor: &Factor<W>) -> Self {
        let mut range = Self { rank: factor.rank, q: factor.rows, inverse: [[0.0; W]; W] };
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
        }
        let norm = dot(&column, &column).sqrt();
        self.q[k] = column.map(|x| x / norm);
        self.inverse[k] = image.map(|x| x / norm);
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
