//! Data sets made of others.

use crate::data::{Data, Values};

impl Data {
    /// The first rows, at most as many as there are; at least one.
    pub(crate) fn first(mut self, rows: usize) -> Self {
        let len = rows.clamp(1, self.rows()) * self.columns;
        match &mut self.values {
            Values::Levels { levels, .. } => levels.truncate(len),
            Values::Numbers(numbers) => numbers.truncate(len),
        }
        self
    }

    /// The rows for which `keep` holds, in their order.
    pub(crate) fn only(&self, keep: impl Fn(usize) -> bool) -> Self {
        let values = match &self.values {
            Values::Levels { levels, most } => Values::Levels { levels: chosen(levels, self.columns, keep), most: *most },
            Values::Numbers(numbers) => Values::Numbers(chosen(numbers, self.columns, keep)),
        };
        Self { columns: self.columns, values }
    }

    /// 1 where `on` holds of the value, else 0.
    pub(crate) fn binary(&self, on: impl Fn(f64) -> bool) -> Self {
        let levels = match &self.values {
            Values::Levels { levels, most } => {
                let table: Vec<u8> = (0..=u8::MAX).map(|level| on(f64::from(level) / f64::from(*most)).into()).collect();
                levels.iter().map(|level| table[usize::from(*level)]).collect()
            }
            Values::Numbers(numbers) => numbers.iter().map(|x| on(*x).into()).collect(),
        };
        Self { columns: self.columns, values: Values::Levels { levels, most: 1 } }
    }
}

fn chosen<T: Copy>(values: &[T], columns: usize, keep: impl Fn(usize) -> bool) -> Vec<T> {
    let rows = values.chunks_exact(columns).enumerate().filter(|(row, _)| keep(*row));
    rows.flat_map(|(_, row)| row.iter().copied()).collect()
}
