//! The decomposition: four identities, signs, and the definitions written down a second time.

mod common;

use common::*;
use elbow_geometry::oracle;
use elbow_sdk::{Model, Objective};
use elbow_simplex::Simplex;
use proptest::prelude::*;

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn identities(case in cases()) {
        let mut at = case.at();
        let entropy: f64 = at.target().iter().map(|p| -p * p.ln()).sum();
        for q in RECOGNITIONS {
            let [evidence, elbo, gap, joint, visible] = at.quantities(q);
            close(&[evidence, joint, joint, visible], &[elbo + gap, visible + gap, -elbo - entropy, -evidence - entropy], 1e-12);
            prop_assert!(evidence <= 0.0 && gap >= -1e-15 && joint >= -1e-15 && visible >= -1e-15);
            prop_assert_eq!(at.loss(Objective::Elbo, q), -elbo);
            prop_assert_eq!(at.loss(Objective::Evidence, q), -evidence);
        }
    }

    #[test]
    fn definitions(case in cases()) {
        let mut at = case.at();
        for recognition in RECOGNITIONS {
            let (p, q, target) = (at.joint(), at.q(recognition), at.target());
            let sums = oracle::decomposition(matrix(&p, case.hidden).as_ref(), &target, matrix(&q, case.hidden).as_ref());
            let expected = [sums.log_evidence, sums.elbo, sums.gap, sums.kl_joint, sums.kl_visible];
            close(&at.quantities(recognition), &expected, 1e-13);
        }
    }

    /// With the exact posterior there is no gap.
    #[test]
    fn exact_has_no_gap(case in cases()) {
        prop_assert!(case.at().quantities(elbow_sdk::Recognition::Exact)[2].abs() < 1e-14);
    }
}

#[test]
fn declared() {
    let declared: Vec<_> = Simplex::ABOUT.quantities.iter().map(|quantity| (quantity.name, quantity.better)).collect();
    assert_eq!(declared, [("log_evidence", 1), ("elbo", 1), ("gap", -1), ("kl_joint", -1), ("kl_visible", -1)]);
}
