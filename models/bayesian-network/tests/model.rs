//! Shapes, names, domains, draws, boundaries, parts.

mod common;

use common::*;
use elbow_bayesian_network::{Chart, Parameters, Preset};
use elbow_geometry::oracle;
use elbow_sdk::{Domain, Fisher, Model, Objective, Recognition, Rng};

fn fork(target: elbow_bayesian_network::TargetParameters) -> At {
    At::new(build(preset(Preset::NonCylindrical, None, target)))
}

#[test]
fn shape_and_blocks() {
    let model = build(Parameters { learned: true, ..preset(Preset::HiddenChild, None, counts(&[1.0, 2.0, 3.0, 4.0])) });
    let shape = model.shape();
    assert_eq!((shape.generative, shape.recognition, shape.visible_states, shape.hidden_states), (7, 4, 4, 2));
    assert_eq!((shape.has_fixed, shape.has_exact), (false, true));
    let blocks: Vec<_> = model.blocks().into_iter().map(|block| (block.name, block.recognition, block.len)).collect();
    let theta = [("P(V1)", 1), ("P(V2|V1)", 2), ("P(H|V1,V2)", 4)].map(|(name, len)| (name.to_owned(), false, len));
    assert_eq!(blocks[..3], theta);
    assert_eq!(blocks[3], ("q(h|v)".to_owned(), true, 4));
}

#[test]
fn presets() {
    let sizes = |name, size, joint: usize| {
        let model = build(preset(name, size, counts(&vec![1.0; joint])));
        (model.shape().generative, model.shape().visible_states, model.shape().hidden_states)
    };
    assert_eq!(sizes(Preset::Cylindrical, None, 8), (3, 4, 2));
    assert_eq!(sizes(Preset::NonCylindrical, None, 8), (5, 4, 2));
    assert_eq!(sizes(Preset::NaiveBayes, None, 16), (7, 8, 2));
    assert_eq!(sizes(Preset::Chain, None, 16), (7, 4, 4));
    assert_eq!(sizes(Preset::Chain, Some(5), 32), (9, 4, 8));
    assert_eq!(sizes(Preset::HiddenChild, None, 8), (7, 4, 2));
}

/// The first state is "1", the order of a file's table that of the nodes.
#[test]
fn order_of_states() {
    let joint = [0.02, 0.03, 0.05, 0.1, 0.2, 0.15, 0.25, 0.2];
    let mut at = fork(table(&joint));
    let visible: Vec<f64> = (0..4).map(|v| joint[v] + joint[v + 4]).collect();
    assert!(difference(&at.target(), &visible) < 1e-15);
    at.go(&[0.3, 0.8, 0.2, 0.6, 0.1]);
    let p = at.joint();
    assert!((p[(0, 0)] - 0.3 * 0.8 * 0.6).abs() < 1e-15 && (p[(1, 1)] - 0.7 * 0.2 * 0.9).abs() < 1e-15);
    let q = at.recognition(Recognition::Fixed);
    assert!((q[(2, 0)] - 0.05 / 0.3).abs() < 1e-15);
}

#[test]
fn domain() {
    let model = build(Parameters { learned: true, ..preset(Preset::NonCylindrical, None, counts(&[1.0; 4])) });
    let (theta, phi) = ([0.5; 5], [0.5; 4]);
    assert_eq!(model.domain(&theta, &phi), Domain::Inside);
    assert_eq!(model.domain(&[0.5, 0.5, 1.0, 0.0, 0.5], &phi), Domain::Boundary { parameter: 2 });
    assert_eq!(model.domain(&[0.5, 0.5, 1.0, -0.1, 0.5], &phi), Domain::Outside { parameter: 3 });
    assert_eq!(model.domain(&theta, &[0.5, f64::NAN, 0.5, 0.5]), Domain::Outside { parameter: 6 });
    let three = build(custom(vec![node("V", 3, &[], true)], counts(&[1.0; 3])));
    assert_eq!(three.domain(&[0.8, 0.7], &[]), Domain::Outside { parameter: 0 });
    assert_eq!(three.domain(&[0.25, 0.75], &[]), Domain::Boundary { parameter: 0 });
}

/// Mean and mean square of each parameter over many draws.
fn moments(at: &mut At, kind: &str) -> Vec<(f64, f64)> {
    let (mut words, draws) = (Words(7), 40_000);
    let mut sums = vec![(0.0, 0.0); at.theta.len()];
    for _ in 0..draws {
        at.draw(kind, &mut words);
        sums.iter_mut().zip(&at.theta).for_each(|(sum, x)| *sum = (sum.0 + x / draws as f64, sum.1 + x * x / draws as f64));
    }
    sums
}

