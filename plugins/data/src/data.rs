//! A data set in memory: bytes with a scale as long as the numbers allow it, else numbers.

use elbow_sdk::{Code, Error, Result};

/// Most values of a data set, 2³⁰.
pub(crate) const MOST_VALUES: usize = 1 << 30;

/// An error of something that was read.
pub(crate) fn wrong(message: impl Into<String>) -> Error {
    Error::new(Code::BadParameter, message)
}

/// Rows of finite numbers, all of the same length; there is at least one row and one column.
#[derive(Clone, Debug, PartialEq)]
pub struct Data {
    pub(crate) columns: usize,
    pub(crate) values: Values,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Values {
    /// level / most.
    Levels { levels: Vec<u8>, most: u8 },
    /// As they are.
    Numbers(Vec<f64>),
}

/// An error unless `len` values make whole rows.
fn shape(columns: usize, len: usize) -> Result<()> {
    match (columns, len) {
        (0, _) => Err(wrong("there are no columns; at least one is needed")),
        (_, 0) => Err(wrong("there are no rows; at least one is needed")),
        _ if len > MOST_VALUES => Err(wrong(format!("{len} values are too many; at most {MOST_VALUES} are possible"))),
        _ if !len.is_multiple_of(columns) => Err(wrong(format!("{len} values do not make whole rows of {columns} columns"))),
        _ => Ok(()),
    }
}

impl Data {
    /// Values level / most, row after row, in one byte each.
    ///
    /// # Errors
    /// If there is no row or no column, if the last row is not whole, or if `most` is 0.
    pub fn from_levels(columns: usize, levels: Vec<u8>, most: u8) -> Result<Self> {
        shape(columns, levels.len())?;
        if most == 0 {
            return Err(wrong("the level of the value 1 is 0; expected 1 to 255"));
        }
        Ok(Self { columns, values: Values::Levels { levels, most } })
    }

    /// Numbers, row after row.
    ///
    /// # Errors
    /// As [`Data::from_levels`]; also if a number is infinite or no number.
    pub fn from_numbers(columns: usize, numbers: Vec<f64>) -> Result<Self> {
        shape(columns, numbers.len())?;
        if let Some(k) = numbers.iter().position(|x| !x.is_finite()) {
            let (row, column) = (k / columns + 1, k % columns + 1);
            let found = numbers[k];
            return Err(wrong(format!("row {row}, column {column} is {found}; expected a finite number")));
        }
        Ok(Self { columns, values: Values::Numbers(numbers) })
    }

    /// Number of rows, at least 1.
    pub fn rows(&self) -> usize {
        let len = match &self.values {
            Values::Levels { levels, .. } => levels.len(),
            Values::Numbers(numbers) => numbers.len(),
        };
        len / self.columns
    }

    /// Number of columns, at least 1.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The bytes, row after row, and the level of the value 1: every value is exactly level / most. None of other numbers.
    pub fn levels(&self) -> Option<(&[u8], u8)> {
        match &self.values {
            Values::Levels { levels, most } => Some((levels, *most)),
            Values::Numbers(_) => None,
        }
    }

    /// The numbers, row after row.
    pub(crate) fn into_numbers(self) -> Vec<f64> {
        match self.values {
            Values::Levels { levels, most } => levels.into_iter().map(|level| f64::from(level) / f64::from(most)).collect(),
            Values::Numbers(numbers) => numbers,
        }
    }

    /// One value.
    ///
    /// # Panics
    /// If the row or the column is not there.
    pub fn value(&self, row: usize, column: usize) -> f64 {
        assert!(column < self.columns, "column {column} of {}", self.columns);
        match &self.values {
            Values::Levels { levels, most } => f64::from(levels[row * self.columns + column]) / f64::from(*most),
            Values::Numbers(numbers) => numbers[row * self.columns + column],
        }
    }

    /// Copies a row.
    ///
    /// # Panics
    /// If the row is not there, or if `out` does not have a place for each column.
    pub fn copy_row(&self, row: usize, out: &mut [f64]) {
        self.each(row, out, |out, value| *out = value);
    }

    /// Copies a row, rounded to 32 bits.
    ///
    /// # Panics
    /// As [`Data::copy_row`].
    pub fn copy_row_single(&self, row: usize, out: &mut [f32]) {
        self.each(row, out, |out, value| *out = value as f32);
    }

    /// Calls `put` with every place of `out` and the row's value there.
    pub(crate) fn each<T>(&self, row: usize, out: &mut [T], mut put: impl FnMut(&mut T, f64)) {
        assert!(out.len() == self.columns, "{} places for {} columns", out.len(), self.columns);
        let range = row * self.columns..(row + 1) * self.columns;
        match &self.values {
            Values::Levels { levels, most } => {
                let most = f64::from(*most);
                out.iter_mut().zip(&levels[range]).for_each(|(out, level)| put(out, f64::from(*level) / most));
            }
            Values::Numbers(numbers) => out.iter_mut().zip(&numbers[range]).for_each(|(out, value)| put(out, *value)),
        }
    }
}
