//! The exact Fisher matrix by products alone: (F + λ I) d = g by conjugate gradients, begun at a share of the previous solution.
//!
//! # References
//! - R. Pascanu, Y. Bengio, *Revisiting natural gradient for deep networks*, ICLR 2014 (arXiv 1301.3584).

use super::{Curvature, Damped, Source};
use crate::error::Result;
use crate::optimizer::Setup;
use crate::point::{Metric, Parts, Point};
use crate::state::State;
use crate::step::krylov::WARM;
use crate::step::{Cg, Stop, add};
use std::ops::Range;

/// Conjugate gradients on the parameters of a source.
#[derive(Debug)]
pub struct ConjugateGradient {
    metric: Metric,
    /// The parameters of the source. F does not mix the networks, so a vector that is zero outside stays so.
    range: Range<usize>,
    lambda: f64,
    gradient: Vec<f64>,
    solution: Vec<f64>,
    solver: Cg,
    stop: Stop,
}

impl ConjugateGradient {
    /// For the parameters of a source.
    pub fn new(setup: &Setup, source: Source, stop: Stop) -> Self {
        let range = match source.parts {
            Parts::Generative => 0..setup.generative,
            Parts::Recognition => setup.generative..setup.dimension,
            Parts::Both => 0..setup.dimension,
        };
        // A cell that trains φ alone has the one metric F(φ).
        let metric = if setup.generative == 0 { Metric::recognition() } else { source.metric };
        let zeros = || vec![0.0; setup.dimension];
        let solver = Cg::new(setup.dimension);
        Self { metric, range, lambda: 0.0, gradient: zeros(), solution: zeros(), solver, stop }
    }
}

impl Curvature for ConjugateGradient {
    /// Products are taken at the point itself.
    fn update(&mut self, _: &Point<'_>) -> Result<()> {
        Ok(())
    }

    fn refresh(&mut self, lambda: f64) -> Result<Damped> {
        self.lambda = lambda;
        Ok(Damped::with(lambda))
    }

    fn solve(&mut self, at: &Point<'_>, gradient: &[f64], natural: &mut [f64]) -> Result<()> {
        let Self { metric, range, lambda, stop, .. } = self;
        self.gradient[range.clone()].copy_from_slice(&gradient[range.clone()]);
        self.solution.iter_mut().for_each(|x| *x *= WARM);
        let product = |x: &[f64], out: &mut [f64]| {
            at.fisher_product(metric, x, out)?;
            add(out, *lambda, x);
            Ok(())
        };
        self.solver.solve(product, &self.gradient, &mut self.solution, None, stop)?;
        natural[range.clone()].copy_from_slice(&self.solution[range.clone()]);
        Ok(())
    }

    fn multiply(&mut self, at: &Point<'_>, vector: &[f64], image: &mut [f64]) -> Result<()> {
        at.fisher_product(&self.metric, vector, image)?;
        add(image, self.lambda, vector);
        Ok(())
    }

    fn follows(&self) -> bool {
        true
    }

    fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        state.number(&mut self.lambda)?;
        state.numbers(&mut self.solution)
    }
}
