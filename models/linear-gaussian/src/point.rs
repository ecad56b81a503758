//! Where an evaluator stands: parameters as matrices, and what the closed forms share.

use crate::model::LinearGaussian;
use crate::moments::Moments;
use elbow_sdk::{Code, Error, Result};
use faer::linalg::solvers::DenseSolveCore;
use faer::{Mat, MatRef, Side};

/// The state of one cell's evaluations.
pub struct Evaluator {
    pub(crate) seed: u64,
    pub(crate) sample: u64,
    point: Option<Point>,
}

/// The parameters, and the posterior that they have.
pub(crate) struct Point {
    /// W̄ = [W, μ], d × (k + 1).
    pub decoder: Mat<f64>,
    /// σ².
    pub variance: f64,
    /// V̄ = [V, b], k × (d + 1).
    pub encoder: Mat<f64>,
    /// s = ½ log D, length k.
    pub log_sigma: Vec<f64>,
    /// M = Wᵀ W + σ² I, k × k.
    pub precision: Mat<f64>,
    /// M⁻¹.
    pub inverse: Mat<f64>,
    /// log |M|.
    pub log_determinant: f64,
    /// U = Wᵀ [I, −μ], k × (d + 1): Wᵀ (x − μ) = U x̄.
    pub projection: Mat<f64>,
    /// P̄ = M⁻¹ U: the posterior has the mean P̄ x̄.
    pub posterior: Mat<f64>,
    /// Under the learned q; when they are asked for.
    pub learned: Option<Moments>,
    /// Under the posterior; when they are asked for.
    pub exact: Option<Moments>,
}

impl Point {
    /// W, d × k.
    pub fn loading(&self) -> MatRef<'_, f64> {
        self.decoder.as_ref().subcols(0, self.precision.nrows())
    }

    /// μ, length d.
    pub fn mean(&self) -> &[f64] {
        self.decoder.col_as_slice(self.precision.nrows())
    }

    /// D, length k.
    pub fn diagonal(&self) -> impl Iterator<Item = f64> {
        self.log_sigma.iter().map(|s| (2.0 * s).exp())
    }
}

impl Evaluator {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, sample: 0, point: None }
    }

    /// The point; an error before the first move.
    pub(crate) fn point(&mut self) -> Result<&mut Point> {
        self.point.as_mut().ok_or_else(|| Error::new(Code::Failed, "the evaluator stands nowhere: it was not moved to a point"))
    }

    pub(crate) fn move_to(&mut self, model: &LinearGaussian, theta: &[f64], phi: &[f64], sample: u64) -> Result<()> {
        self.point = None;
        self.point = Some(model.stand(theta, phi)?);
        self.sample = sample;
        Ok(())
    }
}

/// M = Wᵀ W + σ² I and U = Wᵀ [I, −μ], for W̄ = [W, μ].
pub(crate) fn posterior_parts(decoder: MatRef<'_, f64>, variance: f64) -> (Mat<f64>, Mat<f64>) {
    let (d, k) = (decoder.nrows(), decoder.ncols() - 1);
    let (loading, products) = (decoder.subcols(0, k), decoder.transpose() * decoder);
    let noise = |a, b| if a == b { variance } else { 0.0 };
    let precision = Mat::from_fn(k, k, |a, b| products[(a, b)] + noise(a, b));
    (precision, Mat::from_fn(k, d + 1, |a, i| if i < d { loading[(i, a)] } else { -products[(a, k)] }))
}

/// M⁻¹ and log |M|.
fn inverted(m: &Mat<f64>) -> Result<(Mat<f64>, f64)> {
    let failed = || Error::new(Code::Numeric, "Wᵀ W + σ² I is not positive definite, or not finite");
    let factor = m.llt(Side::Lower).map_err(|_| failed())?;
    let log_determinant = (0..m.nrows()).map(|a| 2.0 * factor.L()[(a, a)].ln()).sum::<f64>();
    if log_determinant.is_finite() { Ok((factor.inverse(), log_determinant)) } else { Err(failed()) }
}

impl LinearGaussian {
    fn stand(&self, theta: &[f64], phi: &[f64]) -> Result<Point> {
        let (d, k) = (self.statistics.columns(), self.latent);
        let (decoder, encoder) = (matrix(&theta[..d * (k + 1)], d), matrix(&phi[..k * (d + 1)], k));
        let variance = self.fixed.unwrap_or_else(|| theta[d * (k + 1)].exp());
        let (precision, projection) = posterior_parts(decoder.as_ref(), variance);
        let (inverse, log_determinant) = inverted(&precision)?;
        let posterior = &inverse * &projection;
        let log_sigma = phi[k * (d + 1)..].to_vec();
        let (learned, exact) = (None, None);
        Ok(Point {
            decoder,
            variance,
            encoder,
            log_sigma,
            precision,
            inverse,
            log_determinant,
            projection,
            posterior,
            learned,
            exact,
        })
    }
}

/// A matrix of so many rows from its columns.
fn matrix(values: &[f64], rows: usize) -> Mat<f64> {
    MatRef::from_column_major_slice(values, rows, values.len() / rows).to_owned()
}
