//! Nothing unwinds across the boundary: every function of a plugin runs inside [`guard`].

use crate::error::{Code, Error, Issue, Result};
use crate::text;
use elbow_abi::{ElbowErr, ElbowStr, NOTE, OK};
use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    static DEPTH: Cell<u32> = const { Cell::new(0) };
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Installs a panic hook that keeps quiet about panics inside a guard and remembers where they were. A shared library has
/// a standard library of its own, so the host's hook never sees its panics and the default one would write on the screen.
pub fn contain_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if DEPTH.get() == 0 {
                return previous(info);
            }
            let place = info.location().map(|place| format!(" at {}:{}", place.file(), place.line())).unwrap_or_default();
            LAST_PANIC.with_borrow_mut(|last| *last = format!("{}{place}", message(info.payload())));
        }));
    });
}

fn message(payload: &(dyn std::any::Any + Send)) -> &str {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| payload.downcast_ref::<&str>().copied()).unwrap_or("panic")
}

/// Runs a plugin's function: errors and panics become a status and a description in the caller's sink.
pub(crate) fn guard(err: *const ElbowErr, body: impl FnOnce() -> Result<()>) -> i32 {
    DEPTH.set(DEPTH.get() + 1);
    let outcome = catch_unwind(AssertUnwindSafe(body));
    DEPTH.set(DEPTH.get() - 1);
    match outcome {
        Ok(Ok(())) => OK,
        Ok(Err(error)) => describe(err, &error),
        Err(payload) => describe(err, &panic_error(&*payload)),
    }
}

fn panic_error(payload: &(dyn std::any::Any + Send)) -> Error {
    let told = LAST_PANIC.with_borrow_mut(std::mem::take);
    Error::new(Code::Panic, format!("panicked: {}", if told.is_empty() { message(payload) } else { &told }))
}

fn describe(err: *const ElbowErr, error: &Error) -> i32 {
    write(err, error.issues(), |issue| issue.code.status());
    error.code().status()
}

/// Tells of something that is no failure.
pub(crate) fn note(err: *const ElbowErr, notes: &[Issue]) {
    write(err, notes, |_| NOTE);
}

fn write(err: *const ElbowErr, issues: &[Issue], code: impl Fn(&Issue) -> i32) {
    // SAFETY: the caller of a plugin's function hands a valid sink or null.
    if let Some(sink) = unsafe { err.as_ref() } {
        for issue in issues {
            (sink.write)(sink.ctx, code(issue), text::borrow(&issue.path), text::borrow(&issue.message));
        }
    }
}

extern "C" fn collect(ctx: *mut c_void, code: i32, path: ElbowStr, message: ElbowStr) {
    // SAFETY: `ctx` is the `Option<Error>` of `call`, which is on the stack below; the texts hold during this call.
    let (error, path, message) = unsafe { (&mut *ctx.cast::<Option<Error>>(), text::read(path), text::read(message)) };
    let code = Code::of(code);
    let new = if path.is_empty() { Error::new(code, message) } else { Error::parameter(path, message) };
    error.get_or_insert(new);
}

/// Calls a function of the host: its status and description become a result.
pub(crate) fn call(body: impl FnOnce(*const ElbowErr) -> i32) -> Result<()> {
    let mut error: Option<Error> = None;
    let sink = ElbowErr { ctx: (&raw mut error).cast(), write: collect };
    let status = body(&raw const sink);
    if status == OK { Ok(()) } else { Err(error.unwrap_or_else(|| Error::new(Code::of(status), "the host gave no reason"))) }
}
