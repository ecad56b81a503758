//! Matrices that belong to a plugin, and the host's linear algebra on them.

use crate::error::{Code, Error, Result};
use crate::guard::call;
use crate::host::Host;
use crate::layers::{Numbers, Precision};
use crate::state::State;
use elbow_abi::*;

/// A matrix of either precision, column after column.
#[derive(Clone, Debug)]
pub struct Dense {
    rows: usize,
    cols: usize,
    values: Values,
}

#[derive(Clone, Debug)]
enum Values {
    Double(Vec<f64>),
    Single(Vec<f32>),
}

impl Dense {
    /// Zeros.
    pub fn zeros(precision: Precision, rows: usize, cols: usize) -> Self {
        let values = match precision {
            Precision::Double => Values::Double(vec![0.0; rows * cols]),
            Precision::Single => Values::Single(vec![0.0; rows * cols]),
        };
        Self { rows, cols, values }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// Width of its numbers.
    pub fn precision(&self) -> Precision {
        self.numbers().precision()
    }

    /// Its elements, column by column.
    pub fn numbers(&self) -> Numbers<'_> {
        match &self.values {
            Values::Double(values) => Numbers::Double(values),
            Values::Single(values) => Numbers::Single(values),
        }
    }

    /// Element (i, j).
    pub fn at(&self, i: usize, j: usize) -> f64 {
        self.numbers().at(j * self.rows + i)
    }

    /// Trace divided by the order: the mean eigenvalue of a symmetric matrix.
    pub fn mean_eigenvalue(&self) -> f64 {
        (0..self.rows).map(|i| self.at(i, i)).sum::<f64>() / self.rows as f64
    }

    /// Copies numbers in, column by column.
    ///
    /// # Panics
    /// If there are not rows × columns of them.
    pub fn copy_from(&mut self, numbers: &[f64]) {
        match &mut self.values {
            Values::Double(values) => values.copy_from_slice(numbers),
            Values::Single(values) => {
                assert!(values.len() == numbers.len(), "rows × columns numbers");
                values.iter_mut().zip(numbers).for_each(|(value, number)| *value = *number as f32);
            }
        }
    }

    /// Sets the k-th number, column by column, to f(k).
    pub fn fill(&mut self, f: impl Fn(usize) -> f64) {
        self.change(|k, _| f(k));
    }

    /// Replaces the k-th number x, column by column, by f(k, x).
    pub fn change(&mut self, f: impl Fn(usize, f64) -> f64) {
        match &mut self.values {
            Values::Double(values) => values.iter_mut().enumerate().for_each(|(k, x)| *x = f(k, *x)),
            Values::Single(values) => values.iter_mut().enumerate().for_each(|(k, x)| *x = f(k, f64::from(*x)) as f32),
        }
    }

    /// Copies the lower triangle of a square matrix over the upper one: [`Linear::gram`] writes the lower one alone.
    pub fn mirror(&mut self) {
        let n = self.rows;
        match &mut self.values {
            Values::Double(values) => mirror(values, n),
            Values::Single(values) => mirror(values, n),
        }
    }

