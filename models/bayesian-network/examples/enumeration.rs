//! Times of the two workloads that matter: a step of a network of three nodes, and one of twenty.
#![allow(clippy::print_stdout, reason = "prints its measurements")]

use elbow_bayesian_network::{BayesianNetwork, Parameters, Preset, TargetParameters};
use elbow_sdk::{Fisher, Host, Model, ModelSetup, Objective, Recognition};
use std::hint::black_box;
use std::time::Instant;

fn model(preset: Preset, size: Option<i64>, parameters: usize) -> BayesianNetwork {
    let target = TargetParameters {
        parameters: Some((0..parameters).map(|a| 0.2 + 0.01 * a as f64).collect()),
        table: None,
        counts: None,
    };
    let parameters = Parameters { preset, size, target, ..Parameters::default() };
    BayesianNetwork::new(&ModelSetup::new(Host::NONE), parameters).expect("a network")
}

/// Fastest of many rounds, in nanoseconds for one call.
fn time(rounds: usize, calls: usize, mut call: impl FnMut(f64)) -> f64 {
    let mut best = f64::INFINITY;
    for round in 0..rounds {
        let start = Instant::now();
        (0..calls).for_each(|k| call(0.3 + 1e-4 * (k + round) as f64 / calls as f64));
        best = best.min(start.elapsed().as_nanos() as f64 / calls as f64);
    }
    best
}

fn report(name: &str, preset: Preset, size: Option<i64>, parameters: usize, rounds: usize, calls: usize) {
    let model = model(preset, size, parameters);
    let (mut at, mut theta) = (model.evaluator(0), vec![0.0; parameters]);
    let (mut gradient, mut matrix, mut out) = (vec![0.0; parameters], vec![0.0; parameters * parameters], [0.0; 5]);
    let mut line = |what: &str, call: &mut dyn FnMut(&mut _, &mut [f64], &mut [f64])| {
        if std::env::args().nth(1).is_some_and(|only| !what.ends_with(&only)) {
            return;
        }
        let ns = time(rounds, calls, |x| {
            theta.fill(x);
            model.move_to(&mut at, &theta, &[], 0).expect("a point");
            call(&mut at, &mut gradient, &mut matrix);
            black_box((&gradient, &matrix));
        });
        println!("{name:<16} {what:<44} {:>14.3} µs", ns / 1e3);
    };
    let (evidence, elbo, exact, fixed) = (Objective::Evidence, Objective::Elbo, Recognition::Exact, Recognition::Fixed);
    line("move", &mut |_, _, _| {});
    line("gradient of the evidence", &mut |at, g, _| model.gradient(at, evidence, exact, g).expect("a gradient"));
    line("gradient of the evidence, G_V", &mut |at, g, m| {
        model.gradient(at, evidence, exact, g).expect("a gradient");
        model.fisher(at, Fisher::Visible, m).expect("a matrix");
    });
    line("gradient of the bound (fixed q), G", &mut |at, g, m| {
        model.gradient(at, elbo, fixed, g).expect("a gradient");
        model.fisher(at, Fisher::Joint, m).expect("a matrix");
    });
    line("quantities", &mut |at, _, _| model.quantities(at, exact, &mut out).expect("quantities"));
}

fn main() {
    report("non-cylindrical", Preset::NonCylindrical, None, 5, 1000, 5000);
    report("chain of 20", Preset::Chain, Some(20), 39, 10, 1);
}
