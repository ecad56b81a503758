//! Theorems about the two gradients (Ay, van Oostrum and Datar, JMLR 2025), as far as they concern models.

mod common;

use common::*;
use elbow_bayesian_network::{Chart, Preset, TargetParameters};
use elbow_geometry::cosine::cosine;
use elbow_geometry::oracle::pinv;
use elbow_geometry::pencil::{Pencil, Spectrum};
use elbow_sdk::{Fisher, Objective, Recognition};
use faer::Mat;
use proptest::prelude::*;

const RCOND: f64 = 1e-9;

/// A preset at a random interior point with a random joint target.
fn at(name: Preset, size: Option<i64>, words: &mut Words) -> At {
    let shape = At::new(build(preset(name, size, any_target(name, size)))).model;
    let shape = elbow_sdk::Model::shape(&shape);
    let mut at = At::new(build(preset(name, size, table(&words.probabilities(shape.visible_states * shape.hidden_states)))));
    let theta: Vec<f64> = at.theta.iter().map(|_| 0.1 + 0.8 * words.unit()).collect();
    at.go(&theta);
    at
}

/// Some target of the right length.
fn any_target(name: Preset, size: Option<i64>) -> TargetParameters {
    let joint = match name {
        Preset::NaiveBayes | Preset::HiddenChild => 2 << size.unwrap_or(if name == Preset::NaiveBayes { 3 } else { 2 }),
        Preset::Chain => 1 << size.unwrap_or(4),
        _ => 8,
    };
    table(&vec![1.0 / f64::from(joint); joint as usize])
}

fn spectrum(at: &mut At) -> Spectrum {
    let (g, g_v) = (at.fisher(Fisher::Joint), at.fisher(Fisher::Visible));
    Pencil::new().compute(g.as_ref(), g_v.as_ref(), RCOND).expect("finite matrices").clone()
}

fn apply(matrix: &Mat<f64>, vector: &[f64]) -> Vec<f64> {
    (0..matrix.nrows()).map(|i| (0..matrix.ncols()).map(|j| matrix[(i, j)] * vector[j]).sum()).collect()
}

/// Natural gradients a, r, b: of the bound with q fixed and with the posterior, in G; of the evidence, in G_V.
fn fields(at: &mut At) -> [Vec<f64>; 3] {
    let (g, g_v) = (pinv(at.fisher(Fisher::Joint).as_ref(), RCOND), pinv(at.fisher(Fisher::Visible).as_ref(), RCOND));
    [
        apply(&g, &at.gradient(Objective::Elbo, Recognition::Fixed)),
        apply(&g, &at.gradient(Objective::Elbo, Recognition::Exact)),
        apply(&g_v, &at.gradient(Objective::Evidence, Recognition::Exact)),
    ]
}

/// The velocity of p(v, h), row by row, of a velocity of θ.
fn push(at: &mut At, velocity: &[f64]) -> Mat<f64> {
    let (p, scores) = (at.joint(), at.scores());
    let moved = apply(&scores, velocity);
    Mat::from_fn(p.nrows(), p.ncols(), |v, h| p[(v, h)] * moved[v * p.ncols() + h])
}

fn sum_rows(matrix: &Mat<f64>) -> Vec<f64> {
    (0..matrix.nrows()).map(|v| (0..matrix.ncols()).map(|h| matrix[(v, h)]).sum()).collect()
}

proptest! {
    #![proptest_config(config(32))]

    /// T1, T2: without constraint the joint gradient is p − Q, and it differs from that of the visible divergence by what sums
    /// to 0.
    #[test]
    fn unconstrained(seed: u64) {
        let mut words = Words(seed);
        let mut at = at(Preset::HiddenChild, None, &mut words);
        let [a, r, b] = fields(&mut at);
        let (p, target, q) = (at.joint(), at.target(), at.recognition(Recognition::Fixed));
        let velocity = push(&mut at, &a);
        let expected = Mat::from_fn(p.nrows(), p.ncols(), |v, h| p[(v, h)] - target[v] * q[(v, h)]);
        prop_assert!(difference(&entries(&velocity), &entries(&expected)) < 1e-10);
        let visible = sum_rows(&velocity);
        for other in [r, b] {
            prop_assert!(difference(&sum_rows(&push(&mut at, &other)), &visible) < 1e-10);
        }
    }

    /// T5: the pencil is {0, 1} exactly where the three fields agree on the visible states, whatever the target.
    #[test]
    fn cylindrical(seed: u64) {
        let mut words = Words(seed);
        for (name, size, expected) in [
            (Preset::Cylindrical, None, true),
            (Preset::HiddenChild, None, true),
            (Preset::HiddenChild, Some(3), true),
            (Preset::NonCylindrical, None, false),
            (Preset::NaiveBayes, None, false),
            (Preset::Chain, None, false),
        ] {
            let mut at = at(name, size, &mut words);
            let spectrum = spectrum(&mut at);
            prop_assert_eq!(spectrum.kappa < 1e-6, expected, "{} {:?}", name.name(), spectrum.values);
            let [a, r, b] = fields(&mut at).map(|field| sum_rows(&push(&mut at, &field)));
            let apart = difference(&a, &b).max(difference(&r, &b));
            prop_assert_eq!(apart < 1e-9, expected, "{} {}", name.name(), apart);
        }
    }

    /// The spectrum of Y ← X → Z is {0, 0, λ, 1, 1}.
    #[test]
    fn one_free_eigenvalue(seed: u64) {
        let mut at = at(Preset::NonCylindrical, None, &mut Words(seed));
        let values = spectrum(&mut at).values;
        prop_assert_eq!(values.len(), 5);
        prop_assert!(values[1] < 1e-9 && values[3] > 1.0 - 1e-9, "{values:?}");
        prop_assert!(values[2] > 1e-6 && values[2] < 1.0 - 1e-6, "{values:?}");
    }

    /// T6: the natural gradient with the exact posterior never opposes that of the evidence.
    #[test]
    fn cosines(seed: u64, logit: bool) {
        let (mut at, ..) = random_model(seed, if logit { Chart::Logit } else { Chart::Mean });
        let g = pinv(at.fisher(Fisher::Joint).as_ref(), RCOND);
        let visible = at.fisher(Fisher::Visible);
        let g_v = pinv(visible.as_ref(), RCOND);
        let j = at.gradient(Objective::Evidence, Recognition::Exact);
        let cosine = cosine(visible.as_ref(), &apply(&g, &j), &apply(&g_v, &j));
        prop_assert!(cosine > 0.0 && cosine <= 1.0, "{cosine}");
    }
}

