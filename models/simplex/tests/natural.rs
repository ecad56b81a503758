//! Natural gradients in closed form: against the dense Fisher matrix inside, against `∇̃D(Q‖p) = p − Q` near the boundary.

mod common;

use common::*;
use elbow_sdk::{Code, Fisher, Model, Objective, Recognition};
use elbow_simplex::{Chart, Parameters};
use proptest::prelude::*;

const OBJECTIVES: [Objective; 2] = [Objective::Elbo, Objective::Evidence];

/// `F x = g` to 1e-12 of what is summed.
#[track_caller]
fn solves(f: &faer::Mat<f64>, x: &[f64], g: &[f64]) {
    for (i, g) in g.iter().enumerate() {
        let terms: Vec<f64> = x.iter().enumerate().map(|(j, x)| f[(i, j)] * x).collect();
        let (sum, size) = (terms.iter().sum::<f64>(), terms.iter().map(|x| x.abs()).sum::<f64>());
        assert!((sum - g).abs() <= 1e-12 * (size + g.abs()), "row {i}: {sum}, not {g}");
    }
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn solves_the_metric(case in cases()) {
        let mut at = case.at();
        let (g, f) = (at.fisher(Fisher::Joint), at.fisher(Fisher::Recognition));
        for objective in OBJECTIVES {
            for q in RECOGNITIONS {
                let ((theta, rank), (phi, rows)) = (at.closed(Fisher::Joint, objective, q), at.closed(Fisher::Recognition, objective, q));
                solves(&g, &theta, &at.gradient(objective, q));
                solves(&f, &phi, &at.recognition_gradient());
                prop_assert_eq!((rank, rows), (g.nrows(), f.nrows()));
            }
        }
    }

    /// T1: as a change of p it is p − Q, down to p = 1e-300; relative to p in logits, where `dp/p = x − Σ p x`.
    #[test]
    fn is_p_minus_q_near_the_boundary(case in cases(), small in proptest::sample::select(vec![1e-12, 1e-16, 1e-100, 1e-300]), last: bool) {
        let mut p = case.p.clone();
        let k = if last { p.len() - 1 } else { 1 };
        let rest = (1.0 - small) / (1.0 - p[k]);
        p.iter_mut().for_each(|x| *x *= rest);
        p[k] = small;
        let logits: Vec<f64> = p[..p.len() - 1].iter().map(|x| x.ln() - p[p.len() - 1].ln()).collect();
        let case = case.with(Chart::Logit);
        let mut at = At::new(case.model(), &logits, &case.phi());
        for q in RECOGNITIONS {
            let (x, target, rows) = (at.closed(Fisher::Joint, Objective::Elbo, q).0, at.target(), at.q(q));
            let ratio: Vec<f64> = rows.iter().enumerate().map(|(i, q)| target[i / case.hidden] * q / p[i]).collect();
            // log(p_i / p_K) moves by (1 − Q_i / p_i) − (1 − Q_K / p_K).
            let expected: Vec<f64> = ratio.iter().map(|r| ratio[p.len() - 1] - r).collect();
            let close = |(x, y): (&f64, &f64)| (x - y).abs() <= 1e-12 * (y.abs() + 1.0).max(ratio[p.len() - 1]);
            prop_assert!(x.iter().zip(&expected).all(close), "{:?} {:?}", x, expected);
        }
    }
}

/// In means the change of the parameters is p − Q itself, also where 1 − p is all that is left to see.
#[test]
fn means_near_the_boundary() {
    let e = 2f64.powi(-53);
    let given = Parameters { visible: 2, hidden: 1, chart: Chart::Mean, target: table(&[0.25, 0.75]), learned: false };
    let mut at = At::new(build(given.clone()).unwrap(), &[1.0 - e], &[]);
    assert_eq!(at.closed(Fisher::Joint, Objective::Evidence, Recognition::Exact), (vec![0.75 - e], 1));
    // p − Q with Q = p up to the last digit: 1e-16 − 2e-16, of probabilities that both round to 1.
    let close = Parameters { target: counts(&[1.0, 4.0 * e]), ..given.clone() };
    let mut at = At::new(build(close).unwrap(), &[1.0 - e], &[]);
    let (found, _) = at.closed(Fisher::Joint, Objective::Evidence, Recognition::Exact);
    assert!((found[0] / (3.0 * e) - 1.0).abs() < 1e-15, "{found:?}");
    let small = Parameters { target: table(&[0.25, 0.75]), ..given };
    let mut at = At::new(build(small).unwrap(), &[1e-300], &[]);
    assert_eq!(at.closed(Fisher::Joint, Objective::Evidence, Recognition::Exact).0, [-0.25]);
}

