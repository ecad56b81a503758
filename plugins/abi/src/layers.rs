//! Networks of affine layers: what Kronecker, unit-wise and other structured Fisher matrices are made of.

use crate::{ElbowErr, ElbowStr};
use core::ffi::c_void;

/// Numbers of 64 bits.
pub const PRECISION_DOUBLE: u32 = 0;
/// Numbers of 32 bits.
pub const PRECISION_SINGLE: u32 = 1;

/// F = E\[Jᵀ F_out J\]: the expectation over the outputs' own distribution is taken exactly.
pub const ESTIMATION_EXACT: u32 = 0;
/// One output drawn from the model for each example.
pub const ESTIMATION_SAMPLED: u32 = 1;
/// The gradients of the loss itself: not a Fisher matrix, though often called the empirical one.
pub const ESTIMATION_EMPIRICAL: u32 = 2;

/// An affine layer: pre-activation = W̄ ā with ā = (a, 1). Its parameters are W̄ column by column, so the bias stands last.
/// *Frozen.*
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ElbowLayer {
    /// Name, as `decoder.1`.
    pub name: ElbowStr,
    /// 0 generative, 1 recognition.
    pub role: u32,
    /// Zero.
    pub reserved: u32,
    /// First parameter: within its role from a model, among the trained parameters from a point.
    pub offset: usize,
    /// Length of a, without the 1; 0 for a layer that is a bias alone.
    pub inputs: usize,
    /// Number of units.
    pub outputs: usize,
}

/// What one layer saw in some rows. *Frozen.*
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ElbowLayerRows {
    /// Place of the layer in the list of layers.
    pub layer: usize,
    /// ā of each row: (inputs + 1) numbers, row after row.
    pub inputs: *const c_void,
    /// δ of each row, the derivative of the row's negative log-likelihood by the pre-activation: `outputs` numbers.
    pub deltas: *const c_void,
}

/// A batch of rows: row r is a score whose part in layer l is δ_r ā_rᵀ, and F = Σ_batches weight Σ_r s_r s_rᵀ. *Frozen.*
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ElbowRows {
    /// Number of rows.
    pub count: usize,
    /// Weight of each row's δ δᵀ.
    pub weight: f64,
    /// Weight of each row's ā āᵀ; 0 where an earlier batch had the same inputs.
    pub inputs_weight: f64,
    /// `PRECISION_*` of the numbers.
    pub precision: u32,
    /// Zero.
    pub reserved: u32,
    /// One entry for each layer of the role.
    pub layers: *const ElbowLayerRows,
    /// Number of entries.
    pub n_layers: usize,
}

/// Receives batches of rows, which hold during the call; answers a status, and anything but OK ends the visit.
pub type EachRows = extern "C" fn(ctx: *mut c_void, rows: *const ElbowRows) -> i32;
/// Receives layers, which hold during the call.
pub type EachLayer = extern "C" fn(ctx: *mut c_void, layer: *const ElbowLayer);

/// Capability: layers and their statistics.
#[repr(C)]
#[derive(Debug)]
pub struct ElbowLayers {
    /// Size of this structure.
    pub struct_size: u32,
    /// Names the layers, one call each, in the order of their parameters; together they cover all parameters. **\[concurrent\]**
    pub list: Option<extern "C" fn(model: *const c_void, ctx: *mut c_void, each: EachLayer) -> i32>,
    /// Visits the rows of a Fisher matrix at the point. **\[exclusive\]**
    pub rows: Option<
        extern "C" fn(
            model: *const c_void,
            evaluator: *mut c_void,
            kind: u32,
            estimation: u32,
            ctx: *mut c_void,
            each: EachRows,
            err: *const ElbowErr,
        ) -> i32,
    >,
}
/// Id of [`ElbowLayers`].
pub const CAPABILITY_LAYERS: &str = "elbow.model.layers/1";
