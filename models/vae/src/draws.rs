//! Random numbers of one part of a minibatch, in memory that is kept.

use crate::real::Real;
use elbow_sdk::{Host, Result};
use std::f64::consts::TAU;

/// Streams of one seed.
pub(crate) struct Streams {
    host: Host,
    seed: u64,
    words: Vec<u64>,
}

impl Streams {
    pub fn new(host: Host, seed: u64) -> Self {
        Self { host, seed, words: Vec::new() }
    }

    /// Words of the stream (seed, purpose, number).
    pub fn words(&mut self, purpose: u64, number: u64, len: usize) -> Result<&[u64]> {
        self.words.resize(len, 0);
        self.host.words(self.seed, purpose, number, &mut self.words)?;
        Ok(&self.words)
    }

    /// Standard normal numbers (Box and Muller 1958: two words make two numbers).
    pub fn normals<T: Real>(&mut self, purpose: u64, number: u64, out: &mut [T]) -> Result<()> {
        let words = self.words(purpose, number, out.len().next_multiple_of(2))?;
        for (out, words) in out.chunks_mut(2).zip(words.chunks_exact(2)) {
            let (radius, angle) = ((-2.0 * uniform(words[0]).ln()).sqrt(), TAU * uniform(words[1]));
            let (sin, cos) = angle.sin_cos();
            out.iter_mut().zip([cos, sin]).for_each(|(out, side)| *out = T::of(radius * side));
        }
        Ok(())
    }
}

/// Uniform on the open interval (0, 1): the middles of 2⁵² equal parts.
fn uniform(word: u64) -> f64 {
    ((word >> 12) as f64 + 0.5) * 2f64.powi(-52)
}
