//! In which directions the data vary, judged after every column was scaled to length 1.

use crate::factor::{factor, fold, length};
use elbow_sdk::{Code, Error, Result};
use faer::{Mat, MatRef};

/// Roundings for each row or column below which a direction counts as none.
const ROUNDINGS: f64 = 4.0;

/// The span of the centred data.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    /// Number of independent directions.
    pub rank: usize,
    /// Columns that do not vary, from 0.
    pub constant: Vec<usize>,
    /// Columns that are combinations of those before them, from 0.
    pub dependent: Vec<usize>,
    /// An orthonormal basis of the span of all x̄ = (x, 1), (d + 1) × (rank + 1), if it is not everything.
    pub basis: Option<Mat<f64>>,
}

impl Span {
    /// Of the rows of C, which are centred about a mean; `shifted` is the mean of the data after their shift.
    pub fn new(central: MatRef<'_, f64>, mean: &[f64], shifted: &[f64]) -> Result<Self> {
        let (rows, d) = central.shape();
        let tolerance = ROUNDINGS * rows.max(d) as f64 * f64::EPSILON;
        // What is left of a constant column is the rounding of its mean.
        let varying = |i: usize| Some(length(central.col(i))).filter(|x| *x > 2.0 * f64::EPSILON * mean[i].abs());
        let lengths: Vec<f64> = (0..d).map(|i| varying(i).unwrap_or(0.0)).collect();
        let scaled = Mat::from_fn(rows, d, |r, i| if lengths[i] > 0.0 { central[(r, i)] / lengths[i] } else { 0.0 });
        let failed = |_| Error::new(Code::Numeric, "the data have no singular values: they are not finite");
        let svd = scaled.thin_svd().map_err(failed)?;
        let values = svd.S().column_vector();
        let rank = values.iter().filter(|x| **x > tolerance * values[0]).count();
        let (mut triangle, mut scaled) = (Mat::zeros(d, d), scaled);
        fold(&mut triangle, &mut scaled);
        let is_constant = |i: &usize| lengths[*i] == 0.0;
        let dependent = (0..d).filter(|i| !is_constant(i) && triangle[(*i, *i)].abs() <= tolerance).collect();
        let basis = (rank < d).then(|| basis(&lengths, svd.V().subcols(0, rank), shifted));
        Ok(Self { rank, constant: (0..d).filter(is_constant).collect(), dependent, basis })
    }
}

/// Of the span of (L v, 0) for some v, and (m, 1).
fn basis(lengths: &[f64], vectors: MatRef<'_, f64>, mean: &[f64]) -> Mat<f64> {
    let (d, rank) = vectors.shape();
    let entry = |i: usize, a: usize| match (i < d, a < rank) {
        (true, true) => lengths[i] * vectors[(i, a)],
        (true, false) => mean[i],
        (false, is_direction) => f64::from(u8::from(!is_direction)),
    };
    factor(Mat::zeros(rank + 1, rank + 1), Mat::from_fn(d + 1, rank + 1, entry)).1
}
