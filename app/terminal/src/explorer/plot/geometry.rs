//! Axes, and the dot columns of a plot.

use super::painter::FAR;
use super::scale::{Range, Scale};

/// A scale and the part of it that is in sight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Axis {
    pub scale: Scale,
    /// In heights of the scale.
    pub range: Range,
}

impl Axis {
    /// A linear axis; `low < high`.
    #[cfg(test)]
    pub fn linear(low: f64, high: f64) -> Self {
        Self { scale: Scale::Linear, range: Range { low, high } }
    }

    /// Where a value falls, from 0 at the low end to 1 at the high one and beyond; `None` where the scale has no such value.
    pub fn fraction(self, value: f64) -> Option<f64> {
        self.scale.height(value).map(|height| self.range.fraction(height))
    }
}

/// What a series is thinned for; another geometry may need a rebuild.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Geometry {
    /// Dot columns.
    pub columns: usize,
    /// The window: its ends are the first and the last dot column.
    pub x: Axis,
    /// Which values are gaps depends on it; the rest of the y axis does not matter to the thinning.
    pub y: Scale,
}

impl Geometry {
    /// The dot column of an x, possibly far outside the window; `None` where the axis has no such x.
    pub fn column(&self, x: f64) -> Option<i64> {
        column_of(self.x, x, self.columns)
    }
}

/// The dot column of an x among `columns`, as for a geometry.
pub(crate) fn column_of(axis: Axis, x: f64, columns: usize) -> Option<i64> {
    let last = columns.checked_sub(1)? as f64;
    Some((axis.fraction(x)? * last).round().clamp(-FAR, FAR) as i64)
}
