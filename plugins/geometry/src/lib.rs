//! Information geometry on faer: divergences, Fisher matrices, the pencil's spectrum, damped solves, and oracles for tests.
//!
//! Pure functions of matrices and slices of `f64`: no input or output, no threads, no clock. Workspaces own their memory and
//! allocate nothing after the first call at a given size. All logarithms are natural, all divergences are in nats.

#![forbid(unsafe_code)]

pub mod categorical;
mod components;
pub mod cosine;
pub mod decomposition;
mod dense;
pub mod elementwise;
mod factor;
mod jacobi;
pub mod oracle;
pub mod pencil;
pub mod printed;
mod range;
pub mod simplex;
mod small;
pub mod solve;
