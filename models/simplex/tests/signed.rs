//! Outside the simplex, where the visible marginal is still a distribution: the evidence and its flow go on.

use elbow_sdk::{Domain, Fisher, Host, Model, ModelSetup, Objective, Recognition};
use elbow_simplex::{Chart, Parameters, Simplex, TargetParameters};

/// Two visible and two hidden states; p(1, 2) is negative, the marginal (0.4, 0.6) is not.
const SIGNED: [f64; 3] = [0.5, -0.1, 0.2];

fn model() -> Simplex {
    let target = TargetParameters { table: Some(vec![0.3, 0.7]), counts: None };
    let parameters = Parameters { visible: 2, hidden: 2, chart: Chart::Mean, target, learned: false };
    Simplex::new(&ModelSetup::new(Host::NONE), parameters).unwrap()
}

fn loss(model: &Simplex, theta: &[f64]) -> f64 {
    let mut at = model.evaluator(0);
    model.move_to(&mut at, theta, &[], 0).unwrap();
    model.loss(&mut at, Objective::Evidence, Recognition::Exact).unwrap()
}

#[test]
fn the_evidence_and_its_gradient_go_on() {
    let (model, mut at, mut gradient) = (model(), model().evaluator(0), [0.0; 3]);
    assert_eq!(model.domain(&SIGNED, &[]), Domain::Outside { parameter: 1 });
    assert!(model.has_evidence(&SIGNED));
    model.move_to(&mut at, &SIGNED, &[], 0).unwrap();
    let exact = -(0.3 * 0.4f64.ln() + 0.7 * 0.6f64.ln());
    assert!((loss(&model, &SIGNED) - exact).abs() < 1e-15);
    model.gradient(&mut at, Objective::Evidence, Recognition::Exact, &mut gradient).unwrap();
    for (i, g) in gradient.iter().enumerate() {
        let shifted = |h: f64| {
            let mut theta = SIGNED;
            theta[i] += h;
            loss(&model, &theta)
        };
        let slope = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
        assert!((slope - g).abs() < 1e-8, "parameter {i}: {g}, not {slope}");
    }
    // G_V depends on the marginal alone: (1/0.4 + 1/0.6) times the derivative of p(v=1), which is 1, 1, 0.
    let mut fisher = [0.0; 9];
    model.fisher(&mut at, Fisher::Visible, &mut fisher).unwrap();
    let f = 1.0 / 0.4 + 1.0 / 0.6;
    for (found, expected) in fisher.iter().zip([f, f, 0.0, f, f, 0.0, 0.0, 0.0, 0.0]) {
        assert!((found - expected).abs() < 1e-13, "{found} is not {expected}");
    }
}

#[test]
fn a_negative_marginal_has_no_evidence() {
    let model = model();
    for theta in [[-0.2, 0.1, 0.5], [0.5, 0.6, 0.1], [0.5, -0.5, 0.4], [0.5, 0.0, -0.1], [f64::NAN, 0.1, 0.1]] {
        assert!(!model.has_evidence(&theta), "{theta:?}");
    }
    assert!(model.move_to(&mut model.evaluator(0), &[-0.2, 0.1, 0.5], &[], 0).is_err());
}
