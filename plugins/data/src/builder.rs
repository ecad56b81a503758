//! Collects numbers one by one: in bytes as long as all of them are whole and from 0 to 255.

use crate::data::{Data, MOST_VALUES, wrong};
use elbow_sdk::Result;

/// Values so far, row after row.
#[derive(Default)]
pub(crate) struct Builder {
    levels: Vec<u8>,
    /// All of them, from the first on that is no byte.
    numbers: Option<Vec<f64>>,
}

impl Builder {
    /// How many values there are.
    pub fn len(&self) -> usize {
        self.numbers.as_ref().map_or(self.levels.len(), Vec::len)
    }

    /// Adds a value.
    pub fn push(&mut self, value: f64) {
        let level = value as u8;
        if f64::from(level) == value {
            return self.push_level(level);
        }
        let levels = std::mem::take(&mut self.levels);
        self.numbers.get_or_insert_with(|| levels.into_iter().map(f64::from).collect()).push(value);
    }

    /// Adds a level.
    #[inline]
    pub fn push_level(&mut self, level: u8) {
        match &mut self.numbers {
            None => self.levels.push(level),
            Some(numbers) => numbers.push(level.into()),
        }
    }

    /// An error if there are too many values.
    pub fn check_len(&self) -> Result<()> {
        if self.len() <= MOST_VALUES {
            return Ok(());
        }
        Err(wrong(format!("there are more than {MOST_VALUES} values, which is too many")))
    }

    /// The data set.
    pub fn finish(self, columns: usize) -> Result<Data> {
        match self.numbers {
            Some(numbers) => Data::from_numbers(columns, numbers),
            None => Data::from_levels(columns, self.levels, 1),
        }
    }
}

/// The data set of numbers that are all known.
pub(crate) fn compact(columns: usize, numbers: Vec<f64>) -> Result<Data> {
    let level = |x: &f64| Some(*x as u8).filter(|level| f64::from(*level) == *x);
    match numbers.iter().map(level).collect() {
        Some(levels) => Data::from_levels(columns, levels, 1),
        None => Data::from_numbers(columns, numbers),
    }
}
