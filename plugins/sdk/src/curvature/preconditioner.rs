//! A curvature with the times at which it is brought up to date.

use super::{Curvature, Damped, Source};
use crate::error::Result;
use crate::layers::Estimation;
use crate::optimizer::Setup;
use crate::point::{Metric, Parts, Point};
use crate::state::State;
use crate::step::NaturalStep;

crate::parameters! {
    /// Statistics of a structured Fisher matrix.
    pub struct CurvatureParameters {
        /// The Fisher matrix of the generative network. The recognition network has its own.
        metric: Metric = Metric::default(), flatten();
        /// How the expectation over the outputs of a network is taken.
        estimation: Estimation = Estimation::Sampled;
        /// ε: share of the previous statistics in the running average. Default: 0.95 of estimates, 0 of an exact Fisher matrix.
        decay: Option<f64> = None, min(0.0), below(1.0);
        /// Steps from one update of the statistics to the next.
        statistics_period: usize = 1, min(1.0);
        /// Steps from one inversion to the next. Default: 5 with estimates, 1 with an exact Fisher matrix.
        inverse_period: Option<usize> = None, min(1.0);
    }
}

impl CurvatureParameters {
    /// With the averages and periods that a problem calls for, where none are given.
    pub fn for_problem(self, setup: &Setup) -> Self {
        let sampled = !setup.layers.is_empty() && self.estimation != Estimation::Exact;
        let (decay, period) = if setup.stochastic || sampled { (0.95, 5) } else { (0.0, 1) };
        Self { decay: self.decay.or(Some(decay)), inverse_period: self.inverse_period.or(Some(period)), ..self }
    }

    /// ε.
    pub fn decay(&self) -> f64 {
        self.decay.unwrap_or_default()
    }

    /// The rows that these parameters describe, of some networks.
    pub fn source(&self, parts: Parts) -> Source {
        Source { metric: self.metric.clone(), estimation: self.estimation, parts }
    }
}

/// A curvature, its periods, and the natural gradient that it gives.
#[derive(Debug)]
pub struct Preconditioner<C> {
    curvature: C,
    metric: Metric,
    statistics_period: u64,
    inverse_period: u64,
    step: u64,
    damped: Damped,
    natural: Vec<f64>,
}

impl<C: Curvature> Preconditioner<C> {
    /// For a problem.
    pub fn new(curvature: C, parameters: &CurvatureParameters, setup: &Setup) -> Self {
        // A cell that trains φ alone has the one metric F(φ).
        let metric = if setup.generative == 0 { Metric::recognition() } else { parameters.metric.clone() };
        Self {
            curvature,
            metric,
            statistics_period: parameters.statistics_period as u64,
            inverse_period: parameters.inverse_period.unwrap_or(1) as u64,
            step: 0,
            damped: Damped::default(),
            natural: vec![0.0; setup.dimension],
        }
    }

    /// The Fisher matrix that is approximated.
    pub fn metric(&self) -> &Metric {
        &self.metric
    }

    /// The curvature.
    pub fn curvature(&self) -> &C {
        &self.curvature
    }

    /// What the matrices that are inverted now are damped with.
    pub fn damped(&self) -> Damped {
        self.damped
    }

    /// (F + λ)⁻¹ ∇L at the point, length P (zero where the curvature has no layer), with statistics and inverses brought up to date
    /// when it is time; the step, whose λ it is, learns how its velocity is measured by them.
    ///
    /// # Errors
    /// The model's, and [`Curvature::refresh`]'s.
    pub fn natural(&mut self, at: &Point<'_>, step: &mut NaturalStep) -> Result<&[f64]> {
        // The gradient first: its forward pass serves the statistics too.
        let gradient = at.gradient()?;
        let (update, invert) = (self.step.is_multiple_of(self.statistics_period), self.step.is_multiple_of(self.inverse_period));
        if update {
            self.curvature.update(at)?;
        }
        if invert {
            self.damped = self.curvature.refresh(step.lambda())?;
        }
        if invert || (update && self.curvature.follows()) {
            step.measure(|velocity, image| self.curvature.multiply(at, velocity, image))?;
        }
        self.step += 1;
        self.curvature.solve(at, gradient, &mut self.natural)?;
        Ok(&self.natural)
    }

    /// Visits what carries over from step to step.
    pub fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        state.count(&mut self.step)?;
        state.number(&mut self.damped.lambda)?;
        let mut raised = u64::from(self.damped.raised);
        state.count(&mut raised)?;
        self.damped.raised = u32::try_from(raised).unwrap_or(u32::MAX);
        self.curvature.state(state)
    }
}
