//! The recorded quantities: averages over rows of data with S draws of z for each, always the same.
//!
//! For a row: w_k = p(x, z_k)/q(z_k|x), L_S = log (1/S) Σ_k w_k, ELBO = (1/S) Σ_k log p(x|z_k) − KL(q ‖ p(z)), each with the
//! variance that other draws would make. Rows are split into strips that run side by side; a strip goes through its rows a few at
//! a time, so memory does not grow with their number.

use crate::draws::Streams;
use crate::model::Vae;
use crate::network::Tape;
use crate::real::Real;
use crate::sums::Sums;
use crate::visible::Visible;
use elbow_data::{Data, purpose};
use elbow_sdk::{Error, Result};

/// Most strips.
const STRIPS: usize = 8;
/// Draws that are decoded at once.
const AT_ONCE: usize = 256;
/// Draws of z for the rows held out.
const TEST_PARTICLES: u64 = purpose::MODEL + 1;
/// The epoch whose drawn pixels are evaluated, which training does not reach.
const EPOCH: u64 = u64::MAX;

/// Rows of one data set that one thread goes through.
struct Strip<T> {
    index: usize,
    streams: Streams,
    encoder: Tape<T>,
    sigma: Vec<T>,
    room: Vec<T>,
    noise: Vec<T>,
    decoder: Tape<T>,
    /// −log p(x|z) and log w of all draws of the rows at hand.
    costs: Vec<f64>,
    logs: Vec<f64>,
    sums: Sums,
    error: Option<Error>,
}

/// Room for the evaluation, taken when it is first asked for.
pub(crate) struct Evaluations<T> {
    strips: Vec<Strip<T>>,
    /// ε of all rows where a file gives it.
    table: Vec<f64>,
}

/// What a strip reads.
struct Set<'a, T> {
    model: &'a Vae,
    w: &'a [T],
    visible: Visible,
    seed: u64,
    data: &'a Data,
    rows: usize,
    test: bool,
    table: &'a [f64],
}

impl<T: Real> Evaluations<T> {
    pub fn new(model: &Vae, seed: u64) -> Result<Self> {
        let evaluation = &model.evaluation;
        let len = evaluation.noise.shape().map_or(0, |shape| shape.iter().product());
        let mut table = vec![0.0; len];
        if len > 0 {
            evaluation.noise.fill(model.host, seed, purpose::PARTICLES, 0, &mut table)?;
        }
        Ok(Self { strips: (0..STRIPS).map(|index| Strip::new(model, seed, index)).collect(), table })
    }

    /// Sums over the rows to learn from, or over those held out.
    pub fn run(&mut self, model: &Vae, w: &[T], visible: Visible, seed: u64, test: bool) -> Result<Option<Sums>> {
        let data = if test { model.data.test.as_ref() } else { Some(&model.data.train) };
        let Some(data) = data else { return Ok(None) };
        let table = if test { &[][..] } else { &self.table };
        let set = Set { model, w, visible, seed, data, rows: model.evaluation.rows_of(data), test, table };
        model.host.for_each(&mut self.strips, |_, strip| strip.error = strip.run(&set).err());
        match self.strips.iter_mut().find_map(|strip| strip.error.take()) {
            Some(error) => Err(error),
            None => Ok(Some(self.strips.iter().fold(Sums::default(), |sums, strip| sums.merge(strip.sums)))),
        }
    }
}

impl<T: Real> Strip<T> {
    fn new(model: &Vae, seed: u64, index: usize) -> Self {
        let (spec, samples) = (&model.spec, model.evaluation.samples);
        let rows = (AT_ONCE / samples).max(1);
        let draws = rows * samples.min(AT_ONCE);
        Self {
            index,
            streams: Streams::new(model.host, seed),
            encoder: spec.encoder.forward_tape(rows),
            sigma: vec![T::ZERO; rows * spec.latent.len],
            room: vec![T::ZERO; rows * spec.latent.len],
            noise: vec![T::ZERO; draws * spec.latent.len],
            decoder: spec.decoder.forward_tape(draws),
            costs: vec![0.0; rows * samples],
            logs: vec![0.0; rows * samples],
            sums: Sums::default(),
            error: None,
        }
    }

