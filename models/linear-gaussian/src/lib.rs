//! Probabilistic principal components with a learned recognition, the linear variational autoencoder: everything is exact.
//!
//! ```text
//! z ~ N(0, I_k)     x = W z + μ + σ ε     ε ~ N(0, I_d)            generative, θ
//! q(z|x) = N(V x + b, diag D)                                      recognition, φ
//! p(x) = N(μ, C)    C = W Wᵀ + σ² I      p(z|x) = N(M⁻¹ Wᵀ (x − μ), σ² M⁻¹)    M = Wᵀ W + σ² I
//! ```
//!
//! Networks have one affine layer each: W̄ = [W, μ] maps z̄ = (z, 1), V̄ = [V, b] maps x̄ = (x, 1). What is learned beside them are
//! log σ², if the noise is, and s = ½ log D. The data enter through a factor of `E[x̄ x̄ᵀ]` alone, so nothing costs more with more data,
//! but for sampled and empirical rows of Fisher matrices, which visit each datum. What is held out (`data.test`) is not used.
//! Expectations E[·] are over the data, and over q(z|x) where z is in them. All is in nats per datum.
//!
//! Rotations of z do not change p(x): the visible Fisher matrix has k (k − 1) / 2 zeros at least, however much data there are.
//!
//! # To how many digits?
//! Neither `E[x̄ x̄ᵀ]` nor M is formed: the data and [W; σ I] are factored, and losses are sums of squares of what W leaves of the data.
//! A rounding of x, 1e-16 ‖x‖, is all that is lost, as if the data had been rounded once more: with noise a millionth of the data ELBO
//! and evidence keep 10 digits of their largest term, gradients 9. The gap is a sum of terms that are at least 0 and right to their last
//! digits also where it is 1e-16 of the evidence. σ² may be 1e-301 to 1e301. What is too large for a number is infinite; columns of W
//! that depend on each other up to rounding, with σ below that, have no posterior to any digit and are refused.
//!
//! # References
//! - M. Tipping, C. Bishop, *Probabilistic principal component analysis*, Journal of the Royal Statistical Society B 61, 1999.
//! - J. Lucas, G. Tucker, R. Grosse, M. Norouzi, *Don't blame the ELBO! A linear VAE perspective on posterior collapse*, NeurIPS 2019.

#![forbid(unsafe_code)]

mod factor;
mod fisher;
mod gradient;
mod kronecker;
mod loss;
mod model;
mod moments;
mod natural;
pub mod oracle;
mod parameters;
mod point;
mod root;
mod rows;
mod sampled;
mod span;
mod start;
mod statistics;
mod visible;

pub use model::LinearGaussian;
pub use parameters::{Noise, Parameters};
pub use point::Evaluator;
pub use statistics::Statistics;
