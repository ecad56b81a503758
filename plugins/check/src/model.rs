//! Checks of a model.

use crate::complete::complete;
use crate::{Check, Verdict, assert_all, descriptor, ensure};
use elbow_abi::*;
use elbow_host::{Catalog, Evaluator, Model, Place, Plugin, PluginKind, Result, Stream, Value};
use std::sync::Arc;

mod natural;

struct Subject {
    plugin: &'static Plugin,
    model: Arc<Model>,
}

/// Asserts that the models of a bundle conform, with these parameters.
///
/// # Panics
/// With every check that fails, or if the parameters are refused.
pub fn assert_conforms(entry: &'static ElbowEntry, given: Vec<(&str, Value)>) {
    let catalog: &'static Catalog = Box::leak(Box::new(Catalog::bundled(entry).expect("the bundle is admitted")));
    for plugin in catalog.list(PluginKind::Model) {
        let model = Model::new(plugin, &complete(&plugin.schema, &given)).expect("the parameters are accepted");
        assert_all(plugin, &Subject { plugin, model }, CHECKS);
    }
}

const CHECKS: &[Check<Subject>] = &[
    ("descriptor-text", |s| descriptor::text(s.plugin)),
    ("params-defaults-in-bounds", |s| descriptor::defaults(&s.plugin.schema)),
    ("blocks-cover-the-parameters", blocks),
    ("layers-cover-the-parameters", layers),
    ("draws-are-inside", inside),
    ("gradient-vs-finite-difference", gradients),
    ("fisher-symmetric-psd", psd),
    ("fvp-and-diagonal-match-dense", matches),
    ("natural-gradient-solves-the-metric", natural::solves_the_metric),
    ("scores-have-mean-zero", scores),
    ("determinism", deterministic),
];

fn told<T>(result: Result<T>) -> std::result::Result<T, String> {
    result.map_err(|error| error.to_string())
}

impl Subject {
    fn sizes(&self) -> (usize, usize) {
        (self.model.shape().generative, self.model.shape().recognition)
    }

    /// A drawn point, the same for the same number.
    fn point(&self, number: u32) -> std::result::Result<(Vec<f64>, Vec<f64>), String> {
        let (n, m) = self.sizes();
        let (mut theta, mut phi) = (vec![0.0; n], vec![0.0; m]);
        let mut stream = Stream::new(&["conformance", &number.to_string()]);
        told(self.model.draw("default", &mut stream, &mut theta, &mut phi))?;
        Ok((theta, phi))
    }

    fn at(&self, number: u32) -> std::result::Result<Evaluator, String> {
        let (theta, phi) = self.point(number)?;
        let mut at = told(self.model.evaluator(0))?;
        told(at.move_to(&theta, &phi, 0))?;
        Ok(at)
    }

    fn loss(&self, theta: &[f64], phi: &[f64], objective: u32, q: u32) -> std::result::Result<f64, String> {
        let mut at = told(self.model.evaluator(0))?;
        told(at.move_to(theta, phi, 0))?;
        told(at.loss(objective, q))
    }

    fn recognitions(&self) -> impl Iterator<Item = u32> {
        let bits = self.model.shape().recognitions;
        [RECOGNITION_FIXED, RECOGNITION_EXACT, RECOGNITION_LEARNED].into_iter().filter(move |q| bits & (1 << q) != 0)
    }

    /// The Fisher matrices that the model has, with their sizes.
    fn fishers(&self) -> impl Iterator<Item = (u32, usize)> {
        let ((n, m), has) = (self.sizes(), self.model.has_fisher());
        let all = [(FISHER_JOINT, n), (FISHER_VISIBLE, n), (FISHER_RECOGNITION, m), (FISHER_AGGREGATE, n)];
        all.into_iter().filter(move |(kind, size)| has && *size > 0 && self.has(*kind, *size))
    }

    /// Whether it has this one; a model may leave out some.
    fn has(&self, kind: u32, n: usize) -> bool {
        let supported = |at: &mut Evaluator| !matches!(at.fisher_diagonal(kind, &mut vec![0.0; n]), Err(error) if error.code() == UNSUPPORTED);
        self.at(2).is_ok_and(|mut at| supported(&mut at))
    }
}

fn blocks(s: &Subject) -> Verdict {
    let sum = |recognition: bool| s.model.blocks().iter().filter(|b| b.recognition == recognition).map(|b| b.len).sum::<usize>();
    let (n, m) = s.sizes();
    ensure((sum(false), sum(true)) == (n, m), || {
        format!("the blocks cover {} + {} of {n} + {m} parameters", sum(false), sum(true))
    })
}

/// Layers follow each other without gaps, and hold all parameters of their role; a model that is no network has none.
fn layers(s: &Subject) -> Verdict {
    let (layers, (n, m)) = (s.model.layers(), s.sizes());
    if layers.is_empty() {
        return Ok(());
    }
    let mut next = [0, 0];
    for layer in &layers {
        let place = &mut next[usize::from(layer.recognition)];
        ensure(layer.offset == *place, || format!("layer {} begins at {}, not at {place}", layer.name, layer.offset))?;
        *place += layer.outputs * (layer.inputs + 1);
    }
    ensure(next == [n, m], || format!("the layers hold {} + {} of {n} + {m} parameters", next[0], next[1]))
}

fn inside(s: &Subject) -> Verdict {
    for number in 0..20 {
        let (theta, phi) = s.point(number)?;
        ensure(s.model.place(OBJECTIVE_ELBO, &theta, &phi) == Place::Inside, || {
            format!("draw {number} is not inside the domain")
        })?;
    }
    Ok(())
}

