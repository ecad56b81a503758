//! Following a vector field dθ/dt = v(θ): the piece that every optimizer without memory of its own steps with.
//!
//! A step covers the time `step_size`. `euler`, `heun` and `rk4` do so in one go; `adaptive` in as many sub-steps as keep the
//! estimated error of each, in the Fisher–Rao norm √(eᵀ G e) where the model has one, below `tolerance`. A stage outside the
//! model's domain makes the (sub-)step shorter by half.

use crate::error::{Code, Error, Result};
use crate::point::{Metric, Point};
use crate::state::State;
use crate::tableau::{DORMAND_PRINCE, EULER, HEUN, RK4, Tableau};

crate::choices! {
    /// How a vector field is followed.
    pub enum Integrator {
        /// One evaluation a step, order 1.
        Euler = "euler",
        /// Two evaluations, order 2.
        Heun = "heun",
        /// Four evaluations, order 4.
        Rk4 = "rk4",
        /// Dormand–Prince 5(4) with error control: as many evaluations as it takes.
        Adaptive = "adaptive",
    }
}

crate::parameters! {
    /// Parameters of a flow.
    pub struct FlowParameters {
        /// η: time that a step covers, so the length of an Euler step.
        step_size: f64 = 0.01, above(0.0), log(), live();
        /// How the vector field is followed.
        integrator: Integrator = Integrator::Euler;
        /// Largest error of a sub-step of the adaptive integrator, in Fisher–Rao length.
        tolerance: f64 = 1e-6, above(0.0), log(), when("integrator", &["adaptive"]);
    }
}

/// Halvings of a step before it is given up.
const MAX_HALVINGS: u32 = 30;
/// Sub-steps of one adaptive step before it is given up.
const MAX_SUBSTEPS: u32 = 100_000;

/// Follows a vector field; see the module's text.
#[derive(Debug)]
pub struct Flow {
    parameters: FlowParameters,
    start: Vec<f64>,
    trial: Vec<f64>,
    error: Vec<f64>,
    product: Vec<f64>,
    stages: Vec<Vec<f64>>,
    /// The next sub-step of the adaptive integrator.
    suggested: f64,
}

impl Flow {
    /// A flow of `dimension` parameters.
    pub fn new(parameters: FlowParameters, dimension: usize) -> Self {
        let zeros = || vec![0.0; dimension];
        let stages = tableau(parameters.integrator).b.iter().map(|_| zeros()).collect();
        let suggested = parameters.step_size;
        Self { parameters, start: zeros(), trial: zeros(), error: zeros(), product: zeros(), stages, suggested }
    }

    /// Which integrator it uses.
    pub fn integrator(&self) -> Integrator {
        self.parameters.integrator
    }

