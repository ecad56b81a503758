//! Sums of δ āᵀ over all parts of the minibatch, block by block of the columns of a layer: for networks whose gradient is too
//! large to be kept once for each part.

use crate::affine::Affine;
use crate::chunk::Chunk;
use crate::decoding::Decoding;
use crate::network::Network;
use crate::real::{Real, product, view, view_mut};
use crate::spec::Spec;
use std::ops::Range;

/// Numbers in a block.
const SIZE: usize = 1 << 15;

/// Which pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// That of the loss.
    Loss,
    /// That of a Fisher matrix.
    Scores,
}

/// Columns of W̄ of one layer.
pub(crate) struct Block<T> {
    /// Whether it belongs to φ.
    pub recognition: bool,
    layer: usize,
    columns: Range<usize>,
    pub values: Vec<T>,
}

impl<T: Real> Block<T> {
    /// All blocks, in the order of (θ, φ).
    pub fn all(spec: &Spec) -> Vec<Self> {
        let of = |network: &Network, recognition: bool| -> Vec<Self> {
            let layers = network.layers.iter().enumerate();
            layers.flat_map(|(layer, affine)| Self::split(affine, layer, recognition)).collect()
        };
        let mut blocks = of(&spec.decoder, false);
        blocks.extend(of(&spec.encoder, true));
        blocks
    }

    fn split(affine: &Affine, layer: usize, recognition: bool) -> Vec<Self> {
        let all = affine.inputs + 1;
        let parts = (all * affine.outputs).div_ceil(SIZE).min(all);
        let block = |k: usize| {
            let columns = k * all / parts..(k + 1) * all / parts;
            let values = vec![T::ZERO; columns.len() * affine.outputs];
            Self { recognition, layer, columns, values }
        };
        (0..parts).map(block).collect()
    }

    /// The mean of δ āᵀ.
    pub fn sum(&mut self, spec: &Spec, chunks: &[Chunk<T>], source: Source, examples: f64) {
        let network = if self.recognition { &spec.encoder } else { &spec.decoder };
        let layer = &network.layers[self.layer];
        for (i, chunk) in chunks.iter().enumerate() {
            let Some((inputs, deltas, n)) = chunk.rows(self.recognition, self.layer, source) else { return };
            let draws = n as f64 / chunk.n as f64;
            let a = view(inputs, layer.inputs + 1, n).subrows(self.columns.start, self.columns.len());
            let out = view_mut(&mut self.values, layer.outputs, self.columns.len());
            product(out, i > 0, view(deltas, layer.outputs, n), a.transpose(), 1.0 / (examples * draws));
        }
    }
}

impl<T: Real> Chunk<T> {
    /// The decoder's pass.
    pub fn decoding(&self, source: Source) -> Option<&Decoding<T>> {
        match source {
            Source::Loss => Some(&self.loss),
            Source::Scores => self.scores.as_ref().map(|scores| &scores.decoding),
        }
    }

    /// ā and δ of a layer, and how many there are.
    pub fn rows(&self, recognition: bool, layer: usize, source: Source) -> Option<(&[T], &[T], usize)> {
        if recognition {
            let deltas = match source {
                Source::Loss => &self.recognition,
                Source::Scores => &self.scores.as_ref()?.recognition,
            };
            return Some((&self.encoder.inputs[layer], &deltas[layer], self.n));
        }
        let pass = self.decoding(source)?;
        Some((&pass.tape.inputs[layer], &pass.deltas[layer], pass.n))
    }

    /// This part's share of a Fisher product; nothing if blocks are summed instead.
    pub fn sum_scores(&mut self, spec: &Spec, recognition: bool, examples: f64) {
        let Self { gradient, scores, encoder, n, .. } = self;
        let Some(scores) = scores.as_ref().filter(|_| !gradient.is_empty()) else { return };
        if recognition {
            spec.encoder.gradient(encoder, &scores.recognition, *n, 1.0 / examples, gradient);
        } else {
            spec.decoder.gradient(&scores.decoding.tape, &scores.decoding.deltas, *n, 1.0 / examples, gradient);
        }
    }
}
