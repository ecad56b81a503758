//! What is known at one point, in one width of numbers: computed when it is first asked for, then kept until the next move.

use crate::block::{Block, Source};
use crate::chunk::{COSTS, Chunk, DECODED, DELTAS, ENCODED, GATHERED, NOISED, OBSERVED, SUMS, Site};
use crate::evaluation::Evaluations;
use crate::model::Vae;
use crate::parameters::Bound;
use crate::real::Real;
use crate::visible::Visible;
use elbow_data::Batches;
use elbow_sdk::{Code, Error, Fisher, Result};

/// Examples of a part, and most parts.
const PART: usize = 64;
const PARTS: usize = 8;
/// From this number of parameters on the gradient is summed block by block over all parts.
const LARGE: usize = 100_000;

/// What the parts' own Fisher passes hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hidden {
    /// Where z comes from.
    pub kind: Option<Fisher>,
    /// Whether F of the outputs is known.
    pub informed: bool,
}

/// Evaluations in one width of numbers.
pub(crate) struct Engine<T> {
    pub seed: u64,
    /// (θ, φ); NaN before the first move.
    pub w: Vec<T>,
    batches: Batches,
    /// Number of the minibatch, and its rows.
    sample: Option<u64>,
    rows: Vec<usize>,
    table: Vec<f64>,
    pub chunks: Vec<Chunk<T>>,
    blocks: Vec<Block<T>>,
    done: u8,
    pub hidden: Hidden,
    /// Whether the loss was asked for here, and at the point before: an optimizer asks for the same at each of its points.
    asked: bool,
    habit: bool,
    /// The direction of a Fisher product.
    direction: Vec<T>,
    evaluations: Option<Evaluations<T>>,
}

impl<T: Real> Engine<T> {
    pub fn new(model: &Vae, seed: u64) -> Self {
        let (spec, batch) = (&model.spec, model.batches.size());
        let parameters = spec.generative + spec.recognition;
        let (large, parts) = (parameters > LARGE, (batch / PART).clamp(1, PARTS));
        let chunk = |i: usize| {
            let (first, end) = (i * batch / parts, (i + 1) * batch / parts);
            Chunk::new(spec, model.host, seed, (i, first, end - first), !large)
        };
        Self {
            seed,
            w: vec![T::of(f64::NAN); parameters],
            batches: model.batches.clone(),
            sample: None,
            rows: vec![0; batch],
            table: vec![0.0; if model.noise.shape().is_some() { batch * spec.samples * spec.latent.len } else { 0 }],
            chunks: (0..parts).map(chunk).collect(),
            blocks: if large { Block::all(spec) } else { Vec::new() },
            done: 0,
            hidden: Hidden::default(),
            asked: false,
            habit: false,
            direction: Vec::new(),
            evaluations: None,
        }
    }

    pub fn move_to(&mut self, theta: &[f64], phi: &[f64], sample: u64) {
        let (own, other) = self.w.split_at_mut(theta.len());
        own.iter_mut().zip(theta).for_each(|(w, x)| *w = T::of(*x));
        other.iter_mut().zip(phi).for_each(|(w, x)| *w = T::of(*x));
        let stays = self.sample == Some(sample);
        self.done &= if stays { GATHERED | NOISED } else { 0 };
        self.hidden = Hidden::default();
        (self.habit, self.asked) = (self.asked, false);
        self.sample = Some(sample);
    }

    /// Computes what is needed and not yet known.
    pub fn require(&mut self, model: &Vae, need: u8) -> Result<()> {
        self.asked |= need & COSTS != 0;
        let guess = if self.habit && need & DECODED != 0 { COSTS } else { 0 };
        let todo = (need | guess) & !self.done;
        if todo == 0 {
            return Ok(());
        }
        if todo & GATHERED != 0 {
            self.gather(model)?;
        }
        let large = !self.blocks.is_empty();
        // A part that must sum needs its δ; they are gone if a Fisher product was summed in their place.
        self.each(model, |chunk, site| {
            chunk.run(site, todo);
            Ok(())
        })?;
        if todo & SUMS != 0 && large {
            self.sum_blocks(model, Source::Loss, None);
        }
        self.done |= todo;
        Ok(())
    }

    /// Rows and noise of the minibatch.
    fn gather(&mut self, model: &Vae) -> Result<()> {
        let sample = self.sample.ok_or_else(nowhere)?;
        self.rows.copy_from_slice(self.batches.indices(model.host, self.seed, sample)?);
        if !self.table.is_empty() {
            model.noise.fill(model.host, self.seed, elbow_data::purpose::LOSS, sample, &mut self.table)?;
        }
        Ok(())
    }

