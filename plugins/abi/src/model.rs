//! The functions of a model.
//!
//! A *model* is shared and only read; an *evaluator* belongs to one cell, stands at one point, and keeps what it has
//! computed there. Losses and gradients are those of the quantity that is minimized, in nats per datum.

use crate::{ElbowErr, ElbowHost, ElbowRng, ElbowStr, ElbowValue};
use core::ffi::c_void;

/// Minimize −ELBO.
pub const OBJECTIVE_ELBO: u32 = 0;
/// Minimize −log evidence.
pub const OBJECTIVE_EVIDENCE: u32 = 1;

/// q(h|v) = p*(h|v): the posterior of a joint target.
pub const RECOGNITION_FIXED: u32 = 0;
/// q(h|v) = p_θ(h|v).
pub const RECOGNITION_EXACT: u32 = 1;
/// q(h|v) = q_φ(h|v).
pub const RECOGNITION_LEARNED: u32 = 2;

/// G(θ), of the joint distribution of visible and hidden.
pub const FISHER_JOINT: u32 = 0;
/// G_V(θ), of the visible marginal.
pub const FISHER_VISIBLE: u32 = 1;
/// F(φ), of the recognition distribution under the target.
pub const FISHER_RECOGNITION: u32 = 2;
/// E_{p*} E_q \[Fisher matrix of p_θ(v|h)\]: as the joint one, with the hidden variables from the recognition distribution.
pub const FISHER_AGGREGATE: u32 = 4;
/// How many kinds of Fisher matrix there are, [`crate::FISHER_MIXTURE`] counted.
pub const FISHER_KINDS: usize = 5;

/// Losses and gradients depend on [`ElbowPlace::sample`]: the host takes a new one for each step.
pub const SHAPE_STOCHASTIC: u32 = 1;

/// Sizes of a model. *Frozen.*
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct ElbowShape {
    /// Number of generative parameters θ.
    pub generative: usize,
    /// Number of recognition parameters φ; 0 without a learned recognition.
    pub recognition: usize,
    /// Number of visible states; 0 if not finite.
    pub visible_states: usize,
    /// Number of hidden states; 0 if not finite.
    pub hidden_states: usize,
    /// Bit `1 << RECOGNITION_*` for each recognition that this instance has.
    pub recognitions: u32,
    /// [`SHAPE_STOCHASTIC`].
    pub flags: u32,
}

/// A named block of parameters. *Frozen.*
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ElbowBlock {
    /// Name, as `P(Y|X)`.
    pub name: ElbowStr,
    /// 0 generative, 1 recognition.
    pub role: u32,
    /// Zero.
    pub reserved: u32,
    /// First parameter, within its role.
    pub offset: usize,
    /// Number of parameters.
    pub len: usize,
}

/// A point and the sample at which it is evaluated. *Frozen.*
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ElbowPlace {
    /// Generative parameters.
    pub theta: *const f64,
    /// Recognition parameters; may dangle when there are none.
    pub phi: *const f64,
    /// Minibatch and noise: the same number gives the same evaluation. Models without sampling ignore it.
    pub sample: u64,
}

/// The point is in the open domain.
pub const INSIDE: i32 = 0;
/// The point is on the boundary: some quantity is not finite there.
pub const BOUNDARY: i32 = 1;
/// The point is outside.
pub const OUTSIDE: i32 = 2;

