//! The recorded Monte-Carlo errors against the standard deviations of many evaluations with noise of their own, and against
//! closed forms where the evidence is known.
//!
//! For q = N(μ, σ²) and a posterior N(m, s²) in one dimension, with w = p(x, z)/q(z|x): E[w²]/E[w]² = ∫ p(z|x)²/q(z|x) dz =
//! σ² / (s √(2σ² − s²)) · exp((m − μ)²/(2σ² − s²)), and KL(q ‖ p(z|x)) = ½ (σ²/s² − 1 − log σ²/s² + (μ − m)²/s²).

mod common;

use common::affine::{D, ROWS, at, data, log_evidence, posterior, shifted};
use common::{At, Recorded, build};
use elbow_data::DataParameters;
use elbow_sdk::{Model, Recognition};
use elbow_vae::{EvaluationParameters, Parameters, Vae};

const ROUNDS: usize = 1000;

fn samples(samples: usize) -> Parameters {
    Parameters { evaluation: EvaluationParameters { samples, ..EvaluationParameters::default() }, ..Parameters::default() }
}

/// What is recorded at the same point with the noise of other seeds.
fn evaluations(at: &mut At, rounds: usize) -> Vec<Recorded> {
    let record = |seed| {
        at.at = at.model.evaluator(seed);
        at.renew().quantities()
    };
    (0..rounds as u64).map(record).collect()
}

