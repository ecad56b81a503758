//! One row of a probability table: K states, K − 1 parameters.
//!
//! In the chart of means the parameters are the first K − 1 probabilities and `F = diag(1/p) + 1 1ᵀ / p_K`; in the chart of logits
//! they are `η_k = log(p_k / p_K)` and `F = diag p − p pᵀ` (Amari and Nagaoka, *Methods of Information Geometry*, chapter 2).

mod fisher;

pub use fisher::{expectation_gradient, fisher, fisher_diagonal, fisher_product, score, variance};

/// Coordinates of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chart {
    /// The first K − 1 probabilities.
    Mean,
    /// `log(p_k / p_K)`, k < K.
    Logit,
}

impl Chart {
    /// The other chart. The Fisher matrix of one is the inverse of the other's, so that `F⁻¹∇L` in one is `∇L` in the other.
    pub fn dual(self) -> Self {
        match self {
            Self::Mean => Self::Logit,
            Self::Logit => Self::Mean,
        }
    }
}

/// Where parameters lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// All probabilities are positive.
    Inside,
    /// Some probability is zero.
    Boundary,
    /// No probabilities.
    Outside,
}

/// A last probability of at most this size comes from the rounding of several parameters, which adds at most 2⁻⁵³.
const ROUNDING: f64 = f64::EPSILON;

/// `1 − Σ`, summed with the rounding of every difference, and zero where the parameters' own rounding may be all of it. From a
/// single parameter the difference is exact where it is small.
fn last(parameters: &[f64]) -> f64 {
    if let [x] = parameters {
        return 1.0 - x;
    }
    let (sum, lost) = parameters.iter().fold((1.0, 0.0), |(sum, lost), x| {
        let next = sum - x;
        let back = next - sum;
        (next, lost + ((sum - (next - back)) - (x + back)))
    });
    let rest = sum + lost;
    if rest.abs() <= ROUNDING { 0.0 } else { rest }
}

/// Probabilities `p` (length K) from parameters (length K − 1).
///
/// In the chart of means nothing is clamped: parameters outside the simplex give numbers that are no probabilities.
pub fn probabilities(chart: Chart, parameters: &[f64], p: &mut [f64]) {
    let (end, free) = p.split_last_mut().expect("a row has at least one state");
    match chart {
        Chart::Mean => {
            free.copy_from_slice(parameters);
            *end = last(parameters);
        }
        Chart::Logit => {
            log_probabilities(chart, parameters, p);
            p.iter_mut().for_each(|x| *x = x.exp());
        }
    }
}

/// Logarithms of the probabilities (length K), in nats.
///
/// Logits: `log p_k = η_k − m − log1p(Σ_{j≠m} e^{η_j − m})` with m the largest logit and `η_K = 0`; exact to rounding however
/// extreme the logits are, also where p itself underflows. Means: `ln p_k`, so −∞ on the boundary and NaN outside.
pub fn log_probabilities(chart: Chart, parameters: &[f64], log_p: &mut [f64]) {
    let (end, free) = log_p.split_last_mut().expect("a row has at least one state");
    free.copy_from_slice(parameters);
    match chart {
        Chart::Mean => {
            *end = last(parameters);
            log_p.iter_mut().for_each(|x| *x = x.ln());
        }
        Chart::Logit => {
            *end = 0.0;
            normalise(log_p);
        }
    }
}

/// Subtracts `log Σ e^x` from all, which makes logarithms of probabilities of them, and returns it.
pub fn normalise(logits: &mut [f64]) -> f64 {
    let top = (1..logits.len()).fold(0, |best, k| if logits[k] > logits[best] { k } else { best });
    let largest = logits[top];
    let rest: f64 = logits.iter().enumerate().map(|(k, x)| if k == top { 0.0 } else { (x - largest).exp() }).sum();
    let excess = rest.ln_1p();
    logits.iter_mut().for_each(|x| *x = (*x - largest) - excess);
    largest + excess
}

/// Parameters (length K − 1) from probabilities (length K); logits are infinite where a probability is zero.
pub fn parameters(chart: Chart, p: &[f64], parameters: &mut [f64]) {
    let (end, free) = p.split_last().expect("a row has at least one state");
    match chart {
        Chart::Mean => parameters.copy_from_slice(free),
        Chart::Logit => parameters.iter_mut().zip(free).for_each(|(x, p)| *x = p.ln() - end.ln()),
    }
}

/// Where the parameters (length K − 1) lie. Logits are inside if they are finite. Where there are several means, a last probability
/// `1 − Σ` of at most 2⁻⁵² in size counts as zero.
pub fn place(chart: Chart, parameters: &[f64]) -> Place {
    let least = match chart {
        Chart::Logit if parameters.iter().all(|x| x.is_finite()) => 1.0,
        Chart::Logit => f64::NAN,
        // The last probability is NaN if any parameter is; `f64::min` would pass over it.
        Chart::Mean => parameters.iter().fold(last(parameters), |least, &x| if x < least { x } else { least }),
    };
    match least {
        x if x > 0.0 => Place::Inside,
        0.0 => Place::Boundary,
        _ => Place::Outside,
    }
}

/// What means outside the simplex are, for a message: `parameter[1] = 1.1`, or that several sum to more than 1; the first of them
/// has the number `first`. `None` where no probability is negative.
pub fn outside(parameters: &[f64], first: usize) -> Option<String> {
    let culprit = parameters.iter().position(|x| !(0.0..=1.0).contains(x));
    let (end, sum) = (first + parameters.len().saturating_sub(1), 1.0 - last(parameters));
    match culprit {
        Some(k) => Some(format!("parameter[{}] = {}", first + k, parameters[k])),
        None if sum > 1.0 => Some(format!("parameter[{first}] … parameter[{end}] sum to {sum}")),
        None => None,
    }
}
