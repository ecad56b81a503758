//! How runs that differ in their seed alone spread: median and quantiles at each record.

/// The records of one run.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member<'a> {
    pub xs: &'a [f64],
    pub ys: &'a [f64],
    /// Whether more records may come. Those of a run that has ended keep no other waiting.
    pub alive: bool,
}

/// Median and two quantiles over runs, record by record.
///
/// A quantile q of n sorted values v₀ … vₙ₋₁ is that of type 7 (the default of R and NumPy): with h = (n - 1) q, it lies
/// between the values ⌊h⌋ and ⌊h⌋ + 1 in the proportion of the fraction of h.
///
/// ```text
/// run 1  ───●────●────●────●────        alive
/// run 2  ──●────●────✗                  ended: counts where it was
/// run 3  ────●────●────●                alive: the next record waits for its fourth
///           n=3  n=3  n=2
/// ```
#[derive(Clone, Debug)]
pub(crate) struct Spread {
    quantiles: (f64, f64),
    runs: usize,
    xs: Vec<f64>,
    median: Vec<f64>,
    low: Vec<f64>,
    high: Vec<f64>,
    count: Vec<usize>,
    scratch: Vec<f64>,
}

impl Default for Spread {
    /// From the first to the third quartile.
    fn default() -> Self {
        Self::new(0.25, 0.75)
    }
}

impl Spread {
    /// The spread from the quantile `low` to `high`, both within 0 and 1.
    pub fn new(low: f64, high: f64) -> Self {
        let (xs, median, lows, highs, scratch) = Default::default();
        let quantiles = (low.clamp(0.0, 1.0), high.clamp(0.0, 1.0));
        Self { quantiles, runs: 0, xs, median, low: lows, high: highs, count: Vec::new(), scratch }
    }

    /// Appends the records that are complete: all runs that are alive have them. Starts afresh with another number of runs
    /// or fewer records; other runs of the same number need a new spread.
    pub fn update(&mut self, runs: &[Member]) {
        let length = |run: &Member| run.xs.len().min(run.ys.len());
        let longest = runs.iter().map(length).max().unwrap_or(0);
        let complete = runs.iter().filter(|run| run.alive).map(length).min().unwrap_or(longest);
        if runs.len() != self.runs || longest < self.xs.len() {
            *self = Self { runs: runs.len(), ..Self::new(self.quantiles.0, self.quantiles.1) };
        }
        for index in self.xs.len()..complete {
            self.push(runs, index);
        }
    }

    fn push(&mut self, runs: &[Member], index: usize) {
        self.gather(runs.iter().filter(|run| index < run.ys.len()).filter_map(|run| run.xs.get(index)));
        // Where a run ended, the median of those left may lie before the last one: curves do not go back.
        let x = quantile(&self.scratch, 0.5).max(self.xs.last().copied().unwrap_or(f64::NAN));
        self.xs.push(x);
        self.gather(runs.iter().filter(|run| index < run.xs.len()).filter_map(|run| run.ys.get(index)));
        self.median.push(quantile(&self.scratch, 0.5));
        self.low.push(quantile(&self.scratch, self.quantiles.0));
        self.high.push(quantile(&self.scratch, self.quantiles.1));
        self.count.push(self.scratch.len());
    }

    /// The finite ones of the values, sorted, in the scratch memory.
    fn gather<'a>(&mut self, values: impl Iterator<Item = &'a f64>) {
        self.scratch.clear();
        self.scratch.extend(values.filter(|value| value.is_finite()));
        self.scratch.sort_unstable_by(f64::total_cmp);
    }

    /// The median x of each record, never less than the one before.
    pub fn xs(&self) -> &[f64] {
        &self.xs
    }

    /// The median of the finite values of each record, NaN where there is none.
    pub fn median(&self) -> &[f64] {
        &self.median
    }

    /// The lower quantile, NaN where there is no finite value.
    pub fn low(&self) -> &[f64] {
        &self.low
    }

    /// The upper quantile, NaN where there is no finite value.
    pub fn high(&self) -> &[f64] {
        &self.high
    }

    /// How many runs have a finite value at each record.
    pub fn count(&self) -> &[usize] {
        &self.count
    }
}

/// The quantile of type 7 of sorted values; NaN where there are none.
fn quantile(sorted: &[f64], q: f64) -> f64 {
    let Some(last) = sorted.len().checked_sub(1) else { return f64::NAN };
    let place = q * last as f64;
    let (below, part) = (place.floor() as usize, place.fract());
    // Not low + part · (high - low): the difference may be infinite.
    sorted[below] * (1.0 - part) + sorted[last.min(below + 1)] * part
}
