//! Optimizer euclidean.
