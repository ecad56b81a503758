//! What the explorer costs, against its budgets: `cargo bench -p elbow --bench explorer`, in seconds with `-- --quick`.
//!
//! Times of one session on one machine: ratios mean more than they do. Only `cargo bench` measures in full; everything else
//! that starts this program, as `cargo test --benches` does, gets the quick one.

mod bytes;
mod data;
mod frames;
mod keys;
mod rebuilds;
mod report;
mod slowdown;
mod terminal;
mod times;

use std::error::Error;
use std::io::Write;

/// Nothing, or why something could not be measured.
type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Columns and rows that the budgets name.
const SIZES: [(u16, u16); 2] = [(80, 24), (200, 60)];

fn main() -> Outcome {
    let arguments: Vec<String> = std::env::args().collect();
    let given = |name: &str| arguments.iter().any(|argument| argument == name);
    let quick = given("--quick") || !given("--bench");
    let cores = std::thread::available_parallelism()?;
    writeln!(std::io::stdout(), "{} cores{}", cores, if quick { ", a quick look: read nothing into it" } else { "" })?;
    frames::measure(quick)?;
    bytes::measure()?;
    rebuilds::measure(quick)?;
    keys::measure(quick)?;
    slowdown::measure(quick)
}
