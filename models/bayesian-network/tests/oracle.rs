//! Everything that the model answers, against slow formulas on whole tables.

mod common;

use common::*;
use elbow_bayesian_network::{Chart, NodeParameters};
use elbow_geometry::oracle;
use elbow_sdk::{Fisher, Model, Objective, Recognition};
use faer::Mat;
use proptest::prelude::*;

/// Exact up to the rounding of a few hundred sums.
const EXACT: f64 = 1e-12;

fn chart() -> impl Strategy<Value = Chart> {
    prop_oneof![Just(Chart::Mean), Just(Chart::Logit)]
}

/// p(v, h) by the definition: states in declared order, tables looked up by names.
fn definition(nodes: &[NodeParameters], mean: &[f64]) -> Mat<f64> {
    let (_, visible, joint) = sizes(nodes);
    let mut table = Mat::zeros(visible, joint / visible);
    for index in 0..joint {
        let mut rest = index;
        let mut state = vec![0; nodes.len()];
        for (i, node) in nodes.iter().enumerate().rev() {
            state[i] = rest % node.states as usize;
            rest /= node.states as usize;
        }
        let of = |visible: bool| {
            let chosen = nodes.iter().zip(&state).filter(|(node, _)| node.visible == visible);
            chosen.fold(0, |sum, (node, state)| sum * node.states as usize + state)
        };
        table[(of(true), of(false))] = probability(nodes, mean, &state);
    }
    table
}

fn probability(nodes: &[NodeParameters], mean: &[f64], state: &[usize]) -> f64 {
    let (mut product, mut first) = (1.0, 0);
    for (node, &own) in nodes.iter().zip(state) {
        let (mut row, mut rows, free) = (0, 1, node.states as usize - 1);
        for parent in node.parents.iter().flatten() {
            let j = nodes.iter().position(|other| other.name == *parent).expect("a parent");
            row = row * nodes[j].states as usize + state[j];
            rows *= nodes[j].states as usize;
        }
        let values = &mean[first + row * free..][..free];
        product *= if own < free { values[own] } else { 1.0 - values.iter().sum::<f64>() };
        first += rows * free;
    }
    product
}

proptest! {
    #![proptest_config(config(192))]

    #[test]
    fn tables_follow_the_definition(seed: u64, chart in chart()) {
        let (mut at, nodes, mean) = random_model(seed, chart);
        prop_assert!(difference(&entries(&at.joint()), &entries(&definition(&nodes, &mean))) < EXACT);
        let masses: f64 = at.target().iter().sum();
        prop_assert!((masses - 1.0).abs() < EXACT);
    }

    #[test]
    fn losses_and_quantities(seed: u64, chart in chart()) {
        let (mut at, ..) = random_model(seed, chart);
        let (p, target) = (at.joint(), at.target());
        for q in at.recognitions() {
            let all = oracle::decomposition(p.as_ref(), &target, at.recognition(q).as_ref());
            let expected = [all.log_evidence, all.elbo, all.gap, all.kl_joint, all.kl_visible];
            let found = at.quantities(q);
            prop_assert!(difference(&found, &expected) < EXACT, "{q:?} {found:?} {expected:?}");
            let losses = [at.loss(Objective::Elbo, q), at.loss(Objective::Evidence, q)];
            prop_assert!(difference(&losses, &[-all.elbo, -all.log_evidence]) < EXACT);
            let [evidence, elbo, gap, joint, visible] = found;
            let h = all.entropy;
            let residuals = [evidence - elbo - gap, joint - visible - gap, joint + elbo + h, visible + evidence + h];
            prop_assert!(residuals.iter().all(|x| x.abs() < EXACT), "{residuals:?}");
        }
    }

    #[test]
    fn gradients(seed: u64, chart in chart()) {
        let (mut at, ..) = random_model(seed, chart);
        let (p, scores, target) = (at.joint(), at.scores(), at.target());
        let evidence = oracle::gradient_visible(p.as_ref(), scores.as_ref(), &target);
        for q in at.recognitions() {
            prop_assert!(difference(&at.gradient(Objective::Evidence, q), &evidence) < EXACT);
            let elbo = oracle::gradient_joint(scores.as_ref(), &target, at.recognition(q).as_ref());
            prop_assert!(difference(&at.gradient(Objective::Elbo, q), &elbo) < EXACT, "{q:?}");
        }
        // T3: with the posterior held, the gradient of the joint divergence is that of the visible one.
        prop_assert!(difference(&at.gradient(Objective::Elbo, Recognition::Exact), &evidence) < EXACT);
    }

    #[test]
    fn fisher_matrices(seed: u64, chart in chart()) {
        let (mut at, ..) = random_model(seed, chart);
        let (p, scores) = (at.joint(), at.scores());
        let expected = [
            (Fisher::Joint, oracle::joint_fisher(p.as_ref(), scores.as_ref())),
            (Fisher::Visible, oracle::visible_fisher(p.as_ref(), scores.as_ref())),
        ];
        for (kind, expected) in expected {
            prop_assert!(difference(&entries(&at.fisher(kind)), &entries(&expected)) < EXACT, "{kind:?}");
            consistent(&mut at, kind, &expected)?;
        }
    }

    #[test]
    fn recognition_fisher(seed: u64, chart in chart()) {
        let (mut at, ..) = random_model(seed, chart);
        prop_assume!(!at.phi.is_empty());
        let (q, target) = (at.recognition(Recognition::Learned), at.target());
        let rows = recognition_scores(&at, &q, chart);
        let weights: Vec<f64> = (0..rows.nrows()).map(|i| target[i / q.ncols()] * q[(i / q.ncols(), i % q.ncols())]).collect();
        let expected = oracle::weighted_fisher(&weights, rows.as_ref());
        prop_assert!(difference(&entries(&at.fisher(Fisher::Recognition)), &entries(&expected)) < EXACT);
        consistent(&mut at, Fisher::Recognition, &expected)?;
    }

    #[test]
    fn charts_agree(seed: u64) {
        let (mut mean, mut logit) = (random_model(seed, Chart::Mean).0, random_model(seed, Chart::Logit).0);
        prop_assert!(difference(&entries(&mean.joint()), &entries(&logit.joint())) < EXACT);
        for q in mean.recognitions() {
            prop_assert!(difference(&mean.quantities(q), &logit.quantities(q)) < EXACT);
        }
        // dm = F dη row by row, so that gradients and the matrices' products are related by F.
        let direction = mean.gradient(Objective::Evidence, Recognition::Exact);
        let image = mean.fisher_product(Fisher::Joint, &direction);
        let length: f64 = direction.iter().zip(&image).map(|(x, y)| x * y).sum();
        let moved = velocity(&mut mean, &mut logit, &direction);
        let other = logit.fisher_product(Fisher::Joint, &moved);
        let length_there: f64 = moved.iter().zip(&other).map(|(x, y)| x * y).sum();
        prop_assert!((length - length_there).abs() < 1e-6 * length, "{length} {length_there}");
    }
}

