//! The path of a vector: all its values for a while, then every second, fourth, … record, so that memory stays bounded.

use elbow_engine::live::Metric;

/// Vectors with more elements than this are not followed.
const WIDEST: usize = 64;
/// Rows beyond twice this many are thinned to this many.
const ROWS: usize = 4096;

/// A vector over time.
#[derive(Clone, Debug)]
pub(crate) struct Track {
    /// Name without the index.
    pub stem: String,
    /// Number of elements.
    pub width: usize,
    first: usize,
    /// Steps of the rows.
    pub steps: Vec<f64>,
    rows: Vec<f64>,
    /// Every so many records there is a row.
    stride: usize,
    seen: usize,
    last: Vec<f64>,
}

/// Name of a vector whose element this is.
pub(crate) fn stem(name: &str) -> &str {
    name.split('[').next().unwrap_or(name)
}

impl Track {
    /// One for each vector among the columns that is not too wide.
    pub fn all(columns: &[Metric]) -> Vec<Self> {
        let mut first = 0;
        let mut tracks = Vec::new();
        for group in columns.chunk_by(|one, other| one.name.ends_with(']') && stem(&one.name) == stem(&other.name)) {
            if group[0].name.ends_with(']') && group.len() <= WIDEST {
                tracks.push(Self::new(stem(&group[0].name), first, group.len()));
            }
            first += group.len();
        }
        tracks
    }

    fn new(stem: &str, first: usize, width: usize) -> Self {
        let (steps, rows, last) = (Vec::new(), Vec::new(), vec![f64::NAN; width]);
        Self { stem: stem.to_owned(), width, first, steps, rows, stride: 1, seen: 0, last }
    }

    /// Takes the vector out of a whole row.
    pub fn push(&mut self, step: f64, row: &[f64]) {
        let Some(values) = row.get(self.first..self.first + self.width) else { return };
        self.last.copy_from_slice(values);
        if self.seen.is_multiple_of(self.stride) {
            self.steps.push(step);
            self.rows.extend_from_slice(values);
        }
        self.seen += 1;
        if self.steps.len() >= 2 * ROWS {
            self.thin();
        }
    }

    fn thin(&mut self) {
        let (width, kept) = (self.width, self.steps.len() / 2);
        for row in 0..kept {
            self.steps[row] = self.steps[2 * row];
            self.rows.copy_within(2 * row * width..(2 * row + 1) * width, row * width);
        }
        self.steps.truncate(kept);
        self.rows.truncate(kept * width);
        self.stride *= 2;
    }

    /// The rows up to a step, and the latest values where that is not before them.
    pub fn rows(&self, until: f64) -> impl Iterator<Item = &[f64]> {
        let kept = self.steps.partition_point(|&step| step <= until);
        let newest = (kept == self.steps.len() && self.seen > 0).then_some(&self.last[..]);
        self.rows.chunks_exact(self.width).take(kept).chain(newest)
    }

    /// The latest values.
    pub fn last(&self) -> &[f64] {
        &self.last
    }
}

#[cfg(test)]
mod tests {
    use super::Track;
    use elbow_engine::live::Metric;

    fn metric(name: &str) -> Metric {
        Metric { name: name.to_owned(), unit: String::new(), doc: String::new(), better: 0, exact: true }
    }

    #[test]
    fn vectors_are_found_among_numbers() {
        let columns = ["elbo", "p[0]", "p[1]", "gap", "q[0]"].map(metric);
        let tracks = Track::all(&columns);
        let found: Vec<_> = tracks.iter().map(|track| (track.stem.as_str(), track.first, track.width)).collect();
        assert_eq!(found, [("p", 1, 2), ("q", 4, 1)]);
    }

    #[test]
    fn memory_is_bounded_and_both_ends_stay() {
        let mut track = Track::new("p", 0, 1);
        (0..100_000).for_each(|step| track.push(f64::from(step), &[f64::from(step)]));
        assert!(track.steps.len() < 2 * super::ROWS, "{}", track.steps.len());
        let rows: Vec<f64> = track.rows(f64::INFINITY).map(|row| row[0]).collect();
        assert!(rows[0] == 0.0 && rows.last() == Some(&99_999.0), "{:?}", rows.last());
        assert!(rows.is_sorted() && track.rows(50_000.0).all(|row| row[0] <= 50_000.0));
        assert!(track.steps.iter().zip(track.rows(f64::INFINITY)).all(|(step, row)| *step == row[0]));
    }
}
