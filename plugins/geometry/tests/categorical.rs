//! Score, Fisher matrix and charts of one row of a probability table.

mod common;

use common::{Random, config};
use elbow_geometry::categorical::{
    Chart, Place, expectation_gradient, fisher, fisher_diagonal, fisher_product, log_probabilities, normalise, outside,
    parameters, place, probabilities, score,
};
use faer::Mat;
use proptest::prelude::*;

const CHARTS: [Chart; 2] = [Chart::Mean, Chart::Logit];

fn coordinates(chart: Chart, p: &[f64]) -> Vec<f64> {
    let mut theta = vec![0.0; p.len() - 1];
    parameters(chart, p, &mut theta);
    theta
}

fn row(chart: Chart, theta: &[f64]) -> Vec<f64> {
    let mut p = vec![0.0; theta.len() + 1];
    probabilities(chart, theta, &mut p);
    p
}

fn metric(chart: Chart, p: &[f64], weight: f64) -> Mat<f64> {
    let mut block = Mat::zeros(p.len() - 1, p.len() - 1);
    fisher(chart, p, weight, block.as_mut());
    block
}

/// Fourth order central difference of `f` along coordinate `a`.
fn slope(theta: &[f64], a: usize, step: f64, f: impl Fn(&[f64]) -> f64) -> f64 {
    let at = |k: f64| {
        let mut moved = theta.to_vec();
        moved[a] += k * step;
        f(&moved)
    };
    (8.0 * (at(1.0) - at(-1.0)) - (at(2.0) - at(-2.0))) / (12.0 * step)
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn charts_are_inverse(k in 1_usize..=7, seed in 1_u64..u64::MAX) {
        let p = Random(seed).probabilities(k);
        for chart in CHARTS {
            let theta = coordinates(chart, &p);
            prop_assert!(row(chart, &theta).iter().zip(&p).all(|(a, b)| (a - b).abs() < 4e-16 * k as f64));
            let mut logs = vec![0.0; k];
            log_probabilities(chart, &theta, &mut logs);
            prop_assert!(logs.iter().zip(&p).all(|(a, b)| (a - b.ln()).abs() < 1e-13));
            prop_assert_eq!(place(chart, &theta), Place::Inside);
        }
    }

    #[test]
    fn score_is_the_derivative(k in 2_usize..=7, seed in 1_u64..u64::MAX) {
        let mut random = Random(seed);
        let p = random.probabilities(k);
        let counts: Vec<f64> = (0..k).map(|_| random.next()).collect();
        for chart in CHARTS {
            let theta = coordinates(chart, &p);
            let likelihood = |theta: &[f64]| {
                let mut logs = vec![0.0; k];
                log_probabilities(chart, theta, &mut logs);
                logs.iter().zip(&counts).map(|(l, c)| l * c).sum::<f64>()
            };
            let mut found = vec![0.0; k - 1];
            score(chart, &p, &counts, &mut found);
            let scale = found.iter().fold(1.0_f64, |m, x| m.max(x.abs()));
            for a in 0..k - 1 {
                let step = if chart == Chart::Mean { 1e-3 * p[a].min(p[k - 1]) } else { 1e-3 };
                let expected = slope(&theta, a, step, likelihood);
                prop_assert!((found[a] - expected).abs() < 1e-6 * scale, "{} {}", found[a], expected);
            }
        }
    }

    #[test]
    fn expectation_gradient_is_the_derivative(k in 2_usize..=7, seed in 1_u64..u64::MAX) {
        let mut random = Random(seed);
        let (p, x) = (random.probabilities(k), random.vector(k));
        for chart in CHARTS {
            let (theta, mut found) = (coordinates(chart, &p), vec![0.0; k - 1]);
            expectation_gradient(chart, &p, &x, &mut found);
            for (a, found) in found.iter().enumerate() {
                let mean = |theta: &[f64]| row(chart, theta).iter().zip(&x).map(|(p, x)| p * x).sum::<f64>();
                prop_assert!((found - slope(&theta, a, 1e-3, mean)).abs() < 1e-9);
            }
        }
    }

    /// `F_mean F_logit = 1`: the Fisher matrix of a chart takes the gradient in the dual chart to the gradient in its own.
    #[test]
    fn charts_are_dual(k in 2_usize..=7, seed in 1_u64..u64::MAX) {
        let mut random = Random(seed);
        let p = random.probabilities(k);
        let counts: Vec<f64> = (0..k).map(|_| random.next()).collect();
        for chart in CHARTS {
            let (mut natural, mut plain) = (vec![0.0; k - 1], vec![0.0; k - 1]);
            score(chart.dual(), &p, &counts, &mut natural);
            score(chart, &p, &counts, &mut plain);
            let image = common::product(metric(chart, &p, 1.0).as_ref(), &natural);
            prop_assert!(common::difference(&image, &plain) < 1e-12 * (1.0 + common::norm(&plain)));
        }
    }

    /// `F = E[s sᵀ] = −E[∇² log p]`.
    #[test]
    fn fisher_is_the_covariance_of_the_score(k in 2_usize..=7, weight in 0.0..3.0_f64, seed in 1_u64..u64::MAX) {
        let p = Random(seed).probabilities(k);
        for chart in CHARTS {
            let found = metric(chart, &p, weight);
            let mut expected = Mat::<f64>::zeros(k - 1, k - 1);
            let mut s = vec![0.0; k - 1];
            for state in 0..k {
                let counts: Vec<f64> = (0..k).map(|j| f64::from(j == state)).collect();
                score(chart, &p, &counts, &mut s);
                (0..k - 1).for_each(|i| (0..k - 1).for_each(|j| expected[(i, j)] += weight * p[state] * s[i] * s[j]));
            }
            let scale = common::largest(found.as_ref());
            prop_assert!(common::largest((&found - &expected).as_ref()) <= 1e-13 * scale);
        }
    }

    #[test]
    fn fisher_is_the_curvature(k in 2_usize..=5, seed in 1_u64..u64::MAX) {
        let p = Random(seed).probabilities(k);
        for chart in CHARTS {
            let (theta, found) = (coordinates(chart, &p), metric(chart, &p, 1.0));
            for a in 0..k - 1 {
                for b in 0..k - 1 {
                    let component = |theta: &[f64]| {
                        let mut s = vec![0.0; k - 1];
                        // Counts held at p: the score's derivative there is minus the Fisher matrix.
                        score(chart, &row(chart, theta), &p, &mut s);
                        s[b]
                    };
                    let step = if chart == Chart::Mean { 1e-3 * p[a].min(p[k - 1]) } else { 1e-3 };
                    let expected = -slope(&theta, a, step, component);
                    prop_assert!((found[(a, b)] - expected).abs() < 1e-6 * common::largest(found.as_ref()));
                }
            }
        }
    }

    #[test]
    fn parts_of_the_fisher_matrix_agree(k in 2_usize..=7, weight in 0.0..3.0_f64, seed in 1_u64..u64::MAX) {
        let mut random = Random(seed);
        let (p, v) = (random.probabilities(k), random.vector(k - 1));
        for chart in CHARTS {
            let full = metric(chart, &p, weight);
            let (mut diagonal, mut image) = (vec![0.0; k - 1], vec![0.0; k - 1]);
            fisher_diagonal(chart, &p, weight, &mut diagonal);
            fisher_product(chart, &p, weight, &v, &mut image);
            prop_assert!((0..k - 1).all(|i| diagonal[i] == full[(i, i)]));
            let expected = common::product(full.as_ref(), &v);
            prop_assert!(common::difference(&image, &expected) < 1e-13 * common::largest(full.as_ref()));
            let mut strided = Mat::<f64>::zeros(k - 1, k - 1);
            fisher(chart, &p, weight, strided.as_mut().reverse_rows_mut());
            prop_assert!((0..k - 1).all(|i| (0..k - 1).all(|j| strided[(k - 2 - i, j)] == full[(i, j)])));
        }
    }

    /// With `J = ∂mean/∂logit = diag p − p pᵀ`: `s_logit = Jᵀ s_mean` and `F_logit = Jᵀ F_mean J`; J is F_logit itself.
    #[test]
    fn charts_are_consistent(k in 2_usize..=7, seed in 1_u64..u64::MAX) {
        let mut random = Random(seed);
        let p = random.probabilities(k);
        let counts: Vec<f64> = (0..k).map(|_| random.next()).collect();
        let theta = coordinates(Chart::Logit, &p);
        let jacobian = Mat::from_fn(k - 1, k - 1, |i, j| slope(&theta, j, 1e-3, |theta| row(Chart::Logit, theta)[i]));
        let (mean, logit) = (metric(Chart::Mean, &p, 1.0), metric(Chart::Logit, &p, 1.0));
        let pulled = jacobian.transpose() * &mean * &jacobian;
        prop_assert!(common::largest((&pulled - &logit).as_ref()) < 1e-9);
        let (mut s_mean, mut s_logit) = (vec![0.0; k - 1], vec![0.0; k - 1]);
        score(Chart::Mean, &p, &counts, &mut s_mean);
        score(Chart::Logit, &p, &counts, &mut s_logit);
        prop_assert!(common::difference(&s_logit, &common::product(jacobian.transpose(), &s_mean)) < 1e-9);
    }
}

