//! What the proxy evaluates for an optimizer: gradients and Fisher matrices of the trained parameters.

use crate::error::{Error, Result};
use crate::proxy::{Proxy, first_not_finite};
use elbow_abi::*;
use faer::MatRef;

impl Proxy {
    /// The loss.
    pub(crate) fn loss(&mut self) -> Result<f64> {
        self.counts.loss += 1;
        self.evaluator.loss(self.task.objective, self.task.recognition)
    }

    /// The gradient by the trained parameters; an error names one that is not finite.
    pub(crate) fn gradient(&mut self) -> Result<()> {
        if self.gradient.valid {
            return Ok(());
        }
        self.counts.gradient += 1;
        let n = if self.task.generative { self.evaluator.model().shape().generative } else { 0 };
        let out = sized(&mut self.gradient.values, self.trained.len());
        let (theta, phi) = out.split_at_mut(n);
        let theta = self.task.generative.then_some(theta);
        self.evaluator.gradient(self.task.objective, self.task.recognition, theta, self.task.learned.then_some(phi))?;
        if let Some(i) = first_not_finite(out) {
            return Err(Error::new(NUMERIC, format!("the gradient is {} in parameter[{i}]", out[i])));
        }
        self.gradient.valid = true;
        Ok(())
    }

    /// Which Fisher matrices make a metric: that of θ, if θ is trained, and whether F(φ) stands beside it.
    fn parts(&self, kind: u32) -> Result<(Option<u32>, bool)> {
        match (kind, self.task.generative, self.task.learned) {
            (FISHER_RECOGNITION, false, true) => Ok((None, true)),
            (FISHER_RECOGNITION, ..) => Err(Error::new(UNSUPPORTED, "the metric `recognition` needs a cell that trains φ alone")),
            (FISHER_JOINT | FISHER_VISIBLE | FISHER_AGGREGATE, true, learned) => Ok((Some(kind), learned)),
            (FISHER_JOINT | FISHER_VISIBLE | FISHER_AGGREGATE, false, _) => {
                Err(Error::new(UNSUPPORTED, "a cell that trains φ alone has the metric `recognition`"))
            }
            (FISHER_MIXTURE, ..) => Err(Error::new(UNSUPPORTED, "a mixture of metrics has no closed form")),
            _ => Err(Error::new(ABI, format!("unknown metric {kind}"))),
        }
    }

    /// The natural gradient of a metric: F⁺∇L in closed form where the model has one, else the solution of the damped system.
    pub(crate) fn natural_gradient(&mut self, kind: u32, tau: f64, damping: &ElbowDamping) -> Result<ElbowSolved> {
        if damping.kind == DAMPING_PSEUDO_INVERSE
            && let Some(rank) = self.closed_form(kind)?
        {
            return Ok(ElbowSolved { solution: self.natural.as_ptr(), rank, dropped: 0.0, lambda: 0.0 });
        }
        self.fisher(kind, tau)?;
        self.gradient()?;
        let (p, is_part) = (self.dimension(), matches!(kind, FISHER_VISIBLE | FISHER_MIXTURE));
        // Taken out for the call and put back.
        let matrix = std::mem::take(&mut self.matrices[kind as usize].values);
        let gradient = std::mem::take(&mut self.gradient.values);
        let solved = self.solve_in(is_part, MatRef::from_column_major_slice(&matrix, p, p), damping, &gradient);
        (self.matrices[kind as usize].values, self.gradient.values) = (matrix, gradient);
        solved
    }

    /// F⁺∇L of a metric in `natural`, and the rank of F; `None` where the model has no closed form, which nobody asks twice.
    fn closed_form(&mut self, kind: u32) -> Result<Option<usize>> {
        if self.without_natural[kind as usize] {
            return Ok(None);
        }
        match self.natural_of(kind) {
            Err(error) if error.code() == UNSUPPORTED => {
                self.without_natural[kind as usize] = true;
                Ok(None)
            }
            found => found.map(Some),
        }
    }

    fn natural_of(&mut self, kind: u32) -> Result<usize> {
        let (theta, learned) = self.parts(kind)?;
        self.gradient()?; // It must be finite, and a natural gradient stands for one.
        let (objective, q) = (self.task.objective, self.task.recognition);
        let n = if theta.is_some() { self.evaluator.model().shape().generative } else { 0 };
        let out = sized(&mut self.natural, self.trained.len());
        let mut rank = 0;
        if let Some(kind) = theta {
            rank += self.evaluator.natural_gradient(kind, objective, q, &mut out[..n])?;
        }
        if learned {
            rank += self.evaluator.natural_gradient(FISHER_RECOGNITION, objective, q, &mut out[n..])?;
        }
        if let Some(i) = first_not_finite(out) {
            return Err(Error::new(NUMERIC, format!("the natural gradient is {} in parameter[{i}]", out[i])));
        }
        self.counts.fisher += 1;
        self.counts.solve += 1;
        Ok(rank)
    }

