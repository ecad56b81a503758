//! What a step promises: the bound on its length, the part of it that was made, the damping that it learns.

use elbow_check::Value;
use elbow_check::course::{Course, Given, table, text};
use elbow_sdk::abi::{FISHER_JOINT, OBJECTIVE_ELBO, RECOGNITION_FIXED};

fn number(x: f64) -> Value {
    Value::Number(x)
}

fn list(data: &[f64]) -> Value {
    Value::Array { rows: 1, cols: data.len(), data: data.to_vec() }
}

/// δᵀGδ of each step, G the exact joint matrix at its start.
fn squared_lengths(course: &Course, name: &str, given: Given<'_>, steps: usize) -> Vec<f64> {
    let (mut proxy, mut optimizer) =
        (course.proxy(), course.optimizer(name, given).unwrap_or_else(|error| panic!("{name}: {error}")));
    let step = |_| {
        let before = proxy.parameters().to_vec();
        proxy
            .step(&mut optimizer, true)
            .map(|length| (length * length, before))
            .unwrap_or_else(|error| panic!("{name}: {error}"))
            .0
    };
    (0..steps).map(step).collect()
}

/// Probabilistic principal components, θ alone: every structured matrix is the exact one.
fn decoder() -> Course {
    let data = table(&[("limit", Value::Integer(300))]);
    let mut course =
        Course::new(elbow_bundle::bundle(), "linear-gaussian", &[("latent", Value::Integer(2)), ("data", data)], "default");
    course.task.learned = false;
    course
}

/// With momentum too δᵀFδ ≤ κ, and a step that would be longer has that length.
#[test]
fn the_bound_holds_with_momentum() {
    const KAPPA: f64 = 1e-4;
    let common = vec![
        ("metric", text("joint")),
        ("lambda", number(0.0)),
        ("momentum", number(0.9)),
        ("kl_clip", number(KAPPA)),
        ("step_size", number(0.5)),
    ];
    let structured = [vec![("estimation", text("exact"))], common.clone()].concat();
    for (name, given) in
        [("kfac", &structured), ("unit-wise", &structured), ("block-diagonal", &structured), ("natural-cg", &common)]
    {
        let lengths = squared_lengths(&decoder(), name, given, 30);
        assert!(lengths.iter().all(|x| *x <= KAPPA * (1.0 + 1e-6)), "{name}: {lengths:?}");
        assert!(lengths[..20].iter().all(|x| *x > KAPPA * (1.0 - 1e-6)), "{name} makes its steps as long as it may: {lengths:?}");
    }
}

fn parent(start: [f64; 5]) -> Course {
    let target = table(&[("parameters", list(&[0.7, 0.3, 0.6, 0.2, 0.9]))]);
    let network = [("preset", text("non-cylindrical")), ("target", target)];
    let mut course = Course::new(elbow_bundle::bundle(), "bayesian-network", &network, "default");
    course.start = start.to_vec();
    (course.task.learned, course.task.recognition) = (false, RECOGNITION_FIXED);
    course
}

/// Heavy ball in the unit cube, where a step that would leave it is halved: the velocity is that of the step that was made.
#[test]
fn a_halved_step_leaves_half_a_velocity() {
    let course = parent([0.3, 0.8, 0.2, 0.6, 0.05]);
    let (eta, beta) = (0.2, 0.9);
    let given = [("step_size", number(eta)), ("momentum", number(beta))];
    let (mut proxy, mut optimizer) = (course.proxy(), course.optimizer("euclidean", &given).unwrap());
    let (mut x, mut v, mut halved) = (course.start.clone(), vec![0.0; 5], 0);
    for _ in 0..12 {
        let mut gradient = vec![0.0; 5];
        let at = proxy.evaluator().unwrap();
        at.gradient(OBJECTIVE_ELBO, RECOGNITION_FIXED, Some(&mut gradient), None).unwrap();
        v.iter_mut().zip(&gradient).for_each(|(v, g)| *v = beta * *v - eta * g);
        while x.iter().zip(&v).any(|(x, v)| !(0.0..1.0).contains(&(x + v)) || x + v == 0.0) {
            v.iter_mut().for_each(|v| *v *= 0.5);
            halved += 1;
        }
        x.iter_mut().zip(&v).for_each(|(x, v)| *x += v);
        proxy.step(&mut optimizer, false).unwrap();
        for (found, expected) in proxy.parameters().iter().zip(&x) {
            assert!((found - expected).abs() < 1e-12, "{:?}, not {x:?}", proxy.parameters());
        }
    }
    assert!(halved > 0 && halved == proxy.counts.halvings, "the course leaves the cube: {halved}, {}", proxy.counts.halvings);
}

