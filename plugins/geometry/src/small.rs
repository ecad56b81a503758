//! Positive semi-definite matrices of at most 16 rows, on the stack.
//!
//! `F ≈ L Lᵀ` by pivoted Cholesky; two substitutions if that has full rank, and otherwise an orthonormal basis of the range.
//!
//! The result is handed out only if it provably counts the same eigenvalues as the rule "below `rcond · λ_max` is zero":
//! the smallest kept one is at least `1 / ‖R⁻¹‖_F²` and `λ_max ≤ tr F`; what was dropped is noise, and `λ_max ≥ max F_ii`.
//!
//! Rows are `W` wide, zero beyond column n, so that every inner loop has a constant length.

use crate::factor::Factor;
use crate::range::Range;
use faer::MatRef;

/// Largest order handled here.
pub(crate) const LARGEST: usize = 16;

/// A square table of constant width.
pub(crate) type Square<const W: usize> = [[f64; W]; W];

/// Calls a function of constant width with the least width that holds `n`, from 1 to [`LARGEST`]: below 9 the order itself.
macro_rules! with_width {
    ($n:expr, $f:ident ( $($argument:expr),* )) => {
        match $n {
            1 => $f::<1>($($argument),*),
            2 => $f::<2>($($argument),*),
            3 => $f::<3>($($argument),*),
            4 => $f::<4>($($argument),*),
            5 => $f::<5>($($argument),*),
            6 => $f::<6>($($argument),*),
            7 => $f::<7>($($argument),*),
            8 => $f::<8>($($argument),*),
            _ => $f::<16>($($argument),*),
        }
    };
}
pub(crate) use with_width;

/// The order `n` at width `W`, a constant where the width is the order: small loops then have no run-time bounds.
#[inline(always)]
pub(crate) fn order<const W: usize>(n: usize) -> usize {
    assert!(n <= W && (W > 8 || n == W));
    if W <= 8 { W } else { n }
}

/// Copies a symmetric matrix of order at most `W`; `None` if an entry is not finite.
#[inline(always)]
pub(crate) fn read<const W: usize>(f: MatRef<'_, f64>) -> Option<Square<W>> {
    let n = order::<W>(f.nrows());
    let mut a = [[0.0; W]; W];
    if let Some(columns) = f.try_as_col_major().or_else(|| f.transpose().try_as_col_major()) {
        a.iter_mut().zip(0..n).for_each(|(row, j)| row[..n].copy_from_slice(columns.col(j).as_slice()));
    } else {
        (0..n * n).for_each(|k| a[k / n][k % n] = f[(k / n, k % n)]);
    }
    // 0 x is zero for finite x and NaN otherwise.
    let mut zero = [0.0; W];
    a.iter().take(n).for_each(|row| add_scaled(&mut zero, 0.0, row));
    zero.iter().all(|x| *x == 0.0).then_some(a)
}

/// Copies a vector into a row of width `W`.
#[inline(always)]
pub(crate) fn pad<const W: usize>(b: &[f64]) -> [f64; W] {
    let mut row = [0.0; W];
    row[..order::<W>(b.len())].copy_from_slice(b);
    row
}

/// Σ aᵢ bᵢ in four partial sums, which do not wait for each other.
#[inline(always)]
pub(crate) fn dot<const W: usize>(a: &[f64; W], b: &[f64; W]) -> f64 {
    let mut sums = [0.0; 4];
    for i in 0..W {
        sums[i % 4] += a[i] * b[i];
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

/// a ← a + c b.
#[inline(always)]
pub(crate) fn add_scaled<const W: usize>(a: &mut [f64; W], c: f64, b: &[f64; W]) {
    a.iter_mut().zip(b).for_each(|(x, y)| *x += c * y);
}

/// Writes `x = F⁺ b` under the eigenvalue cutoff and returns the rank, or `None` if that is not certain.
#[inline(always)]
pub(crate) fn pseudo_inverse<const W: usize>(a: &mut Square<W>, b: &[f64], rcond: f64, x: &mut [f64]) -> Option<usize> {
    let (mut factor, b) = (Factor::new(a, b.len()), pad(b));
    if !factor.pivoted(a) {
        return None;
    }
    if factor.rank == factor.n {
        let decided = factor.decided(squares(&factor.inverse(), factor.n), rcond);
        return decided.then(|| write(&factor.solve(&b), x, factor.rank));
    }
    let range = Range::new(&factor);
    factor.decided(squares(&range.inverse, range.rank), rcond).then(|| write(&range.solve(&b), x, range.rank))
}

/// Copies a padded row out; returns the rank.
#[inline(always)]
fn write<const W: usize>(row: &[f64; W], x: &mut [f64], rank: usize) -> usize {
    x.copy_from_slice(&row[..order::<W>(x.len())]);
    rank
}

/// `r` rows `B_k` with `B G Bᵀ = I` on the range of G, or `None` if the rank under the cutoff is not certain.
#[inline(always)]
pub(crate) fn whitening<const W: usize>(g: &mut Square<W>, n: usize, rcond: f64) -> Option<(Square<W>, usize)> {
    let mut factor = Factor::new(g, n);
    if !factor.pivoted(g) {
        return None;
    }
    if factor.rank == n {
        let rows = factor.inverse();
        return factor.decided(squares(&rows, n), rcond).then_some((rows, n));
    }
    let range = Range::new(&factor);
    factor.decided(squares(&range.inverse, range.rank), rcond).then(|| (range.whitening(), range.rank))
}

/// Squared Frobenius norm of the first `n` rows.
#[inline(always)]
fn squares<const W: usize>(a: &Square<W>, n: usize) -> f64 {
    a.iter().take(n).map(|row| dot(row, row)).sum()
}
