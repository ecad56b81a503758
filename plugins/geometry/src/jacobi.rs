//! Eigenvalues of a small symmetric matrix by cyclic Jacobi rotations.
//!
//! `A ← Jᵀ A J` with J a rotation in the plane (p, q) that makes `a_pq` zero; the squares off the diagonal fall with every rotation,
//! in the end quadratically with every sweep (Golub and Van Loan, *Matrix Computations*, 4th edition 2013, section 8.5). Below order 9
//! this costs a fraction of a general eigenvalue routine, most of whose time goes into preparing blocks.

use crate::small::{Square, order};

/// Sweeps that are always enough: convergence takes four to six.
const SWEEPS: usize = 32;

/// Sorts the eigenvalues of `a` (order `n`, both triangles) ascending into the first `n` places; `None` without convergence.
#[inline(always)]
pub(crate) fn eigenvalues<const W: usize>(a: &mut Square<W>, n: usize) -> Option<[f64; W]> {
    let n = order::<W>(n);
    for _ in 0..SWEEPS {
        let (on, off) = squares(a, n);
        // Zeroing what is left moves no eigenvalue by more than its norm, which is rounding then.
        if 2.0 * off <= f64::EPSILON * f64::EPSILON * (on + 2.0 * off) {
            return Some(diagonal(a, n));
        }
        for p in 0..n {
            (p + 1..n).for_each(|q| rotate(a, n, p, q));
        }
    }
    None
}

/// Sums of squares on the diagonal and above it.
#[inline(always)]
fn squares<const W: usize>(a: &Square<W>, n: usize) -> (f64, f64) {
    let on = (0..n).map(|i| a[i][i] * a[i][i]).sum();
    let off = (0..n).map(|i| a[i][i + 1..n].iter().map(|x| x * x).sum::<f64>()).sum();
    (on, off)
}

/// Makes `a_pq` zero: `τ = (a_qq − a_pp) / 2 a_pq`, `t = sign τ / (|τ| + √(1 + τ²))` the tangent of the smaller angle.
#[inline(always)]
fn rotate<const W: usize>(a: &mut Square<W>, n: usize, p: usize, q: usize) {
    let apq = a[p][q];
    if apq == 0.0 {
        return;
    }
    let (app, aqq) = (a[p][p], a[q][q]);
    let tau = (aqq - app) / (2.0 * apq);
    let t = tau.signum() / (tau.abs() + (1.0 + tau * tau).sqrt());
    let c = 1.0 / (1.0 + t * t).sqrt();
    let s = t * c;
    (0..n).for_each(|k| {
        let (kp, kq) = (a[k][p], a[k][q]);
        (a[k][p], a[k][q]) = (c * kp - s * kq, s * kp + c * kq);
        (a[p][k], a[q][k]) = (a[k][p], a[k][q]);
    });
    // In the plane itself the result is known without cancellation.
    (a[p][p], a[q][q], a[p][q], a[q][p]) = (app - t * apq, aqq + t * apq, 0.0, 0.0);
}

#[inline(always)]
fn diagonal<const W: usize>(a: &Square<W>, n: usize) -> [f64; W] {
    let mut values = [0.0; W];
    (0..n).for_each(|i| values[i] = a[i][i]);
    values[..n].sort_unstable_by(f64::total_cmp);
    values
}
