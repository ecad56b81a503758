//! Optimizer diagonal-fisher.
