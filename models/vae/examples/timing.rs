//! Times of one step of W1 (64-128-8, 128 rows) and W2 (784-400-20, 256 rows): gradient, gradient and loss, rows of Fisher matrices.
//! `timing [w1|w2] [single|double] [gradient|loss|rows|product|quantities] [one]` measures what is named, on one thread if asked.
#![allow(clippy::print_stdout, reason = "prints its measurements")]

#[path = "../tests/common/mod.rs"]
mod common;

use common::At;
use common::workload::{start, w1};
use elbow_check::peers::Workload;
use elbow_sdk::{Estimation, Fisher, Model};
use elbow_vae::Width;
use std::hint::black_box;
use std::time::Instant;

/// Fastest of many rounds of at least 2 ms, in microseconds for one call: short, so that some of them have the machine alone.
fn time(mut call: impl FnMut(u64)) -> f64 {
    let (mut best, mut t, whole) = (f64::INFINITY, 0, Instant::now());
    while whole.elapsed().as_millis() < 1500 {
        let (start, first) = (Instant::now(), t);
        while start.elapsed().as_millis() < 2 {
            call(t);
            t += 1;
        }
        best = best.min(start.elapsed().as_secs_f64() / (t - first) as f64);
    }
    best * 1e6
}

fn asked(name: &str, all: &[&str]) -> bool {
    let named: Vec<String> = std::env::args().skip(1).filter(|word| all.contains(&word.as_str())).collect();
    named.is_empty() || named.iter().any(|word| word == name)
}

/// Something to measure, with room for both gradients.
type Call<'a> = dyn FnMut(&mut At, &mut [f64], &mut [f64]) + 'a;

fn report(name: &str, workload: &Workload, width: Width) {
    let mut at = start(workload, width);
    let (mut theta, mut phi) = (at.theta.clone(), at.phi.clone());
    let mut line = |what: &str, call: &mut Call<'_>| {
        if !asked(what, &["gradient", "loss", "rows", "product", "quantities"]) {
            return;
        }
        let us = time(|t| {
            at.sample = t;
            at.renew();
            call(&mut at, &mut theta, &mut phi);
            black_box((&theta, &phi));
        });
        println!("{name} {:6} {what:<12} {us:>10.1} µs {:>10.1} /s", width.name(), 1e6 / us);
    };
    use elbow_sdk::{Objective::Elbo, Recognition::Learned};
    line("gradient", &mut |at, theta, phi| {
        at.model.gradient(&mut at.at, Elbo, Learned, theta).expect("a gradient");
        at.model.recognition_gradient(&mut at.at, phi).expect("a gradient");
    });
    line("loss", &mut |at, theta, phi| {
        at.model.gradient(&mut at.at, Elbo, Learned, theta).expect("a gradient");
        at.model.recognition_gradient(&mut at.at, phi).expect("a gradient");
        black_box(at.loss());
    });
    line("rows", &mut |at, _, _| {
        for kind in [Fisher::Aggregate, Fisher::Recognition] {
            at.rows(kind, Estimation::Sampled, |rows, _| {
                black_box(rows.count);
            });
        }
    });
    line("product", &mut |at, theta, _| {
        let v = at.theta.clone();
        at.model.fisher_product(&mut at.at, Fisher::Aggregate, &v, theta).expect("a product");
    });
    line("quantities", &mut |at, _, _| {
        black_box(at.quantities());
    });
}

fn main() {
    if std::env::args().any(|word| word == "one") {
        elbow_check::host::set_threads(1);
    }
    type Make = fn() -> Workload;
    for (name, make) in [("w1", w1 as Make), ("w2", Workload::w2 as Make)] {
        if asked(name, &["w1", "w2"]) {
            let workload = make();
            for width in [Width::Single, Width::Double] {
                if asked(width.name(), &["single", "double"]) {
                    report(name, &workload, width);
                }
            }
        }
    }
}
