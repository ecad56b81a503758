//! A model with an evaluator; every answer in memory of its own, filled with NaN before.

use elbow_linear_gaussian::{Evaluator, LinearGaussian};
use elbow_sdk::{Estimation, Fisher, Layer, Model, Objective, Recognition, Result, Rows, Shape};
use faer::Mat;

/// A model with an evaluator.
pub struct At {
    pub model: LinearGaussian,
    pub evaluator: Evaluator,
    pub theta: Vec<f64>,
    pub phi: Vec<f64>,
}

impl At {
    pub fn new(model: LinearGaussian, theta: &[f64], phi: &[f64]) -> Self {
        let evaluator = model.evaluator(5);
        let mut at = Self { model, evaluator, theta: Vec::new(), phi: Vec::new() };
        at.go(theta, phi);
        at
    }

    pub fn go(&mut self, theta: &[f64], phi: &[f64]) {
        self.sample(theta, phi, 0);
    }

    pub fn sample(&mut self, theta: &[f64], phi: &[f64], sample: u64) {
        (self.theta, self.phi) = (theta.to_vec(), phi.to_vec());
        self.model.move_to(&mut self.evaluator, theta, phi, sample).unwrap();
    }

    pub fn shape(&self) -> Shape {
        self.model.shape()
    }

    pub fn loss(&mut self, objective: Objective, q: Recognition) -> f64 {
        self.model.loss(&mut self.evaluator, objective, q).unwrap()
    }

    pub fn gradient(&mut self, objective: Objective, q: Recognition) -> Vec<f64> {
        let mut out = vec![f64::NAN; self.shape().generative];
        self.model.gradient(&mut self.evaluator, objective, q, &mut out).unwrap();
        out
    }

    pub fn recognition_gradient(&mut self) -> Vec<f64> {
        let mut out = vec![f64::NAN; self.shape().recognition];
        self.model.recognition_gradient(&mut self.evaluator, &mut out).unwrap();
        out
    }

    /// Evidence, ELBO, gap, largest evidence.
    pub fn quantities(&mut self, q: Recognition) -> [f64; 4] {
        let mut out = [f64::NAN; 4];
        self.model.quantities(&mut self.evaluator, q, &mut out).unwrap();
        out
    }

    pub fn size(&self, kind: Fisher) -> usize {
        if kind == Fisher::Recognition { self.shape().recognition } else { self.shape().generative }
    }

    pub fn fisher(&mut self, kind: Fisher) -> Mat<f64> {
        let n = self.size(kind);
        let mut out = vec![f64::NAN; n * n];
        self.model.fisher(&mut self.evaluator, kind, &mut out).unwrap();
        Mat::from_fn(n, n, |i, j| out[i * n + j])
    }

    pub fn diagonal(&mut self, kind: Fisher) -> Vec<f64> {
        let mut out = vec![f64::NAN; self.size(kind)];
        self.model.fisher_diagonal(&mut self.evaluator, kind, &mut out).unwrap();
        out
    }

    pub fn product(&mut self, kind: Fisher, vector: &[f64]) -> Vec<f64> {
        let mut out = vec![f64::NAN; self.size(kind)];
        self.model.fisher_product(&mut self.evaluator, kind, vector, &mut out).unwrap();
        out
    }

    /// F⁺∇L in closed form, and the rank.
    pub fn natural(&mut self, kind: Fisher, objective: Objective, q: Recognition) -> Result<(Vec<f64>, usize)> {
        let mut out = vec![f64::NAN; self.size(kind)];
        let rank = self.model.natural_gradient(&mut self.evaluator, kind, objective, q, &mut out)?;
        Ok((out, rank))
    }

    /// The layers of a kind's role, with their places in the list of all.
    pub fn layers(&self, kind: Fisher) -> Vec<(usize, Layer)> {
        let recognition = kind == Fisher::Recognition;
        self.model.layers().into_iter().enumerate().filter(|(_, layer)| layer.recognition == recognition).collect()
    }

    /// Calls `each` with every batch of rows, after checking that it has every layer of the role at its place and size.
    pub fn rows(&mut self, kind: Fisher, estimation: Estimation, mut each: impl FnMut(&Rows<'_>)) {
        let layers = self.layers(kind);
        let checked = &mut |rows: &Rows<'_>| {
            assert_eq!(rows.layers.len(), layers.len());
            for (rows_of, (place, layer)) in rows.layers.iter().zip(&layers) {
                assert_eq!(rows_of.layer, *place);
                assert_eq!(rows_of.inputs.len(), rows.count * (layer.inputs + 1));
                assert_eq!(rows_of.deltas.len(), rows.count * layer.outputs);
            }
            each(rows);
            Ok(())
        };
        self.model.rows(&mut self.evaluator, kind, estimation, checked).unwrap();
    }
}
