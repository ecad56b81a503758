//! The state of one cell's evaluations, in either width of numbers.

use crate::engine::Engine;
use crate::model::Vae;
use crate::parameters::Width;

/// The state of one cell's evaluations.
pub struct Evaluator(pub(crate) Either);

/// In 64 or 32 bits.
pub(crate) enum Either {
    Double(Box<Engine<f64>>),
    Single(Box<Engine<f32>>),
}

impl Evaluator {
    pub(crate) fn new(model: &Vae, seed: u64) -> Self {
        Self(match model.width {
            Width::Double => Either::Double(Box::new(Engine::new(model, seed))),
            Width::Single => Either::Single(Box::new(Engine::new(model, seed))),
        })
    }
}

/// The same code for both widths.
macro_rules! either {
    ($at:expr, $engine:ident => $body:expr) => {
        match &mut $at.0 {
            crate::evaluator::Either::Double($engine) => $body,
            crate::evaluator::Either::Single($engine) => $body,
        }
    };
}
pub(crate) use either;
