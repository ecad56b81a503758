//! Variational autoencoders of perceptrons: `p_θ(x, z) = N(z; 0, I) p_θ(x|z)`, `q_φ(z|x) = N(z; μ(x), diag σ²(x))`.
//!
//! The loss is −ELBO of a minibatch, `KL(q ‖ p(z)) − E_q log p_θ(x|z)` with the divergence in closed form and K draws
//! `z = μ + σ ε` for the rest, or −L_K, the importance weighted bound with the same draws; gradients go through the draws
//! (Kingma and Welling, *Auto-Encoding Variational Bayes*, 2014; Burda, Grosse and Salakhutdinov, *Importance Weighted
//! Autoencoders*, 2016). Fisher matrices are those of the networks' output distributions; their rows keep the networks' layers
//! apart, as Kronecker-factored and unitwise approximations want them (Martens and Grosse, *Optimizing Neural Networks with
//! Kronecker-factored Approximate Curvature*, 2015).
//!
//! # Data
//! With a Bernoulli likelihood the data are zeros and ones: where nothing is said, values between 0 and 1 are cut at half of the
//! largest, as those of the digits. `data.binarize.kind = "none"` keeps such values, with a note: Σ softplus(r) − x r is a loss
//! for them, too, but e^{−loss} does not sum to one over them, so neither ELBO nor L_K is then a bound on the logarithm of a
//! probability. A minibatch is a random set of rows, or walks through all of them in their order (see [`elbow_data::Batches`]);
//! both are unbiased.
//!
//! # What is recorded
//! ELBO, L_K and what is made of them are averages over rows with K draws of z for each, and have Monte-Carlo errors: how they
//! would vary with other draws for the same rows. L_K lies below the evidence of these rows on average, to first order by
//! Var(w)/(2 K (E w)²) for each with w = p(x, z)/q(z|x); errors and bias are estimated by the jackknife, from K ≥ 2 draws. What
//! other rows would make of L_K is recorded apart. What has no meaning is undefined: an error from one draw, the ELBO of rows
//! held out where there are none. A loss that is infinite is defined.
//!
//! # Order of parameters
//! θ: the decoder's layers from z to x, then log σ² if it is learned. φ: the encoder's layers from x to (μ, s). A layer's
//! parameters are W̄, outputs × (inputs + 1), column by column with the bias last: in memory this is a row-major array of shape
//! (inputs, outputs) followed by the biases.
//!
//! # Numbers
//! Networks compute in 32 or 64 bits, on columns of examples. A minibatch is split into parts whose number depends on its size
//! alone, each part runs on one thread, and parts are added up in order: results do not depend on the number of threads.

#![forbid(unsafe_code)]

mod affine;
mod answers;
mod block;
mod check;
mod chunk;
mod decoding;
mod dense;
mod draw;
mod draws;
mod engine;
mod evaluation;
mod evaluator;
mod jackknife;
mod latent;
mod loss;
mod model;
mod network;
mod parameters;
mod particles;
mod quantities;
mod real;
mod rows;
mod scores;
mod spec;
mod spread;
mod sums;
mod visible;

pub use evaluator::Evaluator;
pub use model::Vae;
pub use parameters::{Activation, Bound, EvaluationParameters, Likelihood, Parameters, Scale, Width};
