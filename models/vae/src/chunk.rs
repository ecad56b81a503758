//! A part of the minibatch: its examples, what the networks make of them, and its share of the gradient.
//!
//! Parts are fixed by the size of the minibatch, so no result depends on the number of threads. Every δ is that of one draw's
//! own loss; sums are divided by the numbers of examples and draws at the end. With weights w̃ of an importance weighted bound
//! the δ of a draw are multiplied by K w̃, so that their mean is still the gradient.

use crate::decoding::Decoding;
use crate::draws::Streams;
use crate::network::{Deltas, Tape};
use crate::parameters::Bound;
use crate::particles::Particles;
use crate::real::Real;
use crate::scores::Scores;
use crate::spec::Spec;
use crate::visible::Visible;
use elbow_data::{Batches, Loaded, purpose};
use elbow_sdk::{Error, Host, Result};

/// x̄ stands there.
pub(crate) const GATHERED: u8 = 1;
/// ε of the loss stands there.
pub(crate) const NOISED: u8 = 2;
/// μ, s and σ are known.
pub(crate) const ENCODED: u8 = 4;
/// The decoder's outputs at the draws of the loss are known.
pub(crate) const DECODED: u8 = 8;
/// −log p(x|z) of each draw, and the loss.
pub(crate) const COSTS: u8 = 16;
/// δ of the loss.
pub(crate) const DELTAS: u8 = 32;
/// This part's share of the gradient.
pub(crate) const SUMS: u8 = 64;
/// Rows drawn from the model, with weighted draws of z.
pub(crate) const OBSERVED: u8 = 128;

/// What a pass reads.
pub(crate) struct Site<'a, T> {
    pub spec: &'a Spec,
    pub data: &'a Loaded,
    pub host: Host,
    pub seed: u64,
    /// (θ, φ).
    pub w: &'a [T],
    pub visible: Visible,
    /// Rows of the minibatch.
    pub rows: &'a [usize],
    /// ε of the minibatch where a file gives it.
    pub table: Option<&'a [f64]>,
    pub batches: &'a Batches,
    /// Number of the minibatch.
    pub sample: u64,
    /// The same times the number of parts.
    pub number: u64,
}

/// A part of the minibatch.
pub(crate) struct Chunk<T> {
    /// Place among the parts.
    pub index: usize,
    /// First example in the minibatch, number of examples, draws of z of each.
    pub first: usize,
    pub n: usize,
    pub k: usize,
    pub streams: Streams,
    pub encoder: Tape<T>,
    pub sigma: Vec<T>,
    /// As many numbers as σ, for what the divergence needs.
    pub room: Vec<T>,
    pub loss: Decoding<T>,
    /// δ of the encoder, of the loss.
    pub recognition: Deltas<T>,
    /// Derivative by z.
    pub pull: Vec<T>,
    /// −log p(x|z), or log p(x, z) − log q(z|x), of each draw.
    pub costs: Vec<f64>,
    /// w̃, normalized for each example.
    pub weights: Vec<T>,
    /// Sum of the losses of the examples.
    pub total: f64,
    /// Share of the gradient, (θ, φ); empty where blocks of the gradient are summed instead.
    pub gradient: Vec<T>,
    pub scores: Option<Scores<T>>,
    pub particles: Option<Particles<T>>,
    pub error: Option<Error>,
}

impl<T: Real> Chunk<T> {
    pub fn new(spec: &Spec, host: Host, seed: u64, (index, first, n): (usize, usize, usize), partial: bool) -> Self {
        let (latent, k) = (spec.latent.len, spec.samples);
        Self {
            index,
            first,
            n,
            k,
            streams: Streams::new(host, seed),
            encoder: spec.encoder.tape(n),
            sigma: vec![T::ZERO; latent * n],
            room: vec![T::ZERO; latent * n],
            loss: Decoding::new(spec, n * k),
            recognition: spec.encoder.deltas(n),
            pull: vec![T::ZERO; latent * n * k],
            costs: vec![0.0; n * k],
            weights: vec![T::ZERO; if spec.bound == Bound::Iwae { n * k } else { 0 }],
            total: f64::NAN,
            gradient: vec![T::ZERO; if partial { spec.generative + spec.recognition } else { 0 }],
            scores: None,
            particles: None,
            error: None,
        }
    }

    /// Does what is to be done, in order, and keeps the first error.
    pub fn run(&mut self, site: &Site<'_, T>, todo: u8) {
        self.error = self.prepare(site, todo).err();
        if self.error.is_some() {
            return;
        }
        if todo & ENCODED != 0 {
            self.encode(site);
        }
        if todo & DECODED != 0 {
            let (outputs, loss) = (&self.encoder.output, &mut self.loss);
            site.spec.latent.place(outputs, &self.sigma, &loss.noise, (self.n, self.k), &mut loss.tape.inputs[0]);
            site.spec.decoder.forward(site.w, &mut loss.tape, loss.n);
        }
        if todo & COSTS != 0 {
            self.cost(site);
        }
        if todo & DELTAS != 0 {
            self.back(site);
        }
        if todo & SUMS != 0 && !self.gradient.is_empty() {
            let examples = site.rows.len() as f64;
            let Self { encoder, loss, recognition, gradient, .. } = self;
            site.spec.decoder.gradient(&loss.tape, &loss.deltas, loss.n, 1.0 / (examples * self.k as f64), gradient);
            site.spec.encoder.gradient(encoder, recognition, self.n, 1.0 / examples, gradient);
        }
    }

    /// Rows of data and noise.
    fn prepare(&mut self, site: &Site<'_, T>, todo: u8) -> Result<()> {
        if todo & GATHERED != 0 {
            let (data, len) = (&site.data.train, site.spec.visible);
            let rows = &site.rows[self.first..self.first + self.n];
            for (k, (x, &row)) in self.encoder.inputs[0].chunks_exact_mut(len + 1).zip(rows).enumerate() {
                if site.data.stochastic {
                    let epoch = site.batches.epoch(site.sample, self.first + k);
                    T::draw_row(site.host, site.seed, epoch, row, data, &mut x[..len])?;
                } else {
                    T::copy_row(data, row, &mut x[..len]);
                }
            }
        }
        if todo & NOISED != 0 {
            let (noise, number) = (&mut self.loss.noise, site.number.wrapping_add(self.index as u64));
            match site.table {
                Some(table) => {
                    let first = self.first * self.k * site.spec.latent.len;
                    noise.iter_mut().zip(&table[first..]).for_each(|(noise, value)| *noise = T::of(*value));
                }
                None => self.streams.normals(purpose::LOSS, number, noise)?,
            }
        }
        Ok(())
    }

    fn encode(&mut self, site: &Site<'_, T>) {
        site.spec.encoder.forward(site.w, &mut self.encoder, self.n);
        site.spec.latent.sigma(&self.encoder.output, self.n, &mut self.sigma);
    }
}
