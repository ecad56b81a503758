//! From a natural gradient to a step.
//!
//! `kl-clip`: v ← β v − η ν d, θ ← θ + v, where ν keeps δᵀFδ below κ and momentum comes after preconditioning. `quadratic`:
//! θ ← θ + α d + μ v, where (α, μ) minimize the quadratic model with the exact Fisher matrix. The damping λ is fixed, or follows
//! Levenberg and Marquardt.

use super::clip::Clip;
use super::dot;
use super::levenberg::{Levenberg, LevenbergParameters};
use super::momentum::MomentumParameters;
use super::quadratic::Products;
use crate::error::{Code, Result};
use crate::point::{Metric, Point};
use crate::state::State;

crate::choices! {
    /// What sets the length of a step.
    pub enum Control {
        /// The step size, cut so that δᵀFδ ≤ κ; with momentum.
        KlClip = "kl-clip",
        /// The minimum of the quadratic model over the direction and the previous step.
        Quadratic = "quadratic",
    }
}

crate::parameters! {
    /// Length and damping of a step along a natural gradient.
    pub struct StepParameters {
        /// η: length of a step, as a share of the natural gradient; not used by `quadratic`.
        step_size: f64 = 0.1, above(0.0), log(), live();
        /// What sets the length of a step.
        control: Control = Control::KlClip;
        /// A bound on the length; not used by `quadratic`.
        clip: Clip = Clip::default(), flatten();
        /// Share of the previous step that is added; not used by `quadratic`, which finds its own.
        momentum: MomentumParameters = MomentumParameters::default(), flatten();
        /// Damping of the Fisher matrix.
        damping: LevenbergParameters = LevenbergParameters::default(), flatten();
    }
}

/// The lengths of an optimizer's steps; see the module's text.
#[derive(Debug)]
pub struct NaturalStep {
    parameters: StepParameters,
    damping: Levenberg,
    /// v, the previous step.
    velocity: Vec<f64>,
    /// C d and C v.
    products: [Vec<f64>; 2],
    trial: Vec<f64>,
    predicted: Option<f64>,
}

impl NaturalStep {
    /// For `dimension` parameters.
    ///
    /// # Errors
    /// [`Code::BadParameter`] if the bounds of λ contradict each other.
    pub fn new(parameters: StepParameters, dimension: usize) -> Result<Self> {
        let exact = parameters.control == Control::Quadratic || parameters.damping.adapt;
        let room = || vec![0.0; if exact { dimension } else { 0 }];
        let damping = Levenberg::new(parameters.damping.clone())?;
        let velocity = vec![0.0; dimension];
        Ok(Self { damping, velocity, products: [room(), room()], trial: room(), predicted: None, parameters })
    }

    /// λ.
    pub fn lambda(&self) -> f64 {
        self.damping.lambda()
    }

    /// Proposes the step along d = F⁻¹ g, length P. `metric` is the Fisher matrix that the quadratic model is made of.
    ///
    /// # Errors
    /// [`Code::Numeric`] if d does not descend.
    pub fn take(&mut self, at: &mut Point<'_>, metric: &Metric, natural: &[f64]) -> Result<()> {
        self.displacement(at, metric, natural)?;
        at.step_along(&self.velocity, 1.0);
        let Some(predicted) = self.predicted else { return Ok(()) };
        let before = at.loss()?;
        self.trial.iter_mut().zip(at.position()).zip(&self.velocity).for_each(|((x, old), v)| *x = old + v);
        self.observe(loss_at(at, &self.trial)? - before, predicted);
        Ok(())
    }

    /// The step along d = F⁻¹ g, length P, for an optimizer that puts several together.
    pub fn displacement(&mut self, at: &Point<'_>, metric: &Metric, natural: &[f64]) -> Result<&[f64]> {
        let gradient = at.gradient()?;
        let (keep, add) = match self.parameters.control {
            Control::KlClip => {
                let StepParameters { step_size, clip, momentum, .. } = &self.parameters;
                (momentum.momentum, -step_size * clip.factor(*step_size, dot(gradient, natural))?)
            }
            Control::Quadratic => self.minimum(at, metric, natural)?,
        };
        self.velocity.iter_mut().zip(natural).for_each(|(v, d)| *v = keep * *v + add * d);
        self.predict(at, metric, gradient)?;
        Ok(&self.velocity)
    }

    /// (μ, α) of the quadratic model.
    fn minimum(&mut self, at: &Point<'_>, metric: &Metric, natural: &[f64]) -> Result<(f64, f64)> {
        let (lambda, [along, before]) = (self.lambda(), &mut self.products);
        for (x, cx) in [(natural, &mut *along), (&self.velocity, &mut *before)] {
            at.fisher_product(metric, x, cx)?;
            super::add(cx, lambda, x);
        }
        let last = Some((&*self.velocity, &**before));
        let found = Products::new(at.gradient()?, (natural, along), last).minimise()?;
        Ok((found.mu, found.alpha))
    }

    /// The change gᵀδ + ½ δᵀFδ that the model predicts, in the steps in which λ adapts.
    fn predict(&mut self, at: &Point<'_>, metric: &Metric, gradient: &[f64]) -> Result<()> {
        self.predicted = None;
        if self.damping.due() {
            at.fisher_product(metric, &self.velocity, &mut self.products[0])?;
            self.predicted = Some(dot(gradient, &self.velocity) + 0.5 * dot(&self.velocity, &self.products[0]));
        }
        Ok(())
    }

    /// The change of the loss that the last displacement predicted, if λ is to learn from it.
    pub fn predicted(&self) -> Option<f64> {
        self.predicted
    }

    /// λ learns from a change of the loss and the predicted one.
    pub fn observe(&mut self, change: f64, predicted: f64) {
        self.damping.adapt(change, predicted);
        self.predicted = None;
    }

    /// Visits what carries over from step to step.
    pub fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        self.damping.state(state)?;
        state.numbers(&mut self.velocity)
    }
}

/// The loss at a trial point on the same minibatch; infinite outside the domain.
pub fn loss_at(at: &mut Point<'_>, position: &[f64]) -> Result<f64> {
    match at.move_to(position) {
        Err(error) if error.code() == Code::Domain => Ok(f64::INFINITY),
        moved => moved.and_then(|()| at.loss()),
    }
}
