//! The decomposition, the gradients and the Fisher matrices of explicit tables, the simplex, and angles.

mod common;

use common::{Random, config, difference, largest, norm};
use elbow_geometry::cosine::{cosine, euclidean_cosine};
use elbow_geometry::decomposition::{Decomposition, divergence_term, xlogx, xlogy};
use elbow_geometry::{cosine, oracle, simplex};
use faer::Mat;
use proptest::prelude::*;

/// `(p, scores, target, q)` of a random exponential family on an n_V×n_H table.
fn family(random: &mut Random, n_v: usize, n_h: usize, theta: &[f64]) -> (Mat<f64>, Mat<f64>) {
    let features = random.matrix(n_v * n_h, theta.len());
    let raw: Vec<f64> = common::product(features.as_ref(), theta).iter().map(|x| x.exp()).collect();
    let sum: f64 = raw.iter().sum();
    let mean: Vec<f64> = (0..theta.len()).map(|a| (0..raw.len()).map(|i| raw[i] / sum * features[(i, a)]).sum()).collect();
    let scores = Mat::from_fn(n_v * n_h, theta.len(), |i, a| features[(i, a)] - mean[a]);
    (Mat::from_fn(n_v, n_h, |v, h| raw[v * n_h + h] / sum), scores)
}

fn recognition(random: &mut Random, n_v: usize, n_h: usize) -> Mat<f64> {
    let rows: Vec<Vec<f64>> = (0..n_v).map(|_| random.probabilities(n_h)).collect();
    Mat::from_fn(n_v, n_h, |v, h| rows[v][h])
}

/// Adds the visible states one by one.
fn state_by_state(p: &Mat<f64>, target: &[f64], q: &Mat<f64>) -> Decomposition {
    let visible = oracle::visible(p.as_ref());
    let mut sums = [Decomposition::default(); 2];
    for v in 0..p.nrows() {
        let sum = |of: &dyn Fn(f64, f64) -> f64| (0..p.ncols()).map(|h| of(q[(v, h)], p[(v, h)])).sum::<f64>();
        let bound = sum(&|q, p| xlogy(q, p) - xlogx(q));
        let gap = sum(&|q, p| divergence_term(q, p / visible[v], p.ln() - visible[v].ln()));
        sums[v % 2].add_visible(target[v], visible[v], visible[v].ln());
        sums[v % 2].add_hidden(target[v], bound, gap);
    }
    let [mut all, odd] = sums;
    all.merge(&odd);
    all
}

