//! One curve, thinned to what a dot column can show, kept up to date at a constant cost per point.
//!
//! All points of a dot column are joined by strokes inside that column, so the column shows the span from its least to its
//! greatest value, and only its first and last value matter to the neighbours: {first, last, min, max} lose nothing.

use super::scale::Scale;

/// What a series was thinned for; another geometry needs a rebuild.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Geometry {
    /// Dot columns.
    pub columns: usize,
    /// The x at the last dot column; the first one is 0.
    pub horizon: f64,
    pub scale: Scale,
}

impl Geometry {
    /// The dot column of an x, `None` outside.
    pub fn column(&self, x: f64) -> Option<usize> {
        let last = self.columns.checked_sub(1)?;
        let column = (x / self.horizon * last as f64).round();
        (column >= 0.0 && column <= last as f64).then_some(column as usize)
    }
}

/// Consecutive points of one dot column, as heights on the scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bucket {
    pub column: usize,
    pub first: f64,
    pub last: f64,
    pub min: f64,
    pub max: f64,
    /// Whether a stroke leads here from the bucket before.
    pub joined: bool,
}

/// So many gaps inside one dot column are kept; more than that blur into one span.
const GAPS_PER_COLUMN: usize = 64;

/// The thinned curve.
#[derive(Clone, Debug, Default)]
pub(crate) struct Series {
    geometry: Option<Geometry>,
    seen: usize,
    buckets: Vec<Bucket>,
    broken: bool,
    /// Column and height where a value that is not finite follows, until finite ones come again.
    lost: Option<(usize, f64)>,
}

impl Series {
    /// Brings the curve up to date with all points recorded so far; starts afresh under another geometry.
    pub fn update(&mut self, geometry: Geometry, xs: &[f64], ys: &[f64]) {
        if self.geometry != Some(geometry) || xs.len() < self.seen {
            *self = Self { geometry: Some(geometry), ..Self::default() };
        }
        for (&x, &y) in xs.iter().zip(ys).skip(self.seen) {
            self.push(&geometry, x, y);
        }
        self.seen = xs.len().min(ys.len());
    }

    fn push(&mut self, geometry: &Geometry, x: f64, y: f64) {
        let (column, height) = (geometry.column(x), geometry.scale.height(y));
        match (column, height) {
            (Some(column), Some(height)) => self.add(column, height),
            _ => self.interrupt(y),
        }
    }

    fn add(&mut self, column: usize, height: f64) {
        let joined = !self.broken;
        self.broken = false;
        self.lost = None;
        let crowded = self.is_crowded(column);
        match self.buckets.last_mut() {
            Some(bucket) if bucket.column == column && (joined || crowded) => bucket.extend(height),
            last => {
                let joined = joined && last.is_some();
                self.buckets.push(Bucket { column, first: height, last: height, min: height, max: height, joined });
            }
        }
    }

    fn is_crowded(&self, column: usize) -> bool {
        let oldest = self.buckets.len().checked_sub(GAPS_PER_COLUMN);
        oldest.is_some_and(|index| self.buckets[index].column == column)
    }

    fn interrupt(&mut self, value: f64) {
        self.broken = true;
        if !value.is_finite() && self.lost.is_none() {
            self.lost = self.end();
        }
    }

    /// The buckets, in the order of the points.
    pub fn buckets(&self) -> &[Bucket] {
        &self.buckets
    }

    /// Column and height of the last point.
    pub fn end(&self) -> Option<(usize, f64)> {
        self.buckets.last().map(|bucket| (bucket.column, bucket.last))
    }

    /// Where the values left the finite numbers, if they are there still.
    pub fn lost(&self) -> Option<(usize, f64)> {
        self.lost
    }
}

impl Bucket {
    fn extend(&mut self, height: f64) {
        self.last = height;
        self.min = self.min.min(height);
        self.max = self.max.max(height);
    }
}
