//! Tables so extreme that products of their entries leave the range of f64: everything against sums of exponentials of logarithms
//! over all states, `log Σ e^x = m + log Σ e^(x − m)`, written down anew. Divergences far below the last digit of what they compare.

mod common;

use common::*;
use elbow_bayesian_network::{Chart, NodeParameters, Parameters, Preset};
use elbow_sdk::{Fisher, Objective, Recognition};
use proptest::prelude::*;

fn log_sum(x: &[f64]) -> f64 {
    let most = x.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if most == f64::NEG_INFINITY { most } else { most + x.iter().map(|x| (x - most).exp()).sum::<f64>().ln() }
}

/// First parameter of a row, number of its parameters, state.
type Family = (usize, usize, usize);

/// A joint state with the family of every node.
struct State {
    families: Vec<Family>,
    visible: usize,
    hidden: usize,
}

/// All states, by the definition: declared order, the last node fastest.
fn states(nodes: &[NodeParameters]) -> Vec<State> {
    let sizes: Vec<usize> = nodes.iter().map(|node| node.states as usize).collect();
    let place = |name: &String| nodes.iter().position(|other| other.name == *name).expect("a parent");
    let state = |index: usize| {
        let own: Vec<usize> = (0..nodes.len()).map(|i| index / sizes[i + 1..].iter().product::<usize>() % sizes[i]).collect();
        let (mut families, mut first) = (Vec::new(), 0);
        for (i, node) in nodes.iter().enumerate() {
            let parents: Vec<usize> = node.parents.iter().flatten().map(place).collect();
            let row = parents.iter().fold(0, |row, &j| row * sizes[j] + own[j]);
            families.push((first + row * (sizes[i] - 1), sizes[i] - 1, own[i]));
            first += parents.iter().map(|&j| sizes[j]).product::<usize>() * (sizes[i] - 1);
        }
        let of = |visible: bool| {
            let chosen = (0..nodes.len()).filter(|&i| nodes[i].visible == visible);
            chosen.fold(0, |sum, i| sum * sizes[i] + own[i])
        };
        State { families, visible: of(true), hidden: of(false) }
    };
    (0..sizes.iter().product()).map(state).collect()
}

/// log η of a family.
fn log_entry(chart: Chart, theta: &[f64], (first, free, own): Family) -> f64 {
    let row = &theta[first..first + free];
    let value = if own < free { row[own] } else { 0.0 };
    match chart {
        Chart::Logit => value - log_sum(&[row, &[0.0]].concat()),
        Chart::Mean if own < free => value.ln(),
        Chart::Mean => (-row.iter().sum::<f64>()).ln_1p(),
    }
}

/// A model at an extreme point, with what the definition says of it.
struct Case {
    at: At,
    states: Vec<State>,
    log_p: Vec<f64>,
    log_visible: Vec<f64>,
    hidden: usize,
}

/// Exponents of probabilities, so far from 0 that products of two to five underflow.
fn case(seed: u64, chart: Chart) -> Case {
    let mut words = Words(seed);
    let nodes = random_nodes(&mut words);
    let (_, visible, joint) = sizes(&nodes);
    let learned = nodes.iter().any(|node| !node.visible);
    let target = table(&words.probabilities(joint));
    let mut at = At::new(build(Parameters { chart, learned, ..custom(nodes.clone(), target) }));
    let states = states(&nodes);
    let range = if chart == Chart::Logit { 900.0 } else { 250.0 };
    let extreme = |words: &mut Words| match chart {
        Chart::Logit => range * (2.0 * words.unit() - 1.0),
        Chart::Mean => (-range * words.unit() - 2.0).exp(),
    };
    (0..at.theta.len()).for_each(|a| at.theta[a] = extreme(&mut words));
    (0..at.phi.len()).for_each(|a| at.phi[a] = extreme(&mut words) / 10.0);
    at.renew();
    let sum = |state: &State| state.families.iter().map(|&family| log_entry(chart, &at.theta, family)).sum();
    let log_p: Vec<f64> = states.iter().map(sum).collect();
    let of = |v: usize| log_sum(&log_p.iter().zip(&states).filter(|(_, s)| s.visible == v).map(|(x, _)| *x).collect::<Vec<_>>());
    let log_visible = (0..visible).map(of).collect();
    Case { at, log_p, log_visible, states, hidden: joint / visible }
}

