//! The EM algorithm, the best recognition, and the natural gradient that is one of its steps.

mod common;

use common::*;
use elbow_linear_gaussian::{Noise, oracle};
use elbow_sdk::{Fisher, Objective, Recognition};
use faer::linalg::solvers::Solve;
use faer::{Mat, MatRef, Side};

fn decoder(theta: &[f64], d: usize, k: usize) -> Mat<f64> {
    MatRef::from_column_major_slice(&theta[..d * (k + 1)], d, k + 1).to_owned()
}

/// W̄ and σ² after one M-step for the learned q.
fn m_step(at: &At) -> (Mat<f64>, f64) {
    let (d, k) = (at.model.statistics().columns(), at.phi.len() / (at.model.statistics().columns() + 2));
    let mean = MatRef::from_column_major_slice(&at.phi[..k * (d + 1)], k, d + 1);
    let covariance = Mat::from_fn(k, k, |a, b| if a == b { (2.0 * at.phi[k * (d + 1) + a]).exp() } else { 0.0 });
    oracle::em_step(at.model.statistics(), mean, covariance.as_ref()).unwrap()
}

/// θ − F⁺ ∇ with the aggregate metric is the M-step of (W, μ), wherever it starts.
#[test]
fn natural_gradient_is_an_em_step() {
    for mut at in [random(digits(3), 2, 0.2), random(small(2, Noise::Fixed, false), 3, 0.7), drawn(digits(5), "default")] {
        let d = at.model.statistics().columns();
        let k = at.phi.len() / (d + 2);
        let gradient = at.gradient(Objective::Elbo, Recognition::Learned);
        let right = Mat::from_fn(gradient.len(), 1, |i, _| gradient[i]);
        let direction = at.fisher(Fisher::Aggregate).llt(Side::Lower).unwrap().solve(&right);
        let stepped: Vec<f64> = (0..d * (k + 1)).map(|i| at.theta[i] - direction[(i, 0)]).collect();
        close(&stepped, &entries(m_step(&at).0.as_ref()), 1e-9);
    }
}

/// The M-step is the maximum of the ELBO over θ: its gradient is zero there.
#[test]
fn m_step_is_stationary() {
    let mut at = random(small(2, Noise::Learned, false), 3, 0.7);
    let (decoder, variance) = m_step(&at);
    let theta: Vec<f64> = entries(decoder.as_ref()).into_iter().chain([variance.ln()]).collect();
    let phi = at.phi.clone();
    let before = at.loss(Objective::Elbo, Recognition::Learned);
    at.go(&theta, &phi);
    assert!(largest(&at.gradient(Objective::Elbo, Recognition::Learned)) < 1e-12);
    assert!(at.loss(Objective::Elbo, Recognition::Learned) < before);
}

/// The best diagonal q has the smallest gap: no gradient, and any other q has more.
#[test]
fn best_recognition_is_stationary() {
    for mut at in cases() {
        let (d, theta) = (at.model.statistics().columns(), at.theta.clone());
        let k = at.phi.len() / (d + 2);
        let variance = pieces(&at, 0.3).variance;
        let (encoder, log_sigma) = oracle::best_recognition(decoder(&theta, d, k).as_ref(), variance).unwrap();
        let phi: Vec<f64> = entries(encoder.as_ref()).into_iter().chain(log_sigma).collect();
        at.go(&theta, &phi);
        assert!(largest(&at.recognition_gradient()) < 1e-12);
        let best = at.quantities(Recognition::Learned)[2];
        // With one dimension a diagonal q is the posterior; else W has columns that are not orthogonal.
        if k == 1 {
            assert!(best.abs() < 1e-12)
        } else {
            assert!(best > 1e-6)
        }
        let moved: Vec<f64> = phi.iter().zip(normals(1, phi.len())).map(|(x, e)| x + 1e-3 * e).collect();
        at.go(&theta, &moved);
        assert!(at.quantities(Recognition::Learned)[2] > best);
    }
}

/// EM with the exact posterior never loses evidence, never passes the maximum, and reaches it.
#[test]
fn em_reaches_the_maximum() {
    let mut at = random(small(2, Noise::Learned, false), 3, 0.7);
    let (d, k, phi) = (4, 2, at.phi.clone());
    let mut last = f64::NEG_INFINITY;
    for _ in 0..4000 {
        let p = pieces(&at, 0.3);
        let mut m = p.w.transpose() * &p.w;
        (0..k).for_each(|a| m[(a, a)] += p.variance);
        let factor = m.llt(Side::Lower).unwrap();
        let shift = p.w.transpose() * Mat::from_fn(d, 1, |i, _| p.mu[i]);
        let projection = Mat::from_fn(k, d + 1, |a, i| if i < d { p.w[(i, a)] } else { -shift[(a, 0)] });
        let (mean, covariance) = (factor.solve(&projection), factor.solve(Mat::<f64>::identity(k, k)) * faer::Scale(p.variance));
        let (decoder, variance) = oracle::em_step(at.model.statistics(), mean.as_ref(), covariance.as_ref()).unwrap();
        at.go(&entries(decoder.as_ref()).into_iter().chain([variance.ln()]).collect::<Vec<_>>(), &phi);
        let [evidence, _, _, most] = at.quantities(Recognition::Exact);
        assert!(evidence >= last - 1e-12 && evidence <= most + 1e-12);
        last = evidence;
    }
    let most = at.quantities(Recognition::Exact)[3];
    assert!((last - most).abs() < 1e-9, "{last} of {most}");
}
