//! Natural gradients in closed form: against the dense matrices inside, against `∇̃D(Q‖p) = p − Q` near the boundary.

mod common;

use common::*;
use elbow_bayesian_network::{Chart, Parameters, Preset};
use elbow_sdk::{Code, Fisher, Model, Objective, Recognition};
use faer::Mat;
use proptest::prelude::*;

/// `F x = g` to 1e-12 of what is summed, and of the counts, which sum to 1, that g is a difference of.
fn solves(f: &Mat<f64>, x: &[f64], g: &[f64]) -> bool {
    g.iter().enumerate().all(|(i, g)| {
        let terms: Vec<f64> = x.iter().enumerate().map(|(j, x)| f[(i, j)] * x).collect();
        let (sum, size) = (terms.iter().sum::<f64>(), terms.iter().map(|x| x.abs()).sum::<f64>());
        (sum - g).abs() <= 1e-12 * (size + g.abs() + 1.0)
    })
}

fn charts() -> impl Strategy<Value = Chart> {
    prop_oneof![Just(Chart::Mean), Just(Chart::Logit)]
}

/// V1, V2 and their hidden child H, without any independence: the full simplex of eight states.
struct Full {
    at: At,
    target: Vec<f64>,
}

impl Full {
    /// At tables of which one row has a small probability, the first or the last of it.
    fn new(chart: Chart, words: &mut Words, small: f64, last: bool) -> Self {
        let target = words.probabilities(8);
        let given = Parameters { chart, learned: true, ..preset(Preset::HiddenChild, None, table(&target)) };
        let mut at = At::new(build(given));
        let logit = |p: f64| (p / (1.0 - p)).ln();
        let small_logit = if last { -small.ln() } else { small.ln() };
        for a in 0..7 {
            let p = 0.1 + 0.8 * words.unit();
            at.theta[a] = if chart == Chart::Mean { p } else { logit(p) };
        }
        at.theta[words.below(7)] = match chart {
            Chart::Logit => small_logit,
            Chart::Mean if last => 1.0 - small,
            Chart::Mean => small,
        };
        at.phi.iter_mut().for_each(|x| *x = 0.1 + 0.8 * words.unit());
        at.renew();
        Self { at, target }
    }

    /// For each state (v1, v2, h) the parameters of its three rows with its place in them.
    fn rows(state: usize) -> [(usize, usize); 3] {
        let (v1, v2, h) = (state >> 2, state >> 1 & 1, state & 1);
        [(0, v1), (1 + v1, v2), (3 + 2 * v1 + v2, h)]
    }

    /// `(η, dη/η)` of an entry when its parameter moves by x.
    fn entry(chart: Chart, theta: f64, x: f64, place: usize) -> (f64, f64) {
        let sign = if place == 0 { 1.0 } else { -1.0 };
        match chart {
            Chart::Mean => {
                let p = if place == 0 { theta } else { 1.0 - theta };
                (p, sign * x / p)
            }
            Chart::Logit => (1.0 / (1.0 + (-sign * theta).exp()), sign * x / (1.0 + (sign * theta).exp())),
        }
    }
}

proptest! {
    #![proptest_config(config(128))]

    #[test]
    fn solves_the_metric(seed: u64, chart in charts()) {
        let (mut at, ..) = random_model(seed, chart);
        let g = at.fisher(Fisher::Joint);
        for objective in [Objective::Elbo, Objective::Evidence] {
            for q in at.recognitions() {
                let (natural, rank) = at.natural(Fisher::Joint, objective, q);
                prop_assert!(rank == g.nrows() && solves(&g, &natural, &at.gradient(objective, q)), "{objective:?} {q:?}");
            }
        }
        prop_assume!(!at.phi.is_empty());
        let (natural, rank) = at.natural(Fisher::Recognition, Objective::Elbo, Recognition::Learned);
        let f = at.fisher(Fisher::Recognition);
        // The gradient is right after the natural one, and before.
        let gradient = at.recognition_gradient();
        prop_assert!(rank == f.nrows() && solves(&f, &natural, &gradient));
        prop_assert_eq!(at.renew().recognition_gradient(), gradient);
    }

    /// T1, relative to p: `Σ dη/η = 1 − Q/p` over the rows of every state, where a probability is as small as 1e-16 and a solve with
    /// the dense matrix, whose entries are 1e16, has no digit left.
    #[test]
    fn is_p_minus_q_near_the_boundary(
        seed: u64, chart in charts(), last: bool,
        small in proptest::sample::select(vec![2f64.powi(-40), 2f64.powi(-53), 1e-12, 1e-16]),
    ) {
        prop_assume!(!last || chart == Chart::Logit || 1.0 - (1.0 - small) == small);
        let Full { mut at, target } = Full::new(chart, &mut Words(seed), small, last);
        for q in at.recognitions() {
            let (x, _) = at.natural(Fisher::Joint, Objective::Elbo, q);
            let rows = at.recognition(q);
            for state in 0..8 {
                let moved = Full::rows(state).map(|(a, place)| Full::entry(chart, at.theta[a], x[a], place));
                let (p, found) = moved.iter().fold((1.0, 0.0), |(p, sum), (eta, d)| (p * eta, sum + d));
                let ratio = (target[state & !1] + target[state | 1]) * rows[(state >> 1, state & 1)] / p;
                let scale = moved.iter().map(|(_, d)| d.abs()).sum::<f64>() + 1.0;
                prop_assert!((found - (1.0 - ratio)).abs() <= 1e-12 * scale, "{q:?} {state}: {found}, not 1 − {ratio}");
            }
        }
    }
}

