//! Near and beyond the smallest number: logarithms, posteriors, divergences and Fisher matrices against closed forms.

mod common;

use common::*;
use elbow_sdk::{Fisher, Objective, Recognition};
use elbow_simplex::{Chart, Parameters};
use proptest::prelude::*;

/// Two visible and two hidden states in logits.
fn at(target: &[f64], theta: &[f64], phi: &[f64]) -> At {
    let given = Parameters { visible: 2, hidden: 2, chart: Chart::Logit, target: table(target), learned: true };
    At::new(build(given).unwrap(), theta, phi)
}

/// p ∝ (e^800, 1, 1, 1): `log p^V = (log(1 + e^−800), log 2 − 800)` to rounding, so that `Ev = ½ (log 2 − 800)`.
#[test]
fn evidence_of_a_row_that_underflows() {
    let mut at = at(&[0.5, 0.5], &[800.0, 0.0, 0.0], &[0.0, 0.0]);
    let evidence = 0.5 * (2.0_f64.ln() - 800.0);
    let [found, elbo, gap, kl_joint, kl_visible] = at.quantities(Recognition::Exact);
    close(&[found, elbo, kl_joint, kl_visible], &[evidence, evidence, -evidence - 2.0_f64.ln(), -evidence - 2.0_f64.ln()], 1e-15);
    assert_eq!(gap, 0.0);
    close(&at.q(Recognition::Exact), &[1.0, 0.0, 0.5, 0.5], 1e-15);
    // −∂Ev/∂η_i = p_i − p*(v) p(h|v).
    close(&at.gradient(Objective::Evidence, Recognition::Exact), &[0.5, 0.0, -0.25], 1e-15);
    // With q = ½: Σ q log p = −400 and −800, so that ELBO = −600 + log 2 and the gap is half of KL(½, ½ ‖ 1, e^−800) = 400 − log 2.
    let [_, elbo, gap, kl_joint, _] = at.quantities(Recognition::Learned);
    close(&[elbo, gap, kl_joint], &[2.0_f64.ln() - 600.0, 0.5 * (400.0 - 2.0_f64.ln()), 600.0 - 2.0 * 2.0_f64.ln()], 1e-15);
}

proptest! {
    #![proptest_config(config(64))]

    /// The identities at logits from −900 to 900, to 1e-12 of the largest term; no divergence is negative.
    #[test]
    fn identities(target in proptest::collection::vec(0.2..1.0_f64, 4), theta in proptest::collection::vec(-900.0..900.0_f64, 3),
                  phi in proptest::collection::vec(-900.0..900.0_f64, 2)) {
        let mut at = at(&normalized(&target), &theta, &phi);
        let entropy: f64 = at.target().iter().map(|p| -p * p.ln()).sum();
        for q in RECOGNITIONS {
            let [evidence, elbo, gap, joint, visible] = at.quantities(q);
            close(&[evidence, joint, joint, visible], &[elbo + gap, visible + gap, -elbo - entropy, -evidence - entropy], 1e-12);
            prop_assert!(evidence <= 0.0 && gap >= 0.0 && joint >= 0.0 && visible >= 0.0);
        }
    }
}

/// At a distance of 1e-12 from Q all divergences are half a squared length, `½ Σ (Q − p)² / p`, to first order in the distance.
#[test]
fn small_divergences() {
    let (joint, way) = ([0.4, 0.1, 0.15, 0.35], [1.0, -2.0, 1.5, -0.5].map(|x| x * 2f64.powi(-40)));
    let p: Vec<f64> = joint.iter().zip(way).map(|(x, d)| x + d).collect();
    let half = |a: &[f64], b: &[f64]| 0.5 * a.iter().zip(b).map(|(a, b)| (a - b) * (a - b) / b).sum::<f64>();
    for chart in [Chart::Mean, Chart::Logit] {
        let given = Parameters { visible: 2, hidden: 2, chart, target: table(&joint), learned: false };
        let mut at = At::new(build(given).unwrap(), &coordinates(chart, &p), &[]);
        let [_, _, gap, kl_joint, kl_visible] = at.quantities(Recognition::Fixed);
        let (v, joint_rows, rows) = (marginal(&joint, 2), conditional(&joint, 2), conditional(&p, 2));
        let expected_gap: f64 = (0..2).map(|k| v[k] * half(&joint_rows[2 * k..2 * k + 2], &rows[2 * k..2 * k + 2])).sum();
        for (found, expected) in [(gap, expected_gap), (kl_joint, half(&joint, &p)), (kl_visible, half(&v, &marginal(&p, 2)))] {
            // The last digit of p in logits is 1e-16, of a distance of 1e-12.
            assert!(expected < 1e-22 && (found / expected - 1.0).abs() < 3e-3, "{chart:?}: {found:e}, not {expected:e}");
        }
    }
}

/// What has no weight in p* counts by its probability: `KL(p* ‖ (1 − ε) p* + ε r) = −log(1 − ε) = ε` with ε = 1e-40.
#[test]
fn mass_off_the_target() {
    let given = Parameters { visible: 3, hidden: 1, chart: Chart::Mean, target: table(&[0.5, 0.5, 0.0]), learned: false };
    let logit = Parameters { chart: Chart::Logit, ..given };
    let mut at = At::new(build(logit).unwrap(), &[40.0 * 10.0_f64.ln() - 2.0_f64.ln(); 2], &[]);
    assert!((at.quantities(Recognition::Exact)[4] / 1e-40 - 1.0).abs() < 1e-13);
}

/// With p^V = (1 − ε, ε) the entries of G_V in logits are p(h|v) p(k|w) ± ε (1 − ε); 1 − p^V as a difference would be 0.
#[test]
fn visible_metric_of_an_almost_certain_state() {
    let theta = [60.0, 60.0 + 3.0_f64.ln(), 0.0];
    let mut at = at(&[0.5, 0.5], &theta, &[0.0, 0.0]);
    let e = 0.5 * (-60.0_f64).exp();
    let (first, rest) = ([0.25, 0.75], 0.5);
    let found = at.fisher(Fisher::Visible);
    let expected = |i: usize, j: usize| match (i, j) {
        (2, 2) => rest * rest * e,
        (2, k) | (k, 2) => -first[k] * rest * e,
        (i, j) => first[i] * first[j] * e,
    };
    for (i, j) in (0..9).map(|k| (k / 3, k % 3)) {
        assert!((found[(i, j)] / expected(i, j) - 1.0).abs() < 1e-13, "{i} {j}: {:e}, not {:e}", found[(i, j)], expected(i, j));
    }
    let mut product = [f64::NAN; 3];
    elbow_sdk::Model::fisher_product(&at.model, &mut at.evaluator, Fisher::Visible, &[1.0, 0.0, 0.0], &mut product).unwrap();
    let column = [0, 1, 2].map(|i| expected(i, 0));
    assert!(product.iter().zip(column).all(|(x, y)| (x / y - 1.0).abs() < 1e-13), "{product:?}, not {column:?}");
}
