//! What the closed forms need of the data: moments up to the second.

use elbow_data::Data;
use elbow_sdk::Host;
use faer::linalg::matmul::triangular::{BlockStructure, matmul};
use faer::{Accum, Mat, MatRef, Par};

/// Most parts of the data that are summed at the same time; fixed, and so is every rounding.
const PARTS: usize = 16;
/// Rows that are multiplied at once.
const BLOCK: usize = 256;

/// Moments of the data, from which the shift has been subtracted.
#[derive(Clone, Debug)]
pub struct Statistics {
    mean: Vec<f64>,
    covariance: Mat<f64>,
    second: Mat<f64>,
}

/// One part of the rows, and the sum of (x − m)(x − m)ᵀ over them, lower triangle.
struct Part {
    rows: std::ops::Range<usize>,
    sum: Mat<f64>,
}

impl Statistics {
    /// Of these data as they stand, or about their mean.
    pub(crate) fn new(host: Host, data: &Data, center: bool) -> Self {
        let (mean, columns) = (data.mean(), data.columns());
        let covariance = covariance(host, data, &mean);
        let mean = if center { vec![0.0; columns] } else { mean };
        let extended = |i: usize| mean.get(i).copied().unwrap_or(1.0);
        let central = |i, j| if i < columns && j < columns { covariance[(i, j)] } else { 0.0 };
        let second = Mat::from_fn(columns + 1, columns + 1, |i, j| central(i, j) + extended(i) * extended(j));
        Self { mean, covariance, second }
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

    /// E‖x‖².
    pub(crate) fn square(&self) -> f64 {
        (0..self.columns()).map(|i| self.second[(i, i)]).sum()
    }
}

fn covariance(host: Host, data: &Data, mean: &[f64]) -> Mat<f64> {
    let (rows, columns) = (data.rows(), data.columns());
    let parts = PARTS.min(rows.div_ceil(BLOCK));
    let part = |k| Part { rows: k * rows / parts..(k + 1) * rows / parts, sum: Mat::zeros(columns, columns) };
    let mut parts: Vec<Part> = (0..parts).map(part).collect();
    host.for_each(&mut parts, |_, part| part.add(data, mean));
    let entry = |i: usize, j: usize| parts.iter().map(|part| part.sum[(i.max(j), i.min(j))]).sum::<f64>() / rows as f64;
    Mat::from_fn(columns, columns, entry)
}

impl Part {
    fn add(&mut self, data: &Data, mean: &[f64]) {
        let mut block = Mat::zeros(mean.len(), BLOCK);
        for first in self.rows.clone().step_by(BLOCK) {
            let count = BLOCK.min(self.rows.end - first);
            for r in 0..count {
                let column = block.col_as_slice_mut(r);
                data.copy_row(first + r, column);
                column.iter_mut().zip(mean).for_each(|(x, mean)| *x -= mean);
            }
            let (x, lower) = (block.as_ref().subcols(0, count), BlockStructure::TriangularLower);
            let full = BlockStructure::Rectangular;
            matmul(self.sum.as_mut(), lower, Accum::Add, x, full, x.transpose(), full, 1.0, Par::Seq);
        }
    }
}
