//! Draws have the moments of their distribution; domains and mean parameters.

mod common;

use common::*;
use elbow_sdk::{Code, Domain, Model, Rng};
use elbow_simplex::{Chart, Parameters, Simplex};

const CHARTS: [Chart; 2] = [Chart::Mean, Chart::Logit];

fn model(chart: Chart) -> Simplex {
    build(Parameters { visible: 2, hidden: 2, chart, target: table(&[0.5, 0.5]), learned: true }).unwrap()
}

fn draw(model: &Simplex, kind: &str, word: &mut dyn FnMut() -> u64) -> (Vec<f64>, Vec<f64>) {
    let (mut theta, mut phi) = (vec![f64::NAN; model.shape().generative], vec![f64::NAN; model.shape().recognition]);
    model.draw(kind, &mut Rng::new(word), &mut theta, &mut phi).unwrap();
    (theta, phi)
}

/// Fails unless the mean of the samples is within five standard errors.
#[track_caller]
fn mean_is(samples: &[f64], expected: f64) {
    let n = samples.len() as f64;
    let mean = samples.iter().sum::<f64>() / n;
    let error = (samples.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n / n).sqrt();
    assert!((mean - expected).abs() < 5.0 * error, "{mean} ± {error}, not {expected}");
}

/// E p_i = 1/k, E p_i² = a (a + 1) / (ka (ka + 1)), E p_i p_j = a² / (ka (ka + 1)) for Dirichlet(a, …, a).
#[track_caller]
fn is_dirichlet(samples: &[Vec<f64>], a: f64) {
    let (k, sum) = (samples[0].len(), a * samples[0].len() as f64);
    for i in 0..k {
        mean_is(&samples.iter().map(|p| p[i]).collect::<Vec<_>>(), 1.0 / k as f64);
        for j in 0..=i {
            let expected = if i == j { a * (a + 1.0) } else { a * a } / (sum * (sum + 1.0));
            mean_is(&samples.iter().map(|p| p[i] * p[j]).collect::<Vec<_>>(), expected);
        }
    }
}

#[test]
fn moments() {
    for (kind, a) in [("jeffreys", 0.5), ("uniform", 1.0), ("default", 1.0)] {
        for chart in CHARTS {
            let (mut word, mut joint, mut rows) = (words(7), Vec::new(), Vec::new());
            for _ in 0..20_000 {
                let (theta, phi) = draw(&model(chart), kind, &mut word);
                let mut at = At::new(model(chart), &theta, &phi);
                joint.push(at.joint());
                rows.extend(at.q(elbow_sdk::Recognition::Learned).chunks(2).map(<[f64]>::to_vec));
            }
            is_dirichlet(&joint, a);
            is_dirichlet(&rows, a);
        }
    }
}

#[test]
fn draws_depend_on_the_seed_alone() {
    let drawn = [3, 3, 4].map(|seed| draw(&model(Chart::Mean), "jeffreys", &mut words(seed)));
    assert!(drawn[0] == drawn[1] && drawn[0] != drawn[2]);
}

/// One stream gives one distribution, whatever the coordinates; also if a draw rounds to the boundary, where the means have it and
/// the logits do not (the words 0 and all ones make gammas of 37 and 1e-16).
#[test]
fn draws_do_not_depend_on_the_chart() {
    for kind in ["default", "uniform", "jeffreys"] {
        for (seed, first) in (0..200).map(|seed| (seed, None)).chain([(0, Some([0, u64::MAX, u64::MAX, u64::MAX]))]) {
            let [mean, logit] = CHARTS.map(|chart| {
                let (mut rest, mut first) = (words(seed), first.into_iter().flatten());
                let (theta, phi) = draw(&model(chart), kind, &mut || first.next().unwrap_or_else(&mut rest));
                assert_eq!(model(chart).domain(&theta, &phi), Domain::Inside);
                let mut at = At::new(model(chart), &theta, &phi);
                [at.joint(), at.q(elbow_sdk::Recognition::Learned)]
            });
            mean.iter().zip(&logit).for_each(|(a, b)| assert!(distance(a, b) <= 1e-15, "{kind} {seed}: {a:?} {b:?}"));
        }
    }
}

