//! A model and an optimizer that set the rounding mode in one of their functions, while that is armed.

use elbow_sdk::{
    About, Block, Capability, Domain, Estimation, Fisher, Host, Layer, LayerRows, Metric, Model, ModelSetup, Numbers, Objective,
    Optimizer, Parts, Point, Recognition, Result, Rng, Rows, Setup, Shape,
};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Where it happens.
static ARMED: Mutex<&str> = Mutex::new("");
/// The tests take turns.
static TURN: Mutex<()> = Mutex::new(());

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

pub fn turn() -> MutexGuard<'static, ()> {
    lock(&TURN)
}

pub fn arm(place: &'static str) {
    *lock(&ARMED) = place;
}

pub fn disarm() {
    arm("");
}

/// Rounds towards zero from here on, if this place is armed.
fn spoil(place: &str) {
    if *lock(&ARMED) == place {
        let mut word = 0u32;
        // SAFETY: stores and loads the control register through the address of `word`; no reserved bit is set.
        unsafe {
            std::arch::asm!("stmxcsr [{}]", in(reg) &raw mut word);
            word |= 0x6000;
            std::arch::asm!("ldmxcsr [{}]", in(reg) &raw const word);
        }
    }
}

const P: usize = 2;

/// What each plugin is called, and what an optimizer needs or a model has.
const fn about(id: &'static str, capabilities: &'static [Capability]) -> About {
    About { id, summary: "Changes the environment.", family: "test", references: &[], capabilities, quantities: &[] }
}

elbow_sdk::parameters! {
    /// None.
    pub struct NoParameters {}
}

/// L(θ) = ½ θᵀθ with the Fisher matrix I, as one layer without inputs.
struct Quadratic<const SPOILS: bool>(Host);

/// The point of an evaluation.
struct At<const SPOILS: bool>([f64; P]);

impl<const SPOILS: bool> Drop for At<SPOILS> {
    fn drop(&mut self) {
        Quadratic::<SPOILS>::at("model evaluator destroy");
    }
}

impl<const SPOILS: bool> Drop for Quadratic<SPOILS> {
    fn drop(&mut self) {
        Self::at("model destroy");
    }
}

impl<const SPOILS: bool> Quadratic<SPOILS> {
    fn at(place: &str) {
        if SPOILS {
            spoil(place);
        }
    }
}

impl<const SPOILS: bool> Model for Quadratic<SPOILS> {
    const ABOUT: About =
        about(if SPOILS { "test.model" } else { "test.honest" }, &[Capability::Gradient, Capability::Fisher, Capability::Layers]);
    type Parameters = NoParameters;
    type Evaluator = At<SPOILS>;

    fn new(setup: &ModelSetup, _: NoParameters) -> Result<Self> {
        Self::at("model create");
        Ok(Self(setup.host))
    }
    fn shape(&self) -> Shape {
        Self::at("model shape");
        let (has_fixed, has_exact, stochastic) = (false, true, false);
        Shape { generative: P, recognition: 0, visible_states: 0, hidden_states: 0, has_fixed, has_exact, stochastic }
    }
    fn blocks(&self) -> Vec<Block> {
        Self::at("model blocks");
        vec![Block { name: "θ".into(), recognition: false, len: P }]
    }
    fn domain(&self, _: &[f64], _: &[f64]) -> Domain {
        Self::at("model domain");
        Domain::Inside
    }
    fn draw(&self, _: &str, _: &mut Rng<'_>, theta: &mut [f64], _: &mut [f64]) -> Result<()> {
        Self::at("model draw");
        theta.fill(1.0);
        Ok(())
    }
    fn evaluator(&self, _: u64) -> At<SPOILS> {
        Self::at("model evaluator");
        At([0.0; P])
    }
    fn move_to(&self, at: &mut At<SPOILS>, theta: &[f64], _: &[f64], _: u64) -> Result<()> {
        Self::at("model move");
        at.0.copy_from_slice(theta);
        Ok(())
    }
    fn loss(&self, at: &mut At<SPOILS>, _: Objective, _: Recognition) -> Result<f64> {
        Self::at("model loss");
        Ok(0.5 * at.0.iter().map(|x| x * x).sum::<f64>())
    }
    fn gradient(&self, at: &mut At<SPOILS>, _: Objective, _: Recognition, out: &mut [f64]) -> Result<()> {
        Self::at("model gradient");
        // More parts than threads: some are done by the pool's.
        self.0.for_each(&mut [(); 64], |_, ()| Self::at("model pool"));
        out.copy_from_slice(&at.0);
        Ok(())
    }
    fn quantities(&self, _: &mut At<SPOILS>, _: Recognition, _: &mut [f64]) -> Result<()> {
        Self::at("model quantities");
        Ok(())
    }
    fn fisher(&self, _: &mut At<SPOILS>, _: Fisher, out: &mut [f64]) -> Result<()> {
        (0..P * P).for_each(|k| out[k] = f64::from(u8::from(k % P == k / P)));
        Ok(())
    }
    fn host(&self) -> Host {
        self.0
    }
    fn layers(&self) -> Vec<Layer> {
        Self::at("model layers");
        vec![Layer { name: "θ".into(), recognition: false, offset: 0, inputs: 0, outputs: P }]
    }
    fn rows(&self, _: &mut At<SPOILS>, _: Fisher, _: Estimation, each: &mut dyn FnMut(&Rows<'_>) -> Result<()>) -> Result<()> {
        Self::at("model rows");
        let (inputs, root) = ([1.0; P], (P as f64).sqrt());
        let deltas = [root, 0.0, 0.0, root];
        let layer = LayerRows { layer: 0, inputs: Numbers::Double(&inputs), deltas: Numbers::Double(&deltas) };
        each(&Rows { count: P, weight: 0.5, inputs_weight: 0.5, layers: &[layer] })
    }
}

/// θ ← θ − 0.1 ∇L, asking for all there is.
struct Descent(Vec<Layer>);

impl Drop for Descent {
    fn drop(&mut self) {
        spoil("optimizer destroy");
    }
}

impl Optimizer for Descent {
    const ABOUT: About = about("test.optimizer", &[Capability::Gradient, Capability::Layers]);
    type Parameters = NoParameters;

    fn new(setup: &Setup, _: NoParameters) -> Result<Self> {
        spoil("optimizer create");
        Ok(Self(setup.layers.clone()))
    }
    fn step(&mut self, at: &mut Point<'_>) -> Result<()> {
        spoil("optimizer step");
        // A plugin may keep another's failure to itself.
        let _ = at.loss();
        at.rows(&Metric::default(), Estimation::Exact, Parts::Both, &self.0, &mut |_| {
            spoil("optimizer each");
            Ok(())
        })?;
        at.step_along(at.gradient()?, -0.1);
        Ok(())
    }
}

elbow_sdk::bundle!(pub fn bundle = [model Quadratic<true>, model Quadratic<false>, optimizer Descent]);
