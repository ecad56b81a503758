//! A curvature with the times at which it is brought up to date.

use super::{Curvature, Source};
use crate::error::Result;
use crate::layers::Estimation;
use crate::optimizer::Setup;
use crate::point::{Metric, MetricKind, Parts, Point};
use crate::state::State;

crate::parameters! {
    /// Statistics of a structured Fisher matrix.
    pub struct CurvatureParameters {
        /// The Fisher matrix of the generative network: `joint` with hidden variables from the prior, `aggregate` with those that the
        /// recognition network gives for data. The recognition network has its own.
        metric: MetricKind = MetricKind::Aggregate;
        /// How the expectation over outputs is taken.
        estimation: Estimation = Estimation::Sampled;
        /// ε: share of the previous statistics in the running average.
        decay: f64 = 0.95, min(0.0), below(1.0);
        /// Steps from one update of the statistics to the next.
        statistics_period: usize = 1, min(1.0);
        /// Steps from one inversion to the next.
        inverse_period: usize = 5, min(1.0);
    }
}

impl CurvatureParameters {
    /// The rows that these parameters describe, of some networks.
    pub fn source(&self, parts: Parts) -> Source {
        Source { metric: Metric { metric: self.metric, ..Metric::default() }, estimation: self.estimation, parts }
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
    raised: u32,
    natural: Vec<f64>,
}

impl<C: Curvature> Preconditioner<C> {
    /// For a problem.
    pub fn new(curvature: C, parameters: &CurvatureParameters, setup: &Setup) -> Self {
        // A cell that trains φ alone has the one metric F(φ).
        let metric = if setup.generative == 0 { Metric::recognition() } else { parameters.source(Parts::Both).metric };
        Self {
            curvature,
            metric,
            statistics_period: parameters.statistics_period as u64,
            inverse_period: parameters.inverse_period as u64,
            step: 0,
            raised: 0,
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

    /// How often the last inversion had to raise λ.
    pub fn raised(&self) -> u32 {
        self.raised
    }

    /// (F + λ)⁻¹ ∇L at the point, length P (zero where the curvature has no layer), with statistics and inverses brought up to date
    /// when it is time.
    pub fn natural(&mut self, at: &Point<'_>, lambda: f64) -> Result<&[f64]> {
        // The gradient first: its forward pass serves the statistics too.
        let gradient = at.gradient()?;
        if self.step.is_multiple_of(self.statistics_period) {
            self.curvature.update(at)?;
        }
        if self.step.is_multiple_of(self.inverse_period) {
            self.raised = self.curvature.refresh(lambda)?;
        }
        self.step += 1;
        self.curvature.solve(at, gradient, &mut self.natural)?;
        Ok(&self.natural)
    }

    /// Visits what carries over from step to step.
    pub fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        state.count(&mut self.step)?;
        self.curvature.state(state)
    }
}