fn column(all: &[Recorded], name: &str) -> Vec<f64> {
    all.iter().map(|one| one[name]).collect()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// Mean of (x − mean)ᵖ.
fn central(values: &[f64], p: i32) -> f64 {
    let mean = mean(values);
    values.iter().map(|x| (x - mean).powi(p)).sum::<f64>() / values.len() as f64
}

/// Standard error of the mean.
fn error(values: &[f64]) -> f64 {
    (central(values, 2) / (values.len() as f64 - 1.0)).sqrt()
}

/// The mean of the recorded variances is the variance of the evaluations, up to 4.5 standard errors of both, s² √((κ − 1)/n) with
/// the kurtosis κ for the latter, and up to the share by which the estimate is too large by itself.
#[track_caller]
fn check(all: &[Recorded], name: &str, off: f64) {
    let recorded: Vec<f64> = column(all, &format!("{name}_error")).iter().map(|error| error * error).collect();
    let (values, n) = (column(all, name), all.len() as f64);
    let variance = central(&values, 2) * n / (n - 1.0);
    let error = ((central(&values, 4) - central(&values, 2).powi(2)) / n).sqrt().hypot(error(&recorded));
    let found = mean(&recorded);
    let range = variance - 4.5 * error..(1.0 + off) * variance + 4.5 * error;
    assert!(range.contains(&found), "{name}: variance {found}, but {variance} ± {error}");
    assert!(error < 0.1 * variance, "{name}: too few evaluations to tell");
}

/// Draws for each row, and by what share the jackknife may be off: upwards on average, by the inequality of Efron and Stein
/// (1981).
const DRAWS: [(usize, f64); 4] = [(3, 0.2), (8, 0.15), (16, 0.1), (64, 0.0)];

#[test]
fn errors_are_those_of_other_noise() {
    for (draws, off) in DRAWS {
        let all = evaluations(&mut at(samples(draws), 0.2), ROUNDS);
        check(&all, "elbo", 0.0);
        check(&all, "evidence_bound", off);
        check(&all, "gap_bound", off);
    }
}

/// Weights as they are before anything was learned: of 16 draws few count.
#[test]
fn errors_with_few_effective_draws() {
    let data = DataParameters { limit: 100, test: 0.5, ..DataParameters::default() };
    let mut at = At::new(build(Parameters { data, ..samples(16) }));
    let all = evaluations(&mut at, ROUNDS);
    for name in ["elbo", "elbo_held_out"] {
        check(&all, name, 0.0);
    }
    for name in ["evidence_bound", "gap_bound", "evidence_bound_held_out"] {
        check(&all, name, 0.15);
    }
}

/// E[w²]/E[w]² − 1 and KL(q ‖ p(z|x)) of a row, for the q of `shifted`.
fn divergences(x: &[f64; D], shift: f64) -> [f64; 2] {
    let (mut square, mut kl) = (1.0, 0.0);
    for ((m, v), (mean, variance)) in posterior(x).into_iter().zip(shifted(x, shift)) {
        let width = 2.0 * variance - v;
        square *= variance / (v * width).sqrt() * ((m - mean).powi(2) / width).exp();
        kl += 0.5 * (variance / v - 1.0 - (variance / v).ln() + (mean - m).powi(2) / v);
    }
    [square - 1.0, kl]
}

/// With q the posterior every weight is p(x): no error, no bias, no gap, and all rows together have their evidence.
#[test]
fn rows_held_out() {
    let data_held = DataParameters { test: 0.25, ..DataParameters::default() };
    let found = at(Parameters { data: data_held, ..samples(5) }, 0.0).quantities();
    let evidence: f64 = data().iter().map(log_evidence).sum();
    let both = 9.0 * found["evidence_bound"] + 3.0 * found["evidence_bound_held_out"];
    assert!((both - evidence).abs() < 1e-12, "{both}, expected {evidence}");
    for name in ["evidence_bound_error", "evidence_bound_held_out_error", "evidence_bound_bias", "gap_bound", "gap_bound_error"] {
        assert!(found[name].abs() < 1e-14, "{name} is {}", found[name]);
    }
    assert!(found["gap_bound"] >= 0.0 && found["elbo_error"] > 0.01 && found["evidence_bound_row_error"] > 0.01);
}

/// The names of what has no number, and why.
fn undefined(parameters: Parameters) -> Vec<(&'static str, String)> {
    let mut at = At::new(build(parameters));
    let found = at.quantities();
    let names = Vae::ABOUT.quantities.iter().map(|quantity| quantity.name);
    let told = names.enumerate().map(|(place, name)| (place, name, at.model.undefined(&mut at.at, Recognition::Learned, place)));
    let told: Vec<_> = told.collect();
    assert!(told.iter().all(|(place, _, reason)| reason.is_some() == found.0[*place].is_nan()), "{found:?} {told:?}");
    told.into_iter().filter_map(|(_, name, reason)| Some((name, reason?))).collect()
}

/// What cannot be had from one draw, two draws, one row, no rows held out is undefined, and nothing else.
#[test]
fn what_has_no_meaning() {
    let count = |parameters: Parameters, word: &str| undefined(parameters).iter().filter(|(_, why)| why.contains(word)).count();
    let split = DataParameters { limit: 40, test: 0.5, ..DataParameters::default() };
    let all = Parameters { data: split.clone(), ..samples(3) };
    assert_eq!(undefined(all), []);
    assert_eq!(count(Parameters { data: split.clone(), ..samples(1) }, "`evaluation.samples` is 1"), 5);
    assert_eq!(undefined(Parameters { data: split.clone(), ..samples(2) })[0].0, "gap_bound_error");
    assert_eq!(count(samples(3), "no rows are held out"), 4);
    let one = EvaluationParameters { samples: 3, rows: 1, ..EvaluationParameters::default() };
    assert_eq!(undefined(Parameters { data: split, evaluation: one, ..Parameters::default() })[0].0, "evidence_bound_row_error");
    let mut at = At::new(build(samples(1)));
    let found = at.quantities();
    assert_eq!((found["gap_bound"], found["gap_bound_error"]), (0.0, 0.0), "L_1 is an ELBO");
}

/// With many draws L_K is log p(x) less half its variance, which is (E[w²]/E[w]² − 1)/K for each row, and gap_bound is KL(q ‖
/// p(z|x)) less the same.
#[test]
fn bounds_of_a_known_evidence() {
    let (draws, shift, n) = (64, 0.2, ROWS as f64);
    let [square, kl] = [0, 1].map(|part| data().iter().map(|x| divergences(x, shift)[part]).sum::<f64>());
    let (variance, evidence) = (square / (draws as f64 * n * n), data().iter().map(log_evidence).sum::<f64>() / n);
    let (all, bias) = (evaluations(&mut at(samples(draws), shift), ROUNDS), -0.5 * variance * n);
    for (name, expected) in [
        ("evidence_bound", evidence + bias),
        ("gap_bound", kl / n + bias),
        ("evidence_bound_bias", bias),
        ("evidence_bound_error", variance.sqrt()),
    ] {
        let (found, error) = (mean(&column(&all, name)), error(&column(&all, name)));
        // What is of the next order in 1/K, of the bias.
        let rest = bias.abs() * 0.05 + if name == "evidence_bound_error" { 0.02 * expected } else { 0.0 };
        assert!((found - expected).abs() < 4.5 * error + rest, "{name}: {found} ± {error}, expected {expected}");
    }
    assert!(bias < -4.5 * error(&column(&all, "evidence_bound")), "a bias that can be seen");
}
