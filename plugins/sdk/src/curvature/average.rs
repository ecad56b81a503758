//! Exponential averages of statistics: F ← ε_k F + (1 − ε_k) F_batch with ε_k = min(1 − 1/k, ε), so that the first observations count
//! equally and the start leaves no bias.

use crate::error::Result;
use crate::state::State;

/// Counts observations and says how the next one is weighed.
#[derive(Clone, Debug)]
pub struct Averaging {
    decay: f64,
    count: u64,
}

impl Averaging {
    /// With decay ε in [0, 1): 0 keeps the last observation alone.
    pub fn new(decay: f64) -> Self {
        Self { decay, count: 0 }
    }

    /// Weights of what was kept and of the new observation; they sum to 1.
    pub fn observe(&mut self) -> (f64, f64) {
        self.count += 1;
        let keep = (1.0 - 1.0 / self.count as f64).min(self.decay);
        (keep, 1.0 - keep)
    }

    /// Visits the count.
    pub fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        state.count(&mut self.count)
    }
}

/// Adds the batches of one visit: what was kept is scaled once.
#[derive(Clone, Copy, Debug)]
pub struct Adding {
    keep: f64,
    weight: f64,
}

impl Adding {
    /// With the weights of what was kept and of all new rows together.
    pub fn new((keep, weight): (f64, f64)) -> Self {
        Self { keep, weight }
    }

    /// Weight of what was kept and of the next batch with rows of this weight; nothing if they do not count.
    pub fn next(&mut self, rows_weight: f64) -> Option<(f64, f64)> {
        if rows_weight == 0.0 {
            return None;
        }
        Some((std::mem::replace(&mut self.keep, 1.0), self.weight * rows_weight))
    }
}

#[cfg(test)]
mod tests {
    use super::{Adding, Averaging};

    #[test]
    fn the_first_observations_count_equally_and_later_ones_decay() {
        let mut averaging = Averaging::new(0.75);
        let weights: Vec<f64> = (0..6).map(|_| averaging.observe().1).collect();
        assert_eq!(weights[..4], [1.0, 0.5, 1.0 - (1.0 - 1.0 / 3.0), 0.25]);
        assert_eq!(weights[4..], [0.25, 0.25]);
    }

    #[test]
    fn batches_of_one_visit_scale_what_was_kept_once() {
        let mut adding = Adding::new((0.9, 0.1));
        let steps = [adding.next(0.0), adding.next(0.5), adding.next(0.5)];
        assert_eq!(steps, [None, Some((0.9, 0.05)), Some((1.0, 0.05))]);
    }
}
