//! Where points lie and where they come from.
//!
//! ```text
//! default   W, V ~ N(0, 0.1²)     μ, b, s = 0     log σ² = log of the mean variance of the columns
//! ml        the maximum of the evidence, and the q that is its posterior
//! ```

use crate::gradient::put;
use crate::model::LinearGaussian;
use crate::oracle;
use elbow_sdk::{Code, Domain, Error, Result, Rng};

/// Standard deviation of the first weights.
const SPREAD: f64 = 0.1;
/// Largest |log σ²|, and twice the largest |s|: beyond 1e±301 variances and what is divided by them are no normal numbers.
pub(crate) const LARGEST: f64 = 695.0;

impl LinearGaussian {
    /// Outside where a number is not finite or a variance not positive; there is no boundary.
    pub(crate) fn place(&self, theta: &[f64], phi: &[f64]) -> Domain {
        let bound = |at: usize| if at < self.encoder_offset() { f64::MAX } else { 0.5 * LARGEST };
        let log_variance = self.statistics.columns() * (self.latent + 1);
        let by_theta = theta.iter().position(|x| !x.is_finite());
        let by_variance = theta.get(log_variance).and_then(|x| (x.abs() > LARGEST).then_some(log_variance));
        let by_phi = phi.iter().enumerate().position(|(k, x)| !x.is_finite() || x.abs() > bound(k));
        let outside = by_theta.or(by_variance).or(by_phi.map(|k| theta.len() + k));
        outside.map_or(Domain::Inside, |parameter| Domain::Outside { parameter })
    }

    /// Where s begins in φ.
    fn encoder_offset(&self) -> usize {
        self.latent * (self.statistics.columns() + 1)
    }

    pub(crate) fn draw_start(&self, kind: &str, rng: &mut Rng<'_>, theta: &mut [f64], phi: &mut [f64]) -> Result<()> {
        match kind {
            "default" => self.small(rng, theta, phi),
            "ml" => return self.best(theta, phi),
            _ => return Err(Error::new(Code::BadParameter, format!("no distribution `{kind}`; there are `default`, `ml`"))),
        }
        Ok(())
    }

    fn small(&self, rng: &mut Rng<'_>, theta: &mut [f64], phi: &mut [f64]) {
        let (d, k) = (self.statistics.columns(), self.latent);
        let weights = theta[..d * k].iter_mut().chain(&mut phi[..k * d]);
        weights.for_each(|x| *x = SPREAD * rng.normal());
        theta[d * k..].fill(0.0);
        phi[k * d..].fill(0.0);
        theta[d * (k + 1)..].fill(self.statistics.log_variance());
    }

    fn best(&self, theta: &mut [f64], phi: &mut [f64]) -> Result<()> {
        let best = &self.maximum;
        let (encoder, log_sigma) = oracle::best_recognition(best.decoder.as_ref(), best.variance)?;
        put(theta, best.decoder.as_ref(), 1.0).fill(best.variance.ln());
        put(phi, encoder.as_ref(), 1.0).copy_from_slice(&log_sigma);
        Ok(())
    }
}
