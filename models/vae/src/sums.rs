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
    /// Σ of squared distances of the rows' bounds from their mean.
    squares: f64,
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
        let (k, row) = (costs.len() as f64, Jackknife::new(logs));
        let mean = costs.iter().sum::<f64>() / k;
        let squares: f64 = costs.iter().map(|cost| (cost - mean) * (cost - mean)).sum();
        self.reconstruction.add(-mean, squares / (k * (k - 1.0)));
        // The distance from the mean before and after (Welford 1962).
        let distance = row.bound - if self.rows > 0.0 { self.bound.value / self.rows } else { row.bound };
        self.bound.add(row.bound, row.variance);
        self.gap.add(row.gap, row.gap_variance);
        self.bias += row.bias;
        self.rows += 1.0;
        self.squares += distance * (row.bound - self.bound.value / self.rows);
    }

    /// Adds KL(q ‖ p(z)) of some rows.
    pub fn add_divergence(&mut self, divergence: f64) {
        self.divergence += divergence;
    }

    /// Those of two sets of rows (Chan, Golub and LeVeque 1979 for the squares).
    pub fn merge(self, other: Self) -> Self {
        let rows = self.rows + other.rows;
        let pairs = self.rows * other.rows;
        let apart = if pairs > 0.0 { self.bound.value / self.rows - other.bound.value / other.rows } else { 0.0 };
        Self {
            rows,
            divergence: self.divergence + other.divergence,
            reconstruction: self.reconstruction.merge(other.reconstruction),
            bound: self.bound.merge(other.bound),
            gap: self.gap.merge(other.gap),
            bias: self.bias + other.bias,
            squares: self.squares + other.squares + apart * apart * pairs / rows.max(1.0),
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
        (self.squares / (self.rows - 1.0) / self.rows).sqrt()
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