/// θ ← θ − G⁺ J.
fn natural_step(at: &mut At) -> Vec<f64> {
    let g = pinv(at.fisher(Fisher::Joint).as_ref(), RCOND);
    let step = apply(&g, &at.gradient(Objective::Evidence, Recognition::Exact));
    at.theta.iter().zip(&step).map(|(x, d)| x - d).collect()
}

/// T7: near a realizable target √D_V contracts by 1 − λ.
#[test]
fn local_rate() {
    for seed in [1, 2, 3] {
        let mut words = Words(seed);
        let truth: Vec<f64> = (0..5).map(|_| 0.15 + 0.7 * words.unit()).collect();
        let mut at = At::new(build(preset(Preset::NonCylindrical, None, parameters(&truth))));
        let start: Vec<f64> = truth.iter().map(|x| x + 0.02 * (words.unit() - 0.5)).collect();
        at.go(&start);
        let (mut before, mut rate) = (f64::NAN, f64::NAN);
        for _ in 0..2000 {
            let now = at.quantities(Recognition::Exact)[4].sqrt();
            if now < 1e-6 {
                break;
            }
            (rate, before) = (now / before, now);
            let next = natural_step(&mut at);
            at.go(&next);
        }
        let expected = spectrum(&mut at).rate;
        assert!((rate / expected - 1.0).abs() < 1e-3, "{rate} {expected}");
    }
}

/// The EM step of Y ← X → Z: expected counts under p*(v) p(h|v), normalized row by row.
fn em_step(at: &mut At) -> Vec<f64> {
    let (q, target) = (at.recognition(Recognition::Exact), at.target());
    let weight = |x: usize, y: usize, z: usize| target[2 * y + z] * q[(2 * y + z, x)];
    let sum = |admit: &dyn Fn(usize, usize, usize) -> bool| -> f64 {
        let states = (0..8).map(|i| (i >> 2, (i >> 1) & 1, i & 1));
        states.filter(|&(x, y, z)| admit(x, y, z)).map(|(x, y, z)| weight(x, y, z)).sum()
    };
    let share =
        |x: usize, admit: &dyn Fn(usize, usize, usize) -> bool| sum(&|a, b, c| a == x && admit(a, b, c)) / sum(&|a, _, _| a == x);
    let (y, z) = (|_: usize, y: usize, _: usize| y == 0, |_: usize, _: usize, z: usize| z == 0);
    vec![sum(&|x, _, _| x == 0), share(0, &y), share(1, &y), share(0, &z), share(1, &z)]
}

/// T7: the step agrees with that of EM to second order in the distance.
#[test]
fn em_to_second_order() {
    let (truth, way) = ([0.4, 0.7, 0.2, 0.35, 0.8], [0.5, -1.0, 0.7, 0.9, -0.6]);
    let mut at = At::new(build(preset(Preset::NonCylindrical, None, parameters(&truth))));
    let mut apart = |distance: f64| {
        let theta: Vec<f64> = truth.iter().zip(way).map(|(x, w)| x + distance * w).collect();
        at.go(&theta);
        let (em, step) = (em_step(&mut at), natural_step(&mut at));
        em.iter().zip(&step).map(|(x, y)| (x - y).powi(2)).sum::<f64>().sqrt()
    };
    let (far, near) = (apart(2e-3), apart(1e-3));
    assert!(near < 1e-5 && (far / near - 4.0).abs() < 0.1, "{far} {near}");
}
