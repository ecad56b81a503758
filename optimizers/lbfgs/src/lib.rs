//! Limited-memory BFGS: quasi-Newton steps with a line search.
//!
//! θ ← θ − α H ∇L(θ),   H = (Vᵀ … Vᵀ) γ I (V … V) + Σ …,   V = I − ρ y sᵀ,   ρ = 1/sᵀy,   γ = sᵀy/yᵀy
//!
//! from the last m steps s and the changes y of the gradient along them; α satisfies the strong Wolfe conditions, so that
//! sᵀy > 0. A pair with sᵀy < 10⁻¹⁰ ‖s‖ ‖y‖ is left out. Where no step lowers the loss the memory is forgotten, and where the
//! gradient does not lower it either the point is the minimum, as far as the numbers tell: there it ends. Of a loss from samples only
//! this minibatch tells so, and the point stays for the next one.
//!
//! The loss must be the full batch: the gradient of another minibatch differs by noise, which y takes for curvature. All
//! evaluations of one step share their minibatch, so nothing fails, but H is then that of noise.
//!
//! # References
//! - J. Nocedal, *Updating quasi-Newton matrices with limited storage*, Mathematics of Computation 35, 1980.
//! - D. Liu, J. Nocedal, *On the limited memory BFGS method for large scale optimization*, Mathematical Programming 45, 1989.
#![forbid(unsafe_code)]

mod memory;

use elbow_sdk::step::{Found, Wolfe, dot, norm};
use elbow_sdk::{About, Capability, Error, Optimizer, Point, Quantity, Result, Setup, State};
use memory::Memory;

elbow_sdk::parameters! {
    /// Parameters of L-BFGS.
    pub struct Parameters {
        /// m, the number of steps that are remembered.
        memory: usize = 10, min(1.0), max(1000.0);
        /// The line search.
        wolfe: Wolfe = Wolfe::default(), flatten();
    }
}

/// Limited-memory BFGS.
#[derive(Debug)]
pub struct Lbfgs {
    wolfe: Wolfe,
    stochastic: bool,
    memory: Memory,
    start: Vec<f64>,
    gradient: Vec<f64>,
    direction: Vec<f64>,
    trial: Vec<f64>,
}

impl Optimizer for Lbfgs {
    const ABOUT: About = About {
        id: "elbow.lbfgs",
        summary: "Limited-memory BFGS with a strong Wolfe line search; for losses without noise.",
        family: "quasi-Newton",
        references: &[
            "Nocedal: Updating quasi-Newton matrices with limited storage. Mathematics of Computation 35, 1980",
            "Liu, Nocedal: On the limited memory BFGS method for large scale optimization. Mathematical Programming 45, 1989",
        ],
        capabilities: &[Capability::Gradient],
        quantities: &[
            Quantity::plain("alpha", "", "α, the length of the step along its direction; 0 where none lowers the loss."),
            Quantity::plain("searched", "", "Evaluations of the line search."),
        ],
    };
    type Parameters = Parameters;

    fn new(setup: &Setup, Parameters { memory, wolfe }: Parameters) -> Result<Self> {
        wolfe.check()?;
        let zeros = || vec![0.0; setup.dimension];
        let memory = Memory::new(memory, setup.dimension);
        let stochastic = setup.stochastic;
        Ok(Self { wolfe, stochastic, memory, start: zeros(), gradient: zeros(), direction: zeros(), trial: zeros() })
    }

    fn step(&mut self, at: &mut Point<'_>) -> Result<()> {
        self.start.copy_from_slice(at.position());
        self.gradient.copy_from_slice(at.gradient()?);
        let loss = at.loss()?;
        let mut found = self.search(at, loss)?;
        let mut evaluations = found.evaluations;
        if found.alpha == 0.0 && !self.memory.is_empty() {
            self.memory.clear();
            found = self.search(at, loss)?;
            evaluations += found.evaluations;
        }
        if found.alpha == 0.0 && !self.stochastic {
            return Err(Error::stalled("no step along −∇L lowers the loss by a digit of it"));
        }
        self.accept(at, found.alpha)?;
        at.report(0, found.alpha);
        at.report(1, evaluations as f64);
        Ok(())
    }

    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        self.memory.state(state)
    }
}

impl Lbfgs {
    /// Searches along p = −H ∇L; leaves the last trial point in `trial`.
    fn search(&mut self, at: &mut Point<'_>, loss: f64) -> Result<Found> {
        let Self { wolfe, memory, start, gradient, direction, trial, .. } = self;
        direction.iter_mut().zip(&*gradient).for_each(|(p, g)| *p = -g);
        memory.apply(direction);
        // H has the scale of the problem, the gradient alone has not: its first step is at most of length 1.
        let first = if memory.is_empty() { 1.0 / norm(gradient).max(1.0) } else { 1.0 };
        wolfe.search((loss, dot(gradient, direction)), first, |alpha| {
            go(trial, start, alpha, direction);
            at.move_to(trial)?;
            Ok((at.loss()?, dot(at.gradient()?, direction)))
        })
    }

    /// Proposes the point at α, and keeps what was seen on the way there.
    fn accept(&mut self, at: &mut Point<'_>, alpha: f64) -> Result<()> {
        go(&mut self.trial, &self.start, alpha, &self.direction);
        at.propose(&self.trial);
        if alpha > 0.0 {
            if at.position() != self.trial {
                at.move_to(&self.trial)?;
            }
            self.memory.keep([&self.start, &self.trial], [&self.gradient, at.gradient()?]);
        }
        Ok(())
    }
}

/// out ← start + α direction.
fn go(out: &mut [f64], start: &[f64], alpha: f64, direction: &[f64]) {
    out.iter_mut().zip(start).zip(direction).for_each(|((out, x), p)| *out = x + alpha * p);
}
