//! Flows with known values: explicit Euler steps θ ← θ − 0.01 F⁺ ∇ from an independent program, every printed digit.

mod common;

use common::*;
use elbow_bayesian_network::Preset;
use elbow_geometry::solve::Solver;
use elbow_sdk::{Fisher, Objective, Recognition};

/// Joint Fisher matrix with q fixed or exact, visible one for the evidence.
const FIELDS: [(Objective, Recognition, Fisher); 3] = [
    (Objective::Elbo, Recognition::Fixed, Fisher::Joint),
    (Objective::Elbo, Recognition::Exact, Fisher::Joint),
    (Objective::Evidence, Recognition::Exact, Fisher::Visible),
];

/// D_V after 0, 1, …, `steps` steps, and the last point.
fn flow(name: Preset, target: &[f64], start: &[f64], field: usize, steps: usize) -> (Vec<f64>, Vec<f64>) {
    let (objective, q, kind) = FIELDS[field];
    let mut at = At::new(build(preset(name, None, parameters(target))));
    let (mut solver, mut direction) = (Solver::new(), vec![0.0; start.len()]);
    at.go(start);
    let mut divergence = vec![at.quantities(q)[4]];
    for _ in 0..steps {
        let (gradient, matrix, bound) = (at.gradient(objective, q), at.fisher(kind), at.bound(kind));
        solver.pseudo_inverse(matrix.as_ref(), bound.as_deref(), &gradient, 1e-9, &mut direction).expect("a finite matrix");
        let next: Vec<f64> = at.theta.iter().zip(&direction).map(|(x, d)| x - 0.01 * d).collect();
        divergence.push(at.go(&next).quantities(q)[4]);
    }
    (divergence, at.theta)
}

/// Equal in all digits of the text.
fn check(found: f64, printed: &str) {
    let digits = printed.len() - printed.find('.').expect("a point") - 1;
    assert_eq!(format!("{found:.digits$}"), printed);
}

#[test]
fn cylindrical() {
    let printed = ["5.5739634", "3.2381023", "1.2024092", "0.49509172", "0.094219927", "0.00035435811"];
    for field in 0..3 {
        let (divergence, last) = flow(Preset::Cylindrical, &[0.95, 0.1, 0.9], &[0.02, 0.95, 0.02], field, 500);
        for (step, printed) in [0, 10, 50, 100, 200, 499].into_iter().zip(printed) {
            check(divergence[step], printed);
        }
        check(last[0], if field == 0 { "0.94388945" } else { "0.02000000" });
    }
}

#[test]
fn non_cylindrical() {
    let printed = [
        ["0.077128736", "0.050803626", "0.034617263", "0.025443626", "0.0013175693"],
        ["0.077128736", "0.062253645", "0.027906643", "0.011266599", "0.00082120685"],
        ["0.077128736", "0.060548437", "0.024502559", "0.0084600488", "0.00014651024"],
    ];
    for (field, printed) in printed.into_iter().enumerate() {
        let (divergence, _) = flow(Preset::NonCylindrical, &[0.7, 0.3, 0.6, 0.2, 0.9], &[0.3, 0.8, 0.2, 0.6, 0.1], field, 299);
        for (step, printed) in [0, 10, 50, 100, 299].into_iter().zip(printed) {
            check(divergence[step], printed);
        }
    }
}
