//! No two columns of a record have one name: what would have is refused, with both names.

mod common;

use common::small;
use elbow_engine::build::{self, Request};
use elbow_host::{Catalog, Origin};
use elbow_sdk::{About, Capability, Optimizer, Point, Quantity, Result, Setup};
use std::path::Path;
use std::sync::Arc;

elbow_sdk::parameters! {
    /// None.
    pub struct NoParameters {}
}

macro_rules! reporting {
    ($name:ident, $id:literal, [$($quantity:literal),*]) => {
        struct $name;
        impl Optimizer for $name {
            const ABOUT: About = About {
                id: $id,
                summary: "Reports.",
                family: "test",
                references: &[],
                capabilities: &[Capability::Gradient],
                quantities: &[$(Quantity::up($quantity, "")),*],
            };
            type Parameters = NoParameters;
            fn new(_: &Setup, _: NoParameters) -> Result<Self> {
                Ok(Self)
            }
            fn step(&mut self, at: &mut Point<'_>) -> Result<()> {
                at.step_along(at.gradient()?, -1e-3);
                Ok(())
            }
        }
    };
}

reporting!(Own, "test.own", ["trust"]);
reporting!(Models, "test.models", ["trust", "elbo"]);
reporting!(Engines, "test.engines", ["path_length"]);
reporting!(Vector, "test.vector", ["spectrum[1]"]);
reporting!(Step, "test.step", ["step"]);
reporting!(Twice, "test.twice", ["trust", "trust"]);

elbow_sdk::bundle!(fn apart = [optimizer Own, optimizer Models, optimizer Engines, optimizer Vector, optimizer Step]);
elbow_sdk::bundle!(fn twice = [optimizer Twice]);

#[test]
fn names_that_are_taken_are_refused_with_who_has_them() {
    let mut catalog = Catalog::bundled(elbow_bundle::bundle()).unwrap();
    catalog.admit(apart(), &Origin::Bundled).unwrap();
    let text: String =
        ["own", "models", "engines", "vector", "step"].map(|id| format!("[[optimizer]]\nplugin = \"{id}\"\n")).concat();
    let request = Request { name: "x.toml", text: &(small("", "") + &text), base: Path::new(""), set: &[], seeds: None };
    let plan = build::plan(&request, &Arc::new(catalog)).unwrap_or_else(|wrong| panic!("{}", wrong.line()));
    assert_eq!(plan.cells.len(), 2, "fisher-rao, and the one whose names are its own");
    let reasons: Vec<_> = plan.left_out.iter().map(|left| left.reason.as_str()).collect();
    let ours = |name: &str| format!("a quantity `{name}`, which is the name of one that elbow records itself");
    assert_eq!(reasons[0], "elbow.bayesian-network and test.models both record a quantity `elbo`");
    assert_eq!(reasons[1], format!("test.engines records {}", ours("path_length")));
    assert_eq!(reasons[2], format!("test.vector records {}", ours("spectrum[1]")));
    assert_eq!(reasons[3], format!("test.step records {}", ours("step")));
}

#[test]
fn a_plugin_that_names_two_quantities_alike_is_not_admitted() {
    let refused = Catalog::default().admit(twice(), &Origin::Bundled).unwrap_err();
    assert_eq!(refused, "plugin `test.twice` records two quantities of the name `trust`");
}

#[test]
fn the_columns_of_every_built_in_pairing_differ() {
    for text in ["smoke.toml", "smoke-continuous.toml"] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs");
        let plan = common::plan_in(&std::fs::read_to_string(root.join(text)).unwrap(), &root).unwrap();
        for cell in &plan.cells {
            let columns = elbow_engine::record::Recorder::new(&plan, cell).columns;
            let mut names: Vec<_> = columns.iter().map(|column| column.name.as_str()).chain(["step", "process_time"]).collect();
            names.sort_unstable();
            assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
        }
    }
}