impl Case {
    /// `log Σ e^(log_p + log_weight(v))` over the states with a family.
    fn log_count(&self, family: Family, log_weight: impl Fn(usize) -> f64) -> f64 {
        let with = self.states.iter().zip(&self.log_p).filter(|(state, _)| state.families.contains(&family));
        log_sum(&with.map(|(state, log_p)| log_p + log_weight(state.visible)).collect::<Vec<_>>())
    }

    /// Logarithms of the two parts of a score: `c_k/η_k − c_K/η_K` in means, `c_k (1 − η_k) − η_k Σ_{j≠k} c_j` in logits.
    fn score(&self, chart: Chart, [family, last]: [Family; 2], log_count: &dyn Fn(Family) -> f64) -> [f64; 2] {
        let log = |f| log_entry(chart, &self.at.theta, f);
        let others = |of: &dyn Fn(Family) -> f64| {
            let others = (0..=family.1).filter(|k| *k != family.2).map(|k| of((family.0, family.1, k)));
            log_sum(&others.collect::<Vec<_>>())
        };
        match chart {
            Chart::Mean => [family, last].map(|f| log_count(f) - log(f)),
            Chart::Logit => [log_count(family) + others(&log), log(family) + others(log_count)],
        }
    }

    /// For each parameter its family and the last one of its row.
    fn families(&self) -> Vec<[Family; 2]> {
        let mut rows: Vec<(usize, usize)> = self.states.iter().flat_map(|s| &s.families).map(|f| (f.0, f.1)).collect();
        rows.sort_unstable();
        rows.dedup();
        rows.iter().flat_map(|&(first, free)| (0..free).map(move |k| [(first, free, k), (first, free, free)])).collect()
    }
}

/// Equal to 1e-11 of the scale given, above the numbers that have no digits.
fn close(found: f64, expected: f64, scale: f64) -> bool {
    found == expected || (found - expected).abs() <= 1e-11 * (scale + expected.abs()) + 1e-300
}

fn charts() -> impl Strategy<Value = Chart> {
    prop_oneof![Just(Chart::Mean), Just(Chart::Logit)]
}

