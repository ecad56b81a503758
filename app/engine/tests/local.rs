//! The geometry at a point, against differences and known values.

mod common;

use common::{plan, small};
use elbow_engine::local::local;

#[test]
fn the_gradients_at_a_point() {
    let text = small("init = { values = [0.3, 0.4, 0.55, 0.6, 0.25] }", "");
    for text in [text.clone(), text + "objective = \"evidence\"\n"] {
        let plan = plan(&text);
        let (cell, model) = (&plan.cells[0], &plan.models[0].model);
        let here = local(model, cell.task, &cell.start).unwrap();
        let mut at = model.evaluator(0).unwrap();
        let mut loss = |i: usize, h: f64| {
            let mut theta = cell.start.clone();
            theta[i] += h;
            at.move_to(&theta, &[], 0).unwrap();
            at.loss(cell.task.objective, cell.task.recognition).unwrap()
        };
        assert_eq!((here.n, here.fisher.len()), (5, 25));
        for i in 0..5 {
            let difference = (loss(i, 1e-5) - loss(i, -1e-5)) / 2e-5;
            assert!((here.gradient[i] - difference).abs() < 1e-7, "{i}: {} is not {difference}", here.gradient[i]);
            let product: f64 = (0..5).map(|j| here.fisher[i + 5 * j] * here.natural[j]).sum();
            assert!((product - here.gradient[i]).abs() < 1e-10, "G times the natural gradient is the gradient");
        }
        // The root's probability p has the Fisher information 1/(p(1−p)), and nothing else depends on it.
        assert!((here.fisher[0] - 1.0 / (0.3 * 0.7)).abs() < 1e-12 && here.fisher[1..5].iter().all(|g| *g == 0.0));
        assert!((here.natural[0] - 0.3 * 0.7 * here.gradient[0]).abs() < 1e-12);
    }
}

#[test]
fn points_without_a_geometry_say_why() {
    let plan = plan(&small("", ""));
    let (cell, model) = (&plan.cells[0], &plan.models[0].model);
    let error = |point: &[f64]| local(model, cell.task, point).unwrap_err();
    assert!(error(&[0.5]).contains("1 parameters; this model has 5"));
    assert!(error(&[0.0, 0.5, 0.5, 0.5, 0.5]).contains("not inside"));
    assert!(error(&[f64::NAN; 5]).contains("not inside"));
}
