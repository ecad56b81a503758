//! The functions through which an optimizer reaches the proxy.

use crate::error::{Error, Result, answer};
use crate::floating::at_home;
use crate::proxy::Proxy;
use elbow_abi::*;
use faer::MatRef;
use std::ffi::c_void;

/// The point of one step. It leads back to the proxy and must not outlive it.
pub(crate) fn table(proxy: &mut Proxy) -> ElbowPoint {
    let dimension = proxy.dimension();
    ElbowPoint {
        struct_size: size_of::<ElbowPoint>() as u32,
        reserved: 0,
        ctx: (&raw mut *proxy).cast(),
        dimension,
        position,
        loss,
        gradient,
        fisher,
        diagonal,
        product,
        solve,
        move_to,
        proposal,
        report,
        rows,
        natural,
        taken: proxy.taken,
    }
}

/// # Safety
/// `ctx` must be the proxy of a step that is going on, in no other call.
unsafe fn proxy<'a>(ctx: *mut c_void) -> &'a mut Proxy {
    // SAFETY: the caller's contract. What an optimizer holds meanwhile lies in buffers of the proxy, not in the proxy itself.
    unsafe { &mut *ctx.cast::<Proxy>() }
}

/// Runs one evaluation; nothing unwinds into the plugin.
fn evaluate(ctx: *mut c_void, err: *const ElbowErr, body: impl FnOnce(&mut Proxy) -> Result<()>) -> i32 {
    // SAFETY: an optimizer calls with the context of the point that it was handed, during the step.
    let proxy = unsafe { proxy(ctx) };
    let outcome = at_home(|| std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| body(proxy))));
    answer(err, outcome.unwrap_or_else(|_| Err(Error::new(FAILED, "an evaluation of the host panicked"))))
}

extern "C" fn position(ctx: *mut c_void) -> *const f64 {
    // SAFETY: as in `evaluate`.
    unsafe { proxy(ctx) }.position().as_ptr()
}

extern "C" fn loss(ctx: *mut c_void, out: *mut f64, err: *const ElbowErr) -> i32 {
    evaluate(ctx, err, |proxy| {
        let loss = proxy.loss()?;
        // SAFETY: the optimizer hands a place for the answer.
        unsafe { *out = loss };
        Ok(())
    })
}

extern "C" fn gradient(ctx: *mut c_void, out: *mut *const f64, err: *const ElbowErr) -> i32 {
    evaluate(ctx, err, |proxy| {
        proxy.gradient()?;
        // SAFETY: the optimizer hands a place for the answer.
        unsafe { *out = proxy.gradient.values.as_ptr() };
        Ok(())
    })
}

fn choice(metric: *const ElbowMetricChoice) -> Result<(u32, f64)> {
    // SAFETY: the optimizer hands a choice of metric.
    let metric = unsafe { &*metric };
    let known = (metric.kind as usize) < FISHER_KINDS && (0.0..=1.0).contains(&metric.tau);
    if known { Ok((metric.kind, metric.tau)) } else { Err(Error::new(ABI, format!("unknown metric {metric:?}"))) }
}

extern "C" fn fisher(ctx: *mut c_void, metric: *const ElbowMetricChoice, out: *mut ElbowMat, err: *const ElbowErr) -> i32 {
    evaluate(ctx, err, |proxy| {
        let (kind, tau) = choice(metric)?;
        proxy.fisher(kind, tau)?;
        let (p, ptr) = (proxy.dimension(), proxy.matrices[kind as usize].values.as_ptr());
        // SAFETY: the optimizer hands a place for the answer.
        unsafe { *out = ElbowMat { ptr, rows: p, cols: p, row_stride: 1, col_stride: p as isize } };
        Ok(())
    })
}