/// Y ← X → Z with P(X = 1) = x0, all else at ½ but P(Z = 1|X = 0) = 0.9, target uniform: whatever x0, the natural gradient moves
/// P(Z = 1|X = 0) alone, by (1 − η) a step if X = 0 has all the weight. After 40 steps of 0.1, `D_V = 2 (0.4 · 0.9⁴⁰)²` at x0 → 0.
#[test]
fn goes_on_at_any_distance_from_the_boundary() {
    for x0 in [1e-3, 1e-6, 1e-10, 1e-12, 1e-14, 1e-16, 1e-200] {
        let mut at = At::new(build(preset(Preset::NonCylindrical, None, table(&[0.25; 4]))));
        at.go(&[x0, 0.5, 0.5, 0.5, 0.9]);
        for _ in 0..40 {
            let (natural, rank) = at.natural(Fisher::Joint, Objective::Evidence, Recognition::Exact);
            assert_eq!(rank, 5);
            let next: Vec<f64> = at.theta.iter().zip(&natural).map(|(x, d)| x - 0.1 * d).collect();
            at.go(&next);
        }
        let (found, expected) = (at.quantities(Recognition::Exact)[4], 2.0 * (0.4 * 0.9_f64.powi(40)).powi(2));
        assert!((found / expected - 1.0).abs() < 2e-3, "{x0}: {found:e}, not {expected:e}");
    }
}

/// Rows that cannot be reached, and rows of φ without data, neither move nor count.
#[test]
fn rows_of_weight_zero() {
    let data = counts(&[1.0, 0.0, 0.0, 3.0]);
    let mut at = At::new(build(Parameters { learned: true, ..preset(Preset::NonCylindrical, None, data) }));
    at.phi.copy_from_slice(&[0.25, 0.5, 0.5, 0.75]);
    at.go(&[0.0, 0.5, 0.25, 0.5, 0.25]);
    let (natural, rank) = at.natural(Fisher::Joint, Objective::Evidence, Recognition::Exact);
    assert!(rank == 3 && natural[1] == 0.0 && natural[3] == 0.0, "{natural:?}");
    // With X = 0 alone, both children move to the share ¼ of the data, where they are.
    assert!(natural[2].abs() < 1e-15 && natural[4].abs() < 1e-15);
    at.go(&[0.5; 5]);
    let (natural, rank) = at.natural(Fisher::Recognition, Objective::Elbo, Recognition::Learned);
    // p_θ(v, h) = ⅛ everywhere: q (1 − q) log(q / (1 − q)).
    let expected = 0.1875 * 3.0_f64.ln();
    assert!(rank == 2 && difference(&natural, &[-expected, 0.0, 0.0, expected]) < 1e-15, "{natural:?}");
}

#[test]
fn other_metrics_have_no_closed_form() {
    let mut at = At::new(build(preset(Preset::NonCylindrical, None, table(&[0.25; 4]))));
    at.renew();
    for kind in [Fisher::Visible, Fisher::Aggregate, Fisher::Recognition] {
        let (objective, q) = (Objective::Evidence, Recognition::Exact);
        let error = at.model.natural_gradient(&mut at.at, kind, objective, q, &mut [0.0; 5]).expect_err("no closed form");
        assert_eq!(error.code(), Code::Unsupported);
    }
}