fn quantities(d: &Decomposition) -> [f64; 6] {
    [d.log_evidence, d.elbo, d.gap, d.kl_joint, d.kl_visible, d.entropy]
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn decomposition_agrees_with_double_sums(n_v in 1_usize..=8, n_h in 1_usize..=6, seed in 1_u64..u64::MAX) {
        let mut random = Random(seed);
        let (p, _) = family(&mut random, n_v, n_h, &[1.0, -0.5]);
        let (mut target, q) = (random.probabilities(n_v), recognition(&mut random, n_v, n_h));
        if n_v > 2 {
            target[1] += target[0];
            target[0] = 0.0;
        }
        let (found, expected) = (state_by_state(&p, &target, &q), oracle::decomposition(p.as_ref(), &target, q.as_ref()));
        for (a, b) in quantities(&found).into_iter().zip(quantities(&expected)) {
            prop_assert!((a - b).abs() < 1e-12, "{} {}", a, b);
        }
        prop_assert!(found.residual() < 1e-12 && expected.residual() < 1e-12);
        prop_assert!(found.gap >= 0.0 && found.kl_joint >= 0.0 && found.kl_visible >= 0.0);
    }

    /// Gradients and visible scores against differences of the divergences; the posterior makes the two gradients equal.
    #[test]
    fn gradients_are_the_derivatives(n_v in 2_usize..=5, n_h in 1_usize..=4, seed in 1_u64..u64::MAX) {
        let mut random = Random(seed);
        let theta = random.vector(3);
        let start = random.0;
        let at = |theta: &[f64]| family(&mut Random(start), n_v, n_h, theta);
        let (p, scores) = at(&theta);
        let (target, q) = (random.probabilities(n_v), recognition(&mut random, n_v, n_h));
        let visible = oracle::gradient_visible(p.as_ref(), scores.as_ref(), &target);
        let joint = oracle::gradient_joint(scores.as_ref(), &target, q.as_ref());
        for a in 0..3 {
            let side = |step: f64| {
                let mut moved = theta.clone();
                moved[a] += step;
                oracle::decomposition(at(&moved).0.as_ref(), &target, q.as_ref())
            };
            let (up, down) = (side(1e-4), side(-1e-4));
            prop_assert!(((up.kl_visible - down.kl_visible) / 2e-4 - visible[a]).abs() < 1e-6);
            prop_assert!(((up.kl_joint - down.kl_joint) / 2e-4 - joint[a]).abs() < 1e-6);
        }
        let marginal = oracle::visible(p.as_ref());
        let posterior = Mat::from_fn(n_v, n_h, |v, h| p[(v, h)] / marginal[v]);
        prop_assert!(difference(&oracle::gradient_joint(scores.as_ref(), &target, posterior.as_ref()), &visible) < 1e-14);
    }

    /// Sampling every state as often as its probability says gives the Fisher matrix of that distribution.
    #[test]
    fn sampled_fisher_is_an_average(n_v in 2_usize..=4, n_h in 1_usize..=3, seed in 1_u64..u64::MAX) {
        let mut random = Random(seed);
        let scores = random.matrix(n_v * n_h, 3);
        let times: Vec<usize> = (0..n_v * n_h).map(|_| 1 + (4.0 * random.next()) as usize).collect();
        let states: Vec<usize> = times.iter().enumerate().flat_map(|(i, &t)| vec![i; t]).collect();
        let p = Mat::from_fn(n_v, n_h, |v, h| times[v * n_h + h] as f64 / states.len() as f64);
        let gap = oracle::sampled_fisher(scores.as_ref(), &states) - oracle::joint_fisher(p.as_ref(), scores.as_ref());
        prop_assert!(largest(gap.as_ref()) < 1e-14);
    }

    #[test]
    fn geodesics_have_unit_speed_and_reach_their_ends(k in 2_usize..=8, seed in 1_u64..u64::MAX) {
        let mut random = Random(seed);
        let (p, q) = (random.probabilities(k), random.probabilities(k));
        let distance = simplex::distance(&p, &q);
        let by_arccos = 2.0 * p.iter().zip(&q).map(|(p, q)| (p * q).sqrt()).sum::<f64>().min(1.0).acos();
        prop_assert!((distance - by_arccos).abs() < 1e-7);
        // The initial velocity towards q: the part of √q across √p.
        let overlap = (distance / 2.0).cos();
        let across: Vec<f64> = p.iter().zip(&q).map(|(p, q)| p.sqrt() * (q.sqrt() - overlap * p.sqrt())).collect();
        let length = simplex::norm(&p, &across);
        let x: Vec<f64> = across.iter().map(|a| a * distance / length).collect();
        prop_assert!(x.iter().sum::<f64>().abs() < 1e-14);
        let (mut end, mut middle) = (vec![0.0; k], vec![0.0; k]);
        simplex::exponential(&p, &x, &mut end);
        prop_assert!(difference(&end, &q) < 1e-13);
        simplex::geodesic(&p, &x, 0.25, &mut middle);
        prop_assert!((middle.iter().sum::<f64>() - 1.0).abs() < 1e-14);
        prop_assert!((simplex::distance(&p, &middle) - 0.25 * distance).abs() < 1e-13);
        prop_assert!((simplex::distance(&middle, &q) - 0.75 * distance).abs() < 1e-13);
    }

    #[test]
    fn the_distance_is_the_metric_in_the_small(k in 2_usize..=8, seed in 1_u64..u64::MAX) {
        let mut random = Random(seed);
        let (p, other) = (random.probabilities(k), random.probabilities(k));
        let x: Vec<f64> = p.iter().zip(&other).map(|(p, q)| q - p).collect();
        let near: Vec<f64> = p.iter().zip(&x).map(|(p, x)| p + 1e-6 * x).collect();
        let speed = simplex::norm(&p, &x);
        prop_assert!((simplex::distance(&p, &near) / (1e-6 * speed) - 1.0).abs() < 1e-4);
        prop_assert!((2.0 * simplex::divergence(&p, &near) - (1e-6 * speed).powi(2)).abs() < 1e-15);
        prop_assert!((simplex::inner(&p, &x, &x) - speed * speed).abs() <= 1e-15 * speed * speed);
    }

    /// The m-geodesic is the natural gradient flow: `dp/dt = q − p`, the divergence falls at rate 2 in the end.
    #[test]
    fn m_geodesics_flow_to_the_target(k in 2_usize..=8, t in 0.0..3.0_f64, seed in 1_u64..u64::MAX) {
        let mut random = Random(seed);
        let (p, q) = (random.probabilities(k), random.probabilities(k));
        let at = |t: f64| {
            let mut out = vec![0.0; k];
            simplex::m_geodesic(&p, &q, t, &mut out);
            out
        };
        prop_assert!(difference(&at(0.0), &p) < 1e-15);
        let (here, ahead, behind) = (at(t), at(t + 1e-4), at(t - 1e-4));
        for i in 0..k {
            prop_assert!(((ahead[i] - behind[i]) / 2e-4 - (q[i] - here[i])).abs() < 1e-8);
        }
        let rate = (simplex::divergence(&q, &at(12.0)) / simplex::divergence(&q, &at(13.0))).ln();
        prop_assert!((rate - 2.0).abs() < 1e-3, "{}", rate);
    }

    #[test]
    fn cosines_are_angles(n in 1_usize..=10, seed in 1_u64..u64::MAX) {
        let mut random = Random(seed);
        let root = random.matrix(n, n);
        let metric = root.transpose() * &root;
        let (a, b) = (random.vector(n), random.vector(n));
        let (ra, rb) = (common::product(root.as_ref(), &a), common::product(root.as_ref(), &b));
        let found = cosine(metric.as_ref(), &a, &b);
        prop_assert!((found - euclidean_cosine(&ra, &rb)).abs() < 1e-10);
        prop_assert!((found - cosine(metric.as_ref().transpose(), &b, &a)).abs() < 1e-12);
        prop_assert!((cosine::norm(metric.as_ref(), &a) - norm(&ra)).abs() < 1e-12);
        prop_assert!((cosine(metric.as_ref(), &a, &a) - 1.0).abs() < 1e-14);
    }
}

