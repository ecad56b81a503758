//! Outside the simplex, where the visible marginal is still a distribution: the evidence and its flow go on.

use elbow_sdk::{Domain, Fisher, Host, Model, ModelSetup, Objective, Recognition};
use elbow_simplex::{Chart, Parameters, Simplex, TargetParameters};

/// Two visible and two hidden states; p(1, 2) is negative, the marginal (0.4, 0.6) is not.
const SIGNED: [f64; 3] = [0.5, -0.1, 0.2];

fn model() -> Simplex {
    with(vec![0.3, 0.7], false)
}

fn with(target: Vec<f64>, learned: bool) -> Simplex {
    let target = TargetParameters { table: Some(target), counts: None };
    let parameters = Parameters { visible: 2, hidden: 2, chart: Chart::Mean, target, learned };
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

/// log p^V has a meaning where p^V is a distribution; what needs the joint table, or a q that is none, has none and says why.
#[test]
fn quantities_of_the_joint_table_are_undefined() {
    let model = with(vec![0.1, 0.2, 0.3, 0.4], true);
    let reasons = |theta: &[f64], phi: &[f64], q| {
        let (mut at, mut values) = (model.evaluator(0), [0.0; 5]);
        model.move_to(&mut at, theta, phi, 0).unwrap();
        model.quantities(&mut at, q, &mut values).unwrap();
        let reasons = [0, 1, 2, 3, 4].map(|index| model.undefined(&mut at, q, index));
        assert_eq!(values.map(f64::is_nan), [0, 1, 2, 3, 4].map(|index| reasons[index].is_some()), "{values:?}");
        assert!(values[0].is_finite() && values[4] >= 0.0 && [&reasons[0], &reasons[4]].iter().all(|reason| reason.is_none()));
        assert!(reasons[1] == reasons[2] && reasons[2] == reasons[3]);
        reasons[1].clone()
    };
    let left = |what: &str| Some(format!("the evidence flow left [0, 1]: {what}"));
    for q in [Recognition::Fixed, Recognition::Exact, Recognition::Learned] {
        assert_eq!(reasons(&[0.25; 3], &[0.5; 2], q), None);
        assert_eq!(reasons(&SIGNED, &[0.5; 2], q), left("parameter[1] = -0.1"));
        assert_eq!(reasons(&[0.5, 0.25, 0.5], &[0.5; 2], q), left("parameter[0] … parameter[2] sum to 1.25"));
        let of_phi = (q == Recognition::Learned).then(|| left("parameter[4] = 1.5")).flatten();
        assert_eq!(reasons(&[0.25; 3], &[0.5, 1.5], q), of_phi);
    }
}

/// An infinite divergence is a value: on the boundary nothing is undefined.
#[test]
fn infinity_is_a_value() {
    let (model, mut values) = (with(vec![0.3, 0.7], true), [0.0; 5]);
    let mut at = model.evaluator(0);
    model.move_to(&mut at, &[0.0, 0.0, 0.5], &[0.5; 2], 0).unwrap();
    model.quantities(&mut at, Recognition::Exact, &mut values).unwrap();
    assert_eq!((values[0], values[4]), (f64::NEG_INFINITY, f64::INFINITY));
    assert!((0..5).all(|index| model.undefined(&mut at, Recognition::Exact, index).is_none()));
}
