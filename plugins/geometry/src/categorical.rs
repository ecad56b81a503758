//! One row of a probability table: K states, K − 1 parameters.
//!
//! In the chart of means the parameters are the first K − 1 probabilities and `F = diag(1/p) + 1 1ᵀ / p_K`; in the chart of logits
//! they are `η_k = log(p_k / p_K)` and `F = diag p − p pᵀ` (Amari and Nagaoka, *Methods of Information Geometry*, chapter 2).

use faer::MatMut;
use faer::prelude::ReborrowMut;

/// Coordinates of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chart {
    /// The first K − 1 probabilities.
    Mean,
    /// `log(p_k / p_K)`, k < K.
    Logit,
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

/// A last probability of at most this size is rounding of `1 − Σ`.
const ROUNDING: f64 = 1e-15;

/// `a / b` with `0 / b = 0` for every b.
#[inline]
fn ratio(a: f64, b: f64) -> f64 {
    if a == 0.0 { 0.0 } else { a / b }
}

/// `1 − Σ`, exactly zero if that is all rounding.
fn last(parameters: &[f64]) -> f64 {
    let rest = 1.0 - parameters.iter().sum::<f64>();
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

/// Subtracts the logarithm of the sum of the exponentials.
fn normalise(logits: &mut [f64]) {
    let top = (1..logits.len()).fold(0, |best, k| if logits[k] > logits[best] { k } else { best });
    let largest = logits[top];
    let rest: f64 = logits.iter().enumerate().map(|(k, x)| if k == top { 0.0 } else { (x - largest).exp() }).sum();
    let excess = rest.ln_1p();
    logits.iter_mut().for_each(|x| *x = (*x - largest) - excess);
}

/// Parameters (length K − 1) from probabilities (length K); logits are infinite where a probability is zero.
pub fn parameters(chart: Chart, p: &[f64], parameters: &mut [f64]) {
    let (end, free) = p.split_last().expect("a row has at least one state");
    match chart {
        Chart::Mean => parameters.copy_from_slice(free),
        Chart::Logit => parameters.iter_mut().zip(free).for_each(|(x, p)| *x = p.ln() - end.ln()),
    }
}

/// Where the parameters (length K − 1) lie. Logits are inside if they are finite; a last probability `1 − Σ` of at most 1e-15 in
/// size counts as zero.
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

/// `∂/∂parameters Σ_k c_k log p_k` into `out` (length K − 1), for `p` and `counts` of length K.
///
/// Means: `c_k / p_k − c_K / p_K` with `0 / 0 = 0`; logits: `c_k − p_k Σ c`.
pub fn score(chart: Chart, p: &[f64], counts: &[f64], out: &mut [f64]) {
    let each = out.iter_mut().zip(p.iter().zip(counts));
    match chart {
        Chart::Mean => {
            let end = ratio(counts[counts.len() - 1], p[p.len() - 1]);
            each.for_each(|(x, (&p, &c))| *x = ratio(c, p) - end);
        }
        Chart::Logit => {
            let total: f64 = counts.iter().sum();
            each.for_each(|(x, (&p, &c))| *x = c - p * total);
        }
    }
}

/// `weight · F` into `block` (K − 1 by K − 1, both triangles), for `p` of length K. `0 / 0 = 0`.
pub fn fisher(chart: Chart, p: &[f64], weight: f64, block: MatMut<'_, f64>) {
    let end = p[p.len() - 1];
    assert!(block.nrows() + 1 == p.len() && block.ncols() + 1 == p.len(), "the block is K − 1 by K − 1");
    match chart {
        Chart::Mean => {
            let off = ratio(weight, end);
            fill(block, |i, j| if i == j { ratio(weight, p[i]) + off } else { off });
        }
        Chart::Logit => fill(block, |i, j| if i == j { variance(p, i, weight) } else { -weight * p[i] * p[j] }),
    }
}

/// `weight · p_i (1 − p_i)`; for two states `1 − p` is the other probability, which is exact also where p rounds to 1.
#[inline]
fn variance(p: &[f64], i: usize, weight: f64) -> f64 {
    let rest = if p.len() == 2 { p[1 - i] } else { 1.0 - p[i] };
    weight * p[i] * rest
}

/// Writes every entry, through slices where the columns are contiguous.
#[inline]
fn fill(mut block: MatMut<'_, f64>, entry: impl Fn(usize, usize) -> f64) {
    let n = block.nrows();
    if let Some(mut columns) = block.rb_mut().try_as_col_major_mut() {
        (0..n).for_each(|j| {
            let column = columns.rb_mut().col_mut(j).as_slice_mut();
            column.iter_mut().enumerate().for_each(|(i, x)| *x = entry(i, j));
        });
        return;
    }
    (0..n * n).for_each(|k| block[(k / n, k % n)] = entry(k / n, k % n));
}

/// Diagonal of `weight · F` into `out` (length K − 1).
pub fn fisher_diagonal(chart: Chart, p: &[f64], weight: f64, out: &mut [f64]) {
    let off = ratio(weight, p[p.len() - 1]);
    match chart {
        Chart::Mean => out.iter_mut().zip(p).for_each(|(x, &p)| *x = ratio(weight, p) + off),
        Chart::Logit => out.iter_mut().enumerate().for_each(|(i, x)| *x = variance(p, i, weight)),
    }
}

/// `weight · F v` into `out`; `v` and `out` have length K − 1.
///
/// Means: `v_k / p_k + Σ v / p_K`; logits: `p_k (v_k − Σ p v)`.
pub fn fisher_product(chart: Chart, p: &[f64], weight: f64, v: &[f64], out: &mut [f64]) {
    let each = out.iter_mut().zip(p.iter().zip(v));
    match chart {
        Chart::Mean => {
            let end = ratio(weight * v.iter().sum::<f64>(), p[p.len() - 1]);
            each.for_each(|(x, (&p, &v))| *x = ratio(weight * v, p) + end);
        }
        Chart::Logit => {
            let mean: f64 = p.iter().zip(v).map(|(p, v)| p * v).sum();
            each.for_each(|(x, (&p, &v))| *x = weight * p * (v - mean));
        }
    }
}
