//! The linear algebra that the host offers to plugins, on faer, one call on one thread.
//!
//! Plugins parallelize over layers and blocks instead: a product of a few million operations is faster on one thread than spread
//! over two (entering the pool costs more than it saves).

use crate::error::{Error, Result, answer};
use crate::floating::at_home;
use elbow_abi::*;
use faer::dyn_stack::{MemBuffer, MemStack, StackReq};
use faer::linalg::cholesky::llt;
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::linalg::matmul::{matmul, triangular};
use faer::reborrow::ReborrowMut;
use faer::traits::{ComplexField, RealField};
use faer::{Accum, ColMut, MatMut, MatRef, Par};
use std::cell::RefCell;
use std::slice::{from_raw_parts, from_raw_parts_mut};

/// A number that faer computes with, and its place among the precisions.
trait Number: RealField + ComplexField + Copy {
    fn of(x: f64) -> Self;
    fn to(self) -> f64;
    /// The distance from 1 to the next number.
    const EPSILON: f64;
    /// Room of this thread.
    fn room<R>(body: impl FnOnce(&mut Room<Self>) -> R) -> R;
}

/// What a thread's calls need beside their arguments; it grows to the largest call and stays.
struct Room<T> {
    numbers: Vec<T>,
    memory: MemBuffer,
}

impl<T: Number> Room<T> {
    fn new() -> Self {
        Self { numbers: Vec::new(), memory: MemBuffer::new(StackReq::EMPTY) }
    }

    /// Room for `len` numbers, and scratch for faer.
    fn reserve(&mut self, len: usize, need: StackReq) -> (&mut [T], &mut MemStack) {
        if self.numbers.len() < len {
            self.numbers.resize(len, T::of(0.0));
        }
        if !MemStack::new(&mut self.memory).can_hold(need) {
            self.memory = MemBuffer::new(need);
        }
        (&mut self.numbers[..len], MemStack::new(&mut self.memory))
    }
}

impl Number for f64 {
    const EPSILON: f64 = f64::EPSILON;
    fn of(x: f64) -> Self {
        x
    }
    fn to(self) -> f64 {
        self
    }
    fn room<R>(body: impl FnOnce(&mut Room<Self>) -> R) -> R {
        thread_local!(static ROOM: RefCell<Room<f64>> = RefCell::new(Room::new()));
        ROOM.with_borrow_mut(body)
    }
}

impl Number for f32 {
    const EPSILON: f64 = f32::EPSILON as f64;
    fn of(x: f64) -> Self {
        x as f32
    }
    fn to(self) -> f64 {
        f64::from(self)
    }
    fn room<R>(body: impl FnOnce(&mut Room<Self>) -> R) -> R {
        thread_local!(static ROOM: RefCell<Room<f32>> = RefCell::new(Room::new()));
        ROOM.with_borrow_mut(body)
    }
}

/// # Safety
/// `raw` must describe numbers of the type `T` that hold for `'a` and are written by nobody.
unsafe fn view<'a, T>(raw: &ElbowDense) -> MatRef<'a, T> {
    let len = raw.rows * raw.cols;
    // SAFETY: the caller's contract.
    let numbers = if len == 0 { &[] } else { unsafe { from_raw_parts(raw.ptr.cast::<T>(), len) } };
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
        let compute = std::panic::AssertUnwindSafe(|| {
            expect(true $(&& $other.precision == $first.precision)*, "one precision for all")?;
            // SAFETY: the descriptions state the precision of their numbers; outputs are used by this call alone.
            unsafe {
                match $first.precision {
                    PRECISION_SINGLE => $body::<f32>($($argument),*),
                    _ => $body::<f64>($($argument),*),
                }
            }
        });
        let outcome = at_home(|| std::panic::catch_unwind(compute));
        answer($err, outcome.unwrap_or_else(|_| Err(Error::new(FAILED, "the host's linear algebra panicked"))))
    }};
}

/// Copies the lower triangle of an n × n matrix over the upper one, in blocks that stay in the cache.
fn mirror<T: Copy>(a: &mut [T], n: usize) {
    const BLOCK: usize = 32;
    for first in (0..n).step_by(BLOCK) {
        for second in (first..n).step_by(BLOCK) {
            for j in first..n.min(first + BLOCK) {
                for i in second.max(j + 1)..n.min(second + BLOCK) {
                    a[i * n + j] = a[j * n + i];
                }
            }
        }
    }
}

