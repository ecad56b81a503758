//! What a part of the minibatch contributes to Fisher matrices: one draw of z for each example, independent of those of the loss.
//!
//! The decoder's matrix is (1/n) Σ Jᵀ F J with J the derivative of its outputs and F their own Fisher matrix, at z from q
//! ([`Fisher::Aggregate`]) or from the prior ([`Fisher::Joint`]); the encoder's likewise at the rows of the minibatch.

use crate::chunk::{Chunk, Site};
use crate::decoding::Decoding;
use crate::network::Deltas;
use crate::parameters::Likelihood;
use crate::real::Real;
use crate::spec::Spec;
use elbow_data::purpose;
use elbow_sdk::{Fisher, Result};

/// ε of z′ ~ q in the encoder's scores.
const LATENT: u64 = purpose::MODEL;

/// Room for them, taken when first needed.
pub(crate) struct Scores<T> {
    pub decoding: Decoding<T>,
    /// F of each of the decoder's outputs.
    information: Vec<T>,
    /// δ of the encoder.
    pub recognition: Deltas<T>,
    /// Normal numbers for x′ or z′.
    noise: Vec<T>,
}

impl<T: Real> Scores<T> {
    pub fn new(spec: &Spec, n: usize) -> Self {
        Self {
            decoding: Decoding::new(spec, n),
            information: vec![T::ZERO; spec.visible * n],
            recognition: spec.encoder.deltas(n),
            noise: Vec::new(),
        }
    }
}

/// Which δ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// Of outputs drawn from the model.
    Drawn,
    /// √F e_d, for an output or, past the last one, for log σ².
    Root(usize),
}

impl<T: Real> Chunk<T> {
    /// Draws z and decodes it.
    pub fn hide(&mut self, site: &Site<'_, T>, kind: Fisher) -> Result<()> {
        let (spec, n, number) = (site.spec, self.n, self.number(site));
        let decoding = &mut self.scores.get_or_insert_with(|| Scores::new(spec, n)).decoding;
        self.streams.normals(purpose::FISHER_HIDDEN, number, &mut decoding.noise)?;
        let z = &mut decoding.tape.inputs[0];
        if kind == Fisher::Aggregate {
            spec.latent.place(&self.encoder.output, &self.sigma, &decoding.noise, (n, 1), z);
        } else {
            let columns = z.chunks_exact_mut(spec.latent.len + 1).zip(decoding.noise.chunks_exact(spec.latent.len));
            columns.for_each(|(z, noise)| z[..noise.len()].copy_from_slice(noise));
        }
        spec.decoder.forward(site.w, &mut decoding.tape, n);
        Ok(())
    }

    /// F of the decoder's outputs.
    pub fn inform(&mut self, site: &Site<'_, T>) {
        if let Some(scores) = &mut self.scores {
            site.visible.information(&scores.decoding.tape.output, &mut scores.information);
        }
    }

    fn number(&self, site: &Site<'_, T>) -> u64 {
        site.number.wrapping_add(self.index as u64)
    }

    /// All δ of the decoder.
    pub fn decoder_scores(&mut self, site: &Site<'_, T>, output: Output) -> Result<()> {
        let (spec, number, n) = (site.spec, self.number(site), self.n);
        let Self { streams, scores, .. } = self;
        let Some(Scores { decoding, information, noise, .. }) = scores else { return Ok(()) };
        let (outputs, delta, spread) = decoding.ends();
        match (output, spec.likelihood) {
            (Output::Drawn, Likelihood::Bernoulli) => {
                let words = streams.words(purpose::FISHER_VISIBLE, number, (spec.visible * n).div_ceil(2))?;
                site.visible.drawn_bits(outputs, words, n, delta);
            }
            (Output::Drawn, Likelihood::Gaussian) => {
                noise.resize(spec.visible * n, T::ZERO);
                streams.normals(purpose::FISHER_VISIBLE, number, noise)?;
                site.visible.drawn_normals(noise, n, delta, spread);
            }
            (Output::Root(d), _) if d < spec.visible => {
                delta.fill(T::ZERO);
                spread.fill(T::ZERO);
                let places = delta.iter_mut().skip(d).step_by(spec.visible);
                let values = information.iter().skip(d).step_by(spec.visible);
                places.zip(values).for_each(|(delta, f)| *delta = T::of(f.to().sqrt()));
            }
            (Output::Root(_), _) => {
                decoding.deltas.iter_mut().for_each(|delta| delta.fill(T::ZERO));
                decoding.spread.fill(T::of((0.5 * spec.visible as f64).sqrt()));
                return Ok(());
            }
        }
        spec.decoder.backward(site.w, &decoding.tape, &mut decoding.deltas, n);
        Ok(())
    }

    /// All δ of the encoder.
    pub fn encoder_scores(&mut self, site: &Site<'_, T>, output: Output) -> Result<()> {
        let (spec, number, n) = (site.spec, self.number(site), self.n);
        let Self { streams, scores, sigma, encoder, .. } = self;
        let Scores { recognition, noise, .. } = scores.get_or_insert_with(|| Scores::new(spec, n));
        let delta = recognition.last_mut().map_or(&mut [][..], |last| &mut last[..]);
        match output {
            Output::Drawn => {
                noise.resize(spec.latent.len * n, T::ZERO);
                streams.normals(LATENT, number, noise)?;
                spec.latent.sampled_deltas(sigma, noise, n, delta);
            }
            Output::Root(d) => spec.latent.exact_deltas(sigma, d, n, delta),
        }
        spec.encoder.backward(site.w, encoder, recognition, n);
        Ok(())
    }

    /// δ = F ṙ along `v` and their backward pass; the decoder's, or the encoder's.
    pub fn metric_deltas(&mut self, site: &Site<'_, T>, kind: Fisher, v: &[T]) {
        let (spec, n) = (site.spec, self.n);
        let Self { scores, sigma, encoder, .. } = self;
        let Scores { decoding, information, recognition, .. } = scores.get_or_insert_with(|| Scores::new(spec, n));
        if kind == Fisher::Recognition {
            spec.encoder.tangent(site.w, v, encoder, recognition, n);
            if let Some(last) = recognition.last_mut() {
                spec.latent.metric(sigma, last, n);
            }
            spec.encoder.backward(site.w, encoder, recognition, n);
            return;
        }
        spec.decoder.tangent(site.w, v, &decoding.tape, &mut decoding.deltas, n);
        if let Some(last) = decoding.deltas.last_mut() {
            last.iter_mut().zip(information).for_each(|(x, f)| *x *= *f);
        }
        if let Some(place) = spec.learned {
            decoding.spread.fill(T::of(0.5 * spec.visible as f64) * v[place]);
        }
        spec.decoder.backward(site.w, &decoding.tape, &mut decoding.deltas, n);
    }
}