#[test]
fn draws() {
    let mut at = fork(counts(&[1.0; 4]));
    // E x² of Beta(a, a) is (a + 1) / (4 a + 2): 5/16 for 3/2, 3/8 for 1/2, 1/3 for 1.
    for (kind, expected) in [("jeffreys", [0.3125, 0.375, 0.375, 0.375, 0.375]), ("default", [1.0 / 3.0; 5])] {
        for ((mean, square), expected) in moments(&mut at, kind).into_iter().zip(expected) {
            assert!((mean - 0.5).abs() < 6e-3 && (square - expected).abs() < 6e-3, "{kind} {mean} {square} {expected}");
        }
    }
}

/// Ratios of the density of drawn rows agree with √det G: Beta parameters by hand for a complete network of three nodes.
#[test]
fn jeffreys_of_a_complete_network() {
    let nodes = vec![node("C", 2, &["A", "B"], true), node("A", 2, &[], true), node("B", 3, &["A"], true)];
    let mut at = At::new(build(custom(nodes, counts(&[1.0; 12]))));
    // A: ½ + (3 − 1)/2 + 3/2 = 3; each row of B: ½ + 1/2 = 1; C: ½. E x = ½ and ⅓; E x² = 4/14, ⅙ and 3/8.
    let found = moments(&mut at, "jeffreys");
    for (index, mean, square) in [(0, 0.5, 0.375), (6, 0.5, 4.0 / 14.0), (7, 1.0 / 3.0, 1.0 / 6.0), (10, 1.0 / 3.0, 1.0 / 6.0)] {
        assert!((found[index].0 - mean).abs() < 6e-3 && (found[index].1 - square).abs() < 6e-3, "{index} {:?}", found[index]);
    }
}

/// The product of Dirichlet densities is √det G up to a factor.
#[test]
fn jeffreys_density() {
    let mut at = fork(counts(&[1.0; 4]));
    let mut ratio = |theta: [f64; 5]| {
        let diagonal = at.go(&theta).fisher_diagonal(Fisher::Joint);
        let beta = |x: f64, a: f64| (x * (1.0 - x)).powf(a - 1.0);
        let density = beta(theta[0], 1.5) * theta[1..].iter().map(|&x| beta(x, 0.5)).product::<f64>();
        diagonal.iter().product::<f64>().sqrt() / density
    };
    let (one, other) = (ratio([0.3, 0.8, 0.2, 0.6, 0.1]), ratio([0.7, 0.1, 0.5, 0.4, 0.9]));
    assert!((one / other - 1.0).abs() < 1e-12);
}

#[test]
fn jeffreys_needs_closed_parents() {
    let mut at = At::new(build(preset(Preset::Chain, None, counts(&[1.0; 4]))));
    let mut words = || 1;
    let error = at.model.draw("jeffreys", &mut Rng::new(&mut words), &mut at.theta, &mut at.phi).expect_err("no product");
    let text = error.to_string();
    assert!(text.contains("`V1`, a parent of `H2`, has the parent `H1`") && text.contains("from a file"), "{text}");
}

/// Monte-Carlo Fisher matrices tend to the exact one like n^{-1/2}.
#[test]
fn sampled_fisher() {
    let (mut at, ..) = random_model(11, Chart::Mean);
    let (p, scores, exact) = (entries(&at.joint()), at.scores(), at.fisher(Fisher::Joint));
    let mut words = Words(3);
    let mut error = |samples: usize| {
        let runs = 40;
        let squares: f64 = (0..runs)
            .map(|_| {
                let states: Vec<usize> = (0..samples).map(|_| sample(&p, words.unit())).collect();
                let estimate = oracle::sampled_fisher(scores.as_ref(), &states);
                (&estimate - &exact).squared_norm_l2()
            })
            .sum();
        (squares / f64::from(runs)).sqrt()
    };
    let order = (error(400) / error(6400)).log2() / 4.0;
    assert!((order - 0.5).abs() < 0.08, "{order}");
}

fn sample(p: &[f64], mut u: f64) -> usize {
    let passed = |x: &&f64| {
        u -= **x;
        u > 0.0
    };
    p.iter().take_while(passed).count().min(p.len() - 1)
}

#[test]
fn boundary() {
    // P(X = 1) = 0: the families below X = 1 never occur.
    let mut at = fork(parameters(&[0.4, 0.7, 0.2, 0.6, 0.3]));
    at.go(&[0.0, 0.5, 0.5, 0.5, 0.5]);
    let quantities = at.quantities(Recognition::Exact);
    assert!(quantities.iter().all(|x| x.is_finite()), "{quantities:?}");
    assert_eq!(at.quantities(Recognition::Fixed)[3], f64::INFINITY);
    assert!(at.fisher(Fisher::Visible).squared_norm_l2().is_finite());
    // P(Y = 1) = 0 although Y = 1 has data.
    at.go(&[0.5, 0.0, 0.0, 0.5, 0.5]);
    let quantities = at.quantities(Recognition::Exact);
    assert_eq!((quantities[0], quantities[4]), (f64::NEG_INFINITY, f64::INFINITY));
    assert!(at.gradient(Objective::Evidence, Recognition::Exact).iter().any(|x| x.is_nan()));
    // A target that does not use all states.
    let mut at = fork(counts(&[3.0, 0.0, 0.0, 1.0]));
    at.go(&[0.3, 0.8, 0.2, 0.6, 0.1]);
    assert!(at.quantities(Recognition::Exact).iter().all(|x| x.is_finite()));
    // Nothing is known before the first move.
    let mut at = fork(counts(&[1.0; 4]));
    assert!(at.loss(Objective::Evidence, Recognition::Exact).is_nan());
}