    /// The smallest and the largest number.
    pub fn range(&self) -> [f64; 2] {
        let all = (0..self.rows * self.cols).map(|k| self.numbers().at(k));
        all.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], x| [low.min(x), high.max(x)])
    }

    /// The largest diagonal entry, at least 0: the scale of a positive semi-definite matrix.
    pub fn largest_diagonal(&self) -> f64 {
        (0..self.rows).map(|i| self.at(i, i)).fold(0.0, f64::max)
    }

    /// Copies numbers out, column by column.
    ///
    /// # Panics
    /// If there are not rows × columns places.
    pub fn copy_to(&self, out: &mut [f64]) {
        match &self.values {
            Values::Double(values) => out.copy_from_slice(values),
            Values::Single(values) => {
                assert!(values.len() == out.len(), "rows × columns places");
                out.iter_mut().zip(values).for_each(|(out, value)| *out = f64::from(*value));
            }
        }
    }

    /// Replaces each element x by f(x, y), with y the element of another matrix of the same size and precision.
    ///
    /// # Panics
    /// If sizes or precisions differ.
    pub fn zip(&mut self, other: &Self, f: impl Fn(f64, f64) -> f64) {
        assert!((self.rows, self.cols) == (other.rows, other.cols), "matrices of the same size");
        match (&mut self.values, &other.values) {
            (Values::Double(x), Values::Double(y)) => x.iter_mut().zip(y).for_each(|(x, y)| *x = f(*x, *y)),
            (Values::Single(x), Values::Single(y)) => {
                x.iter_mut().zip(y).for_each(|(x, y)| *x = f(f64::from(*x), f64::from(*y)) as f32);
            }
            _ => panic!("matrices of the same precision"),
        }
    }

    /// Replaces each element x by f(x).
    pub fn map(&mut self, f: impl Fn(f64) -> f64) {
        match &mut self.values {
            Values::Double(x) => x.iter_mut().for_each(|x| *x = f(*x)),
            Values::Single(x) => x.iter_mut().for_each(|x| *x = f(f64::from(*x)) as f32),
        }
    }

    /// Takes the size and numbers of a borrowed matrix, each changed by f.
    pub fn set(&mut self, rows: usize, numbers: Numbers<'_>, f: impl Fn(usize, f64) -> f64) {
        (self.rows, self.cols) = (rows, numbers.len() / rows.max(1));
        match numbers {
            Numbers::Double(numbers) => {
                let Values::Double(values) = self.typed(Precision::Double) else { return };
                values.clear();
                values.extend(numbers.iter().enumerate().map(|(k, x)| f(k, *x)));
            }
            Numbers::Single(numbers) => {
                let Values::Single(values) = self.typed(Precision::Single) else { return };
                values.clear();
                values.extend(numbers.iter().enumerate().map(|(k, x)| f(k, f64::from(*x)) as f32));
            }
        }
    }

    /// Takes another size; its numbers are then of no meaning.
    pub fn resize(&mut self, precision: Precision, rows: usize, cols: usize) {
        (self.rows, self.cols) = (rows, cols);
        match self.typed(precision) {
            Values::Double(values) => values.resize(rows * cols, 0.0),
            Values::Single(values) => values.resize(rows * cols, 0.0),
        }
    }

    fn typed(&mut self, precision: Precision) -> &mut Values {
        if self.precision() != precision {
            self.values = Self::zeros(precision, 0, 0).values;
        }
        &mut self.values
    }

    /// Visits its numbers for saving and loading.
    pub fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        let mut shape = [self.rows as u64, self.cols as u64, u64::from(self.precision() == Precision::Single)];
        shape.iter_mut().try_for_each(|x| state.count(x))?;
        let [rows, cols, single] = shape;
        if (rows, cols) != (self.rows as u64, self.cols as u64) || (single == 1) != (self.precision() == Precision::Single) {
            let expected = format!("{} × {}", self.rows, self.cols);
            if rows.checked_mul(cols).is_none_or(|len| len > state.room() as u64 / 8) {
                return Err(Error::new(Code::BadState, format!("a matrix of {rows} × {cols} saved, {expected} expected")));
            }
            let precision = if single == 1 { Precision::Single } else { Precision::Double };
            *self = Self::zeros(precision, rows as usize, cols as usize);
        }
        match &mut self.values {
            Values::Double(values) => values.iter_mut().try_for_each(|x| state.number(x)),
            Values::Single(values) => values.iter_mut().try_for_each(|x| {
                let mut wide = f64::from(*x);
                state.number(&mut wide)?;
                *x = wide as f32;
                Ok(())
            }),
        }
    }

    fn lend(&self) -> ElbowDense {
        lend(self.numbers(), self.rows, self.cols)
    }

    fn lend_mut(&mut self) -> ElbowDense {
        let (rows, cols) = (self.rows, self.cols);
        match &mut self.values {
            Values::Double(v) => dense(v.as_mut_ptr().cast(), rows, cols, PRECISION_DOUBLE),
            Values::Single(v) => dense(v.as_mut_ptr().cast(), rows, cols, PRECISION_SINGLE),
        }
    }
}

fn mirror<T: Copy>(values: &mut [T], n: usize) {
    for j in 0..n {
        (j + 1..n).for_each(|i| values[i * n + j] = values[j * n + i]);
    }
}

fn dense(ptr: *mut std::ffi::c_void, rows: usize, cols: usize, precision: u32) -> ElbowDense {
    ElbowDense { ptr, rows, cols, precision, reserved: 0 }
}

