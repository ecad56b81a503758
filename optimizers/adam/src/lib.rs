//! Optimizer adam.
