//! How long something takes.

use std::time::{Duration, Instant};

/// Durations in ascending order; at least one.
pub struct Times(Vec<Duration>);

impl Times {
    /// Of what has been measured.
    pub fn new(mut times: Vec<Duration>) -> Self {
        times.sort();
        Self(times)
    }

    /// Of `turns` calls, each of them prepared without being watched. Ends early after a second and a few turns.
    pub fn of<T>(turns: usize, subject: &mut T, mut prepare: impl FnMut(&mut T), mut turn: impl FnMut(&mut T)) -> Self {
        let (begin, mut times) = (Instant::now(), Vec::new());
        while times.len() < turns && (times.len() < 5 || begin.elapsed() < Duration::from_secs(1)) {
            prepare(subject);
            let start = Instant::now();
            turn(subject);
            times.push(start.elapsed());
        }
        Self::new(times)
    }

    /// The one that this share of them does not exceed, in seconds.
    pub fn quantile(&self, share: f64) -> f64 {
        self.0[((self.0.len() - 1) as f64 * share).round() as usize].as_secs_f64()
    }

    /// In seconds.
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// What a machine takes that does nothing else, in seconds.
    pub fn least(&self) -> f64 {
        self.quantile(0.0)
    }
}
