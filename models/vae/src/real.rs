//! The two widths of numbers that a network computes with, and products of matrices that lie in slices.

use elbow_data::{Data, binarized_row, binarized_row_single};
use elbow_geometry::elementwise;
use elbow_sdk::{Host, Numbers, Result};
use faer::linalg::matmul::matmul;
use faer::traits::ComplexField;
use faer::{Accum, MatMut, MatRef, Par};
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

/// `f32` or `f64`. Functions of slices replace each element.
pub(crate) trait Real:
    ComplexField
    + Copy
    + Default
    + PartialOrd
    + Send
    + Sync
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + 'static
{
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// Rounds.
    fn of(x: f64) -> Self;
    /// Widens.
    fn to(self) -> f64;
    /// Lends to the host.
    fn numbers(values: &[Self]) -> Numbers<'_>;
    /// eˣ.
    fn exp(values: &mut [Self]);
    /// eˣ − 1.
    fn exp_m1(values: &mut [Self]);
    /// eˣ − 1 − x.
    fn exp_m1_minus_x(values: &mut [Self]);
    /// tanh x.
    fn tanh(values: &mut [Self]);
    /// tanh x and its derivative.
    fn tanh_slope(values: &mut [Self], slopes: &mut [Self]);
    /// 1 / (1 + e⁻ˣ).
    fn sigmoid(values: &mut [Self]);
    /// log(1 + eˣ).
    fn softplus(values: &mut [Self]);
    /// Σ log(1 + eʳ) − x r.
    fn bernoulli_loss(r: &[Self], x: &[Self]) -> f64;
    /// out ← σ(r) − x.
    fn sigmoid_minus(r: &[Self], x: &[Self], out: &mut [Self]);
    /// A uniform number in (0, 1) of 24 bits.
    fn uniform(bits: u32) -> Self;
    /// A row of data.
    fn copy_row(data: &Data, row: usize, out: &mut [Self]);
    /// A row of zeros and ones, drawn with the probabilities that stand in the data.
    fn draw_row(host: Host, seed: u64, epoch: u64, row: usize, data: &Data, out: &mut [Self]) -> Result<()>;
}

macro_rules! real {
    ($type:ty, $precision:ident, $copy:ident, $draw:ident) => {
        impl Real for $type {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            #[inline]
            fn of(x: f64) -> Self {
                x as Self
            }
            #[inline]
            fn to(self) -> f64 {
                f64::from(self)
            }
            fn numbers(values: &[Self]) -> Numbers<'_> {
                Numbers::$precision(values)
            }
            fn exp(values: &mut [Self]) {
                elementwise::exp(values);
            }
            fn exp_m1(values: &mut [Self]) {
                elementwise::exp_m1(values);
            }
            fn exp_m1_minus_x(values: &mut [Self]) {
                elementwise::exp_m1_minus_x(values);
            }
            fn tanh(values: &mut [Self]) {
                elementwise::tanh(values);
            }
            fn tanh_slope(values: &mut [Self], slopes: &mut [Self]) {
                elementwise::tanh_slope(values, slopes);
            }
            fn sigmoid(values: &mut [Self]) {
                elementwise::sigmoid(values);
            }
            fn softplus(values: &mut [Self]) {
                elementwise::softplus(values);
            }
            fn bernoulli_loss(r: &[Self], x: &[Self]) -> f64 {
                elementwise::bernoulli_loss(r, x)
            }
            fn sigmoid_minus(r: &[Self], x: &[Self], out: &mut [Self]) {
                elementwise::sigmoid_minus(r, x, 1.0, out);
            }
            #[inline]
            fn uniform(bits: u32) -> Self {
                // The middles of 2²³ equal parts are numbers of 24 bits.
                ((bits >> 9) as Self + 0.5) * (1.0 / 8_388_608.0)
            }
            fn copy_row(data: &Data, row: usize, out: &mut [Self]) {
                data.$copy(row, out);
            }
            fn draw_row(host: Host, seed: u64, epoch: u64, row: usize, data: &Data, out: &mut [Self]) -> Result<()> {
                $draw(host, seed, epoch, row, data, out)
            }
        }
    };
}

real!(f32, Single, copy_row_single, binarized_row_single);
real!(f64, Double, copy_row, binarized_row);

/// A matrix that lies in a slice without gaps, column by column.
pub(crate) fn view<T: Real>(values: &[T], rows: usize, cols: usize) -> MatRef<'_, T> {
    MatRef::from_column_major_slice(&values[..rows * cols], rows, cols)
}

/// As [`view`], to be written.
pub(crate) fn view_mut<T: Real>(values: &mut [T], rows: usize, cols: usize) -> MatMut<'_, T> {
    MatMut::from_column_major_slice_mut(&mut values[..rows * cols], rows, cols)
}

/// The first `rows` of a matrix with `stride` rows, to be written.
pub(crate) fn top_mut<T: Real>(values: &mut [T], rows: usize, cols: usize, stride: usize) -> MatMut<'_, T> {
    view_mut(values, stride, cols).subrows_mut(0, rows)
}

/// out ← scale · a b, or that added to out; on the calling thread.
pub(crate) fn product<T: Real>(out: MatMut<'_, T>, add: bool, a: MatRef<'_, T>, b: MatRef<'_, T>, scale: f64) {
    let accumulate = if add { Accum::Add } else { Accum::Replace };
    matmul(out, accumulate, a, b, T::of(scale), Par::Seq);
}
