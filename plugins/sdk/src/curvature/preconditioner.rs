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
        /// What is averaged of it.
        statistics: StatisticsParameters = StatisticsParameters::default(), flatten();
    }
}

crate::parameters! {
    /// Running averages of what a structured Fisher matrix is made of.
    pub struct StatisticsParameters {
        /// How the expectation over the outputs of a network is taken.
        estimation: Estimation = Estimation::Sampled;
        /// ε: share of the previous statistics in the running average. Default: 0.95 of estimates, 0 of an exact Fisher matrix.
        decay: Option<f64> = None, min(0.0), below(1.0);
        /// Steps from one update of the statistics to the next.
        statistics_period: usize = 1, min(1.0);
    }
}

crate::parameters! {
    /// When matrices are inverted.
    pub struct InverseParameters {
        /// Steps from one inversion to the next. Default: 5 with estimates, 1 with an exact Fisher matrix.
        inverse_period: Option<usize> = None, min(1.0);
    }
}

impl StatisticsParameters {
    /// Whether they are of an exact Fisher matrix: then there is nothing to average.
    fn is_exact(&self, setup: &Setup) -> bool {
        !setup.stochastic && (setup.layers.is_empty() || self.estimation == Estimation::Exact)
    }

    /// ε.
    pub fn decay(&self, setup: &Setup) -> f64 {
        self.decay.unwrap_or(if self.is_exact(setup) { 0.0 } else { 0.95 })
    }

    /// The rows that these parameters describe, of some networks.
    pub fn source(&self, metric: &Metric, parts: Parts) -> Source {
        Source { metric: metric.clone(), estimation: self.estimation, parts }
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
    /// For a problem. Without periods of inversion the matrices are brought up to date with the statistics.
    pub fn new(curvature: C, parameters: &CurvatureParameters, inverse: Option<&InverseParameters>, setup: &Setup) -> Self {
        // A cell that trains φ alone has the one metric F(φ).
        let metric = if setup.generative == 0 { Metric::recognition() } else { parameters.metric.clone() };
        let statistics = &parameters.statistics;
        let usual = if statistics.is_exact(setup) { 1 } else { 5 };
        let inverse_period = inverse.map_or(statistics.statistics_period, |inverse| inverse.inverse_period.unwrap_or(usual));
        Self {
            curvature,
            metric,
            statistics_period: statistics.statistics_period as u64,
            inverse_period: inverse_period as u64,
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
