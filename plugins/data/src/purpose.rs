//! What a stream of random words is for: the second of the three names (seed, purpose, number) of [`elbow_sdk::Host::words`].
//!
//! Streams with different purposes are independent, so no two uses of one number meet. A model names its own from [`MODEL`] on.

/// Which rows are held out; the number is 0, the seed that of the split.
pub const SPLIT: u64 = 1;
/// Order of the rows; the number is the epoch.
pub const ORDER: u64 = 2;
/// Pixels drawn from grey levels; the number is epoch · rows + row.
pub const PIXELS: u64 = 3;
/// Noise of the loss; the number is that of the step.
pub const LOSS: u64 = 4;
/// Hidden variables drawn for a Fisher matrix; the number is that of the step.
pub const FISHER_HIDDEN: u64 = 5;
/// Visible variables drawn for a Fisher matrix; the number is that of the step.
pub const FISHER_VISIBLE: u64 = 6;
/// Particles of an estimate of the evidence; the number is the model's own.
pub const PARTICLES: u64 = 7;
/// The first that is free for a model.
pub const MODEL: u64 = 1000;