/// The image of a velocity under the change of coordinates, by a difference.
fn velocity(mean: &mut At, logit: &mut At, direction: &[f64]) -> Vec<f64> {
    let step = 1e-5 / direction.iter().fold(1e-9_f64, |largest, x| largest.max(x.abs()));
    let image = |sign: f64| {
        let moved: Vec<f64> = mean.theta.iter().zip(direction).map(|(x, d)| x + sign * step * d).collect();
        let mut out = moved.clone();
        logit.model.mean_to_theta(&moved, &mut out).expect("a point");
        out
    };
    let (up, down) = (image(1.0), image(-1.0));
    up.iter().zip(&down).map(|(up, down)| (up - down) / (2.0 * step)).collect()
}

/// Diagonal and product belong to the matrix.
fn consistent(at: &mut At, kind: Fisher, matrix: &Mat<f64>) -> Result<(), TestCaseError> {
    let n = matrix.nrows();
    let diagonal: Vec<f64> = (0..n).map(|i| matrix[(i, i)]).collect();
    prop_assert!(difference(&at.fisher_diagonal(kind), &diagonal) < EXACT, "{kind:?}");
    let vector: Vec<f64> = (0..n).map(|i| (i as f64 + 1.0).sin()).collect();
    let product: Vec<f64> = (0..n).map(|i| (0..n).map(|j| matrix[(i, j)] * vector[j]).sum()).collect();
    prop_assert!(difference(&at.fisher_product(kind, &vector), &product) < EXACT, "{kind:?}");
    Ok(())
}

/// ∇_φ log q(h|v), by the definition.
fn recognition_scores(at: &At, q: &Mat<f64>, chart: Chart) -> Mat<f64> {
    let free = q.ncols() - 1;
    Mat::from_fn(q.nrows() * q.ncols(), at.phi.len(), |i, a| {
        let (v, h, k) = (i / q.ncols(), i % q.ncols(), a % free);
        let hit = f64::from(u8::from(h == k));
        match chart {
            _ if a / free != v => 0.0,
            Chart::Mean if h == free => -1.0 / q[(v, free)],
            Chart::Mean => hit / q[(v, k)],
            Chart::Logit => hit - q[(v, k)],
        }
    })
}
