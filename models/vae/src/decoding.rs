//! Draws of z that were decoded: what a forward and a backward pass of the decoder leave.

use crate::network::{Deltas, Tape};
use crate::real::Real;
use crate::spec::Spec;

/// One pass of the decoder over n draws of z.
pub(crate) struct Decoding<T> {
    pub n: usize,
    /// ε of each draw.
    pub noise: Vec<T>,
    pub tape: Tape<T>,
    pub deltas: Deltas<T>,
    /// δ of log σ² and its ā, the ones.
    pub spread: Vec<T>,
    pub ones: Vec<T>,
}

impl<T: Real> Decoding<T> {
    /// Room for n draws.
    pub fn new(spec: &Spec, n: usize) -> Self {
        let spread = if spec.likelihood == crate::Likelihood::Gaussian { n } else { 0 };
        Self {
            n,
            noise: vec![T::ZERO; spec.latent.len * n],
            tape: spec.decoder.tape(n),
            deltas: spec.decoder.deltas(n),
            spread: vec![T::ZERO; spread],
            ones: vec![T::ONE; spread],
        }
    }

    /// δ of the outputs and of log σ².
    pub fn ends(&mut self) -> (&[T], &mut [T], &mut [T]) {
        let last = self.deltas.last_mut().map_or(&mut [][..], |last| &mut last[..]);
        (&self.tape.output, last, &mut self.spread)
    }

    /// Σ of δ of log σ².
    pub fn spread_sum(&self) -> f64 {
        self.spread.iter().map(|x| x.to()).sum()
    }
}