    /// Makes one step of the field, which writes dθ/dt at the point into the slice.
    pub fn step(&mut self, at: &mut Point<'_>, mut field: impl FnMut(&Point<'_>, &mut [f64]) -> Result<()>) -> Result<()> {
        let step_size = self.parameters.step_size;
        if self.parameters.integrator == Integrator::Euler {
            field(at, &mut self.stages[0])?;
            at.step_along(&self.stages[0], step_size);
            return Ok(());
        }
        self.start.copy_from_slice(at.position());
        if self.parameters.integrator == Integrator::Adaptive {
            self.adaptive(at, &mut field)?;
        } else {
            self.fixed(at, &mut field)?;
        }
        at.propose(&self.start);
        Ok(())
    }

    /// One step of a fixed scheme; leaves the new point in `start`.
    fn fixed(&mut self, at: &mut Point<'_>, field: &mut impl FnMut(&Point<'_>, &mut [f64]) -> Result<()>) -> Result<()> {
        let scheme = tableau(self.parameters.integrator);
        let mut h = self.parameters.step_size;
        field(at, &mut self.stages[0])?;
        for _ in 0..=MAX_HALVINGS {
            match self.stages(at, scheme, h, field) {
                Err(error) if error.code() == Code::Domain => h *= 0.5,
                other => {
                    other?;
                    combine(&mut self.trial, &self.start, h, scheme.b, &self.stages);
                    self.start.copy_from_slice(&self.trial);
                    return Ok(());
                }
            }
        }
        Err(Error::new(Code::Domain, format!("the stages leave the domain after {MAX_HALVINGS} halvings of the step")))
    }

    /// Sub-steps until the time `step_size` is covered.
    fn adaptive(&mut self, at: &mut Point<'_>, field: &mut impl FnMut(&Point<'_>, &mut [f64]) -> Result<()>) -> Result<()> {
        let (scheme, total, tolerance) = (&DORMAND_PRINCE, self.parameters.step_size, self.parameters.tolerance);
        let mut left = total;
        field(at, &mut self.stages[0])?;
        for _ in 0..MAX_SUBSTEPS {
            let h = self.suggested.min(left);
            let error = match self.stages(at, scheme, h, field) {
                Err(error) if error.code() == Code::Domain => f64::INFINITY,
                other => other.and_then(|()| self.error_norm(at, scheme, h))?,
            };
            // Order 5: the error of a sub-step scales with h⁵; 0.9 is the customary safety.
            let factor = (0.9 * (tolerance / error).powf(0.2)).clamp(0.2, 5.0);
            if error <= tolerance {
                left -= h;
                self.start.copy_from_slice(&self.trial);
                self.stages.swap(0, 6);
                // The last sub-step is cut short by the end of the step: its size tells nothing about the next one.
                self.suggested = if left > 0.0 { h * factor } else { self.suggested.max(h * factor).min(total) };
                if left <= total * 1e-14 {
                    return Ok(());
                }
            } else {
                self.suggested = h * if error.is_finite() { factor } else { 0.5 };
            }
            if h < total * 1e-14 {
                break;
            }
        }
        Err(Error::new(Code::Numeric, format!("the adaptive integrator does not get on with tolerance {tolerance}")))
    }

    /// Fills the stages after the first; the last trial point stays in `trial`.
    fn stages(
        &mut self,
        at: &mut Point<'_>,
        scheme: &Tableau,
        h: f64,
        field: &mut impl FnMut(&Point<'_>, &mut [f64]) -> Result<()>,
    ) -> Result<()> {
        for (i, row) in scheme.a.iter().enumerate() {
            combine(&mut self.trial, &self.start, h, row, &self.stages);
            at.move_to(&self.trial)?;
            field(at, &mut self.stages[i + 1])?;
        }
        Ok(())
    }

    /// Fisher–Rao length of the estimated error, at the new point; Euclidean where there is no Fisher matrix.
    fn error_norm(&mut self, at: &Point<'_>, scheme: &Tableau, h: f64) -> Result<f64> {
        self.error.fill(0.0);
        for (weight, stage) in scheme.error.unwrap_or_default().iter().zip(&self.stages) {
            self.error.iter_mut().zip(stage).for_each(|(error, v)| *error += h * weight * v);
        }
        match at.fisher_product(&Metric::default(), &self.error, &mut self.product) {
            Err(error) if error.code() == Code::Unsupported => self.product.copy_from_slice(&self.error),
            other => other?,
        }
        Ok(self.error.iter().zip(&self.product).map(|(e, ge)| e * ge).sum::<f64>().sqrt())
    }

    /// Visits what carries over from step to step.
    pub fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        state.number(&mut self.suggested)
    }
}

fn tableau(integrator: Integrator) -> &'static Tableau {
    match integrator {
        Integrator::Euler => &EULER,
        Integrator::Heun => &HEUN,
        Integrator::Rk4 => &RK4,
        Integrator::Adaptive => &DORMAND_PRINCE,
    }
}

/// out = start + h Σ_i weights_i stages_i.
fn combine(out: &mut [f64], start: &[f64], h: f64, weights: &[f64], stages: &[Vec<f64>]) {
    out.copy_from_slice(start);
    for (weight, stage) in weights.iter().zip(stages).filter(|(weight, _)| **weight != 0.0) {
        out.iter_mut().zip(stage).for_each(|(out, v)| *out += h * weight * v);
    }
}
