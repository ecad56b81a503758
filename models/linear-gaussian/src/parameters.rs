//! What an experiment says of the model, and what is wrong with it.
//!
//! ```text
//! 1 ≤ k < d;   θ: d (k + 1) numbers, and log σ² if it is learned;   φ: k (d + 1) + k numbers
//! ```

use crate::statistics::Statistics;
use elbow_data::DataParameters;
use elbow_sdk::Issues;

elbow_sdk::choices! {
    /// Whether σ² is learned.
    pub enum Noise {
        /// log σ² is a parameter of the model.
        Learned = "learned",
        /// σ² is `variance`.
        Fixed = "fixed",
    }
}

elbow_sdk::parameters! {
    /// Parameters of the linear-Gaussian model.
    pub struct Parameters {
        /// The data: any numbers, not drawn anew in each epoch.
        data: DataParameters = DataParameters::default();
        /// Whether the mean of the data is subtracted from them.
        center: bool = true;
        /// k, the dimension of the hidden variable; below the number of columns.
        latent: usize = 2, min(1.0);
        /// Whether the variance of the noise is learned.
        noise: Noise = Noise::Learned;
        /// σ², the variance of the noise, if it is fixed.
        variance: f64 = 0.05, above(0.0), log();
    }
}

/// Variances below this share of the largest count as none.
const FLAT: f64 = 1e-12;

impl Parameters {
    /// σ², if it is fixed.
    pub(crate) fn fixed(&self) -> Option<f64> {
        (self.noise == Noise::Fixed).then_some(self.variance)
    }

    /// Everything that is wrong with the numbers, whatever the data.
    pub(crate) fn check(&self, issues: &mut Issues) {
        if self.latent == 0 {
            issues.parameter("latent", "is 0; expected at least 1 hidden dimension");
        }
        if self.noise == Noise::Fixed && !(self.variance > 0.0 && self.variance.is_finite()) {
            issues.parameter("variance", format!("is {}; expected a variance above 0", self.variance));
        }
    }

    /// Whether so many hidden dimensions fit the data; `spectrum` holds the variances of the data, the largest first.
    pub(crate) fn check_data(&self, statistics: &Statistics, spectrum: &[f64], issues: &mut Issues) {
        let (latent, columns) = (self.latent, statistics.columns());
        let rank = spectrum.iter().filter(|x| **x > FLAT * spectrum[0]).count();
        if latent >= columns {
            let most = if columns > 1 { format!("at most {}", columns - 1) } else { "data of at least 2 columns".to_owned() };
            issues.parameter("latent", format!("is {latent}, but the data have {columns} columns; expected {most}"));
        } else if self.noise == Noise::Learned && latent >= rank {
            let why = format!("the data vary in {rank} dimensions only, so with learned noise the likelihood has no maximum");
            issues.parameter("latent", format!("is {latent}, but {why}; expected less than {rank}, or `noise = \"fixed\"`"));
        }
    }
}