proptest! {
    #![proptest_config(config(96))]

    #[test]
    fn evidence_and_posterior(seed: u64, chart in charts()) {
        let Case { mut at, states, log_p, log_visible, .. } = case(seed, chart);
        let target = at.target();
        let expected: f64 = target.iter().zip(&log_visible).map(|(p, log)| p * log).sum();
        let found = at.loss(Objective::Evidence, Recognition::Exact);
        prop_assert!(close(-found, expected, 0.0), "{found} {expected}");
        let posterior = at.recognition(Recognition::Exact);
        for (state, log_p) in states.iter().zip(&log_p) {
            let expected = (log_p - log_visible[state.visible]).exp();
            prop_assert!(close(posterior[(state.visible, state.hidden)], expected, 1.0));
        }
    }

    /// Each quantity by its definition; the identities to 1e-12 of the terms; no divergence is negative.
    #[test]
    fn quantities(seed: u64, chart in charts()) {
        let Case { mut at, states, log_p, log_visible, hidden, .. } = case(seed, chart);
        let (target, entropy) = (at.target(), at.target().iter().map(|p| -p * p.ln()).sum::<f64>());
        for q in at.recognitions() {
            let [evidence, elbo, gap, joint, visible] = at.quantities(q);
            let size = evidence.abs() + elbo.abs();
            let residuals = [evidence - elbo - gap, joint - visible - gap, joint + elbo + entropy, visible + evidence + entropy];
            prop_assert!(residuals.iter().all(|x| x.abs() <= 1e-12 * size), "{q:?} {residuals:?} of {size}");
            prop_assert!(gap >= 0.0 && joint >= 0.0 && visible >= 0.0);
            let table = at.recognition(q);
            let bound = |(state, log_p): (&State, &f64)| {
                let q = table[(state.visible, state.hidden)];
                if q == 0.0 { 0.0 } else { target[state.visible] * q * (log_p - q.ln()) }
            };
            let expected: f64 = if q == Recognition::Exact || hidden == 1 { log_visible.iter().zip(&target).map(|(l, p)| l * p).sum() }
                else { states.iter().zip(&log_p).map(bound).sum() };
            prop_assert!(close(elbo, expected, 0.0), "{q:?} {elbo} {expected}");
        }
    }

    /// `∂(−Ev)/∂θ = −(c_k/η_k − c_K/η_K)` in means and `−(c_k − η_k Σ c)` in logits, with c the counts under p* p(h|v).
    #[test]
    fn gradients(seed: u64, chart in charts()) {
        let mut case = case(seed, chart);
        let (found, target) = (case.at.gradient(Objective::Evidence, Recognition::Exact), case.at.target());
        let log_count = |family| case.log_count(family, |v| target[v].ln() - case.log_visible[v]);
        for ([family, last], found) in case.families().into_iter().zip(found) {
            let parts = case.score(chart, [family, last], &log_count).map(f64::exp);
            prop_assert!(close(found, parts[1] - parts[0], parts[0] + parts[1]), "{family:?} {found} {parts:?}");
        }
    }

    /// With w = P(pa): `(η_k C − c_k) / w` in means, `(c_K/η_K − c_k/η_k) / w` in logits.
    #[test]
    fn natural_gradients(seed: u64, chart in charts()) {
        let mut case = case(seed, chart);
        let target = case.at.target();
        let (found, rank) = case.at.natural(Fisher::Joint, Objective::Evidence, Recognition::Exact);
        prop_assert_eq!(rank, found.len());
        let log_count = |family| case.log_count(family, |v| target[v].ln() - case.log_visible[v]);
        for ([family, last], found) in case.families().into_iter().zip(found) {
            let row = |of: &dyn Fn(Family) -> f64| log_sum(&(0..=family.1).map(|k| of((family.0, family.1, k))).collect::<Vec<_>>());
            let log_weight = row(&|f| case.log_count(f, |_| 0.0));
            let log_entry = |family| log_entry(chart, &case.at.theta, family);
            let parts = match chart {
                Chart::Mean => [(log_entry(family) + row(&log_count) - log_weight).exp(), (log_count(family) - log_weight).exp()],
                Chart::Logit => [last, family].map(|f| (log_count(f) - log_entry(f) - log_weight).exp()),
            };
            let beyond = parts[0] + parts[1] == f64::INFINITY && !found.is_nan();
            prop_assert!(beyond || close(found, parts[0] - parts[1], parts[0] + parts[1]), "{family:?} {found} {parts:?}");
        }
    }

    /// G by its blocks `w F(η)`, entry by entry, and G_V as `Σ_v p(v) s̄ s̄ᵀ`.
    #[test]
    fn metrics(seed: u64, chart in charts()) {
        let mut case = case(seed, chart);
        let (g, visible) = (case.at.fisher(Fisher::Joint), case.at.fisher(Fisher::Visible));
        let families = case.families();
        for (a, [family, last]) in families.iter().enumerate() {
            let row: Vec<f64> = (0..=family.1).map(|k| case.log_count((family.0, family.1, k), |_| 0.0)).collect();
            let (log_weight, log) = (log_sum(&row), |f| log_entry(chart, &case.at.theta, f));
            let others: Vec<f64> = (0..=family.1).filter(|k| *k != family.2).map(|k| log((family.0, family.1, k))).collect();
            let expected = match chart {
                Chart::Mean => (log_weight - log(*family)).exp() + (log_weight - log(*last)).exp(),
                Chart::Logit => (log_weight + log(*family) + log_sum(&others)).exp(),
            };
            prop_assert!(close(g[(a, a)], expected, 0.0), "{} {expected}", g[(a, a)]);
        }
        // √p(v) s̄ of every visible state.
        let score = |v: usize, [family, last]: [Family; 2]| {
            let only = |w: usize| if w == v { -0.5 * case.log_visible[v] } else { f64::NEG_INFINITY };
            let parts = case.score(chart, [family, last], &|f| case.log_count(f, only));
            [parts[0].exp() - parts[1].exp(), parts[0].exp() + parts[1].exp()]
        };
        let rows: Vec<Vec<[f64; 2]>> = (0..case.log_visible.len()).map(|v| families.iter().map(|f| score(v, *f)).collect()).collect();
        for (a, b) in (0..families.len()).flat_map(|a| (0..families.len()).map(move |b| (a, b))) {
            let [expected, size] = [0, 1].map(|k| rows.iter().map(|s| s[a][k] * s[b][k]).sum::<f64>());
            // A score below 1e-290 has no digits to bring into a product, however large the other is.
            let blurred = rows.iter().any(|s| [s[a][1], s[b][1]].iter().any(|s| *s != 0.0 && *s < 1e-290));
            let beyond = blurred || !expected.is_finite();
            prop_assert!(beyond || close(visible[(a, b)], expected, size), "{:e} {expected:e}", visible[(a, b)]);
        }
    }
}

