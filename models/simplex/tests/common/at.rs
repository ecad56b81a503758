//! A model with an evaluator; every answer in memory of its own, filled with NaN before.

use super::solve;
use elbow_sdk::{Fisher, Model, Objective, Recognition, Shape};
use elbow_simplex::{Evaluator, Simplex};
use faer::Mat;

/// A model with an evaluator.
pub struct At {
    pub model: Simplex,
    pub evaluator: Evaluator,
}

impl At {
    pub fn new(model: Simplex, theta: &[f64], phi: &[f64]) -> Self {
        let evaluator = model.evaluator(0);
        let mut at = Self { model, evaluator };
        at.go(theta, phi);
        at
    }

    pub fn go(&mut self, theta: &[f64], phi: &[f64]) {
        self.model.move_to(&mut self.evaluator, theta, phi, 0).unwrap();
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

    pub fn quantities(&mut self, q: Recognition) -> [f64; 5] {
        let mut out = [f64::NAN; 5];
        self.model.quantities(&mut self.evaluator, q, &mut out).unwrap();
        out
    }

    /// The matrix and its order.
    pub fn fisher(&mut self, kind: Fisher) -> Mat<f64> {
        let n = if kind == Fisher::Recognition { self.shape().recognition } else { self.shape().generative };
        let mut out = vec![f64::NAN; n * n];
        self.model.fisher(&mut self.evaluator, kind, &mut out).unwrap();
        Mat::from_fn(n, n, |i, j| out[i * n + j])
    }

    pub fn scores(&mut self) -> Mat<f64> {
        let shape = self.shape();
        let (k, n) = (shape.visible_states * shape.hidden_states, shape.generative);
        let mut out = vec![f64::NAN; k * n];
        self.model.scores(&mut self.evaluator, &mut out).unwrap();
        Mat::from_fn(k, n, |i, j| out[i * n + j])
    }

    pub fn joint(&mut self) -> Vec<f64> {
        let mut out = vec![f64::NAN; self.shape().visible_states * self.shape().hidden_states];
        self.model.joint_table(&mut self.evaluator, &mut out).unwrap();
        out
    }

    pub fn target(&mut self) -> Vec<f64> {
        let mut out = vec![f64::NAN; self.shape().visible_states];
        self.model.target_table(&mut self.evaluator, &mut out).unwrap();
        out
    }

    pub fn q(&mut self, recognition: Recognition) -> Vec<f64> {
        let mut out = vec![f64::NAN; self.shape().visible_states * self.shape().hidden_states];
        self.model.recognition_table(&mut self.evaluator, recognition, &mut out).unwrap();
        out
    }

    /// G⁺ ∇ in the model's closed form, and the rank.
    pub fn closed(&mut self, kind: Fisher, objective: Objective, q: Recognition) -> (Vec<f64>, usize) {
        let n = if kind == Fisher::Recognition { self.shape().recognition } else { self.shape().generative };
        let mut out = vec![f64::NAN; n];
        let rank = self.model.natural_gradient(&mut self.evaluator, kind, objective, q, &mut out).unwrap();
        (out, rank)
    }

    /// G⁺ ∇, solved with the dense matrix.
    pub fn natural(&mut self, kind: Fisher, objective: Objective, q: Recognition) -> Vec<f64> {
        let gradient = self.gradient(objective, q);
        solve(self.fisher(kind).as_ref(), &gradient)
    }
}
