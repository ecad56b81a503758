//! Natural gradients in closed form: against the dense matrices, and what a step of length 1 along them does.

mod common;

use common::*;
use elbow_linear_gaussian::{Noise, oracle};
use elbow_sdk::{Code, Fisher, Objective, Recognition};
use faer::{Mat, MatRef, Side};

const KINDS: [Fisher; 3] = [Fisher::Joint, Fisher::Aggregate, Fisher::Visible];
const OBJECTIVES: [(Objective, Recognition); 3] =
    [(Objective::Evidence, Recognition::Exact), (Objective::Elbo, Recognition::Exact), (Objective::Elbo, Recognition::Learned)];

/// F⁺ g by eigenvalues, without those below 1e-11 of the largest, and the number of the others.
fn pseudo_inverse(fisher: &Mat<f64>, gradient: &[f64]) -> (Vec<f64>, usize) {
    let eigen = fisher.self_adjoint_eigen(Side::Lower).unwrap();
    let (values, u, n) = (eigen.S().column_vector(), eigen.U(), gradient.len());
    let kept: Vec<usize> = (0..n).filter(|a| values[*a] > 1e-11 * values[n - 1]).collect();
    let along = |a: usize| (0..n).map(|i| u[(i, a)] * gradient[i]).sum::<f64>() / values[a];
    let shares: Vec<f64> = kept.iter().map(|a| along(*a)).collect();
    let entry = |i: usize| kept.iter().zip(&shares).map(|(a, share)| u[(i, *a)] * share).sum();
    ((0..n).map(entry).collect(), kept.len())
}

#[track_caller]
fn agrees(at: &mut At, kind: Fisher, (objective, q): (Objective, Recognition)) {
    let gradient = if kind == Fisher::Recognition { at.recognition_gradient() } else { at.gradient(objective, q) };
    let (expected, rank) = pseudo_inverse(&at.fisher(kind), &gradient);
    let (found, inverted) = at.natural(kind, objective, q).unwrap();
    assert_eq!(inverted, rank, "{kind:?} {objective:?} {q:?}");
    close(&found, &expected, 1e-10);
}

/// Every noise, centring and metric; with more parameters than data can tell, as on digits with pixels that are always 0; after a column
/// of W, or all of it, has died.
#[test]
fn pseudo_inverses_of_the_dense_matrices() {
    let mut dead = random(small(3, Noise::Learned, true), 5, 0.6);
    let (mut theta, phi) = (dead.theta.clone(), dead.phi.clone());
    theta[4..8].fill(0.0);
    dead.go(&theta, &phi);
    theta[..12].fill(0.0);
    let empty = At::new(build(small(3, Noise::Learned, true)).unwrap(), &theta, &phi);
    for mut at in cases().chain([random(digits(3), 4, 0.2), dead, empty]) {
        for task in OBJECTIVES {
            KINDS.into_iter().for_each(|kind| agrees(&mut at, kind, task));
        }
        agrees(&mut at, Fisher::Recognition, (Objective::Elbo, Recognition::Learned));
    }
}

fn moved(at: &At, by: &[f64]) -> Vec<f64> {
    at.theta.iter().zip(by).map(|(x, by)| x - by).collect()
}

/// Under `aggregate` W and μ make the M-step of the EM algorithm, and log σ² its first order, log σ² + R / (d σ²) − 1.
#[test]
fn a_step_of_the_decoder_is_an_m_step() {
    for mut at in [random(digits(3), 2, 0.2), random(small(2, Noise::Learned, false), 3, 0.7), drawn(digits(5), "default")] {
        let d = at.model.statistics().columns();
        let k = at.phi.len() / (d + 2);
        let mean = MatRef::from_column_major_slice(&at.phi[..k * (d + 1)], k, d + 1);
        let covariance = Mat::from_fn(k, k, |a, b| if a == b { (2.0 * at.phi[k * (d + 1) + a]).exp() } else { 0.0 });
        let (decoder, _) = oracle::em_step(at.model.statistics(), mean, covariance.as_ref()).unwrap();
        let slope = *at.gradient(Objective::Elbo, Recognition::Learned).last().unwrap();
        let (natural, _) = at.natural(Fisher::Aggregate, Objective::Elbo, Recognition::Learned).unwrap();
        let stepped = moved(&at, &natural);
        close(&stepped[..d * (k + 1)], &entries(decoder.as_ref()), 1e-11);
        // ∂/∂log σ² = (d − R / σ²) / 2.
        let ratio = 1.0 - 2.0 * slope / d as f64;
        close(&stepped[d * (k + 1)..], &[at.theta[d * (k + 1)] + ratio - 1.0], 1e-12);
    }
}