/// p(v, h) that underflow: with the posterior `Q/p = p*(v) / p^V(v)`, which does not.
#[test]
fn ratios_of_what_underflows() {
    let given = Parameters { visible: 2, hidden: 2, chart: Chart::Logit, target: table(&[1.0, 1e-300]), learned: true };
    let mut at = At::new(build(given).unwrap(), &[0.0, -3.0_f64.ln(), -800.0], &[0.0, 800.0]);
    let (found, _) = at.closed(Fisher::Joint, Objective::Evidence, Recognition::Exact);
    // p^V = (4, 3) / 7.
    close(&found, &[-1.75, -1.75, 0.0], 1e-12);
    // p = (…, e^−800, e^−800) and q(·|1) = (1, e^−800): Q_3 / p_3 = 1e-300 in both, but e^800 times as much in the other.
    let mut at = At::new(at.model, &[750.0, 750.0, 0.0], &[0.0, -800.0]);
    let (found, rank) = at.closed(Fisher::Joint, Objective::Elbo, Recognition::Learned);
    let large = 1e-300_f64.ln() + 2.0_f64.ln() + 750.0;
    assert!((found[0] / large.exp() - 1.0).abs() < 1e-12 && (found[2] / found[0] - 1.0).abs() < 1e-12 && rank == 3, "{found:?}");
    // F(φ)⁻¹∇ in logits is ℓ_1 − ℓ_2, which is the logit of q less that of the posterior, however certain q is.
    close(&at.closed(Fisher::Recognition, Objective::Elbo, Recognition::Learned).0, &[0.0, -800.0], 1e-12);
}

/// Rows of φ without data do not move and are not counted.
#[test]
fn rows_without_data() {
    for chart in [Chart::Mean, Chart::Logit] {
        let given = Parameters { visible: 3, hidden: 2, chart, target: table(&[0.5, 0.0, 0.5]), learned: true };
        let phi = [0.3, 0.3, 0.4].map(|q| coordinates(chart, &[q, 1.0 - q])[0]);
        let theta = coordinates(chart, &[0.1, 0.2, 0.3, 0.1, 0.2, 0.1]);
        let mut at = At::new(build(given).unwrap(), &theta, &phi);
        let (found, rank) = at.closed(Fisher::Recognition, Objective::Elbo, Recognition::Learned);
        let excess = |q: f64, p: f64| q.ln() - p.ln();
        let natural = |q: f64, a: f64, b: f64| {
            let difference = excess(q, a) - excess(1.0 - q, b);
            if chart == Chart::Mean { q * (1.0 - q) * difference } else { difference }
        };
        close(&found, &[natural(0.3, 0.1, 0.2), 0.0, natural(0.4, 0.2, 0.1)], 1e-14);
        assert_eq!(rank, 2);
    }
}

#[test]
fn other_metrics_have_no_closed_form() {
    let given = Parameters { visible: 2, hidden: 2, chart: Chart::Mean, target: table(&[0.5, 0.5]), learned: false };
    let mut at = At::new(build(given).unwrap(), &[0.25; 3], &[]);
    for kind in [Fisher::Visible, Fisher::Aggregate, Fisher::Recognition] {
        let (objective, q) = (Objective::Evidence, Recognition::Exact);
        let error = at.model.natural_gradient(&mut at.evaluator, kind, objective, q, &mut [0.0; 3]).unwrap_err();
        assert_eq!(error.code(), Code::Unsupported);
    }
}

/// θ ← θ − η ∇̃ in logits for the target (0.7, 0.3, 0, 0). At the optimum log p_1 grows by η Q_1/p_1 = η a step against what has no
/// data, so that its mass, to which KL comes down, falls by e^−η each step; (1 − η)ᵏ of what is left of p_1/p_2 falls faster.
#[test]
fn converges_geometrically_to_the_boundary() {
    for step in [0.5, 0.9] {
        let given =
            Parameters { visible: 4, hidden: 1, chart: Chart::Logit, target: table(&[0.7, 0.3, 0.0, 0.0]), learned: false };
        let (mut at, mut theta, mut divergence) = (At::new(build(given).unwrap(), &[0.0; 3], &[]), [0.0; 3], Vec::new());
        for _ in 0..200 {
            let (natural, rank) = at.closed(Fisher::Joint, Objective::Evidence, Recognition::Exact);
            assert_eq!(rank, 3);
            theta.iter_mut().zip(natural).for_each(|(x, d)| *x -= step * d);
            at.go(&theta, &[]);
            divergence.push(at.quantities(Recognition::Exact)[4]);
        }
        let rate = (divergence[49] / divergence[29]).ln() / 20.0;
        assert!((rate + step).abs() < 1e-3, "{step}: {rate}");
        // Below 1e-28 the logits, which are near 200 η, have no digits left for p_1/p_2.
        assert!(divergence[199] < 1e-26 && divergence.windows(2).take(50).all(|pair| pair[1] < pair[0]), "{divergence:?}");
    }
}
