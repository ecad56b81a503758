//! An affine layer r = W̄ ā, ā = (a, 1).

use crate::real::{Real, view};
use faer::MatRef;

/// An affine layer: W̄ is outputs × (inputs + 1), column by column, from `offset` on in the vector (θ, φ).
#[derive(Clone, Debug)]
pub(crate) struct Affine {
    pub inputs: usize,
    pub outputs: usize,
    pub offset: usize,
}

impl Affine {
    /// Number of parameters.
    pub fn len(&self) -> usize {
        self.outputs * (self.inputs + 1)
    }

    /// Its part of (θ, φ).
    pub fn of<'a, T>(&self, values: &'a [T]) -> &'a [T] {
        &values[self.offset..self.offset + self.len()]
    }

    /// As [`Affine::of`], to be written.
    pub fn of_mut<'a, T>(&self, values: &'a mut [T]) -> &'a mut [T] {
        &mut values[self.offset..self.offset + self.len()]
    }

    /// W̄.
    pub fn matrix<'a, T: Real>(&self, values: &'a [T]) -> MatRef<'a, T> {
        view(self.of(values), self.outputs, self.inputs + 1)
    }

    /// W.
    pub fn weights<'a, T: Real>(&self, values: &'a [T]) -> MatRef<'a, T> {
        self.matrix(values).subcols(0, self.inputs)
    }
}
