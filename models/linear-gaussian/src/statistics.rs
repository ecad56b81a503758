//! What the closed forms need of the data: a factor of the second moments.
//!
//! ```text
//! E[x̄ x̄ᵀ] = F Fᵀ     F = [Cᵀ m; 0 1]     CᵀC = E[(x − m)(x − m)ᵀ]
//! ```
//!
//! C is triangular, from reflections of the centred data, or holds the centred data themselves where there are few. So the columns of
//! F stand for all data, with weight 1 each, and no product of data with data is formed: a direction in which they hardly vary keeps
//! its digits, and numbers whose squares are beyond 1e308 are still good.

use crate::factor;
use crate::span::Span;
use elbow_data::Data;
use elbow_sdk::{Host, Result};
use faer::{Mat, MatRef};
use std::ops::Range;

/// Most parts of the data that are reflected at the same time; fixed, and so is every rounding.
const PARTS: usize = 16;
/// Rows that are reflected at once.
const BLOCK: usize = 128;

/// Moments of the data, from which the shift has been subtracted.
#[derive(Clone, Debug)]
pub struct Statistics {
    rows: usize,
    mean: Vec<f64>,
    covariance: Mat<f64>,
    second: Mat<f64>,
    factor: Mat<f64>,
    span: Span,
}

/// One part of the rows, and the triangle that they leave.
struct Part {
    rows: Range<usize>,
    triangle: Mat<f64>,
}

impl Statistics {
    /// Of these data as they stand, or about their mean.
    pub(crate) fn new(host: Host, data: &Data, center: bool) -> Result<Self> {
        let (about, columns) = (data.mean(), data.columns());
        let central = central(host, data, &about);
        let mean = if center { vec![0.0; columns] } else { about.clone() };
        let span = Span::new(central.as_ref(), &about, &mean)?;
        let last = |i: usize| mean.get(i).copied().unwrap_or(1.0);
        let count = central.nrows();
        let factor = Mat::from_fn(columns + 1, count + 1, |i, r| match (i < columns, r < count) {
            (_, false) => last(i),
            (true, true) => central[(r, i)],
            (false, true) => 0.0,
        });
        let (covariance, second) = (square(factor.as_ref().submatrix(0, 0, columns, count)), square(factor.as_ref()));
        Ok(Self { rows: data.rows(), mean, covariance, second, factor, span })
    }

    /// Number of data.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// d, the number of columns.
    pub fn columns(&self) -> usize {
        self.mean.len()
    }

    /// m = `E[x]`, length d.
    pub fn mean(&self) -> &[f64] {
        &self.mean
    }

    /// `E[(x − m)(x − m)ᵀ]`, d × d.
    pub fn covariance(&self) -> MatRef<'_, f64> {
        self.covariance.as_ref()
    }

    /// `E[x̄ x̄ᵀ]` with x̄ = (x, 1), (d + 1) × (d + 1).
    pub fn second_moment(&self) -> MatRef<'_, f64> {
        self.second.as_ref()
    }

    /// F, of d + 1 rows; the last column is (m, 1).
    pub fn factor(&self) -> MatRef<'_, f64> {
        self.factor.as_ref()
    }

    /// Cᵀ, of d rows.
    pub(crate) fn central(&self) -> MatRef<'_, f64> {
        self.factor.as_ref().submatrix(0, 0, self.columns(), self.factor.ncols() - 1)
    }

    /// Logarithm of the mean variance of a column.
    pub(crate) fn log_variance(&self) -> f64 {
        ((0..self.columns()).map(|i| self.covariance[(i, i)]).sum::<f64>() / self.columns() as f64).ln()
    }

    /// The column that varies most, from 0, and its standard deviation.
    pub(crate) fn longest(&self) -> (usize, f64) {
        let lengths = (0..self.columns()).map(|i| (i, factor::length(self.central().row(i).transpose())));
        lengths.max_by(|(_, a), (_, b)| a.total_cmp(b)).unwrap_or_default()
    }

    /// [I, −μ] F, d × r.
    pub(crate) fn without(&self, mu: MatRef<'_, f64>) -> Mat<f64> {
        let mut out = self.factor.as_ref().subrows(0, self.columns()).to_owned();
        let mut last = out.as_mut().subcols_mut(self.factor.ncols() - 1, 1);
        last -= mu;
        out
    }

    /// In which directions the data vary.
    pub(crate) fn span(&self) -> &Span {
        &self.span
    }
}

/// A Aᵀ, symmetric to the last digit.
fn square(a: MatRef<'_, f64>) -> Mat<f64> {
    let product = a * a.transpose();
    Mat::from_fn(a.nrows(), a.nrows(), |i, j| product[(i.max(j), i.min(j))])
}

/// C, triangular or of as many rows as there are data.
fn central(host: Host, data: &Data, mean: &[f64]) -> Mat<f64> {
    let (rows, columns) = (data.rows(), data.columns());
    let weight = 1.0 / (rows as f64).sqrt();
    if rows <= columns {
        return centred(data, mean, 0..rows).as_ref() * faer::Scale(weight);
    }
    let parts = (rows / (8 * columns)).clamp(1, PARTS);
    let part = |k| Part { rows: k * rows / parts..(k + 1) * rows / parts, triangle: Mat::zeros(columns, columns) };
    let mut parts: Vec<Part> = (0..parts).map(part).collect();
    host.for_each(&mut parts, |_, part| part.take_in(data, mean));
    let (first, others) = parts.split_at_mut(1);
    let all = &mut first[0].triangle;
    others.iter_mut().for_each(|part| factor::fold(all, &mut part.triangle));
    &*all * faer::Scale(weight)
}

/// Some of the data without their mean, a row for each.
fn centred(data: &Data, mean: &[f64], rows: Range<usize>) -> Mat<f64> {
    let (mut out, mut row) = (Mat::zeros(rows.len(), mean.len()), vec![0.0; mean.len()]);
    for (place, number) in rows.enumerate() {
        data.copy_row(number, &mut row);
        (0..mean.len()).for_each(|i| out[(place, i)] = row[i] - mean[i]);
    }
    out
}

impl Part {
    fn take_in(&mut self, data: &Data, mean: &[f64]) {
        for first in self.rows.clone().step_by(BLOCK) {
            let mut block = centred(data, mean, first..self.rows.end.min(first + BLOCK));
            factor::fold(&mut self.triangle, &mut block);
        }
    }
}