/// Where single entries are negative but all p(v) positive the evidence and its gradient go on.
#[test]
fn signed() {
    let mut at = fork(parameters(&[0.78, 0.24, 0.82, 0.97, 0.97]));
    let theta = [0.3, 0.5, 0.3, 1.02, 0.6];
    assert_eq!(at.model.domain(&theta, &[]), Domain::Outside { parameter: 3 });
    assert!(at.model.has_evidence(&theta));
    assert!(!at.model.has_evidence(&[0.3, 0.5, 0.3, 2.5, 0.6]) && !at.model.has_evidence(&[0.3, 0.5, 0.3, 1.0, 0.6]));
    let quantities = at.go(&theta).quantities(Recognition::Exact);
    assert!(quantities[0].is_finite() && quantities[4] > 0.0);
    let gradient = at.gradient(Objective::Evidence, Recognition::Exact);
    let mut loss = |shift: f64| {
        let moved = [theta[0], theta[1], theta[2], theta[3] + shift, theta[4]];
        at.go(&moved).loss(Objective::Evidence, Recognition::Exact)
    };
    assert!(((loss(1e-5) - loss(-1e-5)) / 2e-5 - gradient[3]).abs() < 1e-6);
}

/// Large enough for parts and blocks: exact, and the same bits whatever was asked before.
#[test]
fn parts() {
    let target = counts(&(0..128).map(|i| f64::from(i % 7)).collect::<Vec<_>>());
    let nodes = |chart| Parameters { chart, ..preset(Preset::Chain, Some(14), target.clone()) };
    for chart in [Chart::Mean, Chart::Logit] {
        let mut at = At::new(build(nodes(chart)));
        let mut words = Words(5);
        at.draw("uniform", &mut words);
        let (p, scores, target) = (at.joint(), at.scores(), at.target());
        let visible = oracle::visible_fisher(p.as_ref(), scores.as_ref());
        assert!(difference(&entries(&at.fisher(Fisher::Visible)), &entries(&visible)) < 1e-11);
        let joint = oracle::joint_fisher(p.as_ref(), scores.as_ref());
        assert!(difference(&entries(&at.fisher(Fisher::Joint)), &entries(&joint)) < 1e-11);
        let gradient = at.gradient(Objective::Evidence, Recognition::Exact);
        assert!(difference(&gradient, &oracle::gradient_visible(p.as_ref(), scores.as_ref(), &target)) < 1e-11);
        // The second time around, one pass sums what three passes summed before.
        let matrix = at.fisher(Fisher::Visible);
        let quantities = at.quantities(Recognition::Exact);
        at.renew();
        assert_eq!(at.gradient(Objective::Evidence, Recognition::Exact), gradient);
        assert_eq!(at.quantities(Recognition::Exact), quantities);
        assert_eq!(entries(&at.fisher(Fisher::Visible)), entries(&matrix));
    }
}

/// A target that is summed anew for each visible state is the same as one that is kept.
#[test]
fn many_visible_states() {
    let names: Vec<String> = (0..13).map(|i| format!("V{i}")).collect();
    let mut nodes: Vec<_> = names.iter().map(|name| node(name, 2, &["H"], true)).collect();
    nodes.push(node("H", 2, &[], false));
    let mut words = Words(9);
    let truth: Vec<f64> = (0..27).map(|_| 0.1 + 0.8 * words.unit()).collect();
    let mut streamed = At::new(build(custom(nodes.clone(), parameters(&truth))));
    let p = entries(&streamed.go(&truth).joint());
    assert!(streamed.quantities(Recognition::Fixed)[2..].iter().all(|x| x.abs() < 1e-12));
    // In the file H comes last, so rows of hidden states are the order of the nodes.
    let mut kept = At::new(build(custom(nodes, table(&p))));
    let theta: Vec<f64> = truth.iter().map(|_| 0.1 + 0.8 * words.unit()).collect();
    for q in [Recognition::Fixed, Recognition::Exact] {
        assert!(difference(&streamed.go(&theta).quantities(q), &kept.go(&theta).quantities(q)) < 1e-12);
        assert!(difference(&streamed.gradient(Objective::Elbo, q), &kept.gradient(Objective::Elbo, q)) < 1e-12);
    }
}