extern "C" fn diagonal(ctx: *mut c_void, metric: *const ElbowMetricChoice, out: *mut *const f64, err: *const ElbowErr) -> i32 {
    evaluate(ctx, err, |proxy| {
        let (kind, tau) = choice(metric)?;
        proxy.diagonal(kind, tau)?;
        // SAFETY: the optimizer hands a place for the answer.
        unsafe { *out = proxy.diagonals[kind as usize].values.as_ptr() };
        Ok(())
    })
}

extern "C" fn product(
    ctx: *mut c_void,
    metric: *const ElbowMetricChoice,
    vector: *const f64,
    out: *mut f64,
    err: *const ElbowErr,
) -> i32 {
    evaluate(ctx, err, |proxy| {
        let ((kind, tau), p) = (choice(metric)?, proxy.dimension());
        proxy.counts.product += 1;
        // SAFETY: the optimizer hands a vector and places for another, both of the point's dimension.
        let (vector, out) = unsafe { (std::slice::from_raw_parts(vector, p), std::slice::from_raw_parts_mut(out, p)) };
        proxy.product(kind, tau, vector, out)
    })
}

extern "C" fn solve(
    ctx: *mut c_void,
    matrix: *const ElbowMat,
    damping: *const ElbowDamping,
    rhs: *const f64,
    out: *mut ElbowSolved,
    err: *const ElbowErr,
) -> i32 {
    evaluate(ctx, err, |proxy| {
        // SAFETY: the optimizer hands a matrix and a damping.
        let (m, damping) = unsafe { (&*matrix, &*damping) };
        let p = m.rows;
        if m.cols != p {
            return Err(Error::new(ABI, format!("a {p} × {} matrix where a square one was expected", m.cols)));
        }
        // SAFETY: the matrix covers its rows and columns at its strides; the right-hand side has as many numbers.
        let (view, rhs) =
            unsafe { (MatRef::from_raw_parts(m.ptr, p, p, m.row_stride, m.col_stride), std::slice::from_raw_parts(rhs, p)) };
        let solved = proxy.solve(view, damping, rhs)?;
        // SAFETY: the optimizer hands a place for the answer.
        unsafe { *out = solved };
        Ok(())
    })
}

extern "C" fn natural(
    ctx: *mut c_void,
    metric: *const ElbowMetricChoice,
    damping: *const ElbowDamping,
    out: *mut ElbowSolved,
    err: *const ElbowErr,
) -> i32 {
    evaluate(ctx, err, |proxy| {
        let (kind, tau) = choice(metric)?;
        // SAFETY: the optimizer hands a damping.
        let solved = proxy.natural_gradient(kind, tau, unsafe { &*damping })?;
        // SAFETY: the optimizer hands a place for the answer.
        unsafe { *out = solved };
        Ok(())
    })
}

extern "C" fn move_to(ctx: *mut c_void, position: *const f64, err: *const ElbowErr) -> i32 {
    evaluate(ctx, err, |proxy| {
        // SAFETY: the optimizer hands a vector of the point's dimension.
        let position = unsafe { std::slice::from_raw_parts(position, proxy.dimension()) };
        proxy.trial(position)
    })
}

extern "C" fn proposal(ctx: *mut c_void) -> *mut f64 {
    // SAFETY: as in `evaluate`.
    let proxy = unsafe { proxy(ctx) };
    proxy.proposed = true;
    proxy.proposal.as_mut_ptr()
}

extern "C" fn report(ctx: *mut c_void, index: usize, value: f64) {
    // SAFETY: as in `evaluate`.
    if let Some(place) = unsafe { proxy(ctx) }.reports.get_mut(index) {
        *place = Some(value);
    }
}

extern "C" fn rows(
    ctx: *mut c_void,
    metric: *const ElbowMetricChoice,
    estimation: u32,
    parts: u32,
    each_ctx: *mut c_void,
    each: EachRows,
    err: *const ElbowErr,
) -> i32 {
    evaluate(ctx, err, |proxy| proxy.rows(choice(metric)?.0, estimation, parts, each_ctx, each))
}
