//! What a plugin file and each plugin in it say of themselves.

use crate::{ElbowStr, ElbowValue};
use core::ffi::c_void;

/// The block that the host reads from the file before it runs anything: no pointer in it. *Frozen.*
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ElbowMeta {
    /// [`crate::MAGIC`].
    pub magic: [u8; 8],
    /// Size of this structure.
    pub struct_size: u32,
    /// Major version of the interface that the plugin was built for.
    pub abi_major: u32,
    /// Minor version.
    pub abi_minor: u32,
    /// [`FLAG_UNWINDS`] and others to come.
    pub flags: u32,
    /// Package, padded with zeros.
    pub package: [u8; 64],
    /// Version of the package, padded with zeros.
    pub version: [u8; 32],
    /// Compiler or language, padded with zeros.
    pub toolchain: [u8; 64],
}

/// A panic in the plugin unwinds, so it can be contained.
pub const FLAG_UNWINDS: u32 = 1;

/// The exported entry function; may answer null. Pure: it changes nothing in the process. **\[any-thread\]**
pub type EntryFn = extern "C" fn() -> *const ElbowEntry;

/// All that a plugin file offers; lives as long as the process.
#[repr(C)]
#[derive(Debug)]
pub struct ElbowEntry {
    /// [`crate::MAGIC`].
    pub magic: [u8; 8],
    /// Size of this structure.
    pub struct_size: u32,
    /// Major version of the interface.
    pub abi_major: u32,
    /// Minor version.
    pub abi_minor: u32,
    /// Number of descriptors.
    pub n_descriptors: u32,
    /// The descriptors.
    pub descriptors: *const *const ElbowDescriptor,
    /// Package that the plugins come from.
    pub package: ElbowStr,
    /// Its version.
    pub version: ElbowStr,
    /// Called once the host has accepted the file, before any other call; may be called again. **\[any-thread\]**
    pub init: Option<extern "C" fn(host: *const ElbowHost) -> i32>,
}

/// A model: `class` is an [`crate::ElbowModelClass`].
pub const KIND_MODEL: u32 = 1;
/// An optimizer: `class` is an [`crate::ElbowOptimizerClass`].
pub const KIND_OPTIMIZER: u32 = 2;

/// One model or optimizer.
#[repr(C)]
#[derive(Debug)]
pub struct ElbowDescriptor {
    /// Size of this structure.
    pub struct_size: u32,
    /// [`KIND_MODEL`] or [`KIND_OPTIMIZER`].
    pub kind: u32,
    /// Unique id, `elbow.kfac` or `org.example.mine`; the part after the last dot is the short name.
    pub id: ElbowStr,
    /// One line.
    pub summary: ElbowStr,
    /// Family, as "natural gradient".
    pub family: ElbowStr,
    /// Papers.
    pub references: *const ElbowStr,
    /// Number of references.
    pub n_references: usize,
    /// Schema of the parameters.
    pub params: *const ElbowParam,
    /// Number of parameters.
    pub n_params: usize,
    /// Model: capabilities provided. Optimizer: capabilities needed.
    pub capabilities: *const ElbowStr,
    /// Number of capabilities.
    pub n_capabilities: usize,
    /// Model: metrics of a point. Optimizer: values reported by a step.
    pub metrics: *const ElbowMetric,
    /// Number of metrics.
    pub n_metrics: usize,
    /// The table of functions.
    pub class: *const c_void,
}

/// A larger value is better.
pub const BETTER_UP: i32 = 1;
/// A smaller value is better.
pub const BETTER_DOWN: i32 = -1;

/// A named number that is recorded. *Frozen.*
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ElbowMetric {
    /// Name, as `kl_visible`.
    pub name: ElbowStr,
    /// Unit, as `nats`; may be empty.
    pub unit: ElbowStr,
    /// What it is, with its sign.
    pub doc: ElbowStr,
    /// [`BETTER_UP`], [`BETTER_DOWN`] or 0.
    pub better: i32,
    /// 1 where the number is exact, 0 where it is an estimate.
    pub exact: u32,
}

