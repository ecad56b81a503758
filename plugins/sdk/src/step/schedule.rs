//! Step sizes over time: a factor of η that is 1 at the start.
//!
//! # References
//! - H. Robbins, S. Monro, *A stochastic approximation method*, Annals of Mathematical Statistics 22, 1951: Σ η_t = ∞ and
//!   Σ η_t² < ∞, which the kind `robbins-monro` keeps for κ in (½, 1].
//! - I. Loshchilov, F. Hutter, *SGDR*, ICLR 2017 (the cosine, without restarts).

use std::f64::consts::PI;

crate::choices! {
    /// The course of a step size.
    pub enum ScheduleKind {
        /// η.
        Constant = "constant",
        /// η / (1 + t/τ).
        InverseTime = "inverse-time",
        /// η (1 + t/τ)^(−κ), which is (t + τ)^(−κ) scaled to η at the start.
        RobbinsMonro = "robbins-monro",
        /// η rᵗ.
        Exponential = "exponential",
        /// From η to a share of it along half a cosine of `steps` steps, then constant.
        Cosine = "cosine",
    }
}

crate::parameters! {
    /// A schedule of step sizes.
    pub struct Schedule {
        /// The course.
        kind: ScheduleKind = ScheduleKind::Constant;
        /// τ of `inverse-time` and `robbins-monro`, in steps.
        tau: f64 = 100.0, above(0.0), unit("steps"), log();
        /// κ of `robbins-monro`.
        kappa: f64 = 0.75, above(0.5), max(1.0);
        /// r of `exponential`.
        rate: f64 = 0.999, above(0.0), max(1.0);
        /// T of `cosine`.
        steps: f64 = 1000.0, above(0.0), unit("steps"), log();
        /// Final share of η of `cosine`.
        share: f64 = 0.0, min(0.0), max(1.0);
    }
}

impl Schedule {
    /// The factor of η in step t = 0, 1, …; in [0, 1].
    pub fn at(&self, t: u64) -> f64 {
        let t = t as f64;
        match self.kind {
            ScheduleKind::Constant => 1.0,
            ScheduleKind::InverseTime => 1.0 / (1.0 + t / self.tau),
            ScheduleKind::RobbinsMonro => (1.0 + t / self.tau).powf(-self.kappa),
            ScheduleKind::Exponential => self.rate.powf(t),
            ScheduleKind::Cosine => {
                let way = (t / self.steps).min(1.0);
                self.share + (1.0 - self.share) * 0.5 * (1.0 + (PI * way).cos())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Schedule, ScheduleKind};

    fn schedule(kind: ScheduleKind) -> Schedule {
        Schedule { kind, tau: 4.0, kappa: 0.5 + 1e-9, rate: 0.5, steps: 10.0, share: 0.2 }
    }

    /// Values at t = 0, 5, 12 by hand: 1 + 5/4 = 9/4 and 1 + 12/4 = 4, so with κ → ½ the factors are 2/3 and 1/2.
    #[test]
    fn values_by_hand() {
        for (kind, expected) in [
            (ScheduleKind::Constant, [1.0, 1.0, 1.0]),
            (ScheduleKind::InverseTime, [1.0, 4.0 / 9.0, 0.25]),
            (ScheduleKind::RobbinsMonro, [1.0, 2.0 / 3.0, 0.5]),
            (ScheduleKind::Exponential, [1.0, 1.0 / 32.0, 1.0 / 4096.0]),
            (ScheduleKind::Cosine, [1.0, 0.6, 0.2]),
        ] {
            for (t, expected) in [0, 5, 12].into_iter().zip(expected) {
                let found = schedule(kind).at(t);
                assert!((found - expected).abs() < 1e-8, "{}({t}) = {found}, not {expected}", kind.name());
            }
        }
    }

    /// The cosine starts and ends flat: at a quarter and at three quarters it is symmetric about its middle.
    #[test]
    fn the_cosine_is_symmetric() {
        let cosine = Schedule { steps: 8.0, ..schedule(ScheduleKind::Cosine) };
        assert!((cosine.at(2) + cosine.at(6) - 1.2).abs() < 1e-15);
        assert!((cosine.at(2) - (0.6 + 0.4 * 0.5f64.sqrt())).abs() < 1e-15);
    }
}
