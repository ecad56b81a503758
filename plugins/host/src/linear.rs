//! The linear algebra that the host offers to plugins, on faer, one call on one thread.
//!
//! Plugins parallelize over layers and blocks instead: a product of a few million operations is faster on one thread than spread
//! over two (entering the pool costs more than it saves).

use crate::error::{Error, Result, answer};
use elbow_abi::*;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt;
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::linalg::matmul::{matmul, triangular};
use faer::reborrow::ReborrowMut;
use faer::traits::{ComplexField, RealField};
use faer::{Accum, ColMut, Mat, MatMut, MatRef, Par};
use std::slice::{from_raw_parts, from_raw_parts_mut};

/// A number that faer computes with, and its place among the precisions.
trait Number: RealField + ComplexField + Copy {
    fn of(x: f64) -> Self;
    fn to(self) -> f64;
}

impl Number for f64 {
    fn of(x: f64) -> Self {
        x
    }
    fn to(self) -> f64 {
        self
    }
}

impl Number for f32 {
    fn of(x: f64) -> Self {
        x as f32
    }
    fn to(self) -> f64 {
        f64::from(self)
    }
}

/// # Safety
/// `raw` must describe numbers of the type `T` that hold for `'a` and are written by nobody.
unsafe fn view<'a, T>(raw: &ElbowDense) -> MatRef<'a, T> {
    // SAFETY: the caller's contract.
    let numbers =
        if raw.rows * raw.cols == 0 { &[] } else { unsafe { from_raw_parts(raw.ptr.cast::<T>(), raw.rows * raw.cols) } };
    MatRef::from_column_major_slice(numbers, raw.rows, raw.cols)
}

/// # Safety
/// `raw` must describe numbers of the type `T` that hold for `'a` and are used by nobody else.
unsafe fn view_mut<'a, T>(raw: &ElbowDense) -> MatMut<'a, T> {
    let len = raw.rows * raw.cols;
    // SAFETY: the caller's contract.
    let numbers = if len == 0 { &mut [] } else { unsafe { from_raw_parts_mut(raw.ptr.cast::<T>(), len) } };
    MatMut::from_column_major_slice_mut(numbers, raw.rows, raw.cols)
}

fn expect(holds: bool, what: &str) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::new(ABI, format!("matrices do not fit: {what}"))) }
}

/// Runs `$single` or `$double` as the precision of the first matrix says, if all have the same.
macro_rules! with_precision {
    ($err:expr, [$first:ident $(, $other:ident)*], $body:ident ( $($argument:expr),* )) => {{
        // SAFETY: a plugin hands descriptions of matrices that hold during the call.
        let ($first, $($other),*) = unsafe { (&*$first, $(&*$other),*) };
        let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            expect(true $(&& $other.precision == $first.precision)*, "one precision for all")?;
            // SAFETY: the descriptions state the precision of their numbers; outputs are used by this call alone.
            unsafe {
                match $first.precision {
                    PRECISION_SINGLE => $body::<f32>($($argument),*),
                    _ => $body::<f64>($($argument),*),
                }
            }
        }));
        answer($err, outcome.unwrap_or_else(|_| Err(Error::new(FAILED, "the host's linear algebra panicked"))))
    }};
}

/// Copies the lower triangle over the upper one.
fn mirror<T: Copy>(mut a: MatMut<'_, T>) {
    for j in 0..a.ncols() {
        for i in 0..j {
            a[(i, j)] = a[(j, i)];
        }
    }
}

fn scale<T: Number>(out: &mut MatMut<'_, T>, keep: f64) {
    let keep = T::of(keep);
    for j in 0..out.ncols() {
        if let Some(column) = out.rb_mut().col_mut(j).try_as_col_major_mut() {
            column.as_slice_mut().iter_mut().for_each(|x| *x = *x * keep);
        }
    }
}

/// # Safety
/// The descriptions must be of numbers of type `T`, `out` used by nobody else.
unsafe fn gram_of<T: Number>(x: &ElbowDense, weight: f64, keep: f64, out: &ElbowDense) -> Result<()> {
    expect(out.rows == x.rows && out.cols == x.rows, "X Xᵀ is rows × rows")?;
    // SAFETY: the caller's contract.
    let (x, mut out) = unsafe { (view::<T>(x), view_mut::<T>(out)) };
    let accumulate = if keep == 0.0 { Accum::Replace } else { Accum::Add };
    if keep != 0.0 && keep != 1.0 {
        scale(&mut out, keep);
    }
    use triangular::BlockStructure::{Rectangular, TriangularLower};
    let weight = T::of(weight);
    triangular::matmul(out.rb_mut(), TriangularLower, accumulate, x, Rectangular, x.transpose(), Rectangular, weight, Par::Seq);
    mirror(out);
    Ok(())
}

extern "C" fn gram(x: *const ElbowDense, weight: f64, keep: f64, out: *const ElbowDense, err: *const ElbowErr) -> i32 {
    with_precision!(err, [x, out], gram_of(x, weight, keep, out))
}

/// # Safety
/// As [`gram_of`].
unsafe fn product_of<T: Number>(
    a: &ElbowDense,
    b: &ElbowDense,
    transposed: u32,
    factor: f64,
    keep: f64,
    out: &ElbowDense,
) -> Result<()> {
    // SAFETY: the caller's contract.
    let (mut a, mut b, mut out) = unsafe { (view::<T>(a), view::<T>(b), view_mut::<T>(out)) };
    if transposed & 1 != 0 {
        a = a.transpose();
    }
    if transposed & 2 != 0 {
        b = b.transpose();
    }
    expect(a.ncols() == b.nrows() && out.nrows() == a.nrows() && out.ncols() == b.ncols(), "a product")?;
    if keep != 0.0 && keep != 1.0 {
        scale(&mut out, keep);
    }
    matmul(out, if keep == 0.0 { Accum::Replace } else { Accum::Add }, a, b, T::of(factor), Par::Seq);
    Ok(())
}

