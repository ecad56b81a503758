//! Orthogonal triangularization of one matrix over another, [R; B] = Q [R'; 0], by Householder reflections.
//!
//! ```text
//! H_j = I − τ_j u_j u_jᵀ     u_j = e_j + (0, v_j)     H_1 ⋯ H_p = I − [I; V] T [I; V]ᵀ     T upper triangular
//! ```
//!
//! R is upper triangular and stays so: a reflection mixes one of its rows with all of B. Each column comes out with an error of a
//! few roundings of its own length, however different the lengths are, and lengths are not squared (Schreiber and Van Loan, *A
//! storage-efficient WY representation for products of Householder transformations*, SIAM J. Sci. Stat. Comput. 10, 1989).

use faer::linalg::matmul::dot::inner_prod;
use faer::linalg::matmul::matmul;
use faer::{Accum, ColRef, Conj, Mat, Par};
use std::ops::Range;

/// Columns that are reflected together.
const PANEL: usize = 32;

/// √(Σ x²), also where squares are no numbers.
pub(crate) fn length(x: ColRef<'_, f64>) -> f64 {
    let largest = x.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
    if largest > 0.0 { largest * x.iter().map(|x| (x / largest).powi(2)).sum::<f64>().sqrt() } else { 0.0 }
}

/// R' and the lower part of the first columns of Q: B = range · R'.
pub(crate) fn factor(mut top: Mat<f64>, mut below: Mat<f64>) -> (Mat<f64>, Mat<f64>) {
    let columns = 0..below.ncols();
    let t = reflect(&mut top, &mut below, columns);
    (top, -(below * t))
}

/// R becomes R'; what B held is lost.
pub(crate) fn fold(r: &mut Mat<f64>, b: &mut Mat<f64>) {
    let columns = r.ncols();
    for first in (0..columns).step_by(PANEL) {
        let panel = first..columns.min(first + PANEL);
        let t = reflect(r, b, panel.clone());
        apply(&t, r, b, panel);
    }
}

/// Qᵀ [R; B] for the columns to the right of a panel.
fn apply(t: &Mat<f64>, r: &mut Mat<f64>, b: &mut Mat<f64>, panel: Range<usize>) {
    let (first, end, width) = (panel.start, panel.end, r.ncols() - panel.end);
    let (v, rest) = b.as_mut().split_at_col_mut(end);
    let v = v.as_ref().subcols(first, end - first);
    let mut rows = r.as_mut().submatrix_mut(first, end, end - first, width);
    let along = t.transpose() * (&rows + v.transpose() * &rest);
    rows -= &along;
    matmul(rest, Accum::Add, v, along, -1.0, Par::Seq);
}

/// Reflects some columns, leaves V in those of B and gives T.
fn reflect(r: &mut Mat<f64>, b: &mut Mat<f64>, columns: Range<usize>) -> Mat<f64> {
    let mut t = Mat::zeros(columns.len(), columns.len());
    for j in columns.clone() {
        let tau = vanish(&mut r[(j, j)], b.col_as_slice_mut(j));
        for other in j + 1..columns.end {
            let along = tau * (r[(j, other)] + dot(b, j, other));
            r[(j, other)] -= along;
            subtract(b, along, j, other);
        }
        extend(&mut t, tau, b, columns.start, j);
    }
    t
}

/// Makes a column of B the v of its reflection and `head`, which stands above it in R, the entry of R'; τ.
fn vanish(head: &mut f64, column: &mut [f64]) -> f64 {
    let (tail, alpha) = (length(ColRef::from_slice(column)), *head);
    if tail == 0.0 {
        return 0.0;
    }
    *head = -alpha.hypot(tail).copysign(alpha);
    let apart = alpha - *head;
    column.iter_mut().for_each(|x| *x /= apart);
    -apart / *head
}

/// The next column of T: −τ T Vᵀ v, and τ.
fn extend(t: &mut Mat<f64>, tau: f64, v: &Mat<f64>, first: usize, j: usize) {
    let place = j - first;
    let along: Vec<f64> = (first..j).map(|i| dot(v, i, j)).collect();
    for i in 0..place {
        t[(i, place)] = -tau * (i..place).map(|l| t[(i, l)] * along[l]).sum::<f64>();
    }
    t[(place, place)] = tau;
}

fn dot(b: &Mat<f64>, i: usize, j: usize) -> f64 {
    inner_prod(b.col(i).transpose(), Conj::No, b.col(j), Conj::No)
}

/// Subtracts a multiple of one column from one to its right.
fn subtract(b: &mut Mat<f64>, share: f64, from: usize, to: usize) {
    let (left, right) = b.as_mut().split_at_col_mut(to);
    right.col_mut(0).iter_mut().zip(left.as_ref().col(from).iter()).for_each(|(x, v)| *x -= share * v);
}