fn lend(numbers: Numbers<'_>, rows: usize, cols: usize) -> ElbowDense {
    match numbers {
        Numbers::Double(v) => dense(v.as_ptr().cast_mut().cast(), rows, cols, PRECISION_DOUBLE),
        Numbers::Single(v) => dense(v.as_ptr().cast_mut().cast(), rows, cols, PRECISION_SINGLE),
    }
}

/// A matrix that is only read: one of a plugin's, or numbers that a model lends, with their number of rows.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    numbers: Numbers<'a>,
    rows: usize,
    transposed: bool,
}

impl<'a> View<'a> {
    /// Numbers, column after column of `rows` each.
    ///
    /// # Panics
    /// If they do not fill whole columns.
    pub fn new(numbers: Numbers<'a>, rows: usize) -> Self {
        assert!(rows > 0 && numbers.len().is_multiple_of(rows), "whole columns");
        Self { numbers, rows, transposed: false }
    }

    /// Its transpose, without a copy.
    pub fn t(self) -> Self {
        Self { transposed: !self.transposed, ..self }
    }

    fn raw(&self) -> ElbowDense {
        lend(self.numbers, self.rows, self.numbers.len() / self.rows)
    }
}

impl<'a> From<&'a Dense> for View<'a> {
    fn from(dense: &'a Dense) -> Self {
        View { numbers: dense.numbers(), rows: dense.rows.max(1), transposed: false }
    }
}

/// The host's linear algebra. Each call runs on the calling thread.
#[derive(Clone, Copy, Debug)]
pub struct Linear(Option<&'static ElbowLinear>);

impl Host {
    /// The host's linear algebra.
    pub fn linear(self) -> Linear {
        Linear(self.service(SERVICE_LINEAR))
    }
}

impl Linear {
    fn table(self) -> Result<&'static ElbowLinear> {
        self.0.ok_or_else(|| Error::new(Code::Unsupported, "the host offers no linear algebra"))
    }

    /// out ← keep · out + weight · X Xᵀ; the lower triangle alone, which is all that [`Linear::inverse`], [`Linear::eigen`] and
    /// [`Linear::solve`] read.
    pub fn gram(self, x: View<'_>, weight: f64, keep: f64, out: &mut Dense) -> Result<()> {
        let (table, x, out) = (self.table()?, x.raw(), out.lend_mut());
        call(|err| (table.gram)(&raw const x, weight, keep, &raw const out, err))
    }

    /// out ← keep · out + scale · A B.
    pub fn product(self, a: View<'_>, b: View<'_>, scale: f64, keep: f64, out: &mut Dense) -> Result<()> {
        let transposed = u32::from(a.transposed) | u32::from(b.transposed) << 1;
        let (table, a, b, out) = (self.table()?, a.raw(), b.raw(), out.lend_mut());
        call(|err| (table.product)(&raw const a, &raw const b, transposed, scale, keep, &raw const out, err))
    }

    /// out ← (A + shift I)⁻¹, both triangles; [`Code::Numeric`] if that is not positive definite.
    pub fn inverse(self, a: &Dense, shift: f64, out: &mut Dense) -> Result<()> {
        let (table, a, out) = (self.table()?, a.lend(), out.lend_mut());
        call(|err| (table.inverse)(&raw const a, shift, &raw const out, err))
    }

    /// The eigenvalues of a symmetric matrix of order n, ascending, n of them, and its eigenvectors in their order.
    pub fn eigen(self, a: &Dense, values: &mut [f64], vectors: &mut Dense) -> Result<()> {
        assert!(values.len() == a.rows(), "one place for each eigenvalue");
        let (table, a, vectors) = (self.table()?, a.lend(), vectors.lend_mut());
        call(|err| (table.eigen)(&raw const a, values.as_mut_ptr(), &raw const vectors, err))
    }

    /// X ← (A + shift I)⁻¹ X; [`Code::Numeric`] if that is not positive definite.
    pub fn solve(self, a: &Dense, shift: f64, x: &mut Dense) -> Result<()> {
        let (table, a, x) = (self.table()?, a.lend(), x.lend_mut());
        call(|err| (table.solve)(&raw const a, shift, &raw const x, err))
    }
}
