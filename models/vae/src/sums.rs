//! Sums over rows of data.

/// What is known of a data set.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sums {
    pub rows: f64,
    /// L_S and its square.
    pub bound: f64,
    pub bound_square: f64,
    pub reconstruction: f64,
    pub divergence: f64,
}

impl Sums {
    /// Those of two sets of rows.
    pub fn merge(self, other: Self) -> Self {
        Self {
            rows: self.rows + other.rows,
            bound: self.bound + other.bound,
            bound_square: self.bound_square + other.bound_square,
            reconstruction: self.reconstruction + other.reconstruction,
            divergence: self.divergence + other.divergence,
        }
    }

    /// ELBO.
    pub fn elbo(&self) -> f64 {
        (self.reconstruction - self.divergence) / self.rows
    }

    /// Standard error of the mean of L_S.
    pub fn error(&self) -> f64 {
        let mean = self.bound / self.rows;
        ((self.bound_square / self.rows - mean * mean).max(0.0) / (self.rows - 1.0)).sqrt()
    }
}
