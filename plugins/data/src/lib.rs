//! Data sets of vectors: where they come from, which rows a step sees, and with which noise.
//!
//! A model puts [`DataParameters`] among its own parameters and calls [`DataParameters::load`], or [`DataParameters::load_bits`]
//! if it is one of zeros and ones. [`Batches`] gives the rows of a step, [`Noise`] its standard normal numbers, [`binarized_row`]
//! the drawn pixels of a grey image. All that is random comes from the host's streams and depends on the seed, on what it is for
//! ([`purpose`]) and on a number alone.
//!
//! [`described`] and [`array()`] read files, of a model or of an experiment, and say what they recognized; [`open`] takes regular files
//! alone.
//!
//! # What does this crate not do?
//! It keeps no labels, and it does not shuffle what it was given: rows stand in the order of their file.

#![forbid(unsafe_code)]

mod amat;
mod batches;
mod binarize;
mod builder;
mod data;
mod digits;
mod file;
mod idx;
mod load;
mod noise;
mod npy;
mod open;
mod parameters;
mod permutation;
pub mod purpose;
mod select;
mod summary;
mod table;

pub use batches::Batches;
pub use binarize::{binarized_row, binarized_row_single};
pub use data::Data;
pub use digits::digits;
pub use file::{Array, Found, array, array_of, described, read};
pub use load::Loaded;
pub use noise::{Noise, uniforms};
pub use open::{MOST_BYTES, open};
pub use parameters::{Binarization, BinarizeParameters, DataParameters, Source};