#[test]
fn places() {
    use Place::{Boundary, Inside, Outside};
    let mean = [
        (vec![], Inside),
        (vec![0.5], Inside),
        (vec![0.0], Boundary),
        (vec![1.0], Boundary),
        (vec![-1e-300], Outside),
        (vec![1.0 + 1e-12], Outside),
        (vec![f64::NAN], Outside),
        (vec![0.2, f64::NAN, 0.1], Outside),
        (vec![0.5, 0.5], Boundary),
        (vec![0.1, 0.2, 0.7], Boundary),
        (vec![0.1, 0.2, 0.7 - 1e-14], Inside),
        (vec![0.1, 0.2, 0.7 - 5e-16], Inside),
        (vec![1.0 - 2f64.powi(-53)], Inside),
        (vec![0.0, 1.5], Outside),
        (vec![f64::INFINITY, 0.1], Outside),
    ];
    mean.iter().for_each(|(theta, expected)| assert_eq!(place(Chart::Mean, theta), *expected, "{theta:?}"));
    assert_eq!(place(Chart::Logit, &[800.0, -800.0]), Inside);
    assert_eq!(place(Chart::Logit, &[0.0, f64::NEG_INFINITY]), Outside);
    assert_eq!(place(Chart::Logit, &[f64::NAN]), Outside);
}