    /// Runs over all parts; the first error.
    pub fn each(&mut self, model: &Vae, body: impl Fn(&mut Chunk<T>, &Site<'_, T>) -> Result<()> + Sync) -> Result<()> {
        let sample = self.sample.ok_or_else(nowhere)?;
        let site = Site {
            spec: &model.spec,
            data: &model.data,
            host: model.host,
            seed: self.seed,
            w: &self.w,
            visible: visible(model, &self.w),
            rows: &self.rows,
            table: (!self.table.is_empty()).then_some(&self.table[..]),
            epoch: self.batches.epoch(sample),
            number: sample.wrapping_mul(self.chunks.len() as u64),
        };
        let run = |_: usize, chunk: &mut Chunk<T>| {
            if let Err(error) = body(chunk, &site) {
                chunk.error = Some(error);
            }
        };
        match &mut self.chunks[..] {
            [only] => run(0, only),
            chunks => model.host.for_each(chunks, run),
        }
        self.chunks.iter_mut().find_map(|chunk| chunk.error.take()).map_or(Ok(()), Err)
    }

    /// Sums the blocks of one network, or of both.
    fn sum_blocks(&mut self, model: &Vae, source: Source, recognition: Option<bool>) {
        let (chunks, examples) = (&self.chunks, self.rows.len() as f64);
        model.host.for_each(&mut self.blocks, |_, block| {
            if recognition.is_none_or(|only| only == block.recognition) {
                block.sum(&model.spec, chunks, source, examples);
            }
        });
    }

    /// −ELBO or −L_K.
    pub fn loss(&mut self, model: &Vae) -> Result<f64> {
        self.require(model, GATHERED | NOISED | ENCODED | DECODED | COSTS)?;
        Ok(self.chunks.iter().map(|chunk| chunk.total).sum::<f64>() / self.rows.len() as f64)
    }

    /// δ of the loss, and its gradient if `sums`.
    pub fn require_deltas(&mut self, model: &Vae, sums: bool) -> Result<()> {
        let weights = if model.spec.bound == Bound::Iwae { COSTS } else { 0 };
        let asked = self.asked;
        let all = GATHERED | NOISED | ENCODED | DECODED | DELTAS | weights | if sums { SUMS } else { 0 };
        self.require(model, all)?;
        // The weights are no loss that somebody asked for.
        self.asked = asked;
        Ok(())
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
        self.direction.resize(self.w.len(), T::ZERO);
        let first = if recognition { spec.generative } else { 0 };
        self.direction[first..].iter_mut().zip(vector).for_each(|(v, x)| *v = T::of(*x));
        let direction = std::mem::take(&mut self.direction);
        let examples = self.rows.len() as f64;
        let done = self.each(model, |chunk, site| {
            chunk.metric_deltas(site, kind, &direction);
            chunk.sum_scores(site.spec, recognition, examples);
            Ok(())
        });
        self.direction = direction;
        done?;
        self.done &= !SUMS;
        if !self.blocks.is_empty() {
            self.sum_blocks(model, source, Some(recognition));
        }
        self.reduce(model, (!recognition).then_some(source), recognition, out);
        Ok(())
    }

    /// The estimate of a product with G_V.
    fn visible_product(&mut self, model: &Vae, vector: &[f64], out: &mut [f64]) -> Result<()> {
        if self.done & OBSERVED == 0 {
            self.each(model, |chunk, site| chunk.observe(site))?;
            self.done |= OBSERVED;
        }
        let direction: Vec<T> = vector.iter().map(|x| T::of(*x)).collect();
        self.each(model, |chunk, site| {
            chunk.visible_product(site, &direction);
            Ok(())
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
        let test = evaluations.run(model, w, visible, seed, true)?.map_or(f64::NAN, |sums| sums.elbo());
        let sums = evaluations.run(model, w, visible, seed, false)?.unwrap_or_default();
        let (elbo, bound) = (sums.elbo(), sums.bound / sums.rows);
        let (reconstruction, divergence) = (sums.reconstruction / sums.rows, sums.divergence / sums.rows);
        out.copy_from_slice(&[elbo, bound, bound - elbo, sums.error(), reconstruction, divergence, test]);
        Ok(())
    }

    /// Adds the shares of the parts up, in their order; log σ² from the δ of `spread`.
    fn reduce(&self, model: &Vae, spread: Option<Source>, recognition: bool, out: &mut [f64]) {
        let first = if recognition { model.spec.generative } else { 0 };
        let places = first..first + out.len();
        if self.blocks.is_empty() {
            add_up(&self.chunks, |chunk| &chunk.gradient[places.clone()], out);
        } else {
            for block in self.blocks.iter().filter(|block| places.contains(&block.offset)) {
                let out = &mut out[block.offset - first..][..block.values.len()];
                out.iter_mut().zip(&block.values).for_each(|(out, x)| *out = x.to());
            }
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

/// The likelihood at a point.
pub(crate) fn visible<T: Real>(model: &Vae, w: &[T]) -> Visible {
    let spec = &model.spec;
    let log_variance = spec.learned.map_or(spec.log_variance, |place| w[place].to());
    Visible { likelihood: spec.likelihood, len: spec.visible, log_variance }
}

fn nowhere() -> Error {
    Error::new(Code::Failed, "the evaluator was not moved to a point")
}