/// Sixteen children at logit 50, all data in their other state: `log p(v) = −16 (50 + log(1 + e^−50)) = −800`, whatever the parent.
#[test]
fn sixteen_children() {
    let mut data = vec![0.0; 1 << 16];
    data[(1 << 16) - 1] = 12.0;
    let given = Parameters { chart: Chart::Logit, learned: true, ..preset(Preset::NaiveBayes, Some(16), counts(&data)) };
    let mut at = At::new(build(given));
    (at.theta[0], at.phi[(1 << 16) - 1]) = (0.75, -0.25);
    at.theta[1..].fill(50.0);
    at.renew();
    let [evidence, elbo, gap, joint, visible] = at.quantities(Recognition::Exact);
    assert_eq!((evidence, elbo, gap, joint, visible), (-800.0, -800.0, 0.0, 800.0, 800.0));
    let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
    let (prior, q) = (sigmoid(0.75), sigmoid(-0.25));
    let divergence = q * (q / prior).ln() + (1.0 - q) * ((1.0 - q) / (1.0 - prior)).ln();
    let found = at.quantities(Recognition::Learned);
    assert!(difference(&found, &[-800.0, -800.0 - divergence, divergence, 800.0 + divergence, 800.0]) < 1e-15, "{found:?}");
    assert!((found[2] - divergence).abs() < 1e-13);
    let last = at.recognition(Recognition::Exact);
    assert!((last[((1 << 16) - 1, 0)] - prior).abs() < 1e-13);
    // Of −Ev: 0 for the parent, P(H) for its children, where `∇̃ = c_K / (w η_K) = 1 + e^50`.
    let gradient = at.gradient(Objective::Evidence, Recognition::Exact);
    assert!(gradient[0].abs() < 1e-13 && (gradient[1] - prior).abs() < 1e-13 && (gradient[2] - (1.0 - prior)).abs() < 1e-13);
    let (natural, rank) = at.natural(Fisher::Joint, Objective::Evidence, Recognition::Exact);
    assert!(rank == 33 && natural[1..].iter().all(|x| (x / 50.0_f64.exp() - 1.0).abs() < 1e-12), "{natural:?}");
}