#[test]
fn extreme_logits_stay_exact() {
    let mut logs = [0.0; 2];
    log_probabilities(Chart::Logit, &[-800.0], &mut logs);
    assert_eq!(logs, [-800.0, 0.0]);
    log_probabilities(Chart::Logit, &[40.0], &mut logs);
    assert_eq!(logs, [-(-40_f64).exp(), -40.0]);
    log_probabilities(Chart::Logit, &[1e300], &mut logs);
    assert_eq!(logs, [0.0, -1e300]);
    assert_eq!(metric(Chart::Logit, &row(Chart::Logit, &[40.0]), 1.0)[(0, 0)], (-40_f64).exp());
}

#[test]
fn zero_counts_at_zero_probability_are_zero() {
    let (p, mut s) = ([0.0, 0.4, 0.6], [0.0; 2]);
    score(Chart::Mean, &p, &[0.0, 0.4, 0.6], &mut s);
    assert_eq!(s, [-1.0, 0.0]);
    score(Chart::Mean, &p, &[0.1, 0.4, 0.5], &mut s);
    assert_eq!(s[0], f64::INFINITY);
    assert_eq!(metric(Chart::Mean, &p, 0.0)[(0, 0)], 0.0);
}

/// `1 − Σ` of the numbers that the parameters are, by mpmath with 50 digits; summed plainly it has four digits of them at most.
#[test]
fn the_last_probability_is_exact() {
    let cases = [
        (&[0.1, 0.2, 0.7 - 1e-12][..], 1.000_005_633_855_494e-12),
        (&[0.3, 0.3, 0.3, 0.1 - 3e-15], 3.025_357_742_103_551e-15),
        (&[1.0 / 3.0, 1.0 / 3.0, 1.0 / 3.0 - 1e-10], 1.000_000_637_851_883e-10),
        (&[1.0 - 2f64.powi(-53)], 2f64.powi(-53)),
    ];
    for (theta, expected) in cases {
        let found = row(Chart::Mean, theta)[theta.len()];
        assert!((found / expected - 1.0).abs() < 1e-15, "{theta:?}: {found:e}");
    }
}