/// A class of models.
#[repr(C)]
#[derive(Debug)]
pub struct ElbowModelClass {
    /// Size of this structure.
    pub struct_size: u32,
    /// Builds a model, or reports every issue with the parameters. **\[any-thread\]**
    pub create: Option<
        extern "C" fn(host: *const ElbowHost, params: *const ElbowValue, out: *mut *mut c_void, err: *const ElbowErr) -> i32,
    >,
    /// Ends a model. **\[any-thread\]**
    pub destroy: Option<extern "C" fn(model: *mut c_void)>,
    /// Sizes. **\[concurrent\]**
    pub shape: Option<extern "C" fn(model: *const c_void, out: *mut ElbowShape) -> i32>,
    /// Names the blocks of parameters, one call each. **\[concurrent\]**
    pub blocks:
        Option<extern "C" fn(model: *const c_void, ctx: *mut c_void, each: extern "C" fn(*mut c_void, *const ElbowBlock)) -> i32>,
    /// Where the point lies in the domain of an objective: [`INSIDE`], [`BOUNDARY`] or [`OUTSIDE`]; describes what is wrong.
    /// **\[concurrent\]**
    pub domain: Option<
        extern "C" fn(model: *const c_void, objective: u32, theta: *const f64, phi: *const f64, err: *const ElbowErr) -> i32,
    >,
    /// Draws parameters from a named distribution (`default`, `uniform`, `jeffreys`, …). **\[concurrent\]**
    pub draw: Option<
        extern "C" fn(
            model: *const c_void,
            kind: ElbowStr,
            rng: *const ElbowRng,
            theta: *mut f64,
            phi: *mut f64,
            err: *const ElbowErr,
        ) -> i32,
    >,
    /// Generative parameters from mean parameters (probabilities). **\[concurrent\]**
    pub from_mean: Option<extern "C" fn(model: *const c_void, mean: *const f64, theta: *mut f64, err: *const ElbowErr) -> i32>,
    /// Makes an evaluator, whose minibatches and noise come from streams of this seed. **\[concurrent\]**
    pub evaluator: Option<extern "C" fn(model: *const c_void, seed: u64, out: *mut *mut c_void, err: *const ElbowErr) -> i32>,
    /// Ends an evaluator.
    pub evaluator_destroy: Option<extern "C" fn(evaluator: *mut c_void)>,
    /// Moves an evaluator to a point and forgets what it knew. **\[exclusive\]**, as all below.
    pub move_to: Option<
        extern "C" fn(model: *const c_void, evaluator: *mut c_void, place: *const ElbowPlace, err: *const ElbowErr) -> i32,
    >,
    /// The loss.
    pub loss: Option<
        extern "C" fn(
            model: *const c_void,
            evaluator: *mut c_void,
            objective: u32,
            recognition: u32,
            out: *mut f64,
            err: *const ElbowErr,
        ) -> i32,
    >,
    /// Its gradient by θ and by φ; either may be null.
    pub gradient: Option<
        extern "C" fn(
            model: *const c_void,
            evaluator: *mut c_void,
            objective: u32,
            recognition: u32,
            theta: *mut f64,
            phi: *mut f64,
            err: *const ElbowErr,
        ) -> i32,
    >,
    /// The metrics that the descriptor declares, in its order.
    pub metrics: Option<
        extern "C" fn(
            model: *const c_void,
            evaluator: *mut c_void,
            recognition: u32,
            out: *mut f64,
            n: usize,
            err: *const ElbowErr,
        ) -> i32,
    >,
    /// The table of functions of a capability, by id, or null. **\[any-thread\]**
    pub extension: Option<extern "C" fn(id: ElbowStr) -> *const c_void>,
    /// Whether a metric has a meaning where the evaluator stands, by its place in the descriptor: [`crate::OK`], or
    /// [`crate::UNDEFINED`] with the reason.
    pub undefined: Option<
        extern "C" fn(model: *const c_void, evaluator: *mut c_void, recognition: u32, index: usize, err: *const ElbowErr) -> i32,
    >,
}

/// Capability: Fisher matrices. All outputs are complete (both triangles).
#[repr(C)]
#[derive(Debug)]
pub struct ElbowFisher {
    /// Size of this structure.
    pub struct_size: u32,
    /// The dense matrix, n × n, column by column.
    pub dense: Option<
        extern "C" fn(
            model: *const c_void,
            evaluator: *mut c_void,
            kind: u32,
            out: *mut f64,
            n: usize,
            err: *const ElbowErr,
        ) -> i32,
    >,
    /// Its diagonal.
    pub diagonal: Option<
        extern "C" fn(
            model: *const c_void,
            evaluator: *mut c_void,
            kind: u32,
            out: *mut f64,
            n: usize,
            err: *const ElbowErr,
        ) -> i32,
    >,
    /// Its product with a vector.
    pub product: Option<
        extern "C" fn(
            model: *const c_void,
            evaluator: *mut c_void,
            kind: u32,
            vector: *const f64,
            out: *mut f64,
            n: usize,
            err: *const ElbowErr,
        ) -> i32,
    >,
    /// F⁺∇L of an objective in closed form, of φ for [`FISHER_RECOGNITION`] and of θ for the others, and the rank of F; or
    /// [`crate::UNSUPPORTED`].
    pub natural: Option<
        extern "C" fn(
            model: *const c_void,
            evaluator: *mut c_void,
            kind: u32,
            objective: u32,
            recognition: u32,
            out: *mut f64,
            n: usize,
            rank: *mut usize,
            err: *const ElbowErr,
        ) -> i32,
    >,
}
/// Id of [`ElbowFisher`].
pub const CAPABILITY_FISHER: &str = "elbow.model.fisher/1";

/// Capability: a finite model's tables, row by row over visible states, hidden states along a row.
#[repr(C)]
#[derive(Debug)]
pub struct ElbowTable {
    /// Size of this structure.
    pub struct_size: u32,
    /// p_θ(v, h).
    pub joint:
        Option<extern "C" fn(model: *const c_void, evaluator: *mut c_void, out: *mut f64, n: usize, err: *const ElbowErr) -> i32>,
    /// p*(v).
    pub target:
        Option<extern "C" fn(model: *const c_void, evaluator: *mut c_void, out: *mut f64, n: usize, err: *const ElbowErr) -> i32>,
    /// q(h|v).
    pub recognition: Option<
        extern "C" fn(
            model: *const c_void,
            evaluator: *mut c_void,
            recognition: u32,
            out: *mut f64,
            n: usize,
            err: *const ElbowErr,
        ) -> i32,
    >,
    /// ∇_θ log p_θ(v, h): one row for each joint state.
    pub scores:
        Option<extern "C" fn(model: *const c_void, evaluator: *mut c_void, out: *mut f64, n: usize, err: *const ElbowErr) -> i32>,
}
/// Id of [`ElbowTable`].
pub const CAPABILITY_TABLE: &str = "elbow.model.table/1";
/// Gradients, which every model has.
pub const CAPABILITY_GRADIENT: &str = "elbow.model.gradient/1";