/// Y ← X → Z at 2⁻⁴⁰ or so from the target: D_J is half the squared length `½ Σ w (ĉ − η)² / η (1 − η)` of the difference, to first
/// order in it; with the posterior there is no gap, with the target's own q it is what D_J has more than D_V.
#[test]
fn small_divergences() {
    let (truth, way) = ([0.7, 0.3, 0.6, 0.2, 0.9], [1.0, -0.5, 0.25, 1.0, -0.75].map(|x| x * 2f64.powi(-38)));
    let theta: Vec<f64> = truth.iter().zip(way).map(|(x, d)| x + d).collect();
    for target in [parameters(&truth), table(&joint_of(&truth))] {
        let mut at = At::new(build(preset(Preset::NonCylindrical, None, target)));
        let [_, _, gap, joint, visible] = at.go(&theta).quantities(Recognition::Fixed);
        let weights = [1.0, 0.7, 0.3, 0.7, 0.3];
        let terms = theta.iter().zip(truth).zip(weights).map(|((x, t), w)| 0.5 * w * (x - t) * (x - t) / (x * (1.0 - x)));
        let expected: f64 = terms.sum();
        assert!(expected < 1e-22 && (joint / expected - 1.0).abs() < 1e-4, "{joint:e}, not {expected:e}");
        assert!(gap > 0.0 && visible > 0.0 && (gap + visible - joint).abs() < 1e-4 * joint, "{gap:e} {visible:e} {joint:e}");
        assert_eq!(at.quantities(Recognition::Exact)[2], 0.0);
    }
}

/// A learned q at 2⁻³⁸ or so from the posterior: the gap is `½ Σ_v p*(v) d² / q (1 − q)`, to first order in the distance d.
#[test]
fn small_gap_of_a_learned_q() {
    let given = Parameters { learned: true, ..preset(Preset::NonCylindrical, None, table(&[0.25, 0.375, 0.125, 0.25])) };
    let mut at = At::new(build(given));
    at.go(&[0.3, 0.8, 0.2, 0.6, 0.1]);
    let (posterior, target) = (at.recognition(Recognition::Exact), at.target());
    let way = [1.0, -0.5, 0.25, -1.0].map(|x| x * 2f64.powi(-38));
    (0..4).for_each(|v| at.phi[v] = posterior[(v, 0)] + way[v]);
    let term = |v: usize| 0.5 * target[v] * way[v] * way[v] / (posterior[(v, 0)] * posterior[(v, 1)]);
    let (found, expected) = (at.renew().quantities(Recognition::Learned)[2], (0..4).map(term).sum::<f64>());
    assert!(expected < 1e-22 && (found / expected - 1.0).abs() < 1e-4, "{found:e}, not {expected:e}");
}

/// p of Y ← X → Z in declared order.
fn joint_of(theta: &[f64; 5]) -> Vec<f64> {
    let bit = |x: f64, state: usize| if state == 0 { x } else { 1.0 - x };
    let of = |i: usize| (i >> 2, (i >> 1) & 1, i & 1);
    (0..8).map(of).map(|(x, y, z)| bit(theta[0], x) * bit(theta[1 + x], y) * bit(theta[3 + x], z)).collect()
}

/// What the target has never seen counts by its probability: V with p* = (1, 0) has `D_V = −log(1 − ε) = ε`, also if other nodes
/// make the model so large that states without data are passed over.
#[test]
fn mass_off_the_target() {
    let mut data = vec![0.0; 1 << 14];
    data[0] = 1.0;
    let names: Vec<String> = (0..14).map(|i| format!("V{i}")).collect();
    let nodes = names.iter().map(|name| node(name, 2, &[], true)).chain([node("H", 2, &[], false)]).collect();
    let mut at = At::new(build(Parameters { chart: Chart::Logit, ..custom(nodes, counts(&data)) }));
    for logit in [40.0, 20.0, 1.0] {
        at.theta.fill(logit);
        let found = at.renew().quantities(Recognition::Exact)[4];
        let expected = 14.0 * (-logit).exp().ln_1p();
        assert!((found / expected - 1.0).abs() < 1e-11, "{logit}: {found:e}, not {expected:e}");
    }
}
