//! From a natural gradient d = F⁻¹g to a step.
//!
//! `kl-clip`: v ← s (β v − η d), θ ← θ + v, where s = min(1, √(κ / vᵀFv)) keeps vᵀFv ≤ κ: momentum comes after preconditioning, and
//! what is bounded is the whole step. F is the matrix that gave d, damping included. `quadratic`: θ ← θ + α d + μ v, where (α, μ)
//! minimize the quadratic model with the exact Fisher matrix. The damping λ is fixed, or follows Levenberg and Marquardt.
//!
//! No product with F is needed between two of its changes: F v follows from F d = g, as v from d.

use super::clip::{Clip, share, slope};
use super::dot;
use super::levenberg::{Levenberg, LevenbergParameters};
use super::momentum::MomentumParameters;
use super::quadratic::Products;
use crate::about::Quantity;
use crate::curvature::Damped;
use crate::error::{Code, Result};
use crate::point::{Metric, Point};
use crate::state::State;

crate::choices! {
    /// What sets the length of a step.
    pub enum Control {
        /// The step size, with momentum; cut so that δᵀFδ ≤ κ.
        KlClip = "kl-clip",
        /// The minimum of the quadratic model over the direction and the previous step.
        Quadratic = "quadratic",
    }
}

crate::parameters! {
    /// Length and damping of a step along a natural gradient.
    pub struct StepParameters {
        /// η: length of a step, as a share of the natural gradient.
        step_size: f64 = 0.1, above(0.0), log(), live(), when("control", &["kl-clip"]);
        /// What sets the length of a step.
        control: Control = Control::KlClip;
        /// A bound on the length.
        clip: Clip = Clip::default(), flatten(), when("control", &["kl-clip"]);
        /// Share of the previous step that is added; `quadratic` finds its own.
        momentum: MomentumParameters = MomentumParameters::default(), flatten(), when("control", &["kl-clip"]);
        /// Damping of the Fisher matrix.
        damping: LevenbergParameters = LevenbergParameters::default(), flatten();
    }
}

/// What an optimizer with a curvature reports of each step, in the order of [`NaturalStep::report`].
pub const REPORTED: [Quantity; 3] = [
    Quantity::plain("damping", "", "The largest λ that a matrix which the step inverted was damped with, raises counted."),
    Quantity::plain(
        "raised",
        "",
        "How often λ had to be raised tenfold at the last inversion, for a matrix to be positive definite.",
    ),
    Quantity::plain("clipped", "", "s: share of the step that the bound κ on its Fisher length left; 1 where it did not act."),
];

/// The lengths of an optimizer's steps; see the module's text.
#[derive(Debug)]
pub struct NaturalStep {
    parameters: StepParameters,
    damping: Levenberg,
    /// v, the previous step.
    velocity: Vec<f64>,
    /// F v.
    image: Vec<f64>,
    /// s of the last step.
    share: f64,
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
        let room = |wanted: bool| vec![0.0; if wanted { dimension } else { 0 }];
        let damping = Levenberg::new(parameters.damping.clone())?;
        let (velocity, image) = (room(true), room(parameters.control == Control::KlClip));
        Ok(Self {
            damping,
            velocity,
            image,
            share: 1.0,
            products: [room(exact), room(exact)],
            trial: room(exact),
            predicted: None,
            parameters,
        })
    }

    /// λ.
    pub fn lambda(&self) -> f64 {
        self.damping.lambda()
    }

    /// Measures the velocity anew, where its length counts: F has changed. `multiply` puts F times a vector, both of length P, into a
    /// place.
    pub fn measure(&mut self, multiply: impl FnOnce(&[f64], &mut [f64]) -> Result<()>) -> Result<()> {
        let counts = self.parameters.clip.kl_clip > 0.0 && self.parameters.momentum.momentum > 0.0;
        if self.image.is_empty() || !counts { Ok(()) } else { multiply(&self.velocity, &mut self.image) }
    }

    /// Of the last displacement only this share was made ([`Point::taken`]): the velocity is as much shorter.
    pub fn shorten(&mut self, taken: f64) {
        if taken < 1.0 {
            self.velocity.iter_mut().chain(&mut self.image).for_each(|v| *v *= taken);
        }
    }

    /// Proposes the step along d = F⁻¹ g, length P. `metric` is the Fisher matrix that the quadratic model is made of.
    ///
    /// # Errors
    /// [`Code::Numeric`] if d does not descend.
    pub fn take(&mut self, at: &mut Point<'_>, metric: &Metric, natural: &[f64]) -> Result<()> {
        self.shorten(at.taken());
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
            Control::KlClip => self.bounded(gradient, natural)?,
            Control::Quadratic => self.minimum(at, metric, natural)?,
        };
        self.velocity.iter_mut().zip(natural).for_each(|(v, d)| *v = keep * *v + add * d);
        self.image.iter_mut().zip(gradient).for_each(|(u, g)| *u = keep * *u + add * g);
        self.predict(at, metric, gradient)?;
        Ok(&self.velocity)
    }

    /// (s β, −s η).
    fn bounded(&mut self, gradient: &[f64], natural: &[f64]) -> Result<(f64, f64)> {
        let StepParameters { step_size, clip, momentum, .. } = &self.parameters;
        let (eta, beta, slope) = (*step_size, momentum.momentum, slope(gradient, natural)?);
        // vᵀFv of v ← β v − η d.
        let mut squared = eta * eta * slope;
        if beta > 0.0 && clip.kl_clip > 0.0 {
            squared += beta * beta * dot(&self.velocity, &self.image) - 2.0 * eta * beta * dot(&self.velocity, gradient);
        }
        self.share = share(clip.kl_clip, squared);
        Ok((self.share * beta, -self.share * eta))
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

    /// s, the share of the last step that its bound left.
    pub fn share(&self) -> f64 {
        self.share
    }

    /// Reports [`REPORTED`] of a step with these matrices, at the first three places.
    pub fn report(&self, at: &Point<'_>, damped: Damped) {
        [damped.lambda, f64::from(damped.raised), self.share].into_iter().enumerate().for_each(|(k, x)| at.report(k, x));
    }

    /// Visits what carries over from step to step.
    pub fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        self.damping.state(state)?;
        state.numbers(&mut self.velocity)?;
        state.numbers(&mut self.image)
    }
}

/// The loss at a trial point on the same minibatch; infinite outside the domain.
pub fn loss_at(at: &mut Point<'_>, position: &[f64]) -> Result<f64> {
    match at.move_to(position) {
        Err(error) if error.code() == Code::Domain => Ok(f64::INFINITY),
        moved => moved.and_then(|()| at.loss()),
    }
}
