//! The host's linear algebra, in either precision, on matrices that belong to the caller.

use crate::ElbowErr;
use core::ffi::c_void;

/// A matrix, column after column without gaps. *Frozen.*
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ElbowDense {
    /// First element.
    pub ptr: *mut c_void,
    /// Number of rows.
    pub rows: usize,
    /// Number of columns.
    pub cols: usize,
    /// `PRECISION_*`; all matrices of one call have the same.
    pub precision: u32,
    /// Zero.
    pub reserved: u32,
}

/// Service `elbow.host.linear/1`. Everything runs on the calling thread and allocates nothing that outlives the call.
/// **\[any-thread\]**
#[repr(C)]
#[derive(Debug)]
pub struct ElbowLinear {
    /// Size of this structure.
    pub struct_size: u32,
    /// out ← keep · out + weight · X Xᵀ; the lower triangle of out alone, which is all that the other functions read of a symmetric
    /// matrix.
    pub gram: extern "C" fn(x: *const ElbowDense, weight: f64, keep: f64, out: *const ElbowDense, err: *const ElbowErr) -> i32,
    /// out ← keep · out + scale · op(A) op(B), where op transposes if the bit of `transposed` is set (1: A, 2: B).
    pub product: extern "C" fn(
        a: *const ElbowDense,
        b: *const ElbowDense,
        transposed: u32,
        scale: f64,
        keep: f64,
        out: *const ElbowDense,
        err: *const ElbowErr,
    ) -> i32,
    /// out ← (A + shift · I)⁻¹, both triangles; [`crate::NUMERIC`] if that is not positive definite.
    pub inverse: extern "C" fn(a: *const ElbowDense, shift: f64, out: *const ElbowDense, err: *const ElbowErr) -> i32,
    /// A = U diag(values) Uᵀ, values ascending; `values` may be null.
    pub eigen: extern "C" fn(a: *const ElbowDense, values: *mut f64, vectors: *const ElbowDense, err: *const ElbowErr) -> i32,
    /// x ← (A + shift · I)⁻¹ x, column by column; [`crate::NUMERIC`] if that is not positive definite.
    pub solve: extern "C" fn(a: *const ElbowDense, shift: f64, x: *const ElbowDense, err: *const ElbowErr) -> i32,
}
/// Id of [`ElbowLinear`].
pub const SERVICE_LINEAR: &str = "elbow.host.linear/1";

/// Service `elbow.host.streams/1`: random words that depend on the arguments alone.
#[repr(C)]
#[derive(Debug)]
pub struct ElbowStreams {
    /// Size of this structure.
    pub struct_size: u32,
    /// Fills `out` from the stream (seed, purpose, number). **\[any-thread\]**
    pub fill: extern "C" fn(seed: u64, purpose: u64, number: u64, out: *mut u64, n: usize),
}
/// Id of [`ElbowStreams`].
pub const SERVICE_STREAMS: &str = "elbow.host.streams/1";
