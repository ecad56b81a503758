//! How fast minima are found: a quadratic form in as many steps as it has parameters, Rosenbrock's valley in under sixty.

mod rosenbrock;

use elbow_check::Value;
use elbow_check::abi::{OBJECTIVE_ELBO, RECOGNITION_EXACT};
use elbow_check::course::{Course, Given};
use elbow_check::host::Task;
use elbow_check::optimizer::positions;
use elbow_check::quadratic::{P, gradient};
use rosenbrock::Rosenbrock;

elbow_sdk::bundle!(fn alone = [optimizer elbow_lbfgs::Lbfgs]);
elbow_sdk::bundle!(fn both = [optimizer elbow_lbfgs::Lbfgs, model Rosenbrock]);

fn size(gradient: &[f64]) -> f64 {
    gradient.iter().map(|g| g * g).sum::<f64>().sqrt()
}

/// With exact line searches the directions are conjugate, so P steps reach the minimum and P − 1 do not.
#[test]
fn a_quadratic_form_takes_as_many_steps_as_parameters() {
    let exact = [("c1", Value::Number(1e-10)), ("c2", Value::Number(1e-9))];
    let way = positions(alone(), &exact, P);
    assert!(size(&gradient(&way[P - 1])) > 1e-3);
    assert!(size(&gradient(&way[P])) < 1e-9, "∇L = {:?}", gradient(&way[P]));
}

/// At the minimum it stays, and does not fail.
#[test]
fn the_minimum_is_kept() {
    let way = positions(alone(), &[], 60);
    assert!(size(&gradient(&way[59])) < 1e-7);
    assert!(way[60].iter().zip(&way[59]).all(|(a, b)| (a - b).abs() < 1e-8));
}

fn valley() -> Course {
    let mut course = Course::new(both(), "test.rosenbrock", &[], "default");
    course.task = Task { objective: OBJECTIVE_ELBO, recognition: RECOGNITION_EXACT, generative: true, learned: false };
    course
}

fn follow(given: Given<'_>, steps: usize) -> Vec<f64> {
    valley().follow("elbow.lbfgs", given, steps).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn rosenbrocks_valley_takes_under_sixty_steps() {
    for memory in [3, 10] {
        let end = follow(&[("memory", Value::Integer(memory))], 59);
        assert!((end[0] - 1.0).abs() < 1e-8 && (end[1] - 1.0).abs() < 1e-8, "m = {memory}: {end:?}");
    }
}

/// The loss falls in every step, whatever the curvature on the way.
#[test]
fn the_loss_never_rises() {
    let losses: Vec<f64> = (0..40).map(|steps| rosenbrock::loss(&follow(&[], steps))).collect();
    assert!(losses.windows(2).all(|pair| pair[1] <= pair[0]), "{losses:?}");
}

/// A run that is interrupted in the middle of the valley goes on as if it were not, to the bit.
#[test]
fn the_memory_is_saved() {
    let course = valley();
    let make = || course.optimizer("elbow.lbfgs", &[]).unwrap_or_else(|error| panic!("{error}"));
    let (mut proxy, mut optimizer, mut fresh) = (course.proxy(), make(), make());
    (0..12).for_each(|_| {
        proxy.step(&mut optimizer, false).unwrap_or_else(|error| panic!("{error}"));
    });
    fresh.load(&optimizer.save().unwrap_or_else(|error| panic!("{error}"))).unwrap_or_else(|error| panic!("{error}"));
    (0..8).for_each(|_| {
        proxy.step(&mut fresh, false).unwrap_or_else(|error| panic!("{error}"));
    });
    assert_eq!(proxy.parameters(), follow(&[], 20));
}

/// Searches of two evaluations often end at a point that is not the last one tried, or find none: the memory is then of the step
/// that was made, or begun anew, and the minimum is found all the same.
#[test]
fn searches_that_give_up_do_not_mislead() {
    for c2 in [0.9, 1e-3] {
        let end = follow(&[("tries", Value::Integer(2)), ("c2", Value::Number(c2))], 40);
        assert!(rosenbrock::loss(&end) < 1e-16, "c₂ = {c2}: {end:?}");
    }
}

/// With m = 1 a step is along −H ∇L, H of the step before, by the closed form of one update of γI; also where a search that gave up
/// went on from the point that it then took. Where the memory was begun anew, it is along −∇L.
#[test]
fn a_direction_is_that_of_the_step_before() {
    for tries in 3..9 {
        let given = [("tries", Value::Integer(tries)), ("c2", Value::Number(1e-3)), ("memory", Value::Integer(1))];
        let way: Vec<Vec<f64>> = (0..9).map(|steps| follow(&given, steps)).collect();
        for (k, points) in way.windows(3).enumerate() {
            let [s, step] = [0, 1].map(|i| difference(&points[i + 1], &points[i]));
            let [before, here] = [0, 1].map(|i| rosenbrock::gradient(&points[i]));
            let wanted = update(s, difference(&here, &before), here);
            let off = sine(step, wanted).min(sine(step, here));
            assert!(off < 1e-12, "{tries} tries, step {k}: {step:?} is not along {wanted:?}");
        }
    }
}

fn sine(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] * b[1] - a[1] * b[0]).abs() / (size(&a) * size(&b))
}

fn difference(a: &[f64], b: &[f64]) -> [f64; 2] {
    [a[0] - b[0], a[1] - b[1]]
}

/// −H g, H = γI − γρ (s yᵀ + y sᵀ) + (ρ + γρ² yᵀy) s sᵀ with γ = sᵀy/yᵀy, so that γρ² yᵀy = ρ.
fn update(s: [f64; 2], y: [f64; 2], g: [f64; 2]) -> [f64; 2] {
    let dot = |a: [f64; 2], b: [f64; 2]| a[0] * b[0] + a[1] * b[1];
    let (rho, gamma) = (1.0 / dot(s, y), dot(s, y) / dot(y, y));
    let along = |i: usize| s[i] * (2.0 * rho * dot(s, g) - gamma * rho * dot(y, g)) - gamma * rho * y[i] * dot(s, g);
    [0, 1].map(|i| -gamma * g[i] - along(i))
}
