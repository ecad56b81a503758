//! What an experiment says of the model, and what is wrong with it.
//!
//! ```text
//! 1 ≤ k < d;   θ: d (k + 1) numbers, and log σ² if it is learned;   φ: k (d + 1) + k numbers
//! ```

use crate::start::LARGEST;
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
        /// σ², the variance of the noise, if it is fixed; from 1e-300 to 1e300.
        variance: f64 = 0.05, above(0.0), log(), when("noise", &["fixed"]);
    }
}

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
        if self.noise == Noise::Fixed && !(1e-300..=1e300).contains(&self.variance) {
            issues.parameter("variance", format!("is {}; expected a variance above 0, from 1e-300 to 1e300", self.variance));
        }
    }

    /// Whether so many hidden dimensions fit the data, and a learned variance can be that of the data.
    pub(crate) fn check_data(&self, statistics: &Statistics, issues: &mut Issues) {
        let (latent, columns, rank) = (self.latent, statistics.columns(), statistics.span().rank);
        if latent >= columns {
            let most = if columns > 1 { format!("at most {}", columns - 1) } else { "data of at least 2 columns".to_owned() };
            issues.parameter("latent", format!("is {latent}, but the data have {columns} columns; expected {most}"));
        } else if self.noise == Noise::Learned && latent >= rank {
            let known = format!("the data vary in {rank} dimensions only, so with learned noise the likelihood has no maximum");
            let less = if rank > 1 { format!("less than {rank}, or ") } else { String::new() };
            let why = why(statistics);
            issues.parameter("latent", format!("is {latent}, but {known} ({why}); expected {less}`noise = \"fixed\"`"));
        } else if self.noise == Noise::Learned && statistics.log_variance().abs() > LARGEST {
            let (column, length) = statistics.longest();
            let what = format!("column {} is the one that varies most, by {length:.1e}", column + 1);
            issues.parameter("data", format!("{what}: its square is beyond 1e±300, where σ² is learned; expected other units"));
        }
    }
}

/// Why the data do not vary in all dimensions, by the numbers of columns, from 1.
fn why(statistics: &Statistics) -> String {
    let (span, rows) = (statistics.span(), statistics.rows());
    let list = |columns: &[usize]| {
        let shown: Vec<String> = columns.iter().take(8).map(|column| (column + 1).to_string()).collect();
        shown.join(", ") + if columns.len() > 8 { ", …" } else { "" }
    };
    let mut reasons = Vec::new();
    if !span.constant.is_empty() {
        reasons.push(format!("always the same in column {}", list(&span.constant)));
    }
    if rows <= statistics.columns() {
        reasons.push(format!("{rows} row{} of data", if rows == 1 { "" } else { "s" }));
    } else if !span.dependent.is_empty() {
        reasons.push(format!("a combination of columns before it in column {}", list(&span.dependent)));
    }
    if reasons.is_empty() { "up to rounding".to_owned() } else { reasons.join("; ") }
}