/// θ comes first from the stream: whether there is a φ to draw after it changes nothing.
#[test]
fn draws_of_theta_do_not_depend_on_phi() {
    let plain = |chart| build(Parameters { visible: 2, hidden: 2, chart, target: counts(&[1.0, 3.0]), learned: false }).unwrap();
    for chart in CHARTS {
        assert_eq!(draw(&model(chart), "jeffreys", &mut words(5)).0, draw(&plain(chart), "jeffreys", &mut words(5)).0);
    }
}

#[test]
fn unknown_distribution() {
    let error = model(Chart::Mean).draw("beta", &mut Rng::new(&mut words(1)), &mut [0.0; 3], &mut [0.0; 2]).unwrap_err();
    assert_eq!(error.code(), Code::BadParameter);
    let text = error.to_string();
    assert!(["beta", "default", "uniform", "jeffreys"].iter().all(|name| text.contains(name)), "{text}");
}

#[test]
fn domains() {
    let mean = model(Chart::Mean);
    let place = |theta: [f64; 3], phi: [f64; 2]| mean.domain(&theta, &phi);
    assert_eq!(place([0.1, 0.2, 0.3], [0.5, 0.5]), Domain::Inside);
    assert_eq!(place([0.1, 0.0, 0.3], [0.5, 0.5]), Domain::Boundary { parameter: 1 });
    assert_eq!(place([0.1, 0.2, 0.3], [0.5, 1.0]), Domain::Boundary { parameter: 4 });
    assert_eq!(place([0.1, 0.0, 0.3], [0.0, 0.5]), Domain::Boundary { parameter: 1 });
    assert_eq!(place([0.0, 0.2, -0.3], [0.5, 0.5]), Domain::Outside { parameter: 2 });
    assert_eq!(place([0.0, 0.2, 0.3], [1.5, 0.5]), Domain::Outside { parameter: 3 });
    assert_eq!(place([0.5, 0.5, 0.3], [0.5, 0.5]), Domain::Outside { parameter: 2 });
    assert_eq!(place([0.5, f64::NAN, 0.3], [0.5, 0.5]), Domain::Outside { parameter: 1 });
    let logit = model(Chart::Logit);
    assert_eq!(logit.domain(&[-1e3, 0.0, 1e3], &[0.0, 0.0]), Domain::Inside);
    assert_eq!(logit.domain(&[0.0, f64::NAN, 0.0], &[0.0; 2]), Domain::Outside { parameter: 1 });
    assert_eq!(logit.domain(&[0.0; 3], &[0.0, f64::INFINITY]), Domain::Outside { parameter: 4 });
}

#[test]
fn outside_is_refused() {
    let model = model(Chart::Mean);
    let error = model.move_to(&mut model.evaluator(0), &[0.5, 0.5, 0.5], &[0.5, 0.5], 0).unwrap_err();
    assert!(error.code() == Code::Domain && error.to_string().starts_with("parameter[0] … parameter[2] sum to 1.5"), "{error}");
}

#[test]
fn mean_parameters() {
    let (mean, mut theta) = ([0.1, 0.2, 0.3], [f64::NAN; 3]);
    for chart in CHARTS {
        let model = model(chart);
        model.mean_to_theta(&mean, &mut theta).unwrap();
        close(&theta, &coordinates(chart, &[0.1, 0.2, 0.3, 0.4]), 1e-15);
        close(&At::new(model, &theta, &[0.5, 0.5]).joint(), &[0.1, 0.2, 0.3, 0.4], 1e-15);
    }
    assert!(model(Chart::Mean).mean_to_theta(&[0.1, 0.0, 0.3], &mut theta).is_ok());
    for (chart, mean, why) in [
        (Chart::Logit, [0.1, 0.0, 0.3], "a probability is 0 (parameter[1]), which has no logit"),
        (Chart::Mean, [0.25, 0.75, 0.5], "parameter[0] … parameter[2] sum to 1.5"),
        (Chart::Mean, [0.1, -0.25, 0.3], "parameter[1] = -0.25"),
    ] {
        let error = model(chart).mean_to_theta(&mean, &mut theta).unwrap_err();
        assert!(error.code() == Code::Domain && error.to_string().contains(why), "{error}");
    }
}