/// A row whose first probability rounds to 1: with ε = 1e-20, to first order, `1 − p_1 = 3 ε`, and everything in the chart of logits
/// is a small number of ε. (`1 − p` as a difference would be 0.)
#[test]
fn the_other_side_of_one() {
    let (e, mut out) = (1e-20, [0.0; 2]);
    let p = [1.0, e, 2.0 * e];
    let close = |found: &[f64], expected: &[f64]| {
        assert!(found.iter().zip(expected).all(|(x, y)| (x / y - 1.0).abs() < 1e-15), "{found:?}, not {expected:?}");
    };
    // c_1 (p_2 + p_3) − p_1 (c_2 + c_3) = 3 ε − 4 ε, and c_2 − p_2 Σ c = 3 ε − ε.
    score(Chart::Logit, &p, &[1.0, 3.0 * e, e], &mut out);
    close(&out, &[-e, 2.0 * e]);
    score(Chart::Logit, &[1.0, e], &[1.0, 3.0 * e], &mut out[..1]);
    close(&out[..1], &[-2.0 * e]);
    // p_1 (x_1 − E x) = ε (x_1 − x_2) + 2 ε (x_1 − x_3), and p_2 (x_2 − E x) = ε (x_2 − x_1).
    expectation_gradient(Chart::Logit, &p, &[0.3, 5.0, 1.3], &mut out);
    close(&out, &[-6.7 * e, 4.7 * e]);
    fisher_product(Chart::Logit, &p, 2.0, &[0.3, 5.0], &mut out);
    close(&out, &[2.0 * e * (-4.7 + 0.6), 2.0 * e * 4.7]);
    fisher_diagonal(Chart::Logit, &p, 2.0, &mut out);
    close(&out, &[6.0 * e, 2.0 * e]);
    assert_eq!(metric(Chart::Logit, &p, 2.0)[(0, 0)], out[0]);
}

#[test]
fn normalising_returns_the_logarithm_of_the_sum() {
    let mut logs = [-800.0, -800.0 + 3_f64.ln(), -2000.0];
    assert!((normalise(&mut logs) - (-800.0 + 4_f64.ln())).abs() < 1e-12);
    assert!((logs[0] - 0.25_f64.ln()).abs() < 1e-12 && (logs[2] + 1200.0 + 4_f64.ln()).abs() < 1e-12);
}

#[test]
fn what_is_outside_is_named() {
    assert_eq!(outside(&[0.5, 0.25], 3), None);
    assert_eq!(outside(&[0.5, -0.25], 3).as_deref(), Some("parameter[4] = -0.25"));
    assert_eq!(outside(&[1.1], 1).as_deref(), Some("parameter[1] = 1.1"));
    assert_eq!(outside(&[0.75, 0.5], 3).as_deref(), Some("parameter[3] … parameter[4] sum to 1.25"));
    assert_eq!(outside(&[f64::NAN], 0).as_deref(), Some("parameter[0] = NaN"));
}