    /// Goes through this strip's rows.
    fn run(&mut self, set: &Set<'_, T>) -> Result<()> {
        self.sums = Sums::default();
        let at_once = self.logs.len() / set.model.evaluation.samples;
        let (mut row, end) = (self.index * set.rows / STRIPS, (self.index + 1) * set.rows / STRIPS);
        while row < end {
            let n = at_once.min(end - row);
            self.encode(set, row, n)?;
            self.decode(set, row, n)?;
            self.add(set, n);
            row += n;
        }
        Ok(())
    }

    fn encode(&mut self, set: &Set<'_, T>, row: usize, n: usize) -> Result<()> {
        let (model, len) = (set.model, set.model.spec.visible);
        for (k, x) in self.encoder.inputs[0].chunks_exact_mut(len + 1).take(n).enumerate() {
            if model.data.stochastic {
                T::draw_row(model.host, set.seed, EPOCH, row + k, set.data, &mut x[..len])?;
            } else {
                T::copy_row(set.data, row + k, &mut x[..len]);
            }
        }
        model.spec.encoder.forward(set.w, &mut self.encoder, n);
        model.spec.latent.sigma(&self.encoder.output, n, &mut self.sigma);
        Ok(())
    }

    /// −log p(x|z) and log w of all draws of n rows: several rows at once, or some draws of one row.
    fn decode(&mut self, set: &Set<'_, T>, row: usize, n: usize) -> Result<()> {
        let (spec, samples) = (&set.model.spec, set.model.evaluation.samples);
        for first in (0..samples).step_by(AT_ONCE) {
            let k = AT_ONCE.min(samples - first);
            self.noise(set, row, n, first, k)?;
            let (noise, decoder, outputs) = (&self.noise, &mut self.decoder, &self.encoder.output);
            spec.latent.place(outputs, &self.sigma, noise, (n, k), &mut decoder.inputs[0]);
            spec.decoder.forward(set.w, decoder, n * k);
            // More than one row has all of its draws at once.
            let draws = first..first + n * k;
            let (costs, logs) = (&mut self.costs[draws.clone()], &mut self.logs[draws]);
            set.visible.costs(&decoder.output, &self.encoder.inputs[0], k, costs);
            logs.copy_from_slice(costs);
            spec.latent.add_ratios(outputs, &decoder.inputs[0], noise, (n, k), logs);
        }
        Ok(())
    }

    /// ε of the draws from `first` on.
    fn noise(&mut self, set: &Set<'_, T>, row: usize, n: usize, first: usize, k: usize) -> Result<()> {
        let (len, samples) = (set.model.spec.latent.len, set.model.evaluation.samples);
        for (r, noise) in (row..row + n).zip(self.noise.chunks_exact_mut(k * len)) {
            if set.table.is_empty() {
                let purpose = if set.test { TEST_PARTICLES } else { purpose::PARTICLES };
                let number = r * samples.div_ceil(AT_ONCE) + first / AT_ONCE;
                self.streams.normals(purpose, number as u64, noise)?;
            } else {
                let start = (r * samples + first) * len;
                noise.iter_mut().zip(&set.table[start..]).for_each(|(noise, value)| *noise = T::of(*value));
            }
        }
        Ok(())
    }

    fn add(&mut self, set: &Set<'_, T>, n: usize) {
        let (samples, latent) = (set.model.evaluation.samples, &set.model.spec.latent);
        for (costs, logs) in self.costs.chunks_exact(samples).zip(self.logs.chunks_exact(samples)).take(n) {
            self.sums.add(costs, logs);
        }
        self.sums.add_divergence(latent.divergence(&self.encoder.output, &mut self.room, n));
    }
}
