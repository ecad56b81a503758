//! Probabilistic principal components with a learned recognition, the linear variational autoencoder: everything is exact.
//!
//! ```text
//! z ~ N(0, I_k)     x = W z + μ + σ ε     ε ~ N(0, I_d)            generative, θ
//! q(z|x) = N(V x + b, diag D)                                      recognition, φ
//! p(x) = N(μ, C)    C = W Wᵀ + σ² I      p(z|x) = N(M⁻¹ Wᵀ (x − μ), σ² M⁻¹)    M = Wᵀ W + σ² I
//! ```
//!
//! Networks have one affine layer each: W̄ = [W, μ] maps z̄ = (z, 1), V̄ = [V, b] maps x̄ = (x, 1). What is learned beside them are
//! log σ², if the noise is, and s = ½ log D. The data enter through `E[x̄ x̄ᵀ]` alone, so nothing costs more with more data, but
//! for sampled and empirical rows of Fisher matrices, which visit each datum. What is held out (`data.test`) is not used.
//! Expectations E[·] are over the data, and over q(z|x) where z is in them. All is in nats per datum.
//!
//! Rotations of z do not change p(x): the visible Fisher matrix has k (k − 1) / 2 zeros at least, however much data there are.
//!
//! # References
//! - M. Tipping, C. Bishop, *Probabilistic principal component analysis*, Journal of the Royal Statistical Society B 61, 1999.
//! - J. Lucas, G. Tucker, R. Grosse, M. Norouzi, *Don't blame the ELBO! A linear VAE perspective on posterior collapse*, NeurIPS 2019.

#![forbid(unsafe_code)]

mod fisher;
mod gradient;
mod kronecker;
mod loss;
mod model;
mod moments;
pub mod oracle;
mod parameters;
mod point;
mod rows;
mod sampled;
mod start;
mod statistics;
mod visible;

pub use model::LinearGaussian;
pub use parameters::{Noise, Parameters};
pub use point::Evaluator;
pub use statistics::Statistics;
