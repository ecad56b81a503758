//! Where an evaluator stands: parameters as matrices, and what the closed forms share.

use crate::model::LinearGaussian;
use crate::moments::Moments;
use crate::root::Root;
use elbow_sdk::{Code, Error, Result};
use faer::{Mat, MatRef};

/// The state of one cell's evaluations.
pub struct Evaluator {
    pub(crate) seed: u64,
    pub(crate) sample: u64,
    point: Option<Point>,
}

/// The parameters, and the posterior that they have. The columns of F stand for the data: there are r.
pub(crate) struct Point {
    /// W̄ = [W, μ], d × (k + 1).
    pub decoder: Mat<f64>,
    /// log σ².
    pub log_variance: f64,
    /// σ², normal and finite.
    pub variance: f64,
    /// σ.
    pub sigma: f64,
    /// V̄ = [V, b], k × (d + 1).
    pub encoder: Mat<f64>,
    /// s = ½ log D, length k.
    pub log_sigma: Vec<f64>,
    /// M and what follows from it.
    pub root: Root,
    /// Y = [I, −μ] F, the data without μ, d × r.
    pub centred: Mat<f64>,
    /// Qᵀ Y, k × r: the posterior has the mean T⁻¹ Qᵀ (x − μ).
    pub along: Mat<f64>,
    /// Under the learned q; when they are asked for.
    pub learned: Option<Moments>,
    /// Under the posterior; when they are asked for.
    pub exact: Option<Moments>,
}

impl Point {
    /// W, d × k.
    pub fn loading(&self) -> MatRef<'_, f64> {
        self.decoder.as_ref().subcols(0, self.encoder.nrows())
    }

    /// D, length k.
    pub fn diagonal(&self) -> impl Iterator<Item = f64> {
        self.log_sigma.iter().map(|s| (2.0 * s).exp())
    }

    /// log(M_aa D_a / σ²), length k: how far D_a is from the best.
    pub fn excess(&self) -> impl Iterator<Item = f64> {
        self.root.excess.iter().zip(&self.log_sigma).map(|(excess, s)| excess + 2.0 * s)
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

impl LinearGaussian {
    fn stand(&self, theta: &[f64], phi: &[f64]) -> Result<Point> {
        let (d, k) = (self.statistics.columns(), self.latent);
        let (decoder, encoder) = (matrix(&theta[..d * (k + 1)], d), matrix(&phi[..k * (d + 1)], k));
        let log_variance = self.fixed.map_or_else(|| theta[d * (k + 1)], f64::ln);
        let (variance, sigma) = (self.fixed.unwrap_or_else(|| log_variance.exp()), (0.5 * log_variance).exp());
        if !(variance.is_normal() && variance.is_sign_positive()) {
            return Err(Error::new(Code::Numeric, format!("σ² = exp({log_variance}) is no positive number")));
        }
        let root = Root::new(decoder.as_ref().subcols(0, k), sigma)?;
        let centred = self.statistics.without(decoder.as_ref().subcols(k, 1));
        let along = root.range.transpose() * &centred;
        let log_sigma = phi[k * (d + 1)..].to_vec();
        let (learned, exact) = (None, None);
        Ok(Point { decoder, log_variance, variance, sigma, encoder, log_sigma, root, centred, along, learned, exact })
    }
}

/// A matrix of so many rows from its columns.
fn matrix(values: &[f64], rows: usize) -> Mat<f64> {
    MatRef::from_column_major_slice(values, rows, values.len() / rows).to_owned()
}
