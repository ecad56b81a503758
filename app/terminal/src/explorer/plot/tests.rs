//! Tests of the plot.

mod cost;
mod octants;
mod oracle;
mod scales;
mod statistics;
