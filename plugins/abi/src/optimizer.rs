//! The functions of an optimizer.

use crate::{ElbowBlock, ElbowErr, ElbowHost, ElbowLayer, ElbowPoint, ElbowSink, ElbowValue};
use core::ffi::c_void;

/// What an optimizer is built for.
#[repr(C)]
#[derive(Debug)]
pub struct ElbowProblem {
    /// Size of this structure.
    pub struct_size: u32,
    /// [`crate::SHAPE_STOCHASTIC`] where losses, gradients and Fisher matrices are estimates from samples.
    pub flags: u32,
    /// Number of parameters that are optimized.
    pub dimension: usize,
    /// How many of them, the first, are generative; the others belong to the recognition distribution.
    pub generative: usize,
    /// The layers that hold them, in their order; none if the model is no network.
    pub layers: *const ElbowLayer,
    /// Number of layers.
    pub n_layers: usize,
    /// The blocks of parameters that the model names, with offsets among those that are optimized.
    pub blocks: *const ElbowBlock,
    /// Number of blocks.
    pub n_blocks: usize,
}

/// A class of optimizers. Functions on one instance are **\[exclusive\]**; the thread may change between calls.
#[repr(C)]
#[derive(Debug)]
pub struct ElbowOptimizerClass {
    /// Size of this structure.
    pub struct_size: u32,
    /// Builds an optimizer for a problem, or reports every issue with its own parameters.
    pub create: Option<
        extern "C" fn(
            host: *const ElbowHost,
            params: *const ElbowValue,
            problem: *const ElbowProblem,
            out: *mut *mut c_void,
            err: *const ElbowErr,
        ) -> i32,
    >,
    /// Ends an optimizer.
    pub destroy: Option<extern "C" fn(optimizer: *mut c_void)>,
    /// Makes one step: evaluates through `point` and writes the proposal.
    pub step: Option<extern "C" fn(optimizer: *mut c_void, point: *const ElbowPoint, err: *const ElbowErr) -> i32>,
    /// Saves all that the following steps depend on.
    pub save: Option<extern "C" fn(optimizer: *mut c_void, sink: *const ElbowSink, err: *const ElbowErr) -> i32>,
    /// Restores what `save` wrote; garbage gives [`crate::BAD_STATE`].
    pub load: Option<extern "C" fn(optimizer: *mut c_void, ptr: *const u8, len: usize, err: *const ElbowErr) -> i32>,
}
