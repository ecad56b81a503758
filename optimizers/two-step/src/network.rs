//! One of the two networks: its solver, its step.

use elbow_sdk::curvature::{
    Blocks, ConjugateGradient, Curvature, CurvatureParameters, Diagonal, Eigenbasis, Grouping, InverseParameters, Kronecker,
    Preconditioner, QuasiDiagonal, StatisticsParameters, UnitWise,
};
use elbow_sdk::step::{NaturalStep, StepParameters, Stop};
use elbow_sdk::{Metric, Parts, Point, Result, Setup, State};
use std::ops::Range;

elbow_sdk::choices! {
    /// How a network's Fisher matrix is approximated and solved.
    pub enum Solver {
        /// Kronecker factors of each layer.
        Kfac = "kfac",
        /// Their eigenbasis.
        Ekfac = "ekfac",
        /// One block for each unit.
        UnitWise = "unit-wise",
        /// Diagonal and bias border of each unit.
        QuasiDiagonal = "quasi-diagonal",
        /// The diagonal.
        Diagonal = "diagonal",
        /// The whole matrix: small networks only.
        Dense = "dense",
        /// Conjugate gradients on exact products.
        Cg = "cg",
    }
}

/// Solvers that average rows, and those of them that invert matrices.
const AVERAGED: &[&str] = &["kfac", "ekfac", "unit-wise", "quasi-diagonal", "diagonal", "dense"];
const INVERTED: &[&str] = &["kfac", "unit-wise", "dense"];

elbow_sdk::parameters! {
    /// Parameters of one network.
    pub struct NetworkParameters {
        /// How its Fisher matrix is approximated and solved.
        solver: Solver = Solver::Kfac;
        /// Inner steps on a minibatch, with the order `gauss-seidel`.
        steps: usize = 1, min(1.0), when("order", &["gauss-seidel"]);
        /// Length and damping of a step.
        step: StepParameters = StepParameters::default(), flatten();
        /// When conjugate gradients stop.
        stop: Stop = Stop::default(), flatten(), when("solver", &["cg"]);
        /// The Fisher matrix of the generative network. The recognition network has its own.
        metric: Metric = Metric::default(), flatten();
        /// What is averaged of it.
        statistics: StatisticsParameters = StatisticsParameters::default(), flatten(), when("solver", AVERAGED);
        /// When it is inverted.
        inverse: InverseParameters = InverseParameters::default(), flatten(), when("solver", INVERTED);
    }
}

/// The trained parameters of a network.
pub fn range(setup: &Setup, part: Parts) -> Range<usize> {
    if part == Parts::Recognition { setup.generative..setup.dimension } else { 0..setup.generative }
}

/// One network.
pub struct Network {
    part: Parts,
    /// Its parameters among those that are trained.
    pub range: Range<usize>,
    /// Inner steps on a minibatch, with the order `gauss-seidel`.
    pub steps: usize,
    preconditioner: Preconditioner<Box<dyn Curvature>>,
    step: NaturalStep,
}

fn curvature(setup: &Setup, part: Parts, parameters: &NetworkParameters) -> Result<Box<dyn Curvature>> {
    let NetworkParameters { metric, statistics, .. } = parameters;
    let (source, decay) = (statistics.source(metric, part), statistics.decay(setup));
    Ok(match parameters.solver {
        Solver::Kfac => Box::new(Kronecker::new(setup, source, decay)?),
        Solver::Ekfac => Box::new(Eigenbasis::new(setup, source, [decay, 0.75], 50)?),
        Solver::UnitWise => Box::new(UnitWise::new(setup, source, decay)?),
        Solver::QuasiDiagonal => Box::new(QuasiDiagonal::new(setup, source, decay)?),
        Solver::Diagonal => Box::new(Diagonal::new(setup, source, decay)?),
        Solver::Cg => Box::new(ConjugateGradient::new(setup, source, parameters.stop.clone())),
        Solver::Dense => Box::new(Blocks::new(setup, source, decay, Grouping::Network)?),
    })
}

impl Network {
    pub fn new(setup: &Setup, part: Parts, parameters: NetworkParameters) -> Result<Self> {
        let curvature = curvature(setup, part, &parameters)?;
        let NetworkParameters { solver, steps, step, metric, mut statistics, inverse, .. } = parameters;
        if solver == Solver::Cg {
            statistics.statistics_period = 1; // Products are taken at each point.
        }
        let inverse = INVERTED.contains(&solver.name()).then_some(&inverse);
        let of = CurvatureParameters { metric, statistics };
        let preconditioner = Preconditioner::new(curvature, &of, inverse, setup);
        let step = NaturalStep::new(step, setup.dimension)?;
        let range = range(setup, part);
        Ok(Self { part, range, steps, preconditioner, step })
    }

    /// Reports λ and the share of its last step, after those of the networks before it.
    pub fn report(&self, at: &Point<'_>) {
        let first = 2 * usize::from(self.part == Parts::Generative);
        at.report(first, self.preconditioner.damped().lambda);
        at.report(first + 1, self.step.share());
    }

    /// Of its last displacement the host took this share.
    pub fn shorten(&mut self, taken: f64) {
        self.step.shorten(taken);
    }

    /// Moves its part of the position along the natural gradient at the point: the other part of a natural gradient is zero.
    pub fn step(&mut self, at: &Point<'_>, position: &mut [f64]) -> Result<()> {
        let metric = self.preconditioner.metric().clone();
        let natural = self.preconditioner.natural(at, &mut self.step)?;
        let moved = self.step.displacement(at, &metric, natural)?;
        position.iter_mut().zip(moved).for_each(|(x, v)| *x += v);
        Ok(())
    }

    /// The change of the loss that its last step predicted, if its damping is to learn from it.
    pub fn predicted(&self) -> Option<f64> {
        self.step.predicted()
    }

    /// Its damping learns from a change of the loss and the predicted one.
    pub fn observe(&mut self, change: f64, predicted: f64) {
        self.step.observe(change, predicted);
    }

    pub fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        self.preconditioner.state(state)?;
        self.step.state(state)
    }
}
