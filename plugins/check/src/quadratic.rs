//! The model that optimizers are checked on: L(θ) = ½ (θ−m)ᵀ A (θ−m), with the Fisher matrix A.
//!
//! It is one layer without inputs, whose rows are the columns of the Cholesky factor of A. A is tridiagonal, positive definite and not diagonal; m_i = i/2. Its variants hide the Fisher matrix or give gradients that
//! are not numbers.

use elbow_sdk::{
    About, Block, Capability, Domain, Error, Estimation, Fisher, Layer, LayerRows, Model, ModelSetup, Numbers, Objective,
    Recognition, Result, Rng, Rows, Shape,
};

/// Number of parameters.
pub const P: usize = 4;

/// Row i, column j of A.
pub fn a(i: usize, j: usize) -> f64 {
    match i.abs_diff(j) {
        0 => 2.0 + i as f64,
        1 => -0.5,
        _ => 0.0,
    }
}

/// The gradient A (θ − m).
pub fn gradient(theta: &[f64]) -> [f64; P] {
    let mut out = [0.0; P];
    product(theta, 0.5, &mut out);
    out
}

/// A times (θ − m), or times a vector where m is 0.
fn product(vector: &[f64], m: f64, out: &mut [f64]) {
    for (i, out) in out.iter_mut().enumerate() {
        *out = vector.iter().enumerate().map(|(j, x)| a(i, j) * (x - m * j as f64)).sum();
    }
}

/// √P times the columns of the Cholesky factor of A, one after the other.
fn factor() -> [f64; P * P] {
    let mut l = [0.0; P * P];
    for j in 0..P {
        for i in j..P {
            let sum: f64 = (0..j).map(|k| l[k * P + i] * l[k * P + j]).sum();
            l[j * P + i] = if i == j { (a(i, i) - sum).sqrt() } else { (a(i, j) - sum) / l[j * P + j] };
        }
    }
    l.map(|x| x * (P as f64).sqrt())
}

macro_rules! variant {
    ($(#[doc = $doc:literal])* $name:ident, $id:literal, [$($capability:ident),*], $gradient:expr) => {
        $(#[doc = $doc])*
        pub struct $name;

        impl Model for $name {
            const ABOUT: About = About {
                id: $id,
                summary: "A quadratic form.",
                family: "check",
                references: &[],
                capabilities: &[$(Capability::$capability),*],
                quantities: &[],
            };
            type Parameters = NoParameters;
            type Evaluator = Vec<f64>;

            fn new(_: &ModelSetup, _: NoParameters) -> Result<Self> {
                Ok(Self)
            }
            fn shape(&self) -> Shape {
                Shape { generative: P, recognition: 0, visible_states: 0, hidden_states: 0, has_fixed: false, has_exact: true, stochastic: false }
            }
            fn blocks(&self) -> Vec<Block> {
                vec![Block { name: "θ".into(), recognition: false, len: P }]
            }
            fn domain(&self, theta: &[f64], _: &[f64]) -> Domain {
                let wild = theta.iter().position(|x| !x.is_finite());
                wild.map_or(Domain::Inside, |parameter| Domain::Outside { parameter })
            }
            fn draw(&self, _: &str, rng: &mut Rng<'_>, theta: &mut [f64], _: &mut [f64]) -> Result<()> {
                theta.iter_mut().for_each(|x| *x = rng.normal());
                Ok(())
            }
            fn evaluator(&self, _: u64) -> Vec<f64> {
                vec![0.0; P]
            }
            fn move_to(&self, at: &mut Vec<f64>, theta: &[f64], _: &[f64], _: u64) -> Result<()> {
                at.copy_from_slice(theta);
                Ok(())
            }
            fn loss(&self, at: &mut Vec<f64>, _: Objective, _: Recognition) -> Result<f64> {
                let mut gradient = [0.0; P];
                product(at, 0.5, &mut gradient);
                Ok(at.iter().zip(gradient).enumerate().map(|(i, (x, g))| 0.5 * (x - 0.5 * i as f64) * g).sum())
            }
            fn gradient(&self, at: &mut Vec<f64>, _: Objective, _: Recognition, out: &mut [f64]) -> Result<()> {
                product(at, 0.5, out);
                let spoil: fn(&mut [f64]) -> Result<()> = $gradient;
                spoil(out)
            }
            fn quantities(&self, _: &mut Vec<f64>, _: Recognition, _: &mut [f64]) -> Result<()> {
                Ok(())
            }
            fn fisher(&self, _: &mut Vec<f64>, _: Fisher, out: &mut [f64]) -> Result<()> {
                (0..P * P).for_each(|k| out[k] = a(k % P, k / P));
                Ok(())
            }
            fn fisher_diagonal(&self, _: &mut Vec<f64>, _: Fisher, out: &mut [f64]) -> Result<()> {
                (0..P).for_each(|i| out[i] = a(i, i));
                Ok(())
            }
            fn fisher_product(&self, _: &mut Vec<f64>, _: Fisher, vector: &[f64], out: &mut [f64]) -> Result<()> {
                product(vector, 0.0, out);
                Ok(())
            }
            fn layers(&self) -> Vec<Layer> {
                let layer = Layer { name: "θ".into(), recognition: false, offset: 0, inputs: 0, outputs: P };
                if Self::ABOUT.capabilities.contains(&Capability::Layers) { vec![layer] } else { Vec::new() }
            }
            fn rows(
                &self,
                _: &mut Vec<f64>,
                _: Fisher,
                _: Estimation,
                each: &mut dyn FnMut(&Rows<'_>) -> Result<()>,
            ) -> Result<()> {
                let (inputs, deltas, weight) = ([1.0; P], factor(), 1.0 / P as f64);
                let layer = LayerRows { layer: 0, inputs: Numbers::Double(&inputs), deltas: Numbers::Double(&deltas) };
                each(&Rows { count: P, weight, inputs_weight: weight, layers: &[layer] })
            }
        }
    };
}

elbow_sdk::parameters! {
    /// None.
    pub struct NoParameters {}
}

variant!(
    /// The quadratic form with everything.
    Quadratic, "check.quadratic", [Gradient, Fisher, Layers], |_| Ok(())
);
variant!(
    /// Without Fisher matrices.
    Plain, "check.plain", [Gradient], |_| Ok(())
);
variant!(
    /// With a gradient that is not a number.
    Spoiled, "check.spoiled", [Gradient, Fisher, Layers], |out| {
        out[1] = f64::NAN;
        Ok(())
    }
);
variant!(
    /// Whose gradient fails.
    Failing, "check.failing", [Gradient, Fisher, Layers], |_| Err(Error::new(elbow_sdk::Code::Failed, "no gradient today"))
);

elbow_sdk::bundle! {
    /// The models that optimizers are checked on.
    pub fn models = [model Quadratic, model Plain, model Spoiled, model Failing]
}