/// Where μ is the mean m and the columns of W are principal axes of lengths λ, the evidence's step under the visible metric is
/// λ → (λ + (ς² − v) / λ) / 2, Heron's for the maximum √(ς² − v), with v the mean of the variances ς² that are left, and log σ² →
/// log σ² + v / σ² − 1. From any other μ it is μ → m.
#[test]
fn a_step_of_the_evidence_is_herons() {
    let best = drawn(small(2, Noise::Learned, false), "ml");
    let (d, v, mut theta) = (4, best.theta[12].exp(), best.theta.clone());
    theta[..4].iter_mut().for_each(|x| *x *= 1.3);
    theta[4..8].iter_mut().for_each(|x| *x *= 0.4);
    theta[12] -= 0.7;
    let mut at = At::new(build(small(2, Noise::Learned, false)).unwrap(), &theta, &best.phi);
    let (natural, rank) = at.natural(Fisher::Visible, Objective::Evidence, Recognition::Exact).unwrap();
    // ς² − v is the square of the best length, so the step goes to (λ + best² / λ) / 2 along the same axis.
    let herons = |share: f64| 0.5 * (share + 1.0 / share);
    let noise = theta[12] + v / theta[12].exp() - 1.0;
    let factors = [herons(1.3), herons(0.4), 1.0];
    let expected: Vec<f64> = (0..12).map(|i| factors[i / d] * best.theta[i]).chain([noise]).collect();
    close(&moved(&at, &natural), &expected, 1e-12);
    assert_eq!(rank, 12);
    theta[8..12].iter_mut().for_each(|x| *x += 0.25);
    at.go(&theta, &best.phi);
    let (natural, _) = at.natural(Fisher::Visible, Objective::Evidence, Recognition::Exact).unwrap();
    close(&moved(&at, &natural)[8..12], &best.theta[8..12], 1e-12);
}

/// With orthogonal columns of W and D at its best, one step of the recognition reaches the posterior: V̄ → P̄, and s stays.
#[test]
fn a_step_of_the_recognition_is_the_posterior() {
    let best = drawn(small(3, Noise::Learned, false), "ml");
    let mut phi: Vec<f64> = best.phi.iter().zip(normals(2, 18)).map(|(x, e)| x + e).collect();
    phi[15..].copy_from_slice(&best.phi[15..]);
    let mut at = At::new(build(small(3, Noise::Learned, false)).unwrap(), &best.theta, &phi);
    let (natural, rank) = at.natural(Fisher::Recognition, Objective::Elbo, Recognition::Learned).unwrap();
    let stepped: Vec<f64> = phi.iter().zip(&natural).map(|(x, by)| x - by).collect();
    close(&stepped, &best.phi, 1e-11);
    assert_eq!(rank, 18);
}

/// Only the learned q has parameters.
#[test]
fn of_what_there_is_none() {
    let mut at = random(small(2, Noise::Learned, true), 3, 0.7);
    for (objective, q) in &OBJECTIVES[..2] {
        assert_eq!(at.natural(Fisher::Recognition, *objective, *q).unwrap_err().code(), Code::Unsupported);
    }
    assert_eq!(at.natural(Fisher::Joint, Objective::Elbo, Recognition::Fixed).unwrap_err().code(), Code::Unsupported);
}
