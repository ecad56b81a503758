//! Failures of plugins and of their loading.

use crate::floating::{caught, observed};
use elbow_abi::{self as abi, ElbowErr, ElbowStr};
use std::ffi::c_void;
use std::fmt;

/// Result of the host.
pub type Result<T> = std::result::Result<T, Error>;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    /// `elbow_abi` status.
    pub code: i32,
    /// Path of the parameter concerned, as `nodes[1].parents`; empty if none.
    pub path: String,
    /// What is wrong and what was expected.
    pub message: String,
}

/// Why a plugin could not do something: one or more issues.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<[Issue]>);

impl Error {
    /// An error with one issue.
    pub fn new(code: i32, message: impl Into<String>) -> Self {
        Self(Box::new([Issue { code, path: String::new(), message: message.into() }]))
    }

    /// Status of the first issue.
    pub fn code(&self) -> i32 {
        self.0.first().map_or(abi::FAILED, |issue| issue.code)
    }

    /// All issues.
    pub fn issues(&self) -> &[Issue] {
        &self.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, issue) in self.0.iter().enumerate() {
            let between = if i > 0 { "; " } else { "" };
            let colon = if issue.path.is_empty() { "" } else { ": " };
            write!(f, "{between}{}{colon}{}", issue.path, issue.message)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// Reads text that a plugin hands over.
///
/// # Safety
/// `text` must point to `len` readable bytes for `'a`.
pub(crate) unsafe fn read<'a>(text: ElbowStr) -> &'a str {
    if text.len == 0 || text.ptr.is_null() {
        return "";
    }
    // SAFETY: the caller's contract.
    std::str::from_utf8(unsafe { std::slice::from_raw_parts(text.ptr, text.len) }).unwrap_or("\u{fffd}")
}

/// Borrows text for a call.
pub(crate) fn borrow(text: &str) -> ElbowStr {
    ElbowStr { ptr: text.as_ptr(), len: text.len() }
}

extern "C" fn collect(ctx: *mut c_void, code: i32, path: ElbowStr, message: ElbowStr) {
    // SAFETY: `ctx` is the list on the stack of `call`; the texts hold during this call.
    let (issues, path, message) = unsafe { (&mut *ctx.cast::<Vec<Issue>>(), read(path), read(message)) };
    issues.push(Issue { code, path: path.to_owned(), message: message.to_owned() });
}

/// Calls a function of a plugin: its status and what it wrote to the sink become a result. The floating-point environment is put
/// back, and one that was changed is a failure.
#[inline]
pub(crate) fn call(plugin: &'static str, body: impl FnOnce(*const ElbowErr) -> i32) -> Result<()> {
    call_noting(plugin, body).map(drop)
}

/// As [`call`], with what a plugin has to note although it does not fail.
#[inline]
pub(crate) fn call_noting(plugin: &'static str, body: impl FnOnce(*const ElbowErr) -> i32) -> Result<Vec<Issue>> {
    let mut issues: Vec<Issue> = Vec::new();
    let sink = ElbowErr { ctx: (&raw mut issues).cast(), write: collect };
    let (status, changed) = observed(|| body(&raw const sink));
    if let Some(changed) = changed {
        return Err(caught(plugin, changed));
    }
    match status {
        abi::OK => Ok(issues),
        code if issues.is_empty() => Err(Error::new(code, format!("the plugin failed with status {code} and gave no reason"))),
        _ => Err(Error(issues.into_boxed_slice())),
    }
}

/// Describes an error of the host to a plugin that called it.
pub(crate) fn answer(err: *const ElbowErr, result: Result<()>) -> i32 {
    let Err(error) = result else { return abi::OK };
    // SAFETY: a plugin hands a valid sink or null.
    if let Some(sink) = unsafe { err.as_ref() } {
        for issue in error.issues() {
            (sink.write)(sink.ctx, issue.code, borrow(&issue.path), borrow(&issue.message));
        }
    }
    error.code()
}
