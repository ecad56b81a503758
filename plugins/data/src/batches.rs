//! Which rows a step sees.

use crate::{permutation, purpose};
use elbow_sdk::{Error, Host, Result};

/// Rows in batches of one size.
///
/// In order, batch t has the rows t b, …, t b + b − 1 modulo their number N: beyond the last row it goes on with the first. In N
/// steps every row comes b times, so the gradients of batches have the gradient of all rows as their mean. Shuffled, an epoch has
/// ⌊N / b⌋ batches of a new order, and the rows that fill no batch are left out of it: each batch is a random set in which every
/// row is with the same probability, so its gradient is unbiased.
#[derive(Clone, Debug)]
pub struct Batches {
    batch: usize,
    shuffle: bool,
    rows: usize,
    /// Seed and epoch of the order.
    of: Option<(u64, u64)>,
    /// The order of the rows; if they are not shuffled, the first ones stand behind the last one again.
    order: Vec<usize>,
    words: Vec<u64>,
}

impl Batches {
    /// Batches of `batch` rows, 0 for all rows; with `shuffle` in a new order in each epoch, except that a batch of all rows
    /// always has them in order.
    ///
    /// # Errors
    /// At the path `batch`, if there are fewer rows than that, or none.
    pub fn new(rows: usize, batch: usize, shuffle: bool) -> Result<Self> {
        if rows == 0 {
            return Err(Error::parameter("batch", "there are no rows to take batches of; at least one is needed"));
        }
        if batch > rows {
            return Err(Error::parameter(
                "batch",
                format!("is {batch}, but there are {rows} rows; expected at most {rows}, or 0 for all"),
            ));
        }
        let batch = if batch == 0 { rows } else { batch };
        let order = (0..rows).chain(0..if shuffle { 0 } else { batch }).collect();
        Ok(Self { batch, shuffle: shuffle && batch < rows, rows, of: None, order, words: Vec::new() })
    }

    /// Rows in a batch, at least 1.
    pub fn size(&self) -> usize {
        self.batch
    }

    /// Epoch of a row, by its place in the batch of a step: how often it came before. Steps count from 0.
    pub fn epoch(&self, step: u64, place: usize) -> u64 {
        if self.shuffle { step / self.in_epoch() } else { (self.walked(step, place) / self.rows as u128) as u64 }
    }

    /// Batches in a shuffled epoch, at least 1.
    fn in_epoch(&self) -> u64 {
        (self.rows / self.batch) as u64
    }

    /// Rows before this one, if they are in order.
    fn walked(&self, step: u64, place: usize) -> u128 {
        u128::from(step) * self.batch as u128 + place as u128
    }

    /// The rows of a step: a function of the seed and the step alone.
    ///
    /// # Errors
    /// [`elbow_sdk::Code::Unsupported`] if rows are shuffled and the host has no streams.
    pub fn indices(&mut self, host: Host, seed: u64, step: u64) -> Result<&[usize]> {
        if !self.shuffle {
            let first = (self.walked(step, 0) % self.rows as u128) as usize;
            return Ok(&self.order[first..first + self.batch]);
        }
        let (epoch, first) = (self.epoch(step, 0), (step % self.in_epoch()) as usize * self.batch);
        if self.of != Some((seed, epoch)) {
            self.of = None;
            self.order.iter_mut().enumerate().for_each(|(k, row)| *row = k);
            permutation::shuffle(host, (seed, purpose::ORDER, epoch), &mut self.words, &mut self.order)?;
            self.of = Some((seed, epoch));
        }
        Ok(&self.order[first..first + self.batch])
    }
}
