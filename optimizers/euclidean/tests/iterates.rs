//! Iterates against their definition, on a quadratic form.

use elbow_check::Value;
use elbow_check::optimizer::{START, positions};
use elbow_check::quadratic::gradient;

elbow_sdk::bundle!(fn bundle = [optimizer elbow_euclidean::Euclidean]);

const ETA: f64 = 0.05;
const BETA: f64 = 0.9;

fn run(more: &[(&str, Value)], steps: usize) -> Vec<Vec<f64>> {
    positions(bundle(), &[&[("step_size", Value::Number(ETA))], more].concat(), steps)
}

/// Iterates with momentum written out: m ← β m + g, θ ← θ − η m or θ − η (g + β m).
fn by_hand(beta: f64, nesterov: bool, steps: usize) -> Vec<f64> {
    let (mut theta, mut m) = (START, [0.0; 4]);
    for _ in 0..steps {
        let g = gradient(&theta);
        for i in 0..4 {
            m[i] = beta * m[i] + g[i];
            theta[i] -= ETA * if nesterov { g[i] + beta * m[i] } else { m[i] };
        }
    }
    theta.to_vec()
}

fn close(found: &[f64], expected: &[f64]) {
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-14 * (1.0 + expected.abs()), "{found} is not {expected}");
    }
}

#[test]
fn plain_heavy_ball_and_nesterov() {
    let momentum = ("momentum", Value::Number(BETA));
    close(&run(&[], 20)[20], &by_hand(0.0, false, 20));
    close(&run(std::slice::from_ref(&momentum), 20)[20], &by_hand(BETA, false, 20));
    close(&run(&[momentum, ("nesterov", Value::Bool(true))], 20)[20], &by_hand(BETA, true, 20));
}

/// The one-step error of Euler, Heun and RK4 is of order 2, 3 and 5; the adaptive integrator keeps its tolerance.
#[test]
fn integrators_have_their_order() {
    let step = |integrator: &str, h: f64, steps: usize| {
        let given = [
            ("step_size", Value::Number(h)),
            ("integrator", Value::Text(integrator.into())),
            ("tolerance", Value::Number(1e-13)),
        ];
        positions(bundle(), &given, steps)[steps].clone()
    };
    let defect = |integrator: &str, h: f64| {
        let (found, exact) = (step(integrator, h, 1), step("adaptive", h, 1));
        found.iter().zip(exact).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt()
    };
    for (integrator, order) in [("euler", 2.0), ("heun", 3.0), ("rk4", 5.0)] {
        let measured = (defect(integrator, 0.02) / defect(integrator, 0.01)).log2();
        assert!((measured - order).abs() < 0.1, "{integrator}: order {measured}, not {order}");
    }
    // Against RK4 with steps so small that its own error is below 1e-13.
    for (x, y) in step("adaptive", 0.5, 1).iter().zip(step("rk4", 0.5 / 4096.0, 4096)) {
        assert!((x - y).abs() < 1e-11, "{x} is not {y}");
    }
}

#[test]
fn momentum_is_no_flow() {
    let entry = elbow_check::host::Catalog::bundled(bundle()).unwrap();
    let plugin = entry.find(elbow_check::host::PluginKind::Optimizer, "euclidean").unwrap();
    let mut values = elbow_check::host::Schema::defaults(&plugin.schema);
    if let Value::Table(entries) = &mut values {
        for (key, value) in entries {
            match key.as_str() {
                "momentum" => *value = Value::Number(0.5),
                "integrator" => *value = Value::Text("rk4".into()),
                _ => {}
            }
        }
    }
    let problem =
        elbow_check::host::Problem { dimension: 4, generative: 4, stochastic: false, layers: Vec::new(), blocks: Vec::new() };
    let error = elbow_check::host::Optimizer::new(plugin, &values, &problem).unwrap_err();
    assert_eq!(error.issues()[0].path, "momentum");
}
