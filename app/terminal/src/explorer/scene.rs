//! Pictures of the geometry: the simplex of the visible states, the pencil's spectrum, cosines, and the plane of two
//! parameters.
//!
//! Each is data in and cells out. Numbers that are not finite are left out of the drawing, and nothing is painted outside
//! the area, whatever its size.

mod axis;
mod ball;
mod bars;
mod cosines;
mod histogram;
mod legend;
mod local;
mod plane;
mod sheet;
mod simplex;
mod spectrum;
#[cfg(test)]
mod tests;
mod trajectory;
mod words;

pub(crate) use {
    cosines::Cosines,
    histogram::Histogram,
    local::Local2,
    simplex::{FRONT, Simplex, Trail},
    spectrum::Spectrum,
    trajectory::{Trail2, Trajectory},
};
