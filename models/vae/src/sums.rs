//! Sums over rows of data, and what they say of the means: their Monte-Carlo errors, which tell how they would vary with other
//! draws of z for the same rows, and how they vary from row to row.
//!
//! Draws of different rows are independent, so the variance of a mean over N rows is the sum of the rows' variances over N².

use crate::jackknife::Jackknife;

/// What is known of a data set.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sums {
    rows: f64,
    divergence: f64,
    reconstruction: Estimate,
    bound: Estimate,
    gap: Estimate,
    bias: f64,
    distances: Distances,
}

/// Σ (L − o) and Σ (L − o)² over the rows' bounds, with o the first of them or, of several sets, the mean.
#[derive(Clone, Copy, Debug, Default)]
struct Distances {
    origin: f64,
    sum: f64,
    square: f64,
}

impl Distances {
    /// Mean of so many rows, and Σ of squared distances from it.
    fn moments(self, rows: f64) -> (f64, f64) {
        let mean = self.sum / rows.max(1.0);
        let square = self.square - self.sum * mean;
        (self.origin + mean, if square < 0.0 { 0.0 } else { square })
    }

    /// Chan, Golub and LeVeque 1979.
    fn merge(self, other: Self, (rows, others): (f64, f64)) -> Self {
        let ((mean, square), (other, more)) = (self.moments(rows), other.moments(others));
        let all = (rows + others).max(1.0);
        let origin = (rows * mean + others * other) / all;
        Self { origin, sum: 0.0, square: square + more + (mean - other) * (mean - other) * rows * others / all }
    }
}

/// Mean of some numbers and, if there are two or more, the variance that this mean has.
fn mean(values: &[f64]) -> (f64, f64) {
    if let [only] = values {
        return (*only, f64::NAN);
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|x| (x - mean) * (x - mean)).sum();
    (mean, squares / (n * (n - 1.0)))
}

/// Sums of the rows' values and of the variances of these.
#[derive(Clone, Copy, Debug, Default)]
struct Estimate {
    value: f64,
    variance: f64,
}

impl Estimate {
    fn add(&mut self, value: f64, variance: f64) {
        self.value += value;
        self.variance += variance;
    }

    fn merge(self, other: Self) -> Self {
        Self { value: self.value + other.value, variance: self.variance + other.variance }
    }

    /// Mean over the rows and its Monte-Carlo error.
    fn mean(self, rows: f64) -> [f64; 2] {
        [self.value / rows, self.variance.sqrt() / rows]
    }
}

impl Sums {
    /// Adds a row: −log p(x|z) and log w of each of its draws.
    pub fn add(&mut self, costs: &[f64], logs: &[f64]) {
        let ((cost, variance), row) = (mean(costs), Jackknife::new(logs));
        self.reconstruction.add(-cost, variance);
        self.bound.add(row.bound, row.variance);
        self.gap.add(row.gap, row.gap_variance);
        self.bias += row.bias;
        let distances = &mut self.distances;
        if self.rows == 0.0 {
            distances.origin = row.bound;
        }
        let distance = row.bound - distances.origin;
        distances.sum += distance;
        distances.square += distance * distance;
        self.rows += 1.0;
    }

    /// Adds KL(q ‖ p(z)) of some rows.
    pub fn add_divergence(&mut self, divergence: f64) {
        self.divergence += divergence;
    }

    /// Those of two sets of rows.
    pub fn merge(self, other: Self) -> Self {
        Self {
            rows: self.rows + other.rows,
            divergence: self.divergence + other.divergence,
            reconstruction: self.reconstruction.merge(other.reconstruction),
            bound: self.bound.merge(other.bound),
            gap: self.gap.merge(other.gap),
            bias: self.bias + other.bias,
            distances: self.distances.merge(other.distances, (self.rows, other.rows)),
        }
    }

    /// ELBO and its Monte-Carlo error, which is that of the reconstruction.
    pub fn elbo(&self) -> [f64; 2] {
        let [reconstruction, error] = self.reconstruction.mean(self.rows);
        [reconstruction - self.divergence / self.rows, error]
    }

    /// L_K and its Monte-Carlo error.
    pub fn bound(&self) -> [f64; 2] {
        self.bound.mean(self.rows)
    }

    /// Standard error of L_K as a mean over rows that were drawn.
    pub fn row_error(&self) -> f64 {
        (self.distances.moments(self.rows).1 / (self.rows - 1.0) / self.rows).sqrt()
    }

    /// The mean of L_K less that of log p(x).
    pub fn bias(&self) -> f64 {
        self.bias / self.rows
    }

    /// L_K less the mean of log w, and its Monte-Carlo error.
    pub fn gap(&self) -> [f64; 2] {
        self.gap.mean(self.rows)
    }

    /// E log p(x|z).
    pub fn reconstruction(&self) -> f64 {
        self.reconstruction.value / self.rows
    }

    /// KL(q ‖ p(z)).
    pub fn divergence(&self) -> f64 {
        self.divergence / self.rows
    }
}
