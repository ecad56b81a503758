//! Bayesian networks with finite states, exact by enumeration.