/// The same with a natural gradient: G is diagonal here, so that K-FAC-like steps can be written down.
#[test]
fn a_halved_natural_step_leaves_half_a_velocity() {
    let course = parent([0.3, 0.8, 0.2, 0.6, 0.05]);
    let (eta, beta) = (0.9, 0.8);
    let given = [("step_size", number(eta)), ("momentum", number(beta)), ("lambda", number(0.0)), ("kl_clip", number(0.0))];
    let (mut proxy, mut optimizer) = (course.proxy(), course.optimizer("block-diagonal", &given).unwrap());
    let (mut x, mut v, mut halved) = (course.start.clone(), vec![0.0; 5], 0);
    for _ in 0..12 {
        let (mut gradient, mut diagonal) = (vec![0.0; 5], vec![0.0; 5]);
        let at = proxy.evaluator().unwrap();
        at.gradient(OBJECTIVE_ELBO, RECOGNITION_FIXED, Some(&mut gradient), None).unwrap();
        at.fisher_diagonal(FISHER_JOINT, &mut diagonal).unwrap();
        v.iter_mut().zip(gradient.iter().zip(&diagonal)).for_each(|(v, (g, f))| *v = beta * *v - eta * g / f);
        while x.iter().zip(&v).any(|(x, v)| x + v <= 0.0 || x + v >= 1.0) {
            v.iter_mut().for_each(|v| *v *= 0.5);
            halved += 1;
        }
        x.iter_mut().zip(&v).for_each(|(x, v)| *x += v);
        proxy.step(&mut optimizer, false).unwrap();
        for (found, expected) in proxy.parameters().iter().zip(&x) {
            assert!((found - expected).abs() < 1e-9, "{:?}, not {x:?}", proxy.parameters());
        }
    }
    assert!(halved > 0, "the course leaves the cube");
}

/// λ of each network after each step, with `jacobi`: each learns when it is due, whatever the other does.
#[test]
fn each_damping_learns_by_itself() {
    let data = table(&[("limit", Value::Integer(60))]);
    let course =
        Course::new(elbow_bundle::bundle(), "linear-gaussian", &[("latent", Value::Integer(2)), ("data", data)], "default");
    let network = |period: i64| {
        table(&[
            ("adapt", Value::Bool(true)),
            ("adapt_period", Value::Integer(period)),
            ("lambda", number(1.0)),
            ("estimation", text("exact")),
            ("step_size", number(0.01)),
            ("momentum", number(0.0)),
        ])
    };
    let given = [("order", text("jacobi")), ("encoder", network(2)), ("decoder", network(3))];
    let (mut proxy, mut optimizer) = (course.proxy(), course.optimizer("two-step", &given).unwrap());
    let mut lambdas = Vec::new();
    for _ in 0..7 {
        proxy.step(&mut optimizer, false).unwrap();
        lambdas.push((proxy.reports[0].expect("a report"), proxy.reports[2].expect("a report")));
    }
    // Short steps are predicted well, so each λ falls by ω = 0.95^T. It is looked at after each T-th step and used from the next on.
    let omega = |period: i32, times: usize| 0.95_f64.powi(period).powi(times as i32);
    for (step, (encoder, decoder)) in lambdas.into_iter().enumerate() {
        assert!((encoder - omega(2, step / 2)).abs() < 1e-12, "step {step}: encoder {encoder}");
        assert!((decoder - omega(3, step / 3)).abs() < 1e-12, "step {step}: decoder {decoder}");
    }
}
