//! Parameters of the model.
//!
//! ```text
//! n_V ≥ 2,  n_H ≥ 1,  n_V n_H ≤ 4096;   θ: n_V n_H − 1 numbers;   φ, if learned: n_V rows of n_H − 1 numbers
//! ```

use elbow_geometry::categorical;
use elbow_sdk::Issues;

/// Most joint states.
const LARGEST: usize = 4096;

elbow_sdk::choices! {
    /// Coordinates of a row of probabilities.
    pub enum Chart {
        /// All probabilities but the last.
        Mean = "mean",
        /// log(p_i / p_k), relative to the last state.
        Logit = "logit",
    }
}

elbow_sdk::parameters! {
    /// The target: exactly one of the two. An array has an entry for each visible state, which gives p*(v), or for each joint
    /// state, row by row over the visible states, which gives p*(v, h) and with it a fixed recognition p*(h|v).
    pub struct TargetParameters {
        /// Probabilities: none negative, sum 1 up to the digits that they are printed with.
        table: Option<Vec<f64>> = None;
        /// Counts of data: none negative, not all zero; divided by their sum.
        counts: Option<Vec<f64>> = None;
    }
}

elbow_sdk::parameters! {
    /// Parameters of the simplex; visible · hidden is at most 4096.
    pub struct Parameters {
        /// n_V, the number of visible states.
        visible: usize, min(2.0), max(4096.0);
        /// n_H, the number of hidden states.
        hidden: usize = 2, min(1.0), max(2048.0);
        /// Coordinates of p(v, h), and of each row of a learned q(h|v).
        chart: Chart = Chart::Mean;
        /// What is learned: p*(v) or p*(v, h).
        target: TargetParameters;
        /// Whether the model carries a learned recognition q_φ(h|v): a row of hidden − 1 parameters for each visible state.
        learned: bool = false;
    }
}

impl From<Chart> for categorical::Chart {
    fn from(chart: Chart) -> Self {
        match chart {
            Chart::Mean => Self::Mean,
            Chart::Logit => Self::Logit,
        }
    }
}

impl Parameters {
    /// Everything that is wrong with the sizes.
    pub(crate) fn check_sizes(&self, issues: &mut Issues) {
        let states = self.visible.saturating_mul(self.hidden);
        if self.visible < 2 {
            issues.parameter("visible", format!("{} visible states; at least 2 are needed", self.visible));
        }
        if self.hidden < 1 {
            issues.parameter("hidden", "0 hidden states; at least 1 is needed, which hides nothing");
        }
        if states > LARGEST {
            issues.parameter("visible", format!("visible · hidden is {states}; at most {LARGEST} joint states are possible"));
        }
        if self.learned && self.hidden == 1 {
            issues.parameter("learned", "with one hidden state there is no recognition to learn");
        }
    }
}