/// out ← keep · out, from row `first(j)` of each column j on.
fn scale<T: Number>(out: &mut MatMut<'_, T>, keep: f64, first: impl Fn(usize) -> usize) {
    let keep = T::of(keep);
    for j in 0..out.ncols() {
        if let Some(column) = out.rb_mut().col_mut(j).try_as_col_major_mut() {
            column.as_slice_mut()[first(j)..].iter_mut().for_each(|x| *x *= keep);
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
        scale(&mut out, keep, |j| j);
    }
    use triangular::BlockStructure::{Rectangular, TriangularLower};
    let weight = T::of(weight);
    triangular::matmul(out, TriangularLower, accumulate, x, Rectangular, x.transpose(), Rectangular, weight, Par::Seq);
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
        scale(&mut out, keep, |_| 0);
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

fn factor_scratch<T: Number>(n: usize) -> StackReq {
    llt::factor::cholesky_in_place_scratch::<T>(n, Par::Seq, Default::default())
}

/// Puts the Cholesky factor of A + shift · I into `factor`. A pivot that is not above the rounding of its own diagonal entry, 8 n of its
/// last digit, has its sign by chance: such a matrix is not positive definite.
fn cholesky<T: Number>(a: MatRef<'_, T>, shift: f64, factor: &mut MatMut<'_, T>, stack: &mut MemStack) -> Result<()> {
    let n = a.nrows();
    factor.copy_from(a);
    for i in 0..n {
        factor[(i, i)] += T::of(shift);
    }
    let done = llt::factor::cholesky_in_place(factor.rb_mut(), Default::default(), Par::Seq, stack, Default::default());
    let above = |i: usize| factor[(i, i)].to().powi(2) > rounding::<T>(n) * (a[(i, i)].to() + shift);
    if done.is_ok() && (0..n).all(above) { Ok(()) } else { Err(not_definite(shift)) }
}

/// What a matrix of order n may lose, relative to its diagonal.
fn rounding<T: Number>(n: usize) -> f64 {
    8.0 * n as f64 * T::EPSILON
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
    let (a, out) = unsafe { (view::<T>(a), if n == 0 { &mut [] } else { from_raw_parts_mut(out.ptr.cast::<T>(), n * n) }) };
    let need = factor_scratch::<T>(n).or(llt::inverse::inverse_scratch::<T>(n, Par::Seq));
    T::room(|room| {
        let (numbers, stack) = room.reserve(n * n, need);
        let mut factor = MatMut::from_column_major_slice_mut(numbers, n, n);
        cholesky(a, shift, &mut factor, stack)?;
        llt::inverse::inverse(MatMut::from_column_major_slice_mut(out, n, n), factor.as_ref(), Par::Seq, stack);
        mirror(out, n);
        // A_ii (A⁻¹)_ii = 1 / (1 − R²), R the correlation of coordinate i with all others: unlike the pivots it knows no order.
        let known = |i: usize| rounding::<T>(n) * (a[(i, i)].to() + shift) * out[i * n + i].to() < 1.0;
        if (0..n).all(known) { Ok(()) } else { Err(not_definite(shift)) }
    })
}

extern "C" fn inverse(a: *const ElbowDense, shift: f64, out: *const ElbowDense, err: *const ElbowErr) -> i32 {
    with_precision!(err, [a, out], inverse_of(a, shift, out))
}

/// # Safety
/// As [`gram_of`]; `values` must be null or have a place for each eigenvalue.
unsafe fn eigen_of<T: Number>(a: &ElbowDense, values: *mut f64, vectors: &ElbowDense) -> Result<()> {
    let n = a.rows;
    expect(a.cols == n && vectors.rows == n && vectors.cols == n, "eigenvectors of a square matrix")?;
    // SAFETY: the caller's contract.
    let (a, u) = unsafe { (view::<T>(a), view_mut::<T>(vectors)) };
    if (0..n).any(|j| (j..n).any(|i| !a[(i, j)].to().is_finite())) {
        return Err(Error::new(NUMERIC, "the matrix has an entry that is not finite"));
    }
    let need = self_adjoint_evd_scratch::<T>(n, ComputeEigenvectors::Yes, Par::Seq, Default::default());
    T::room(|room| {
        let (found, stack) = room.reserve(n, need);
        let diagonal = ColMut::from_slice_mut(found).as_diagonal_mut();
        self_adjoint_evd(a, diagonal, Some(u), Par::Seq, stack, Default::default())
            .map_err(|_| Error::new(NUMERIC, "the eigenvalues do not converge"))?;
        if !values.is_null() {
            // SAFETY: as above.
            let values = unsafe { from_raw_parts_mut(values, n) };
            values.iter_mut().zip(found).for_each(|(value, found)| *value = found.to());
        }
        Ok(())
    })
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
    let need = factor_scratch::<T>(n).or(llt::solve::solve_in_place_scratch::<T>(n, x.ncols(), Par::Seq));
    T::room(|room| {
        let (numbers, stack) = room.reserve(n * n, need);
        let mut factor = MatMut::from_column_major_slice_mut(numbers, n, n);
        cholesky(a, shift, &mut factor, stack)?;
        llt::solve::solve_in_place(factor.as_ref(), x, Par::Seq, stack);
        Ok(())
    })
}

extern "C" fn solve(a: *const ElbowDense, shift: f64, x: *const ElbowDense, err: *const ElbowErr) -> i32 {
    with_precision!(err, [a, x], solve_of(a, shift, x))
}

/// The service.
pub(crate) static LINEAR: ElbowLinear =
    ElbowLinear { struct_size: size_of::<ElbowLinear>() as u32, gram, product, inverse, eigen, solve };
