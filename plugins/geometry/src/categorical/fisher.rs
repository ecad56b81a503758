//! Scores, Fisher matrices and derivatives of expectations of one row.
//!
//! Where a probability comes near 1 it has lost what it differs from 1 by. Differences are then formed from the other
//! probabilities, which together are `1 − p`.

use super::Chart;
use faer::MatMut;
use faer::prelude::ReborrowMut;

/// `a / b` with `0 / b = 0` for every b.
#[inline]
fn ratio(a: f64, b: f64) -> f64 {
    if a == 0.0 { 0.0 } else { a / b }
}

/// The sum of all but one.
fn others(x: &[f64], k: usize) -> f64 {
    x[..k].iter().sum::<f64>() + x[k + 1..].iter().sum::<f64>()
}

/// `∂/∂parameters Σ_k c_k log p_k` into `out` (length K − 1), for `p` and `counts` of length K.
///
/// Means: `c_k / p_k − c_K / p_K` with `0 / 0 = 0`; logits: `c_k − p_k Σ c`, for p_k > ½ as `c_k (1 − p_k) − p_k Σ_{j≠k} c_j`.
#[inline]
pub fn score(chart: Chart, p: &[f64], counts: &[f64], out: &mut [f64]) {
    match (chart, p, counts) {
        (Chart::Logit, &[p, rest], &[c, other]) => out[0] = c * rest - p * other,
        (Chart::Logit, ..) => logit_score(p, counts, out),
        (Chart::Mean, ..) => {
            let end = ratio(counts[counts.len() - 1], p[p.len() - 1]);
            out.iter_mut().zip(p.iter().zip(counts)).for_each(|(x, (&p, &c))| *x = ratio(c, p) - end);
        }
    }
}

fn logit_score(p: &[f64], counts: &[f64], out: &mut [f64]) {
    let total: f64 = counts.iter().sum();
    out.iter_mut().zip(p.iter().zip(counts)).for_each(|(x, (&p, &c))| *x = c - p * total);
    if let Some(k) = p[..out.len()].iter().position(|p| *p > 0.5) {
        out[k] = counts[k] * others(p, k) - p[k] * others(counts, k);
    }
}

/// `∂/∂parameters Σ_k p_k x_k`, x held, into `out` (length K − 1), for `p` and `x` of length K. In logits an x where p is 0 has no
/// part.
///
/// Means: `x_k − x_K`; logits: `p_k (x_k − Σ p x)`, with x counted from that of the largest p.
pub fn expectation_gradient(chart: Chart, p: &[f64], x: &[f64], out: &mut [f64]) {
    match chart {
        Chart::Mean => out.iter_mut().zip(x).for_each(|(out, x_k)| *out = x_k - x[x.len() - 1]),
        Chart::Logit => {
            let (start, mean) = centre(p, |k| x[k]);
            let each = out.iter_mut().zip(p.iter().zip(x));
            each.for_each(|(out, (&p, x))| *out = if p == 0.0 { 0.0 } else { p * ((x - start) - mean) });
        }
    }
}

/// The value of the largest p, and `Σ p x` counted from there.
fn centre(p: &[f64], x: impl Fn(usize) -> f64) -> (f64, f64) {
    let start = x((1..p.len()).fold(0, |best, k| if p[k] > p[best] { k } else { best }));
    (start, p.iter().enumerate().map(|(k, &p)| if p == 0.0 { 0.0 } else { p * (x(k) - start) }).sum())
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

/// `weight · p_i (1 − p_i)`.
pub fn variance(p: &[f64], i: usize, weight: f64) -> f64 {
    let rest = if p[i] > 0.5 { others(p, i) } else { 1.0 - p[i] };
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
#[inline]
pub fn fisher_diagonal(chart: Chart, p: &[f64], weight: f64, out: &mut [f64]) {
    let off = ratio(weight, p[p.len() - 1]);
    match chart {
        Chart::Mean => out.iter_mut().zip(p).for_each(|(x, &p)| *x = ratio(weight, p) + off),
        Chart::Logit => out.iter_mut().enumerate().for_each(|(i, x)| *x = variance(p, i, weight)),
    }
}

/// `weight · F v` into `out`; `v` and `out` have length K − 1.
///
/// Means: `v_k / p_k + Σ v / p_K`; logits: `p_k (v_k − Σ p v)`, with v counted from that of the largest p.
pub fn fisher_product(chart: Chart, p: &[f64], weight: f64, v: &[f64], out: &mut [f64]) {
    match chart {
        Chart::Mean => {
            let end = ratio(weight * v.iter().sum::<f64>(), p[p.len() - 1]);
            out.iter_mut().zip(p.iter().zip(v)).for_each(|(x, (&p, &v))| *x = ratio(weight * v, p) + end);
        }
        Chart::Logit => {
            let (start, mean) = centre(p, |k| v.get(k).copied().unwrap_or(0.0));
            out.iter_mut().zip(p.iter().zip(v)).for_each(|(x, (&p, &v))| *x = weight * p * ((v - start) - mean));
        }
    }
}
