//! Optimizer fisher-rao.
