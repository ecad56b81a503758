//! Positive semi-definite matrices of at most 16 rows, on the stack.
//!
//! `C ≈ L Lᵀ` by pivoted Cholesky, C the matrix scaled to unit diagonal; two substitutions if that has full rank, and otherwise an
//! orthonormal basis of the range.
//!
//! The result is handed out only if it provably counts the same eigenvalues as the rule "below `rcond · λ_max` is zero":
//! the smallest kept one is at least `1 / ‖R⁻¹‖_F²` and `λ_max ≤ tr C`; what was dropped is noise, and `λ_max ≥ max C_ii`.
//!
//! Rows are `W` wide, zero beyond column n, so that every inner loop has a constant length.

use crate::factor::Factor;
use crate::range::Range;
use crate::solve::Inverted;
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

/// `1/√f`, which scales a coordinate to unit diagonal; 0 for one that the matrix does not see.
#[inline(always)]
pub(crate) fn unit(f: f64) -> f64 {
    if f > 0.0 { 1.0 / f.sqrt() } else { 0.0 }
}

/// Scales to unit diagonal, or by the diagonal that is given, `C = D F D`; returns the diagonal of D.
#[inline(always)]
pub(crate) fn scale<const W: usize>(a: &mut Square<W>, n: usize, units: Option<&[f64]>) -> [f64; W] {
    let mut d = [0.0; W];
    (0..order::<W>(n)).for_each(|i| d[i] = unit(units.map_or(a[i][i], |units| units[i].abs())));
    for (i, row) in a.iter_mut().enumerate().take(order::<W>(n)) {
        row.iter_mut().zip(&d).for_each(|(x, e)| *x = (*x * d[i]) * e);
        if units.is_none() {
            row[i] = if d[i] > 0.0 { 1.0 } else { 0.0 };
        }
    }
    d
}

/// aᵢ bᵢ
#[inline(always)]
pub(crate) fn times<const W: usize>(a: &[f64; W], b: &[f64; W]) -> [f64; W] {
    std::array::from_fn(|i| a[i] * b[i])
}

/// Writes `x = F⁺ b` under the eigenvalue cutoff, or answers `None` if the rank is not certain.
#[inline(always)]
pub(crate) fn pseudo_inverse<const W: usize>(
    a: &mut Square<W>,
    units: Option<&[f64]>,
    b: &[f64],
    rcond: f64,
    x: &mut [f64],
) -> Option<Inverted> {
    let n = order::<W>(b.len());
    let d = scale(a, n, units);
    let (mut factor, b) = (Factor::new(a, n), pad(b));
    if !factor.pivoted(a) {
        return None;
    }
    let inverse = factor.inverse();
    if !factor.decided(squares(&inverse, factor.rank), rcond) {
        return None;
    }
    let mut write = |row: [f64; W], dropped| {
        x.copy_from_slice(&row[..n]);
        Inverted { rank: factor.rank, dropped }
    };
    if factor.rank == n {
        return Some(write(times(&d, &factor.solve(&times(&d, &b))), 0.0));
    }
    let (null, count) = null_space(factor.null(&inverse), &d);
    let inside = without(b, &null[..count]);
    let solution = times(&d, &factor.solve_by(&inverse, &times(&d, &inside)));
    let apart = times(&d, &std::array::from_fn(|i| b[i] - inside[i]));
    Some(write(without(solution, &null[..count]), share(dot(&apart, &apart), dot(&times(&d, &b), &times(&d, &b)))))
}

/// √(part / whole), at most 1.
pub(crate) fn share(part: f64, whole: f64) -> f64 {
    if part > 0.0 { (part / whole).sqrt().min(1.0) } else { 0.0 }
}

/// Orthonormal vectors of the null space of F, which is D times that of C, and their number.
#[inline(always)]
fn null_space<const W: usize>((mut basis, count): (Square<W>, usize), d: &[f64; W]) -> (Square<W>, usize) {
    for k in 0..count {
        let z = without(times(d, &basis[k]), &basis[..k]);
        let scale = unit(dot(&z, &z));
        basis[k] = z.map(|z| scale * z);
    }
    (basis, count)
}

/// x without its parts along orthonormal vectors; twice where what is left is much shorter.
#[inline(always)]
fn without<const W: usize>(x: [f64; W], vectors: &[[f64; W]]) -> [f64; W] {
    let (once, taken) = without_once(x, vectors);
    if taken <= 0.5 * dot(&x, &x) { once } else { without_once(once, vectors).0 }
}

/// With the square of the length of what is taken away.
#[inline(always)]
fn without_once<const W: usize>(x: [f64; W], vectors: &[[f64; W]]) -> ([f64; W], f64) {
    let (mut rest, mut taken) = (x, 0.0);
    for q in vectors {
        let along = dot(q, &x);
        add_scaled(&mut rest, -along, q);
        taken += along * along;
    }
    (rest, taken)
}

/// `r` rows `B_k` with `B G Bᵀ = I` on the range of G, or `None` if the rank under the cutoff is not certain.
#[inline(always)]
pub(crate) fn whitening<const W: usize>(g: &mut Square<W>, n: usize, rcond: f64) -> Option<(Square<W>, usize)> {
    let d = scale(g, n, None);
    let mut factor = Factor::new(g, n);
    if !factor.pivoted(g) {
        return None;
    }
    let (mut rows, rank, norm) = if factor.rank == n {
        let rows = factor.inverse();
        (rows, n, squares(&rows, n))
    } else {
        let range = Range::new(&factor);
        (range.whitening(), range.rank, squares(&range.inverse, range.rank))
    };
    rows.iter_mut().take(rank).for_each(|row| *row = times(row, &d));
    factor.decided(norm, rcond).then_some((rows, rank))
}

/// Squared Frobenius norm of the first `n` rows.
#[inline(always)]
fn squares<const W: usize>(a: &Square<W>, n: usize) -> f64 {
    a.iter().take(n).map(|row| dot(row, row)).sum()
}
