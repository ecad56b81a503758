//! The binary interface between elbow and its plugins.
//!
//! Everything here is plain C layout: no Rust enum, `bool`, `String`, slice or trait object crosses the boundary, and no
//! memory changes its owner. A plugin exports two symbols, [`ElbowMeta`] (data that the host reads from the file without
//! running it) and an entry function that returns a static [`ElbowEntry`]; everything else hangs from there.
//!
//! # Rules
//! - Tables of functions and descriptors start with `struct_size`; a minor version appends fields and nothing else, so a
//!   reader takes a field beyond the writer's size as absent. Structures marked *frozen* never change.
//! - Every number is an `f64`, but for matrices that state their precision. Text is UTF-8 and is not terminated by a zero.
//! - Functions return a status ([`OK`] or an error code) and describe a failure through the caller's [`ElbowErr`].
//! - Thread tags: **\[concurrent\]** any number of calls at once, **\[exclusive\]** one call at a time on one instance,
//!   **\[any-thread\]** from any thread.
//! - A function leaves the floating-point environment (rounding, flushing, trapping) as it found it, also on threads of the host's pool:
//!   one that does not has failed, whatever it answers.
//! - While the major version is 0 the minor versions must be equal too: nothing is promised yet.
//!
//! # What does this crate not do?
//! It holds no logic. Safe Rust over it is `elbow-sdk` (plugins) and `elbow-host` (the program).
#![no_std]

pub mod descriptor;
pub mod evaluate;
pub mod layers;
pub mod linear;
pub mod model;
pub mod optimizer;
pub mod value;

pub use descriptor::*;
pub use evaluate::*;
pub use layers::*;
pub use linear::*;
pub use model::*;
pub use optimizer::*;
pub use value::*;

/// Marks [`ElbowMeta`] and [`ElbowEntry`].
pub const MAGIC: [u8; 8] = *b"elbow\0pl";
/// Major version of the interface.
pub const MAJOR: u32 = 0;
/// Minor version of the interface.
pub const MINOR: u32 = 3;
/// Name of the exported [`ElbowMeta`].
pub const META_SYMBOL: &str = "elbow_plugin_meta";
/// Name of the exported [`EntryFn`]; it carries the major version.
pub const ENTRY_SYMBOL: &str = "elbow_plugin_entry_v0";

/// Success.
pub const OK: i32 = 0;
/// Failed for a reason that the message tells.
pub const FAILED: i32 = 1;
/// The capability is not there.
pub const UNSUPPORTED: i32 = 2;
/// A parameter is wrong; the path names it.
pub const BAD_PARAM: i32 = 3;
/// A matrix is not positive definite, a number is not finite.
pub const NUMERIC: i32 = 4;
/// The host asked to stop.
pub const CANCELLED: i32 = 5;
/// A saved state could not be read.
pub const BAD_STATE: i32 = 6;
/// The other side broke the interface.
pub const ABI: i32 = 7;
/// A panic was caught; the instance may only be destroyed.
pub const PANIC: i32 = 8;
/// The point lies outside the model's domain.
pub const DOMAIN: i32 = 9;
/// The number has no meaning at this point; the message says why.
pub const UNDEFINED: i32 = 10;
/// The optimizer stands at an optimum, as far as the numbers tell, and makes no step.
pub const CONVERGED: i32 = 11;
/// The optimizer cannot go on from here; where this is an optimum all the same, the host says so.
pub const STALLED: i32 = 12;
/// No failure: something that a user should know. Written beside [`OK`] while a model or an optimizer is made.
pub const NOTE: i32 = -1;
