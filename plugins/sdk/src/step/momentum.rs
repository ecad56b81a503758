//! Momentum: v ← βv + d. Whether d is the gradient or what a metric made of it is the optimizer's business.

use crate::error::Result;
use crate::state::State;

crate::parameters! {
    /// Momentum of a step.
    pub struct MomentumParameters {
        /// β: share of the velocity that is kept; 0: none.
        momentum: f64 = 0.9, min(0.0), below(1.0), live();
    }
}

/// A velocity.
#[derive(Clone, Debug)]
pub struct Momentum {
    beta: f64,
    velocity: Vec<f64>,
}

impl Momentum {
    /// At rest, of `dimension` parameters.
    pub fn new(parameters: &MomentumParameters, dimension: usize) -> Self {
        Self { beta: parameters.momentum, velocity: vec![0.0; dimension] }
    }

    /// v ← βv + c d; gives v.
    pub fn add(&mut self, c: f64, d: &[f64]) -> &[f64] {
        self.velocity.iter_mut().zip(d).for_each(|(v, d)| *v = self.beta * *v + c * d);
        &self.velocity
    }

    /// v, as the last step left it.
    pub fn velocity(&self) -> &[f64] {
        &self.velocity
    }

    /// Visits v.
    pub fn state(&mut self, state: &mut State<'_>) -> Result<()> {
        state.numbers(&mut self.velocity)
    }
}

#[cfg(test)]
mod tests {
    use super::{Momentum, MomentumParameters};
    use crate::state::State;

    /// With d = 1 throughout v is (1 − βᵗ)/(1 − β).
    #[test]
    fn velocities_are_a_geometric_sum() {
        let mut momentum = Momentum::new(&MomentumParameters { momentum: 0.5 }, 2);
        for expected in [1.0, 1.5, 1.75] {
            assert_eq!(momentum.add(2.0, &[0.5, -0.5]), [expected, -expected]);
        }
        let (mut bytes, mut fresh) = (Vec::new(), Momentum::new(&MomentumParameters { momentum: 0.5 }, 2));
        momentum.state(&mut State::saving(&mut bytes)).unwrap();
        fresh.state(&mut State::loading(&bytes)).unwrap();
        assert_eq!(fresh.velocity(), [1.75, -1.75]);
    }
}
