//! What is known at one point, in one width of numbers: computed when it is first asked for, then kept until the next move.

use crate::block::{Block, Source};
use crate::chunk::{COSTS, Chunk, DECODED, GATHERED, NOISED, SUMS, Site};
use crate::evaluation::Evaluations;
use crate::model::Vae;
use crate::real::Real;
use crate::spread;
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
    pub rows: Vec<usize>,
    table: Vec<f64>,
    pub chunks: Vec<Chunk<T>>,
    pub blocks: Vec<Block<T>>,
    pub done: u8,
    pub hidden: Hidden,
    /// Whether the loss was asked for here, and at the point before: an optimizer asks for the same at each of its points.
    pub asked: bool,
    habit: bool,
    /// The direction of a Fisher product.
    pub direction: Vec<T>,
    pub evaluations: Option<Evaluations<T>>,
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

    pub fn move_to(&mut self, model: &Vae, theta: &[f64], phi: &[f64], sample: u64) {
        spread::narrow(model.host, theta, phi, &mut self.w);
        let stays = self.sample == Some(sample);
        self.done &= if stays { GATHERED | NOISED } else { 0 };
        self.hidden = Hidden::default();
        (self.habit, self.asked) = (self.asked, false);
        self.sample = Some(sample);
    }

    /// Computes what is needed and not yet known.
    pub fn require(&mut self, model: &Vae, need: u8) -> Result<()> {
        // The loss that is asked for after each gradient is best summed in the same pass.
        let guess = if self.habit && need & DECODED != 0 { COSTS } else { 0 };
        let todo = (need | guess) & !self.done;
        if todo == 0 {
            return Ok(());
        }
        if todo & GATHERED != 0 {
            self.gather(model)?;
        }
        let large = !self.blocks.is_empty();
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
            batches: &self.batches,
            sample,
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
    pub fn sum_blocks(&mut self, model: &Vae, source: Source, recognition: Option<bool>) {
        let (chunks, examples) = (&self.chunks, self.rows.len() as f64);
        model.host.for_each(&mut self.blocks, |_, block| {
            if recognition.is_none_or(|only| only == block.recognition) {
                block.sum(&model.spec, chunks, source, examples);
            }
        });
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
