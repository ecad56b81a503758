//! Evidence, ELBO and gap: their identity, and each against its definition on the small table.

mod common;

use common::*;
use elbow_sdk::{Objective, Recognition};
use faer::linalg::solvers::{DenseSolveCore, Solve};
use faer::{Mat, Side};
use std::f64::consts::TAU;

/// log N(x; mean, covariance).
fn log_normal(x: &[f64], mean: &[f64], covariance: &Mat<f64>) -> f64 {
    let factor = covariance.llt(Side::Lower).unwrap();
    let apart = Mat::from_fn(x.len(), 1, |i, _| x[i] - mean[i]);
    let distance = (apart.transpose() * factor.solve(&apart))[(0, 0)];
    let log_determinant: f64 = (0..x.len()).map(|i| 2.0 * factor.L()[(i, i)].ln()).sum();
    -0.5 * (x.len() as f64 * TAU.ln() + log_determinant + distance)
}

/// C = W Wᵀ + σ² I.
fn marginal(p: &Pieces) -> Mat<f64> {
    let mut c = &p.w * p.w.transpose();
    (0..c.nrows()).for_each(|i| c[(i, i)] += p.variance);
    c
}

/// KL of N(m, diag d) from N(n, c).
fn divergence(m: &[f64], d: &[f64], n: &[f64], c: &Mat<f64>) -> f64 {
    let factor = c.llt(Side::Lower).unwrap();
    let (inverse, apart) = (factor.inverse(), Mat::from_fn(m.len(), 1, |a, _| m[a] - n[a]));
    let trace: f64 = d.iter().enumerate().map(|(a, d)| inverse[(a, a)] * d - d.ln() - 1.0).sum();
    let log_determinant: f64 = (0..m.len()).map(|a| 2.0 * factor.L()[(a, a)].ln()).sum();
    0.5 * (trace + log_determinant + (apart.transpose() * &inverse * &apart)[(0, 0)])
}

/// Ev = ELBO + Gap with Gap ≥ 0, on the digits and on the table; with the posterior there is no gap.
#[test]
fn evidence_is_elbo_and_gap() {
    let of_digits = (0..4).map(|seed| random(digits(1 + 3 * seed as usize), seed, 0.2));
    for mut at in of_digits.chain(cases()) {
        let [evidence, elbo, gap, most] = at.quantities(Recognition::Learned);
        assert!((evidence - elbo - gap).abs() <= 1e-10, "{evidence} − {elbo} − {gap}");
        assert!(gap > 0.0 && evidence < most);
        assert_eq!(at.quantities(Recognition::Exact), [evidence, evidence, 0.0, most]);
        assert_eq!(
            [at.loss(Objective::Evidence, Recognition::Learned), at.loss(Objective::Elbo, Recognition::Exact)],
            [-evidence; 2]
        );
        assert_eq!(at.loss(Objective::Elbo, Recognition::Learned), -elbo);
    }
}

#[test]
fn evidence_is_the_mean_log_density() {
    for mut at in cases() {
        let (p, rows) = (pieces(&at, 0.3), table(&at));
        let expected = rows.iter().map(|x| log_normal(x, &p.mu, &marginal(&p))).sum::<f64>() / rows.len() as f64;
        close(&at.quantities(Recognition::Exact)[..1], &[expected], 1e-12);
    }
}

/// The posterior by conditioning the joint Gaussian of (x, z), row by row.
#[test]
fn gap_is_the_mean_divergence() {
    for mut at in cases() {
        let (p, rows) = (pieces(&at, 0.3), table(&at));
        let gain = p.w.transpose() * marginal(&p).llt(Side::Lower).unwrap().inverse();
        let k = p.d.len();
        let covariance = Mat::<f64>::identity(k, k) - &gain * &p.w;
        let gap = |x: &Vec<f64>| {
            let apart = Mat::from_fn(x.len(), 1, |i, _| x[i] - p.mu[i]);
            let column = Mat::from_fn(x.len(), 1, |i, _| x[i]);
            let (posterior, learned) = (&gain * apart, &p.v * column);
            let learned: Vec<f64> = (0..k).map(|a| learned[(a, 0)] + p.b[a]).collect();
            divergence(&learned, &p.d, posterior.col_as_slice(0), &covariance)
        };
        let expected = rows.iter().map(gap).sum::<f64>() / rows.len() as f64;
        close(&at.quantities(Recognition::Learned)[2..3], &[expected], 1e-11);
    }
}
