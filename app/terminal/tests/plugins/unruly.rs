//! A bundle of optimizers that do what one must not: one prints, one panics.

use elbow_sdk::{About, Capability, Optimizer, Point, Result, Setup};

elbow_sdk::parameters! {
    /// When it happens.
    pub struct Parameters {
        /// Step at which it happens.
        at: usize = 3, min(0.0);
    }
}

/// What both do at every other step.
fn step(at: &mut Point<'_>) -> Result<()> {
    at.step_along(at.gradient()?, -1e-4);
    Ok(())
}

const fn about(id: &'static str, summary: &'static str) -> About {
    About { id, summary, family: "test", references: &[], capabilities: &[Capability::Gradient], quantities: &[] }
}

struct Loud(Parameters, usize);

impl Optimizer for Loud {
    const ABOUT: About = about("test.loud", "Prints.");
    type Parameters = Parameters;

    fn new(_: &Setup, parameters: Parameters) -> Result<Self> {
        Ok(Self(parameters, 0))
    }

    #[allow(clippy::print_stdout, clippy::print_stderr, reason = "that is what it is for")]
    fn step(&mut self, at: &mut Point<'_>) -> Result<()> {
        self.1 += 1;
        if self.1 == self.0.at {
            println!("\x1b[2J\x1b[7mwritten across the screen");
            eprintln!("and a complaint");
        }
        step(at)
    }
}

struct Fearful(Parameters, usize);

impl Optimizer for Fearful {
    const ABOUT: About = about("test.fearful", "Panics.");
    type Parameters = Parameters;

    fn new(_: &Setup, parameters: Parameters) -> Result<Self> {
        Ok(Self(parameters, 0))
    }

    fn step(&mut self, at: &mut Point<'_>) -> Result<()> {
        self.1 += 1;
        assert!(self.1 <= self.0.at, "the curvature is out of order");
        step(at)
    }
}

elbow_sdk::bundle!(fn unruly = [optimizer Loud, optimizer Fearful]);
elbow_sdk::export_bundle!(unruly);
