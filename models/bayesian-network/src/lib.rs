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
//! # How exact
//! To rounding, also near the boundary. Where a product of one entry from each node may be below 2⁻⁹⁶⁰, which the tables tell before
//! a search, the same sums run in numbers whose exponent has no bound, at about four times the cost: log p(v), p(h|v), gradients, G and
//! G_V are then as right as at any other point, and what is smaller than the smallest f64 in the end is 0. 1 − η comes from the other
//! entries of the row, divergences from terms that are not negative (a gap of 1e-25 is one, and none is below 0), natural gradients
//! under the metrics `joint` and `recognition` from closed forms. What is left is what the coordinates can say: a logit x gives
//! log η to 1e-16 of its size, and so the square root of a divergence; a mean gives the last entry of a row to 2⁻⁵³, below which a row
//! of three and more states is on the boundary. An entry of G_V loses digits where one of its scores is below 1e-290.
//!
//! On the boundary η = 0 is exact: infinite divergences are values, G is not finite. Outside [0, 1], where only a flow of the evidence
//! goes, log p(v), D_V and G_V have a meaning; ELBO, gap and D_J have none and are told to be undefined.

#![forbid(unsafe_code)]

mod domain;
mod enumerate;
mod evaluator;
mod extreme;
mod fisher;
mod gram;
mod jeffreys;
mod model;
mod natural;
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
