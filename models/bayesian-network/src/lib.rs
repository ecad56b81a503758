//! Bayesian networks with finite states, exact by enumeration.
//!
//! `p_θ(v, h) = Π_i η_i(x_i | x_{pa(i)})` for any directed acyclic graph, any choice of visible nodes v and hidden nodes h.
//! Since `log p_θ(v, h) = Σ_i log η_{f_i}` everything follows from expected counts of families
//! `f = (node, parent state, state)`: `c_v[f] = Σ_h p_θ(v, h) 1[f]`, which one search through the hidden states gives for each
//! visible state. Tables of all states are never stored (Ay, van Oostrum and Datar, *On the Natural Gradient of the Evidence
//! Lower Bound*, JMLR 2025, for the two networks of three nodes; Koller and Friedman, *Probabilistic Graphical Models*, 2009,
//! chapters 3 and 17).
//!
//! # Order of states and parameters
//! The first state of a binary node is "1": its parameter is the probability of that state. Tables in a file list the states of
//! the declared nodes in declared order, the last node fastest, the first state first: for X, Y, Z they are 111, 110, 101, 100,
//! 011, …. Parameters go node by node, for each node over the states of its parents (in the order of `parents`, the last
//! fastest), for each of these over all states but the last. The tables that the model hands out go over visible states, hidden
//! states along a row.

//!
#![forbid(unsafe_code)]

mod domain;
mod enumerate;
mod evaluator;
mod extreme;
mod fisher;
mod gram;
mod jeffreys;
mod model;
mod network;
mod number;
mod parameters;
mod pass;
mod plan;
mod preset;
mod quantities;
mod recognition;
mod rows;
mod signed;
mod table;
mod target;
mod validate;

pub use evaluator::Evaluator;
pub use model::BayesianNetwork;
pub use parameters::{Chart, NodeParameters, Parameters, Preset, TargetParameters};
