//! Which rows a step sees.

use crate::{permutation, purpose};
use elbow_sdk::{Error, Host, Result};

/// Rows in batches: the rows of an epoch follow each other, and those that do not fill a batch are left out of it.
#[derive(Clone, Debug)]
pub struct Batches {
    batch: usize,
    shuffle: bool,
    /// Seed and epoch of the order.
    of: Option<(u64, u64)>,
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
        Ok(Self { batch, shuffle: shuffle && batch < rows, of: None, order: (0..rows).collect(), words: Vec::new() })
    }

    /// Rows in a batch, at least 1.
    pub fn size(&self) -> usize {
        self.batch
    }

    /// Batches in an epoch, at least 1.
    pub fn in_epoch(&self) -> u64 {
        (self.order.len() / self.batch) as u64
    }

    /// Epoch of a step; steps count from 0.
    pub fn epoch(&self, step: u64) -> u64 {
        step / self.in_epoch()
    }

    /// The rows of a step: a function of the seed and the step alone.
    ///
    /// # Errors
    /// [`elbow_sdk::Code::Unsupported`] if rows are shuffled and the host has no streams.
    pub fn indices(&mut self, host: Host, seed: u64, step: u64) -> Result<&[usize]> {
        let (epoch, first) = (self.epoch(step), (step % self.in_epoch()) as usize * self.batch);
        if self.shuffle && self.of != Some((seed, epoch)) {
            self.of = None;
            self.order.iter_mut().enumerate().for_each(|(k, row)| *row = k);
            permutation::shuffle(host, (seed, purpose::ORDER, epoch), &mut self.words, &mut self.order)?;
            self.of = Some((seed, epoch));
        }
        Ok(&self.order[first..first + self.batch])
    }
}
