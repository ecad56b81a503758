//! Fisher matrices against the slow formulas on the tables, products and diagonals against the matrices, sampling at its rate.

mod common;

use common::*;
use elbow_geometry::oracle;
use elbow_geometry::pencil::Pencil;
use elbow_sdk::{Fisher, Model};
use elbow_simplex::{Chart, Parameters};
use faer::Mat;
use proptest::prelude::*;

const KINDS: [Fisher; 3] = [Fisher::Joint, Fisher::Visible, Fisher::Recognition];

/// `⊕_v p*(v) E_q[s sᵀ]`, from the definition of each chart's score.
fn recognition_oracle(case: &Case) -> Mat<f64> {
    let size = case.hidden - 1;
    let target = marginal(&case.target, case.hidden);
    let score = |v: usize, h: usize, a: usize| {
        let (q, last) = (&case.q[v * case.hidden..], h == size);
        match case.chart {
            Chart::Mean => f64::from(u8::from(h == a)) / q[a] - f64::from(u8::from(last)) / q[size],
            Chart::Logit => f64::from(u8::from(h == a)) - q[a],
        }
    };
    let entry = |v: usize, a, b| (0..=size).map(|h| case.q[v * case.hidden + h] * score(v, h, a) * score(v, h, b)).sum::<f64>();
    Mat::from_fn(case.visible * size, case.visible * size, |i, j| {
        if i / size == j / size { target[i / size] * entry(i / size, i % size, j % size) } else { 0.0 }
    })
}

proptest! {
    #![proptest_config(config(48))]

    #[test]
    fn tables(case in cases()) {
        let mut at = case.at();
        close(&at.joint(), &case.p, 1e-14);
        close(&at.target(), &marginal(&case.target, case.hidden), 1e-15);
        close(&at.q(elbow_sdk::Recognition::Fixed), &conditional(&case.target, case.hidden), 1e-14);
        close(&at.q(elbow_sdk::Recognition::Exact), &conditional(&case.p, case.hidden), 1e-14);
        close(&at.q(elbow_sdk::Recognition::Learned), &case.q, 1e-14);
    }

    /// Scores are derivatives of log p: their expectation vanishes, and they give the differential of p.
    #[test]
    fn scores(case in cases()) {
        let scores = case.at().scores();
        for a in 0..scores.ncols() {
            let mut unit = vec![0.0; scores.ncols()];
            unit[a] = 1.0;
            let dp: Vec<f64> = (0..scores.nrows()).map(|i| case.p[i] * scores[(i, a)]).collect();
            close(&dp, &pushed(case.chart, &case.p, &unit), 1e-13);
        }
    }

    #[test]
    fn matrices(case in cases()) {
        let mut at = case.at();
        let (p, scores) = (matrix(&at.joint(), case.hidden), at.scores());
        let joint = oracle::joint_fisher(p.as_ref(), scores.as_ref());
        close(&entries(&at.fisher(Fisher::Joint)), &entries(&joint), 1e-13);
        let visible = oracle::visible_fisher(p.as_ref(), scores.as_ref());
        close(&entries(&at.fisher(Fisher::Visible)), &entries(&visible), 1e-13);
        close(&entries(&at.fisher(Fisher::Recognition)), &entries(&recognition_oracle(&case)), 1e-13);
    }

    #[test]
    fn symmetric(case in cases()) {
        let mut at = case.at();
        for (kind, tolerance) in KINDS.into_iter().zip([0.0, 0.0, 1e-16]) {
            let f = at.fisher(kind);
            prop_assert!(distance(&entries(&f), &entries(&f.transpose().to_owned())) <= tolerance);
        }
    }

    #[test]
    fn diagonals_and_products(case in cases(), seed in any::<u64>()) {
        let mut at = case.at();
        let mut word = words(seed);
        for kind in KINDS {
            let f = at.fisher(kind);
            let vector: Vec<f64> = (0..f.nrows()).map(|_| word() as f64 / u64::MAX as f64 - 0.5).collect();
            let (mut diagonal, mut product) = (vec![f64::NAN; f.nrows()], vec![f64::NAN; f.nrows()]);
            at.model.fisher_diagonal(&mut at.evaluator, kind, &mut diagonal).unwrap();
            at.model.fisher_product(&mut at.evaluator, kind, &vector, &mut product).unwrap();
            close(&diagonal, &(0..f.nrows()).map(|i| f[(i, i)]).collect::<Vec<_>>(), 1e-14);
            close(&product, &(0..f.nrows()).map(|i| (0..f.nrows()).map(|j| f[(i, j)] * vector[j]).sum()).collect::<Vec<_>>(), 1e-13);
        }
    }

    /// The full simplex is cylindrical: n_V − 1 directions keep all information, the others none.
    #[test]
    fn cylindrical(case in cases()) {
        let mut at = case.at();
        let (joint, visible) = (at.fisher(Fisher::Joint), at.fisher(Fisher::Visible));
        let mut pencil = Pencil::new();
        let spectrum = pencil.compute(joint.as_ref(), visible.as_ref(), 1e-9).unwrap();
        let (zeros, ones) = (case.visible * (case.hidden - 1), case.visible - 1);
        close(&spectrum.values, &[vec![0.0; zeros], vec![1.0; ones]].concat(), 1e-12);
    }
}

