//! Saving and restoring an optimizer: one visit of its fields serves both directions.

use crate::error::{Code, Error, Result};

/// Visits what an optimizer carries from step to step.
pub struct State<'a>(Direction<'a>);

enum Direction<'a> {
    Save(&'a mut Vec<u8>),
    Load(&'a [u8]),
}

impl<'a> State<'a> {
    pub(crate) fn saving(bytes: &'a mut Vec<u8>) -> Self {
        Self(Direction::Save(bytes))
    }

    pub(crate) fn loading(bytes: &'a [u8]) -> Self {
        Self(Direction::Load(bytes))
    }

    /// A whole number.
    pub fn count(&mut self, value: &mut u64) -> Result<()> {
        match &mut self.0 {
            Direction::Save(bytes) => bytes.extend_from_slice(&value.to_le_bytes()),
            Direction::Load(bytes) => {
                let (head, rest) = bytes.split_first_chunk::<8>().ok_or_else(short)?;
                *value = u64::from_le_bytes(*head);
                *bytes = rest;
            }
        }
        Ok(())
    }

    /// A number, to the bit.
    pub fn number(&mut self, value: &mut f64) -> Result<()> {
        let mut bits = value.to_bits();
        self.count(&mut bits)?;
        *value = f64::from_bits(bits);
        Ok(())
    }

    /// Numbers; the length must be the same on loading.
    pub fn numbers(&mut self, values: &mut [f64]) -> Result<()> {
        let mut len = values.len() as u64;
        self.count(&mut len)?;
        if len != values.len() as u64 {
            return Err(Error::new(Code::BadState, format!("{len} numbers saved, {} expected", values.len())));
        }
        values.iter_mut().try_for_each(|value| self.number(value))
    }

    /// A list that is empty until the first step, and then has an item for each of `of`.
    pub(crate) fn list<S, T>(
        &mut self,
        items: &mut Vec<T>,
        of: &[S],
        make: impl Fn(&S) -> T,
        visit: impl Fn(&mut T, &mut Self) -> Result<()>,
    ) -> Result<()> {
        let mut len = items.len() as u64;
        self.count(&mut len)?;
        if len != 0 && len != of.len() as u64 {
            return Err(Error::new(Code::BadState, format!("{len} layers saved, {} expected", of.len())));
        }
        if len != items.len() as u64 {
            *items = of.iter().take(len as usize).map(make).collect();
        }
        items.iter_mut().try_for_each(|item| visit(item, self))
    }

    /// Bytes that are left to load; no bound while saving.
    pub(crate) fn room(&self) -> usize {
        match &self.0 {
            Direction::Save(_) => usize::MAX,
            Direction::Load(rest) => rest.len(),
        }
    }

    pub(crate) fn finish(self) -> Result<()> {
        match self.0 {
            Direction::Load(rest) if !rest.is_empty() => Err(Error::new(Code::BadState, "bytes left over")),
            _ => Ok(()),
        }
    }
}

fn short() -> Error {
    Error::new(Code::BadState, "the saved state ends too early")
}