/// Central differences of the loss, with q held where the posterior is the model's own (the loss's gradient is the evidence's).
fn gradients(s: &Subject) -> Verdict {
    let (n, m) = s.sizes();
    for q in s.recognitions() {
        for objective in [OBJECTIVE_ELBO, OBJECTIVE_EVIDENCE] {
            // A model may have no exact evidence.
            if matches!(s.at(1)?.loss(objective, q), Err(error) if error.code() == UNSUPPORTED) {
                continue;
            }
            let (theta, phi) = s.point(1)?;
            let mut gradient = vec![0.0; n + m];
            let (by_theta, by_phi) = gradient.split_at_mut(n);
            let learned = q == RECOGNITION_LEARNED && objective == OBJECTIVE_ELBO;
            told(s.at(1)?.gradient(objective, q, Some(by_theta), learned.then_some(by_phi)))?;
            let trained = if learned { n + m } else { n };
            for (i, exact) in gradient.iter().enumerate().take(trained) {
                let slope = difference(s, &theta, &phi, i, objective, q)?;
                let scale = 1e-6 * (1.0 + slope.abs().max(exact.abs()));
                ensure((slope - exact).abs() < scale, || {
                    format!("objective {objective}, recognition {q}: ∂{i} is {exact}, the difference quotient {slope}")
                })?;
            }
        }
    }
    Ok(())
}

fn difference(s: &Subject, theta: &[f64], phi: &[f64], i: usize, o: u32, q: u32) -> std::result::Result<f64, String> {
    let loss = |shift: f64| {
        let (mut theta, mut phi) = (theta.to_vec(), phi.to_vec());
        match i.checked_sub(theta.len()) {
            Some(j) => phi[j] += shift,
            None => theta[i] += shift,
        }
        s.loss(&theta, &phi, o, q)
    };
    let h = 1e-5;
    // Fourth order, so that the quotient is good to 1e-9 where the loss bends strongly.
    let (near, far) = (loss(h)? - loss(-h)?, loss(2.0 * h)? - loss(-2.0 * h)?);
    Ok((8.0 * near - far) / (12.0 * h))
}

fn dense(s: &Subject, number: u32, kind: u32, n: usize) -> std::result::Result<Vec<f64>, String> {
    let mut out = vec![0.0; n * n];
    told(s.at(number)?.fisher(kind, &mut out))?;
    Ok(out)
}

fn psd(s: &Subject) -> Verdict {
    for (kind, n) in s.fishers() {
        let f = dense(s, 2, kind, n)?;
        let size = (0..n).map(|i| f[i * n + i]).fold(0.0, f64::max);
        let skew = (0..n * n).map(|k| (f[k] - f[k % n * n + k / n]).abs()).fold(0.0, f64::max);
        ensure(skew <= 1e-14 * size, || format!("Fisher matrix {kind} is not symmetric: fill both triangles"))?;
        for number in 0..20 {
            let x = direction(number, n);
            let form: f64 = (0..n * n).map(|k| x[k % n] * f[k] * x[k / n]).sum();
            ensure(form >= -1e-12 * size, || format!("Fisher matrix {kind} gives a vector the squared length {form}"))?;
        }
    }
    Ok(())
}

/// Some direction; which one depends on the number alone.
fn direction(number: u32, n: usize) -> Vec<f64> {
    (0..n).map(|i| (f64::from(number) * 12.9898 + i as f64 * 78.233).sin()).collect()
}

fn matches(s: &Subject) -> Verdict {
    for (kind, n) in s.fishers() {
        let (f, x, mut diagonal, mut product) = (dense(s, 2, kind, n)?, direction(3, n), vec![0.0; n], vec![0.0; n]);
        told(s.at(2)?.fisher_diagonal(kind, &mut diagonal))?;
        told(s.at(2)?.fisher_product(kind, &x, &mut product))?;
        for i in 0..n {
            let (exact, d): (f64, f64) = ((0..n).map(|j| f[j * n + i] * x[j]).sum(), f[i * n + i]);
            let scale = 1e-10 * (1.0 + (0..n).map(|j| f[j * n + i].abs()).sum::<f64>());
            ensure((exact - product[i]).abs() < scale, || {
                format!("Fisher product {kind}: row {i} is {}, not {exact}", product[i])
            })?;
            ensure((d - diagonal[i]).abs() < scale, || format!("Fisher diagonal {kind}: entry {i} is {}, not {d}", diagonal[i]))?;
        }
    }
    Ok(())
}

fn scores(s: &Subject) -> Verdict {
    if !s.model.has_table() {
        return Ok(());
    }
    let (shape, n) = (s.model.shape(), s.sizes().0);
    let states = shape.visible_states * shape.hidden_states;
    let (mut p, mut rows) = (vec![0.0; states], vec![0.0; states * n]);
    let mut at = s.at(2)?;
    told(at.joint_table(&mut p))?;
    told(at.scores(&mut rows))?;
    let total: f64 = p.iter().sum();
    ensure((total - 1.0).abs() < 1e-12, || format!("the joint table sums to {total}"))?;
    for i in 0..n {
        let mean: f64 = (0..states).map(|k| p[k] * rows[k * n + i]).sum();
        ensure(mean.abs() < 1e-10, || format!("the score by parameter {i} has mean {mean}, not 0"))?;
    }
    Ok(())
}

fn deterministic(s: &Subject) -> Verdict {
    for (kind, n) in s.fishers() {
        let bits = || dense(s, 2, kind, n).map(|f| f.iter().map(|x| x.to_bits()).collect::<Vec<_>>());
        ensure(bits()? == bits()?, || format!("two evaluations of Fisher matrix {kind} differ"))?;
    }
    Ok(())
}
