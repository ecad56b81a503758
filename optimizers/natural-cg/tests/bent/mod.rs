//! L = ½ x² + ½ y (1 − x) with the metric diag(1, c), c any number: a loss whose gradient turns where its metric does not.

use elbow_sdk::{About, Block, Capability, Domain, Fisher, Model, ModelSetup, Objective, Recognition, Result, Rng, Shape};

elbow_sdk::parameters! {
    /// The metric.
    pub struct Parameters {
        /// c.
        second: f64 = 1.0;
    }
}

/// The model.
pub struct Bent(f64);

impl Model for Bent {
    const ABOUT: About = About {
        id: "test.bent",
        summary: "A bent loss.",
        family: "test",
        references: &[],
        capabilities: &[Capability::Gradient, Capability::Fisher],
        quantities: &[],
    };
    type Parameters = Parameters;
    type Evaluator = [f64; 2];

    fn new(_: &ModelSetup, parameters: Parameters) -> Result<Self> {
        Ok(Self(parameters.second))
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
    fn draw(&self, _: &str, _: &mut Rng<'_>, theta: &mut [f64], _: &mut [f64]) -> Result<()> {
        theta.copy_from_slice(&[1.0, 0.0]);
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
        Ok(0.5 * at[0] * at[0] + 0.5 * at[1] * (1.0 - at[0]))
    }
    fn gradient(&self, at: &mut [f64; 2], _: Objective, _: Recognition, out: &mut [f64]) -> Result<()> {
        out.copy_from_slice(&[at[0] - 0.5 * at[1], 0.5 * (1.0 - at[0])]);
        Ok(())
    }
    fn quantities(&self, _: &mut [f64; 2], _: Recognition, _: &mut [f64]) -> Result<()> {
        Ok(())
    }
    fn fisher_product(&self, _: &mut [f64; 2], _: Fisher, vector: &[f64], out: &mut [f64]) -> Result<()> {
        out.copy_from_slice(&[vector[0], self.0 * vector[1]]);
        Ok(())
    }
}