#[test]
fn infinite_divergences_do_not_pass_as_small_residuals() {
    let mut sums = Decomposition::default();
    sums.add_visible(0.0, 0.0, f64::NEG_INFINITY);
    sums.add_hidden(0.0, f64::NAN, f64::INFINITY);
    assert_eq!(sums, Decomposition::default());
    sums.add_visible(1.0, 0.0, f64::NEG_INFINITY);
    assert_eq!((sums.log_evidence, sums.kl_visible, sums.kl_joint), (f64::NEG_INFINITY, f64::INFINITY, f64::INFINITY));
    assert!(!sums.residual().is_finite());
    assert!(Decomposition { kl_joint: f64::NAN, ..Decomposition::default() }.residual().is_nan());
    assert_eq!((xlogx(0.0), xlogy(0.0, 0.0), xlogy(1.0, 0.0)), (0.0, 0.0, f64::NEG_INFINITY));
    assert_eq!(Decomposition { gap: 0.25, kl_joint: 0.25, ..Decomposition::default() }.residual(), 0.25);
}

/// `a log(a/b) − a + b` by mpmath with 60 digits, for the numbers that the literals are.
#[test]
fn terms_of_divergences_keep_their_digits() {
    let cases = [
        (0.25, 0.250_000_000_000_15, 4.499_467_853_342_875e-26),
        (0.25, 0.250_000_000_1, 2.000_000_330_428_164e-20),
        (0.3, 0.3 * (1.0 + 1e-6), 1.499_998_999_531_906e-13),
        (0.25, 0.13, 0.043_481_616_851_666),
        (0.25, 0.37, 0.021_989_478_055_994),
        (0.5, 0.75, 0.047_267_445_945_917_8),
        (0.5, 0.25, 0.096_573_590_279_972_6),
        (1e-300, 0.5, 0.5),
        (0.7, 1e-300, 482.593_197_067_992_4),
    ];
    for (a, b, expected) in cases {
        let found = divergence_term(a, b, f64::ln(b));
        assert!((found / expected - 1.0).abs() < 1e-14, "{a} {b}: {found:e}, not {expected:e}");
    }
    assert_eq!((divergence_term(0.0, 0.3, 0.3_f64.ln()), divergence_term(0.3, 0.3, 0.3_f64.ln())), (0.3, 0.0));
    assert_eq!(divergence_term(0.5, 0.0, f64::NEG_INFINITY), f64::INFINITY);
    // b = e^−800 underflows: ½ (log ½ + 800) − ½.
    assert!((divergence_term(0.5, 0.0, -800.0) - 0.5 * (0.5_f64.ln() + 799.0)).abs() < 1e-13);
}

/// Two points 1e-12 apart: the divergence is half the squared length of their difference, up to its cube.
#[test]
fn small_divergences_are_not_rounding() {
    let (p, way) = ([0.4, 0.1, 0.15, 0.35], [1.0, -2.0, 0.5, 0.5].map(|x| x * 2f64.powi(-41)));
    let near: Vec<f64> = p.iter().zip(way).map(|(p, x)| p + x).collect();
    let moved: Vec<f64> = near.iter().zip(p).map(|(x, p)| x - p).collect();
    let expected = 0.5 * simplex::inner(&p, &moved, &moved);
    assert!(expected < 1e-23 && (simplex::divergence(&p, &near) / expected - 1.0).abs() < 1e-10);
}

#[test]
fn vectors_without_direction_have_no_cosine() {
    let metric = Mat::<f64>::identity(2, 2);
    assert!(cosine(metric.as_ref(), &[0.0, 0.0], &[1.0, 0.0]).is_nan());
    assert!(cosine(metric.as_ref(), &[1.0, 0.0], &[1e-15, 0.0]).is_nan());
    assert!(euclidean_cosine(&[1.0, 0.0], &[0.0, 1e-15]).is_nan());
    assert_eq!(euclidean_cosine(&[1.0, 0.0], &[-2.0, 0.0]), -1.0);
    let negative = Mat::from_fn(1, 1, |_, _| -1.0);
    assert!(cosine::norm(negative.as_ref(), &[1.0]).is_nan());
}

#[test]
fn a_geodesic_without_velocity_stays() {
    let (p, mut out) = ([0.3, 0.7], [0.0; 2]);
    simplex::exponential(&p, &[0.0, 0.0], &mut out);
    assert_eq!(out, p);
}
