//! One curve, thinned to what a dot column can show, kept up to date at a constant cost per point.
//!
//! All points of a dot column are joined by strokes inside that column, so the column shows the span from its least to its
//! greatest value, and only its first and last value matter to the neighbours: {first, last, min, max} lose nothing. Values
//! are kept as they were recorded: scales are monotone, so the extrema are the same points on each of them.

use super::geometry::Geometry;
use super::scale::Scale;

/// What a dot column shows of consecutive points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Span {
    pub first: f64,
    pub last: f64,
    pub min: f64,
    pub max: f64,
}

/// Consecutive points of one dot column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bucket {
    /// Outside the window for the last point before it and for the first one beyond it.
    pub column: i64,
    pub values: Span,
    /// The values on the scale of the geometry: logarithms are too slow to be taken in each frame.
    pub heights: Span,
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
    /// Whether a finite value was left out, perhaps because the scale has no height for it.
    left_out: bool,
    /// Column and value where a value that is not finite follows, until finite ones come again.
    lost: Option<(i64, f64)>,
}

impl Series {
    /// Brings the curve up to date with all points recorded so far, whose xs never decrease; starts afresh under another
    /// geometry, or where there are fewer points than before. Other data of the same length needs a new series.
    pub fn update(&mut self, geometry: Geometry, xs: &[f64], ys: &[f64]) {
        let length = xs.len().min(ys.len());
        if length < self.seen || !self.serves(&geometry) {
            *self = Self::default();
        }
        if self.geometry.replace(geometry).is_some_and(|before| before.y != geometry.y) {
            self.buckets.iter_mut().for_each(|bucket| bucket.heights = bucket.values.on(geometry.y));
        }
        if geometry.columns > 0 {
            self.append(&geometry, &xs[self.seen..length], &ys[self.seen..length]);
        }
        self.seen = length;
    }

    /// Whether the buckets are what they would be under the geometry. The y scale matters only if it decides on a gap.
    fn serves(&self, geometry: &Geometry) -> bool {
        let Some(mine) = self.geometry else { return true };
        let same_gaps = || !self.left_out && self.buckets.iter().all(|bucket| geometry.y.has(bucket.values.min));
        (mine.columns, mine.x) == (geometry.columns, geometry.x) && (mine.y == geometry.y || same_gaps())
    }

    /// Stretch by stretch: the points up to one that has no place on the x axis.
    fn append(&mut self, geometry: &Geometry, mut xs: &[f64], mut ys: &[f64]) {
        while !xs.is_empty() && !self.is_beyond(geometry) {
            let placed = xs.iter().position(|&x| !geometry.x.scale.has(x)).unwrap_or(xs.len());
            self.add_stretch(geometry, &xs[..placed], &ys[..placed]);
            if let Some(&y) = ys.get(placed).filter(|_| !self.is_beyond(geometry)) {
                self.interrupt(y);
            }
            let next = xs.len().min(placed + 1);
            (xs, ys) = (&xs[next..], &ys[next..]);
        }
    }

    /// Dot column by dot column; all that lies before the window counts as one.
    fn add_stretch(&mut self, geometry: &Geometry, mut xs: &[f64], mut ys: &[f64]) {
        while let Some(column) = xs.first().and_then(|&x| geometry.column(x)).filter(|_| !self.is_beyond(geometry)) {
            let count = count_up_to(geometry, column.max(-1), xs);
            let (here, rest) = ys.split_at(count);
            match column {
                ..0 => self.come_near(geometry, xs[count - 1], here[count - 1]),
                column if column < geometry.columns as i64 => self.add_all(geometry, column, here),
                column => self.leave(geometry, column, here),
            }
            (xs, ys) = (&xs[count..], rest);
        }
    }

    /// The last point so far before the window: nothing before it can be seen.
    fn come_near(&mut self, geometry: &Geometry, x: f64, y: f64) {
        *self = Self { geometry: self.geometry, seen: self.seen, ..Self::default() };
        match geometry.column(x).filter(|_| geometry.y.has(y)) {
            Some(column) => self.add(geometry, column, Span::around(y, &[])),
            None => self.interrupt(y),
        }
    }

