//! Rosenbrock's function (1 − x)² + 100 (y − x²)² as a model.

use elbow_sdk::{About, Block, Capability, Domain, Model, ModelSetup, Objective, Recognition, Result, Rng, Shape};

elbow_sdk::parameters! {
    /// None.
    pub struct NoParameters {}
}

/// A curved valley with its minimum at (1, 1).
pub struct Rosenbrock;

/// Its value.
pub fn loss(at: &[f64]) -> f64 {
    (1.0 - at[0]).powi(2) + 100.0 * (at[1] - at[0] * at[0]).powi(2)
}

/// Its gradient.
pub fn gradient(at: &[f64]) -> [f64; 2] {
    let slope = 200.0 * (at[1] - at[0] * at[0]);
    [-2.0 * (1.0 - at[0]) - 2.0 * at[0] * slope, slope]
}

impl Model for Rosenbrock {
    const ABOUT: About = About {
        id: "test.rosenbrock",
        summary: "Rosenbrock's function.",
        family: "test",
        references: &[],
        capabilities: &[Capability::Gradient],
        quantities: &[],
    };
    type Parameters = NoParameters;
    type Evaluator = [f64; 2];

    fn new(_: &ModelSetup, _: NoParameters) -> Result<Self> {
        Ok(Self)
    }
    fn shape(&self) -> Shape {
        let (visible_states, hidden_states, has_fixed, has_exact, stochastic) = (0, 0, false, true, false);
        Shape { generative: 2, recognition: 0, visible_states, hidden_states, has_fixed, has_exact, stochastic }
    }
    fn blocks(&self) -> Vec<Block> {
        vec![Block { name: "θ".into(), recognition: false, len: 2 }]
    }
    fn domain(&self, theta: &[f64], _: &[f64]) -> Domain {
        let wild = theta.iter().position(|x| !x.is_finite());
        wild.map_or(Domain::Inside, |parameter| Domain::Outside { parameter })
    }
    /// The customary start.
    fn draw(&self, _: &str, _: &mut Rng<'_>, theta: &mut [f64], _: &mut [f64]) -> Result<()> {
        theta.copy_from_slice(&[-1.2, 1.0]);
        Ok(())
    }
    fn evaluator(&self, _: u64) -> [f64; 2] {
        [0.0; 2]
    }
    fn move_to(&self, at: &mut [f64; 2], theta: &[f64], _: &[f64], _: u64) -> Result<()> {
        at.copy_from_slice(theta);
        Ok(())
    }
    fn loss(&self, at: &mut [f64; 2], _: Objective, _: Recognition) -> Result<f64> {
        Ok(loss(at))
    }
    fn gradient(&self, at: &mut [f64; 2], _: Objective, _: Recognition, out: &mut [f64]) -> Result<()> {
        out.copy_from_slice(&gradient(at));
        Ok(())
    }
    fn quantities(&self, _: &mut [f64; 2], _: Recognition, _: &mut [f64]) -> Result<()> {
        Ok(())
    }
}
