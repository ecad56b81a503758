//! Tests of the plot.

mod cost;
mod octants;
mod oracle;
mod pictures;
mod scales;
mod statistics;
