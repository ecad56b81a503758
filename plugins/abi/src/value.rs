//! Text, matrices, error sinks and the tree of parameter values.

use core::ffi::c_void;

/// UTF-8 text, borrowed. *Frozen.*
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ElbowStr {
    /// First byte; may dangle when `len` is 0.
    pub ptr: *const u8,
    /// Length in bytes.
    pub len: usize,
}

impl ElbowStr {
    /// Borrows static text.
    pub const fn new(text: &'static str) -> Self {
        Self { ptr: text.as_ptr(), len: text.len() }
    }
}

/// A strided view of a matrix of `f64`; strides count elements. *Frozen.*
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ElbowMat {
    /// Element (0, 0).
    pub ptr: *const f64,
    /// Number of rows.
    pub rows: usize,
    /// Number of columns.
    pub cols: usize,
    /// Elements from one row to the next.
    pub row_stride: isize,
    /// Elements from one column to the next.
    pub col_stride: isize,
}

/// Where a callee describes its failures; owned by the caller, valid during the call. *Frozen.*
#[repr(C)]
#[derive(Debug)]
pub struct ElbowErr {
    /// Handed back to `write`.
    pub ctx: *mut c_void,
    /// Adds one issue: a code, the path of the parameter concerned (may be empty) and a message.
    pub write: extern "C" fn(ctx: *mut c_void, code: i32, path: ElbowStr, message: ElbowStr),
}

/// No value: an optional parameter that was not given.
pub const VALUE_ABSENT: u32 = 0;
/// `integer` is 0 or 1.
pub const VALUE_BOOL: u32 = 1;
/// `integer`.
pub const VALUE_INTEGER: u32 = 2;
/// `number`.
pub const VALUE_NUMBER: u32 = 3;
/// `text`; also a choice.
pub const VALUE_TEXT: u32 = 4;
/// `numbers`, `rows` × `cols` of them, row by row.
pub const VALUE_ARRAY: u32 = 5;
/// `items`, `len` of them.
pub const VALUE_LIST: u32 = 6;
/// `items` and `keys`, `len` of each.
pub const VALUE_TABLE: u32 = 7;

/// A parameter's value: a tree, complete and checked against the plugin's schema by the host. *Frozen.*
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct ElbowValue {
    /// One of the `VALUE_*` kinds; tells which of the fields below hold.
    pub kind: u32,
    /// Zero.
    pub reserved: u32,
    /// Boolean or integer.
    pub integer: i64,
    /// Number.
    pub number: f64,
    /// Text or choice.
    pub text: ElbowStr,
    /// Elements of an array.
    pub numbers: *const f64,
    /// Rows of an array (1 for a flat one).
    pub rows: usize,
    /// Columns of an array.
    pub cols: usize,
    /// Items of a list or a table.
    pub items: *const ElbowValue,
    /// Keys of a table.
    pub keys: *const ElbowStr,
    /// Number of items.
    pub len: usize,
}

/// A source of random bits, from one of the host's counter-based streams. *Frozen.*
#[repr(C)]
#[derive(Debug)]
pub struct ElbowRng {
    /// Handed back to `fill`.
    pub ctx: *mut c_void,
    /// Writes `n` uniform 64-bit words.
    pub fill: extern "C" fn(ctx: *mut c_void, out: *mut u64, n: usize),
}

impl ElbowValue {
    /// No value; the other kinds are made from it.
    pub const ABSENT: Self = Self {
        kind: VALUE_ABSENT,
        reserved: 0,
        integer: 0,
        number: 0.0,
        text: ElbowStr { ptr: core::ptr::null(), len: 0 },
        numbers: core::ptr::null(),
        rows: 0,
        cols: 0,
        items: core::ptr::null(),
        keys: core::ptr::null(),
        len: 0,
    };
}

/// Takes bytes: a saved state. *Frozen.*
#[repr(C)]
#[derive(Debug)]
pub struct ElbowSink {
    /// Handed back to `write`.
    pub ctx: *mut c_void,
    /// Appends bytes.
    pub write: extern "C" fn(ctx: *mut c_void, ptr: *const u8, len: usize),
}

const _: () = assert!(size_of::<ElbowStr>() == 2 * size_of::<usize>());
#[cfg(target_pointer_width = "64")]
const _: () = {
    assert!(size_of::<ElbowMat>() == 40);
    assert!(size_of::<ElbowValue>() == 88);
    assert!(core::mem::offset_of!(ElbowValue, items) == 64);
};