/// Kinds of parameter.
pub const PARAM_BOOL: u32 = 1;
/// An integer in `min..=max`.
pub const PARAM_INTEGER: u32 = 2;
/// A number in the range.
pub const PARAM_NUMBER: u32 = 3;
/// Free text.
pub const PARAM_TEXT: u32 = 4;
/// One of `choices`.
pub const PARAM_CHOICE: u32 = 5;
/// Numbers, flat or in rows, also from a file; each in the range.
pub const PARAM_ARRAY: u32 = 6;
/// A table with the keys `fields`.
pub const PARAM_TABLE: u32 = 7;
/// A list of such tables.
pub const PARAM_TABLES: u32 = 8;
/// A list of texts.
pub const PARAM_TEXTS: u32 = 9;
/// Path of a file; the plugin gets it as text, relative paths joined to the experiment's folder.
pub const PARAM_PATH: u32 = 10;

/// The value `min` itself is excluded.
pub const PARAM_ABOVE: u32 = 1;
/// The value `max` itself is excluded.
pub const PARAM_BELOW: u32 = 2;
/// Best shown and swept on a logarithmic scale.
pub const PARAM_LOG: u32 = 4;
/// May change while a run is going on.
pub const PARAM_LIVE: u32 = 8;
/// Must be given.
pub const PARAM_REQUIRED: u32 = 16;
/// An array that may be empty.
pub const PARAM_EMPTY: u32 = 32;

/// A condition on another parameter, which is looked up in the same table and then in those around it. *Frozen.*
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ElbowCondition {
    /// Its key.
    pub key: ElbowStr,
    /// The choices that fulfil the condition, or `true` or `false`.
    pub values: *const ElbowStr,
    /// Number of values.
    pub n_values: usize,
}

/// Schema of one parameter. *Frozen.*
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ElbowParam {
    /// One of the `PARAM_*` kinds.
    pub kind: u32,
    /// `PARAM_ABOVE`, …
    pub flags: u32,
    /// Key in an experiment.
    pub key: ElbowStr,
    /// Unit; may be empty.
    pub unit: ElbowStr,
    /// What it is.
    pub doc: ElbowStr,
    /// Default; absent: none, or the fields' own.
    pub default: ElbowValue,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// Names to choose from.
    pub choices: *const ElbowStr,
    /// Number of choices.
    pub n_choices: usize,
    /// Keys of a table.
    pub fields: *const ElbowParam,
    /// Number of fields.
    pub n_fields: usize,
    /// The parameter has an effect where all of these hold.
    pub conditions: *const ElbowCondition,
    /// Number of conditions.
    pub n_conditions: usize,
}

/// What the host offers to every plugin.
#[repr(C)]
#[derive(Debug)]
pub struct ElbowHost {
    /// Size of this structure.
    pub struct_size: u32,
    /// The table of functions of a service, by id, or null. **\[any-thread\]**
    pub service: extern "C" fn(id: ElbowStr) -> *const c_void,
}

/// Service `elbow.host.log/1`.
#[repr(C)]
#[derive(Debug)]
pub struct ElbowLog {
    /// Size of this structure.
    pub struct_size: u32,
    /// Writes one line; level 1 error, 2 warning, 3 information. **\[any-thread\]**
    pub write: extern "C" fn(level: u32, text: ElbowStr),
}
/// Id of [`ElbowLog`].
pub const SERVICE_LOG: &str = "elbow.host.log/1";

/// Service `elbow.host.parallel/1`.
#[repr(C)]
#[derive(Debug)]
pub struct ElbowParallel {
    /// Size of this structure.
    pub struct_size: u32,
    /// Calls `body(ctx, i)` for each i below n, in any order, on the host's threads; returns when all are done.
    /// Which chunks there are must not depend on the number of threads. **\[any-thread\]**
    pub parallel_for: extern "C" fn(n: usize, body: extern "C" fn(ctx: *mut c_void, i: usize), ctx: *mut c_void),
    /// Number of threads. **\[any-thread\]**
    pub threads: extern "C" fn() -> usize,
}
/// Id of [`ElbowParallel`].
pub const SERVICE_PARALLEL: &str = "elbow.host.parallel/1";

const _: () = assert!(size_of::<ElbowMeta>() == 184);
