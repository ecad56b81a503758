//! The host's side of a step: the one objective that an optimizer sees, at the point where it stands.

use crate::{EachRows, ElbowErr, ElbowMat};
use core::ffi::c_void;

/// A metric that mixes two Fisher matrices, (1−τ) G + τ G_V.
pub const FISHER_MIXTURE: u32 = 3;

/// Which Fisher matrix. *Frozen.*
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ElbowMetricChoice {
    /// `FISHER_*`.
    pub kind: u32,
    /// Zero.
    pub reserved: u32,
    /// τ in \[0, 1\], for [`FISHER_MIXTURE`].
    pub tau: f64,
}

/// F⁺: eigenvalues below `value` times the largest count as zero.
pub const DAMPING_PSEUDO_INVERSE: u32 = 0;
/// (F + λ I)⁻¹.
pub const DAMPING_TIKHONOV: u32 = 1;
/// (F + λ diag F)⁻¹.
pub const DAMPING_RELATIVE: u32 = 2;

/// The generative layers.
pub const PART_GENERATIVE: u32 = 1;
/// The recognition layers.
pub const PART_RECOGNITION: u32 = 2;

/// How a linear system with a Fisher matrix is solved. *Frozen.*
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ElbowDamping {
    /// `DAMPING_*`.
    pub kind: u32,
    /// Zero.
    pub reserved: u32,
    /// Relative cutoff, or λ.
    pub value: f64,
}

/// What came of a linear system. *Frozen.*
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ElbowSolved {
    /// The solution, as long as the right-hand side.
    pub solution: *const f64,
    /// How many directions were inverted.
    pub rank: usize,
    /// Share of the right-hand side in directions that were not, ‖b − F x‖ / ‖b‖ after scaling to unit diagonal; in \[0, 1\].
    pub dropped: f64,
    /// λ of the solution, raises counted; 0 for a pseudo-inverse.
    pub lambda: f64,
}

/// What an optimizer may evaluate in a step. Everything returned by pointer belongs to the host and holds until the point
/// moves or the step ends; what was computed at a point is kept, so asking twice costs nothing. **\[exclusive\]**
#[repr(C)]
#[derive(Debug)]
pub struct ElbowPoint {
    /// Size of this structure.
    pub struct_size: u32,
    /// Zero.
    pub reserved: u32,
    /// Handed back to the functions.
    pub ctx: *mut c_void,
    /// Number of parameters that are optimized.
    pub dimension: usize,
    /// The parameters here.
    pub position: extern "C" fn(ctx: *mut c_void) -> *const f64,
    /// The loss here.
    pub loss: extern "C" fn(ctx: *mut c_void, out: *mut f64, err: *const ElbowErr) -> i32,
    /// Its gradient.
    pub gradient: extern "C" fn(ctx: *mut c_void, out: *mut *const f64, err: *const ElbowErr) -> i32,
    /// A Fisher matrix, symmetric, both triangles.
    pub fisher:
        extern "C" fn(ctx: *mut c_void, metric: *const ElbowMetricChoice, out: *mut ElbowMat, err: *const ElbowErr) -> i32,
    /// Its diagonal.
    pub diagonal:
        extern "C" fn(ctx: *mut c_void, metric: *const ElbowMetricChoice, out: *mut *const f64, err: *const ElbowErr) -> i32,
    /// Its product with a vector.
    pub product: extern "C" fn(
        ctx: *mut c_void,
        metric: *const ElbowMetricChoice,
        vector: *const f64,
        out: *mut f64,
        err: *const ElbowErr,
    ) -> i32,
    /// Solves a damped linear system with a symmetric positive semi-definite matrix of any order. The rank of a pseudo-inverse is
    /// judged in units of the matrix's own diagonal; that of the point's visible or mixed Fisher matrix, handed back as it came from
    /// `fisher`, in units of the joint one's, which it is at most.
    pub solve: extern "C" fn(
        ctx: *mut c_void,
        matrix: *const ElbowMat,
        damping: *const ElbowDamping,
        rhs: *const f64,
        out: *mut ElbowSolved,
        err: *const ElbowErr,
    ) -> i32,
    /// Goes to a trial point; answers [`crate::DOMAIN`] and stays if it is not inside the domain.
    pub move_to: extern "C" fn(ctx: *mut c_void, position: *const f64, err: *const ElbowErr) -> i32,
    /// Where the optimizer writes the point that it proposes, all of it; not asked for: the step stays where it was.
    pub proposal: extern "C" fn(ctx: *mut c_void) -> *mut f64,
    /// Reports a value of the descriptor's `metrics`, by index.
    pub report: extern "C" fn(ctx: *mut c_void, index: usize, value: f64),
    /// Visits the rows of a Fisher matrix, those of the recognition layers after those of the generative ones, as far as they are
    /// trained and `parts` has their bit ([`PART_GENERATIVE`], [`PART_RECOGNITION`]).
    pub rows: extern "C" fn(
        ctx: *mut c_void,
        metric: *const ElbowMetricChoice,
        estimation: u32,
        parts: u32,
        each_ctx: *mut c_void,
        each: EachRows,
        err: *const ElbowErr,
    ) -> i32,
    /// The natural gradient here, F⁺∇L or (F + damping)⁻¹∇L: F⁺∇L in closed form where the model has one, else as `solve` finds it.
    pub natural: extern "C" fn(
        ctx: *mut c_void,
        metric: *const ElbowMetricChoice,
        damping: *const ElbowDamping,
        out: *mut ElbowSolved,
        err: *const ElbowErr,
    ) -> i32,
    /// Share of the last proposal that the host took: 1, or ½, ¼, … of a step that left the domain. 1 at the first step.
    pub taken: f64,
}