extern "C" fn product(
    a: *const ElbowDense,
    b: *const ElbowDense,
    transposed: u32,
    factor: f64,
    keep: f64,
    out: *const ElbowDense,
    err: *const ElbowErr,
) -> i32 {
    with_precision!(err, [a, b, out], product_of(a, b, transposed, factor, keep, out))
}

/// Puts the Cholesky factor of A + shift · I into `factor`.
fn cholesky<T: Number>(a: MatRef<'_, T>, shift: f64, factor: &mut MatMut<'_, T>) -> Result<()> {
    let n = a.nrows();
    factor.copy_from(a);
    for i in 0..n {
        factor[(i, i)] = factor[(i, i)] + T::of(shift);
    }
    let mut memory = MemBuffer::new(llt::factor::cholesky_in_place_scratch::<T>(n, Par::Seq, Default::default()));
    let stack = MemStack::new(&mut memory);
    let done = llt::factor::cholesky_in_place(factor.rb_mut(), Default::default(), Par::Seq, stack, Default::default());
    let finite = (0..n).all(|i| factor[(i, i)].to().is_finite());
    if done.is_ok() && finite { Ok(()) } else { Err(not_definite(shift)) }
}

fn not_definite(shift: f64) -> Error {
    Error::new(NUMERIC, format!("the matrix is not positive definite with damping {shift:e}"))
}

/// # Safety
/// As [`gram_of`].
unsafe fn inverse_of<T: Number>(a: &ElbowDense, shift: f64, out: &ElbowDense) -> Result<()> {
    let n = a.rows;
    expect(a.cols == n && out.rows == n && out.cols == n, "the inverse of a square matrix")?;
    // SAFETY: the caller's contract.
    let (a, mut out) = unsafe { (view::<T>(a), view_mut::<T>(out)) };
    let mut factor = Mat::<T>::zeros(n, n);
    cholesky(a, shift, &mut factor.as_mut())?;
    let mut memory = MemBuffer::new(llt::inverse::inverse_scratch::<T>(n, Par::Seq));
    llt::inverse::inverse(out.rb_mut(), factor.as_ref(), Par::Seq, MemStack::new(&mut memory));
    mirror(out);
    Ok(())
}

extern "C" fn inverse(a: *const ElbowDense, shift: f64, out: *const ElbowDense, err: *const ElbowErr) -> i32 {
    with_precision!(err, [a, out], inverse_of(a, shift, out))
}

/// # Safety
/// As [`gram_of`]; `values` must have a place for each eigenvalue.
unsafe fn eigen_of<T: Number>(a: &ElbowDense, values: *mut f64, vectors: &ElbowDense) -> Result<()> {
    let n = a.rows;
    expect(a.cols == n && vectors.rows == n && vectors.cols == n, "eigenvectors of a square matrix")?;
    // SAFETY: the caller's contract.
    let (a, u, values) = unsafe { (view::<T>(a), view_mut::<T>(vectors), from_raw_parts_mut(values, n)) };
    if (0..n).any(|j| (j..n).any(|i| !a[(i, j)].to().is_finite())) {
        return Err(Error::new(NUMERIC, "the matrix has an entry that is not finite"));
    }
    let mut found = vec![T::of(0.0); n];
    let need = self_adjoint_evd_scratch::<T>(n, ComputeEigenvectors::Yes, Par::Seq, Default::default());
    let mut memory = MemBuffer::new(need);
    let diagonal = ColMut::from_slice_mut(&mut found).as_diagonal_mut();
    self_adjoint_evd(a, diagonal, Some(u), Par::Seq, MemStack::new(&mut memory), Default::default())
        .map_err(|_| Error::new(NUMERIC, "the eigenvalues do not converge"))?;
    values.iter_mut().zip(found).for_each(|(value, found)| *value = found.to());
    Ok(())
}

extern "C" fn eigen(a: *const ElbowDense, values: *mut f64, vectors: *const ElbowDense, err: *const ElbowErr) -> i32 {
    with_precision!(err, [a, vectors], eigen_of(a, values, vectors))
}

/// # Safety
/// As [`gram_of`].
unsafe fn solve_of<T: Number>(a: &ElbowDense, shift: f64, x: &ElbowDense) -> Result<()> {
    let n = a.rows;
    expect(a.cols == n && x.rows == n, "a linear system")?;
    // SAFETY: the caller's contract.
    let (a, x) = unsafe { (view::<T>(a), view_mut::<T>(x)) };
    let mut factor = Mat::<T>::zeros(n, n);
    cholesky(a, shift, &mut factor.as_mut())?;
    let mut memory = MemBuffer::new(llt::solve::solve_in_place_scratch::<T>(n, x.ncols(), Par::Seq));
    llt::solve::solve_in_place(factor.as_ref(), x, Par::Seq, MemStack::new(&mut memory));
    Ok(())
}

extern "C" fn solve(a: *const ElbowDense, shift: f64, x: *const ElbowDense, err: *const ElbowErr) -> i32 {
    with_precision!(err, [a, x], solve_of(a, shift, x))
}

/// The service.
pub(crate) static LINEAR: ElbowLinear =
    ElbowLinear { struct_size: size_of::<ElbowLinear>() as u32, gram, product, inverse, eigen, solve };
