//! Natural gradient by products with the Fisher matrix alone, which is never formed.
//!
//! (F + λI) d = ∇L,   θ ← θ − η ν d,   F ∈ { G, G_V, F(φ), … }
//!
//! solved by conjugate gradients, or by MinRes, which also takes an F that is singular or, as an estimate may be, indefinite. The
//! last d, shortened a little, is the start of the next solution. The step is cut where δᵀFδ would exceed κ (`kl-clip`) or found by
//! the quadratic model, with a fixed or adapting λ.
//!
//! # References
//! - R. Pascanu, Y. Bengio, *Revisiting natural gradient for deep networks*, ICLR 2014 (arXiv 1301.3584).
//! - G. Desjardins, R. Pascanu, A. Courville, Y. Bengio, *Metric-free natural gradient for joint-training of Boltzmann machines*,
//!   ICLR 2013 (arXiv 1301.3545).
#![forbid(unsafe_code)]

use elbow_sdk::step::krylov::WARM;
use elbow_sdk::step::{Cg, End, MinRes, NaturalStep, Solved, StepParameters, Stop, add, dot};
use elbow_sdk::{About, Capability, Code, Error, Metric, Optimizer, Point, Quantity, Result, Setup, State};

elbow_sdk::choices! {
    /// How the system is solved.
    pub enum Solver {
        /// Conjugate gradients: F + λI must be positive definite.
        Cg = "cg",
        /// The smallest residual, for any symmetric F.
        MinRes = "minres",
    }
}

elbow_sdk::parameters! {
    /// Parameters of the natural gradient by products.
    pub struct Parameters {
        /// Length and damping of a step.
        step: StepParameters = StepParameters::default(), flatten();
        /// The metric F.
        metric: Metric = Metric::default(), flatten();
        /// How the system is solved.
        solver: Solver = Solver::Cg;
        /// When the solver stops.
        stop: Stop = Stop::default(), flatten();
        /// Whether the solver begins with the last solution.
        warm_start: bool = true;
    }
}

#[derive(Debug)]
enum Workspace {
    Cg(Cg),
    MinRes(MinRes),
}

/// Natural gradient by products alone.
#[derive(Debug)]
pub struct NaturalCg {
    metric: Metric,
    stop: Stop,
    warm_start: bool,
    workspace: Workspace,
    /// d, the last solution.
    natural: Vec<f64>,
    step: NaturalStep,
}

impl Optimizer for NaturalCg {
    const ABOUT: About = About {
        id: "elbow.natural-cg",
        summary: "Natural gradient by products with the Fisher matrix: conjugate gradients or MinRes.",
        family: "natural gradient",
        references: &[
            "Pascanu, Bengio: Revisiting natural gradient for deep networks. ICLR 2014, arXiv 1301.3584",
            "Desjardins, Pascanu, Courville, Bengio: Metric-free natural gradient. ICLR 2013, arXiv 1301.3545",
        ],
        capabilities: &[Capability::Gradient, Capability::Fisher],
        quantities: &[
            Quantity::plain("iterations", "", "Products with the Fisher matrix that the solution took, after the start's."),
            Quantity::plain("residual", "", "‖∇L − (F + λI) d‖ / ‖∇L‖ of the solution."),
            Quantity::plain("damping", "", "λ that the step was solved with."),
            Quantity::plain(
                "clipped",
                "",
                "s: share of the step that the bound κ on its Fisher length left; 1 where it did not act.",
            ),
        ],
    };
    type Parameters = Parameters;

    fn new(setup: &Setup, parameters: Parameters) -> Result<Self> {
        let Parameters { step, metric, solver, stop, warm_start } = parameters;
        let workspace = match solver {
            Solver::Cg => Workspace::Cg(Cg::new(setup.dimension)),
            Solver::MinRes => Workspace::MinRes(MinRes::new(setup.dimension)),
        };
        let step = NaturalStep::new(step, setup.dimension)?;
        Ok(Self { metric, stop, warm_start, workspace, natural: vec![0.0; setup.dimension], step })
    }

    fn step(&mut self, at: &mut Point<'_>) -> Result<()> {
        let solved = self.solve(at)?; // d = (F + λI)⁻¹ ∇L
        at.report(0, solved.iterations as f64);
        at.report(1, solved.residual);
        let lambda = self.step.lambda();
        at.report(2, lambda);
        self.step.measure(|velocity, image| {
            at.fisher_product(&self.metric, velocity, image)?;
            add(image, lambda, velocity);
            Ok(())
        })?;
        self.step.take(at, &self.metric, &self.natural)?;
        at.report(3, self.step.share());
        Ok(())
    }

    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        state.numbers(&mut self.natural)?;
        self.step.state(state)
    }
}

impl NaturalCg {
    /// From the last solution; from nothing if that leads to no direction of descent, as it may when it is cut short.
    fn solve(&mut self, at: &Point<'_>) -> Result<Solved> {
        let gradient = at.gradient()?;
        if self.warm_start {
            self.natural.iter_mut().for_each(|d| *d *= WARM);
            let solved = self.solve_from_here(at, gradient)?;
            if dot(gradient, &self.natural) > 0.0 {
                return Ok(solved);
            }
        }
        self.natural.fill(0.0);
        let solved = self.solve_from_here(at, gradient)?;
        if solved.end == End::NegativeCurvature && solved.iterations == 0 {
            return Err(Error::new(
                Code::Numeric,
                "F + λI is not positive definite: raise `lambda`, or take the solver `minres`",
            ));
        }
        Ok(solved)
    }

    fn solve_from_here(&mut self, at: &Point<'_>, gradient: &[f64]) -> Result<Solved> {
        let (metric, lambda, stop) = (&self.metric, self.step.lambda(), &self.stop);
        let product = |x: &[f64], out: &mut [f64]| {
            at.fisher_product(metric, x, out)?;
            add(out, lambda, x);
            Ok(())
        };
        match &mut self.workspace {
            Workspace::Cg(cg) => cg.solve(product, gradient, &mut self.natural, None, stop),
            Workspace::MinRes(minres) => minres.solve(product, gradient, &mut self.natural, stop),
        }
    }
}
