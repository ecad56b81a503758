//! From an experiment file to a plan, its cells, their records and the run directory.

pub mod live;
