//! The conformance suite: what every plugin must do, whoever wrote it.
//!
//! One line in a plugin's `tests/conformance.rs` runs it:
//!
//! ```ignore
//! elbow_check::conformance!(optimizer my_crate::MyOptimizer);
//! elbow_check::conformance!(model my_crate::MyModel, [("size", Value::Integer(3))]);
//! ```
//!
//! Every check has a name, and a failure says what to mend.
#![forbid(unsafe_code)]

mod complete;
pub mod course;
mod descriptor;
pub mod model;
pub mod optimizer;
pub mod peers;
pub mod quadratic;

pub use elbow_abi as abi;
pub use elbow_host as host;
pub use elbow_host::Value;
pub use elbow_sdk as sdk;

use elbow_abi::{CONVERGED, STALLED};
use elbow_host::{Optimizer, Plugin, Proxy};

/// A check: what is wrong and how to mend it, or nothing.
type Verdict = Result<(), String>;

/// A named check of a plugin.
type Check<S> = (&'static str, fn(&S) -> Verdict);

/// Runs named checks and tells of all that fail.
///
/// # Panics
/// If any check fails: this is an assertion for tests.
fn assert_all<S>(plugin: &Plugin, subject: &S, checks: &[Check<S>]) {
    let failed = checks.iter().filter_map(|(name, check)| Some(format!("  {name}: {}", check(subject).err()?)));
    let failed: Vec<String> = failed.collect();
    assert!(failed.is_empty(), "{} does not conform:\n{}", plugin.id, failed.join("\n"));
}

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(otherwise()) }
}

/// Makes a step. An optimizer that is at its end stays where it is.
fn make_step(proxy: &mut Proxy, optimizer: &mut Optimizer) -> elbow_host::Result<()> {
    match proxy.step(optimizer, false) {
        Err(error) if error.code() != CONVERGED && error.code() != STALLED => Err(error),
        _ => Ok(()),
    }
}

/// Makes the tests of a plugin's conformance; see the crate's text.
#[macro_export]
macro_rules! conformance {
    (optimizer $plugin:ty) => {
        $crate::sdk::bundle!(fn bundle = [optimizer $plugin]);

        #[test]
        fn conforms() {
            $crate::optimizer::assert_conforms(bundle());
        }
    };
    (model $plugin:ty, [$(($key:literal, $value:expr)),* $(,)?]) => {
        $crate::sdk::bundle!(fn bundle = [model $plugin]);

        #[test]
        fn conforms() {
            $crate::model::assert_conforms(bundle(), vec![$(($key, $value)),*]);
        }
    };
}