    /// Points of one dot column in the window.
    fn add_all(&mut self, geometry: &Geometry, column: i64, mut ys: &[f64]) {
        while !ys.is_empty() {
            let sound = ys.iter().position(|&y| !geometry.y.has(y)).unwrap_or(ys.len());
            if let Some((&first, rest)) = ys[..sound].split_first() {
                self.add(geometry, column, Span::around(first, rest));
            }
            if let Some(&y) = ys.get(sound) {
                self.interrupt(y);
            }
            ys = &ys[ys.len().min(sound + 1)..];
        }
    }

    /// Points beyond the window: the first one with a height ends the curve.
    fn leave(&mut self, geometry: &Geometry, column: i64, ys: &[f64]) {
        for &y in ys {
            if geometry.y.has(y) {
                return self.add(geometry, column, Span::around(y, &[]));
            }
            self.interrupt(y);
        }
    }

    /// Whether the first point beyond the window is there already: what comes after it cannot be seen.
    fn is_beyond(&self, geometry: &Geometry) -> bool {
        self.buckets.last().is_some_and(|bucket| bucket.column >= geometry.columns as i64)
    }

    fn add(&mut self, geometry: &Geometry, column: i64, values: Span) {
        let heights = values.on(geometry.y);
        let joined = !self.broken;
        self.broken = false;
        self.lost = None;
        let crowded = self.is_crowded(column);
        match self.buckets.last_mut() {
            Some(bucket) if bucket.column == column && (joined || crowded) => bucket.extend(values, heights),
            last => {
                let joined = joined && last.is_some();
                self.buckets.push(Bucket { column, values, heights, joined });
            }
        }
    }

    fn is_crowded(&self, column: i64) -> bool {
        let oldest = self.buckets.len().checked_sub(GAPS_PER_COLUMN);
        oldest.is_some_and(|index| self.buckets[index].column == column)
    }

    fn interrupt(&mut self, value: f64) {
        self.broken = true;
        self.left_out |= value.is_finite();
        if !value.is_finite() && self.lost.is_none() {
            self.lost = self.end();
        }
    }

    /// The buckets, in the order of the points.
    pub fn buckets(&self) -> &[Bucket] {
        &self.buckets
    }

    /// Column and value of the last point; beyond the window, those of the first point there.
    pub fn end(&self) -> Option<(i64, f64)> {
        self.buckets.last().map(|bucket| (bucket.column, bucket.values.last))
    }

    /// Where the values left the finite numbers, if they are there still.
    pub fn lost(&self) -> Option<(i64, f64)> {
        self.lost
    }
}

impl Span {
    /// Finite values, of which there is at least one.
    fn around(first: f64, rest: &[f64]) -> Self {
        let (min, max) =
            rest.iter().fold((first, first), |(min, max), &y| (if y < min { y } else { min }, if y > max { y } else { max }));
        Self { first, last: rest.last().copied().unwrap_or(first), min, max }
    }

    /// The heights of values that have one.
    fn on(self, scale: Scale) -> Self {
        let height = |value| scale.height(value).unwrap_or_default();
        let Self { first, last, min, max } = self;
        if min == max {
            let height = height(first);
            return Self { first: height, last: height, min: height, max: height };
        }
        Self { first: height(first), last: height(last), min: height(min), max: height(max) }
    }

    fn extend(&mut self, later: Self) {
        self.last = later.last;
        self.min = self.min.min(later.min);
        self.max = self.max.max(later.max);
    }
}

impl Bucket {
    fn extend(&mut self, values: Span, heights: Span) {
        self.values.extend(values);
        self.heights.extend(heights);
    }
}

/// How many of the first xs lie in columns up to this one. A search that doubles its step: few columns, many points.
fn count_up_to(geometry: &Geometry, column: i64, xs: &[f64]) -> usize {
    let is_before = |&x: &f64| geometry.column(x).is_some_and(|other| other <= column);
    let mut bound = 1;
    while bound < xs.len() && is_before(&xs[bound]) {
        bound *= 2;
    }
    let known = bound / 2;
    known + xs[known..xs.len().min(bound)].partition_point(is_before)
}
