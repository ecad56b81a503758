//! A plugin that panics or fails ends its own cell, with a reason; the others go on.

mod common;

use common::{run, small};
use elbow_engine::build::{self, Request};
use elbow_engine::live::Status;
use elbow_host::{Catalog, Origin};
use elbow_sdk::{About, Capability, Code, Error, Optimizer, Point, Result, Setup};
use std::path::Path;
use std::sync::Arc;

elbow_sdk::parameters! {
    /// What goes wrong, and when.
    pub struct Parameters {
        /// Step at which it goes wrong.
        at: usize = 3, min(0.0);
        /// Fails instead of panicking.
        fails: bool = false;
    }
}

struct Evil(Parameters, usize);

impl Optimizer for Evil {
    const ABOUT: About = About {
        id: "test.evil",
        summary: "Goes wrong.",
        family: "test",
        references: &[],
        capabilities: &[Capability::Gradient],
        quantities: &[],
    };
    type Parameters = Parameters;

    fn new(_: &Setup, parameters: Parameters) -> Result<Self> {
        Ok(Self(parameters, 0))
    }

    fn step(&mut self, at: &mut Point<'_>) -> Result<()> {
        self.1 += 1;
        if self.1 > self.0.at {
            assert!(self.0.fails, "the curvature is out of order");
            return Err(Error::new(Code::Failed, "no step today"));
        }
        at.step_along(at.gradient()?, -1e-3);
        Ok(())
    }
}

elbow_sdk::bundle!(fn evil = [optimizer Evil]);

#[test]
fn a_panic_ends_one_cell() {
    let mut catalog = Catalog::bundled(elbow_bundle::bundle()).unwrap();
    catalog.admit(evil(), &Origin::Bundled).unwrap();
    let text = small("", "")
        + "[[optimizer]]\nplugin = \"evil\"\n[[optimizer]]\nlabel = \"f\"\nplugin = \"evil\"\nfails = true\nat = 0\n";
    let request = Request { name: "evil.toml", text: &text, base: Path::new(""), set: &[], seeds: None };
    let plan = build::plan(&request, &Arc::new(catalog)).unwrap_or_else(|wrong| panic!("{}", wrong.render(false)));
    let endings: Vec<_> = run(&plan, 2, None).into_iter().map(|outcome| outcome.ending).collect();
    assert_eq!((endings[0].status, endings[0].steps), (Status::Finished, 30));
    assert_eq!((endings[1].status, endings[1].steps), (Status::Failed, 3));
    let reason = &endings[1].reason;
    assert!(reason.contains("panicked: the curvature is out of order") && reason.contains("evil.rs:"), "{reason}");
    assert_eq!((endings[2].status, endings[2].reason.as_str()), (Status::Failed, "no step today"));
}
