//! Tests of the plot.

mod oracle;
mod scales;
