//! Tests of the pictures.

mod geometry;
mod pictures;
mod safety;
