//! Propositions on the full simplex: Ay, van Oostrum, Datar, *On the Natural Gradient of the Evidence Lower Bound*, JMLR 2025.

mod common;

use common::*;
use elbow_geometry::{cosine, simplex};
use elbow_sdk::{Fisher, Objective, Recognition};
use elbow_simplex::Chart;
use proptest::prelude::*;

/// `∇̃ L` as a change of p.
fn natural(case: &Case, objective: Objective, q: Recognition) -> Vec<f64> {
    let mut at = case.at();
    let direction = at.natural(Fisher::Joint, objective, q);
    pushed(case.chart, &at.joint(), &direction)
}

/// `Q = p* q`.
fn extended(case: &Case, recognition: Recognition) -> Vec<f64> {
    let mut at = case.at();
    let (target, q) = (at.target(), at.q(recognition));
    q.iter().enumerate().map(|(i, q)| target[i / case.hidden] * q).collect()
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

/// Explicit Euler steps of natural gradient descent on −ELBO; the table where they end.
fn descend(case: &Case, q: Recognition, step: f64, steps: usize) -> Vec<f64> {
    let (mut at, mut theta, phi) = (case.at(), case.theta(), case.phi());
    for _ in 0..steps {
        let direction = at.natural(Fisher::Joint, Objective::Elbo, q);
        theta.iter_mut().zip(&direction).for_each(|(x, d)| *x -= step * d);
        at.go(&theta, &phi);
    }
    at.joint()
}

proptest! {
    #![proptest_config(config(32))]

    /// `∇̃ D(Q‖·) = p − Q`, in both charts; its marginal is `p^V − p*`.
    #[test]
    fn t1_unconstrained(case in cases()) {
        for q in RECOGNITIONS {
            let direction = natural(&case, Objective::Elbo, q);
            close(&direction, &difference(&case.p, &extended(&case, q)), 1e-10);
            let visible = difference(&marginal(&case.p, case.hidden), &marginal(&case.target, case.hidden));
            close(&marginal(&direction, case.hidden), &visible, 1e-10);
        }
    }

    /// `∇̃ Gap = p*(v) [p(h|v) − q(h|v)]`, vertical.
    #[test]
    fn t2_gap_is_vertical(case in cases()) {
        for q in RECOGNITIONS {
            let gap = difference(&natural(&case, Objective::Elbo, q), &natural(&case, Objective::Evidence, q));
            close(&gap, &difference(&extended(&case, Recognition::Exact), &extended(&case, q)), 1e-10);
            prop_assert!(largest(&marginal(&gap, case.hidden)) < 1e-10);
        }
    }

    /// Envelope: with q the posterior, held, the gradient is that of the evidence; its lift `p − Q_p` is horizontal.
    #[test]
    fn t3_envelope(case in cases()) {
        let mut at = case.at();
        prop_assert_eq!(at.gradient(Objective::Elbo, Recognition::Exact), at.gradient(Objective::Evidence, Recognition::Exact));
        let lift = natural(&case, Objective::Evidence, Recognition::Exact);
        close(&lift, &difference(&case.p, &extended(&case, Recognition::Exact)), 1e-10);
        let vertical = difference(&natural(&case, Objective::Elbo, Recognition::Fixed), &lift);
        prop_assert!(simplex::inner(&case.p, &lift, &vertical).abs() < 1e-10);
    }

    /// One Euler step of size 1 in mean coordinates hits Q; with the posterior it is the EM step and fits p* at once.
    #[test]
    fn t4_unit_step(case in cases()) {
        let case = case.with(Chart::Mean);
        for q in RECOGNITIONS {
            close(&descend(&case, q, 1.0, 1), &extended(&case, q), 1e-10);
        }
        let em: Vec<f64> = conditional(&case.p, case.hidden).iter().enumerate()
            .map(|(i, posterior)| marginal(&case.target, case.hidden)[i / case.hidden] * posterior).collect();
        close(&descend(&case, Recognition::Exact, 1.0, 1), &em, 1e-10);
    }

    /// The flow is the m-geodesic `p(t) = Q + e^{−t} (p₀ − Q)`; Euler's error is of first order, none in direction for means.
    #[test]
    fn t4_flow_is_the_m_geodesic(case in cases()) {
        let (q, mut expected) = (extended(&case, Recognition::Fixed), vec![0.0; case.p.len()]);
        simplex::m_geodesic(&case.p, &q, 1.0, &mut expected);
        let errors = [0.01, 0.001].map(|step: f64| {
            let end = descend(&case, Recognition::Fixed, step, (1.0 / step).round() as usize);
            if case.chart == Chart::Mean {
                let shrunk = (1.0 - step).powi((1.0 / step).round() as i32);
                let line: Vec<f64> = q.iter().zip(&case.p).map(|(q, p)| q + shrunk * (p - q)).collect();
                close(&end, &line, 1e-10);
            }
            distance(&end, &expected)
        });
        prop_assert!(errors[0] < 0.01 && (8.0..12.0).contains(&(errors[0] / errors[1])), "{:?}", errors);
    }

    /// The natural gradient does not depend on the chart.
    #[test]
    fn charts_agree(case in cases()) {
        let [mean, logit] = [case.with(Chart::Mean), case.with(Chart::Logit)];
        for objective in [Objective::Elbo, Objective::Evidence] {
            for q in RECOGNITIONS {
                close(&natural(&mean, objective, q), &natural(&logit, objective, q), 1e-10);
            }
        }
    }

    /// Natural gradients of the ELBO, of the exact posterior and of the evidence are parallel as the visible variables see them.
    #[test]
    fn cosines_are_one(case in cases()) {
        let mut at = case.at();
        let visible = at.fisher(Fisher::Visible);
        let b = at.natural(Fisher::Visible, Objective::Evidence, Recognition::Exact);
        let r = at.natural(Fisher::Joint, Objective::Evidence, Recognition::Exact);
        for q in RECOGNITIONS {
            let a = at.natural(Fisher::Joint, Objective::Elbo, q);
            let cosines = [cosine::cosine(visible.as_ref(), &a, &b), cosine::cosine(visible.as_ref(), &r, &b), cosine::cosine(visible.as_ref(), &r, &a)];
            close(&cosines, &[1.0; 3], 1e-12);
        }
    }

    /// The φ-part: `∇̃_φ (−ELBO)` under F(φ) is, in mean coordinates, `q (log q/p − E_q log q/p)`, the replicator equation.
    #[test]
    fn recognition_flow(case in cases()) {
        let mut at = case.with(Chart::Mean).at();
        let direction = solve(at.fisher(Fisher::Recognition).as_ref(), &at.recognition_gradient());
        for (v, (q, p)) in case.q.chunks(case.hidden).zip(case.p.chunks(case.hidden)).enumerate() {
            let log: Vec<f64> = q.iter().zip(p).map(|(q, p)| (q / p).ln()).collect();
            let mean: f64 = q.iter().zip(&log).map(|(q, log)| q * log).sum();
            let expected: Vec<f64> = q.iter().zip(&log).map(|(q, log)| q * (log - mean)).collect();
            let row = v * (case.hidden - 1)..(v + 1) * (case.hidden - 1);
            close(&direction[row], &expected[..case.hidden - 1], 1e-10);
        }
    }
}
