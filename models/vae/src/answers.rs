//! What an evaluator answers: losses, gradients, Fisher products, recorded quantities.

use crate::block::Source;
use crate::chunk::{COSTS, Chunk, DECODED, DELTAS, ENCODED, GATHERED, NOISED, OBSERVED, SUMS};
use crate::engine::{Engine, visible};
use crate::evaluation::Evaluations;
use crate::model::Vae;
use crate::parameters::Bound;
use crate::quantities;
use crate::real::Real;
use crate::spread;
use elbow_sdk::{Fisher, Result};

impl<T: Real> Engine<T> {
    /// −ELBO or −L_K.
    pub fn loss(&mut self, model: &Vae) -> Result<f64> {
        self.asked = true;
        self.require(model, GATHERED | NOISED | ENCODED | DECODED | COSTS)?;
        Ok(self.chunks.iter().map(|chunk| chunk.total).sum::<f64>() / self.rows.len() as f64)
    }

    /// δ of the loss, and its gradient if `sums`.
    pub fn require_deltas(&mut self, model: &Vae, sums: bool) -> Result<()> {
        let weights = if model.spec.bound == Bound::Iwae { COSTS } else { 0 };
        let all = GATHERED | NOISED | ENCODED | DECODED | DELTAS | weights | if sums { SUMS } else { 0 };
        self.require(model, all)
    }

    /// Gradient of the loss by θ or φ.
    pub fn gradient(&mut self, model: &Vae, recognition: bool, out: &mut [f64]) -> Result<()> {
        self.require_deltas(model, true)?;
        self.reduce(model, if recognition { None } else { Some(Source::Loss) }, recognition, out);
        Ok(())
    }

    /// Examples of the minibatch.
    pub fn rows_in_batch(&self) -> usize {
        self.rows.len()
    }

    /// (1/n) Σ Jᵀ F J v: along the tangent forward, times F of the outputs, and backward.
    pub fn fisher_product(&mut self, model: &Vae, kind: Fisher, vector: &[f64], out: &mut [f64]) -> Result<()> {
        if kind == Fisher::Visible {
            return self.visible_product(model, vector, out);
        }
        self.prepare(model, kind, true)?;
        let spec = &model.spec;
        let (source, recognition) = (Source::Scores, kind == Fisher::Recognition);
        let (first, examples) = (if recognition { spec.generative } else { 0 }, self.rows.len() as f64);
        self.along(first, vector, |engine, direction| {
            engine.each(model, |chunk, site| {
                chunk.metric_deltas(site, kind, direction);
                chunk.sum_scores(site.spec, recognition, examples);
                Ok(())
            })
        })?;
        self.done &= !SUMS;
        if !self.blocks.is_empty() {
            self.sum_blocks(model, source, Some(recognition));
        }
        self.reduce(model, (!recognition).then_some(source), recognition, out);
        Ok(())
    }

    /// Calls `body` with a direction that is indexed as (θ, φ); `first` is the place of the vector's first number.
    fn along(&mut self, first: usize, vector: &[f64], body: impl FnOnce(&mut Self, &[T]) -> Result<()>) -> Result<()> {
        let mut direction = std::mem::take(&mut self.direction);
        direction.resize(self.w.len(), T::ZERO);
        direction[first..].iter_mut().zip(vector).for_each(|(v, x)| *v = T::of(*x));
        let done = body(self, &direction);
        self.direction = direction;
        done
    }

    /// The estimate of a product with G_V.
    fn visible_product(&mut self, model: &Vae, vector: &[f64], out: &mut [f64]) -> Result<()> {
        if self.done & OBSERVED == 0 {
            self.each(model, |chunk, site| chunk.observe(site))?;
            self.done |= OBSERVED;
        }
        self.along(0, vector, |engine, direction| {
            engine.each(model, |chunk, site| {
                chunk.visible_product(site, direction);
                Ok(())
            })
        })?;
        add_up(&self.chunks, |chunk| chunk.particles.as_ref().map_or(&[], |particles| &particles.gradient), out);
        Ok(())
    }

    /// The recorded quantities.
    pub fn quantities(&mut self, model: &Vae, out: &mut [f64]) -> Result<()> {
        if self.evaluations.is_none() {
            self.evaluations = Some(Evaluations::new(model, self.seed)?);
        }
        let (w, seed, visible) = (&self.w, self.seed, visible(model, &self.w));
        let Some(evaluations) = &mut self.evaluations else { return Ok(()) };
        let held_out = evaluations.run(model, w, visible, seed, true)?;
        let sums = evaluations.run(model, w, visible, seed, false)?.unwrap_or_default();
        out.copy_from_slice(&quantities::values(&sums, held_out.as_ref()));
        Ok(())
    }

    /// Adds the shares of the parts up, in their order; log σ² from the δ of `spread`.
    fn reduce(&self, model: &Vae, spread: Option<Source>, recognition: bool, out: &mut [f64]) {
        let first = if recognition { model.spec.generative } else { 0 };
        let places = first..first + out.len();
        if self.blocks.is_empty() {
            add_up(&self.chunks, |chunk| &chunk.gradient[places.clone()], out);
        } else {
            let split = self.blocks.partition_point(|block| !block.recognition);
            let blocks = if recognition { &self.blocks[split..] } else { &self.blocks[..split] };
            spread::widen(model.host, blocks, out);
        }
        if let (Some(source), Some(place)) = (spread, model.spec.learned) {
            let sums = self.chunks.iter().filter_map(|chunk| chunk.decoding(source));
            let (sum, count) = sums.fold((0.0, 0), |(sum, n), pass| (sum + pass.spread_sum(), n + pass.n));
            out[place] = sum / count as f64;
        }
    }
}

/// out ← Σ of the parts' shares, in the order of the parts; two at once, as most minibatches have few.
fn add_up<T: Real>(chunks: &[Chunk<T>], share: impl Fn(&Chunk<T>) -> &[T], out: &mut [f64]) {
    for (k, pair) in chunks.chunks(2).enumerate() {
        let (first, second) = (share(&pair[0]), pair.get(1).map(&share));
        match (k, second) {
            (0, None) => out.iter_mut().zip(first).for_each(|(out, a)| *out = a.to()),
            (0, Some(second)) => out.iter_mut().zip(first).zip(second).for_each(|((out, a), b)| *out = a.to() + b.to()),
            (_, None) => out.iter_mut().zip(first).for_each(|(out, a)| *out += a.to()),
            (_, Some(second)) => out.iter_mut().zip(first).zip(second).for_each(|((out, a), b)| *out += a.to() + b.to()),
        }
    }
}