    /// A dense metric in `matrices[kind]`.
    pub(crate) fn fisher(&mut self, kind: u32, tau: f64) -> Result<()> {
        if kind == FISHER_MIXTURE {
            self.fisher(FISHER_JOINT, 0.0)?;
            self.fisher(FISHER_VISIBLE, 0.0)?;
            let [joint, visible, _, mixture, _] = &mut self.matrices;
            return mix(&joint.values, &visible.values, tau, &mut mixture.values);
        }
        let (theta, learned) = self.parts(kind)?;
        if self.matrices[kind as usize].valid {
            return Ok(());
        }
        self.counts.fisher += 1;
        let p = self.trained.len();
        let out = sized(&mut self.matrices[kind as usize].values, p * p);
        match (theta, learned) {
            (Some(kind), false) => self.evaluator.fisher(kind, out)?,
            (None, _) => self.evaluator.fisher(FISHER_RECOGNITION, out)?,
            (Some(kind), true) => {
                let n = self.evaluator.model().shape().generative;
                out.fill(0.0);
                self.evaluator.fisher(kind, sized(&mut self.scratch, n * n))?;
                place_block(&self.scratch, n, out, p, 0);
                self.evaluator.fisher(FISHER_RECOGNITION, sized(&mut self.scratch, (p - n) * (p - n)))?;
                place_block(&self.scratch, p - n, out, p, n);
            }
        }
        self.matrices[kind as usize].valid = true;
        Ok(())
    }

    /// The diagonal of a metric in `diagonals[kind]`.
    pub(crate) fn diagonal(&mut self, kind: u32, tau: f64) -> Result<()> {
        if kind == FISHER_MIXTURE {
            self.diagonal(FISHER_JOINT, 0.0)?;
            self.diagonal(FISHER_VISIBLE, 0.0)?;
            let [joint, visible, _, mixture, _] = &mut self.diagonals;
            return mix(&joint.values, &visible.values, tau, &mut mixture.values);
        }
        self.counts.fisher += u64::from(!self.diagonals[kind as usize].valid);
        self.know_diagonal(kind)
    }

    /// The diagonal of the Fisher matrices that make a metric; not counted.
    pub(crate) fn know_diagonal(&mut self, kind: u32) -> Result<()> {
        let (theta, learned) = self.parts(kind)?;
        if self.diagonals[kind as usize].valid {
            return Ok(());
        }
        let n = if theta.is_some() { self.evaluator.model().shape().generative } else { 0 };
        let out = sized(&mut self.diagonals[kind as usize].values, self.trained.len());
        if let Some(kind) = theta {
            self.evaluator.fisher_diagonal(kind, &mut out[..n])?;
        }
        if learned {
            self.evaluator.fisher_diagonal(FISHER_RECOGNITION, &mut out[n..])?;
        }
        self.diagonals[kind as usize].valid = true;
        Ok(())
    }

    /// A metric times a vector.
    pub(crate) fn product(&mut self, kind: u32, tau: f64, vector: &[f64], out: &mut [f64]) -> Result<()> {
        if kind == FISHER_MIXTURE {
            let mut joint = std::mem::take(&mut self.scratch);
            let done = self.product(FISHER_JOINT, 0.0, vector, sized(&mut joint, out.len()));
            let done = done.and_then(|()| self.product(FISHER_VISIBLE, 0.0, vector, out));
            out.iter_mut().zip(&joint).for_each(|(visible, joint)| *visible = (1.0 - tau) * joint + tau * *visible);
            self.scratch = joint;
            return done;
        }
        let (theta, learned) = self.parts(kind)?;
        let n = if theta.is_some() { self.evaluator.model().shape().generative } else { 0 };
        if let Some(kind) = theta {
            self.evaluator.fisher_product(kind, &vector[..n], &mut out[..n])?;
        }
        if learned {
            self.evaluator.fisher_product(FISHER_RECOGNITION, &vector[n..], &mut out[n..])?;
        }
        Ok(())
    }
}

/// A buffer of this length; grows once.
fn sized(buffer: &mut Vec<f64>, len: usize) -> &mut [f64] {
    buffer.resize(len, 0.0);
    buffer
}

/// (1−τ) G + τ G_V.
fn mix(joint: &[f64], visible: &[f64], tau: f64, out: &mut Vec<f64>) -> Result<()> {
    let out = sized(out, joint.len());
    out.iter_mut().zip(joint).zip(visible).for_each(|((out, g), g_v)| *out = (1.0 - tau) * g + tau * g_v);
    Ok(())
}

/// Puts an n × n block at (offset, offset) of a p × p matrix.
fn place_block(block: &[f64], n: usize, out: &mut [f64], p: usize, offset: usize) {
    for (j, column) in block.chunks_exact(n).enumerate() {
        let start = (offset + j) * p + offset;
        out[start..start + n].copy_from_slice(column);
    }
}