/// With one hidden state everything is visible: G_V = G.
#[test]
fn one_hidden_state() {
    for chart in [Chart::Mean, Chart::Logit] {
        let p = [0.1, 0.2, 0.3, 0.4];
        let given = Parameters { visible: 4, hidden: 1, chart, target: table(&p), learned: false };
        let mut at = At::new(build(given).unwrap(), &coordinates(chart, &p), &[]);
        assert!(at.shape().has_fixed);
        close(&entries(&at.fisher(Fisher::Visible)), &entries(&at.fisher(Fisher::Joint)), 1e-14);
        let mut product = [f64::NAN; 3];
        at.model.fisher_product(&mut at.evaluator, Fisher::Visible, &[1.0, 0.0, 0.0], &mut product).unwrap();
        close(&product, &(0..3).map(|i| at.fisher(Fisher::Joint)[(i, 0)]).collect::<Vec<_>>(), 1e-14);
    }
}

/// Distance of the estimate from n samples, in standard errors `√[(E|s|⁴ − ‖G‖²) / n]`.
fn sampled(at: &mut At, n: usize, seed: u64) -> f64 {
    let (p, scores, fisher) = (at.joint(), at.scores(), at.fisher(Fisher::Joint));
    let mut word = words(seed);
    let mut draw = || {
        let mut rest = word() as f64 / u64::MAX as f64;
        let crossed = |p: &f64| {
            rest -= p;
            rest <= 0.0
        };
        p.iter().position(crossed).unwrap_or(p.len() - 1)
    };
    let states: Vec<usize> = (0..n).map(|_| draw()).collect();
    let apart = (oracle::sampled_fisher(scores.as_ref(), &states) - &fisher).norm_l2();
    let fourth: f64 = (0..p.len()).map(|i| p[i] * scores.row(i).squared_norm_l2().powi(2)).sum();
    apart / ((fourth - fisher.squared_norm_l2()) / n as f64).sqrt()
}

/// The errors shrink by 10 from 10³ to 10⁵ samples, in the mean over 20 streams: as the standard error does.
#[test]
fn sampling_converges() {
    for chart in [Chart::Mean, Chart::Logit] {
        let p = [0.1, 0.2, 0.05, 0.25, 0.15, 0.25];
        let given = Parameters { visible: 3, hidden: 2, chart, target: table(&p), learned: false };
        let mut at = At::new(build(given).unwrap(), &coordinates(chart, &p), &[]);
        for n in [1_000, 100_000] {
            let errors: Vec<f64> = (0..20).map(|seed| sampled(&mut at, n, 1000 + seed)).collect();
            let mean_square = errors.iter().map(|x| x * x).sum::<f64>() / 20.0;
            assert!(largest(&errors) < 5.0 && (0.5..2.0).contains(&mean_square), "{n}: {mean_square}, {errors:?}");
        }
    }
}
