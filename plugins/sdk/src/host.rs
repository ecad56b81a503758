//! What the host offers everywhere: a log and its threads.

use crate::error::{Code, Error, Result};
use crate::guard::guard;
use crate::text;
use elbow_abi::*;
use std::ffi::c_void;
use std::sync::Mutex;

/// The host. Cheap to copy; a model may keep it.
#[derive(Clone, Copy, Debug)]
pub struct Host(Option<&'static ElbowHost>);

impl Host {
    /// A plugin without a host, as in a unit test: everything runs on the calling thread, the log goes nowhere.
    pub const NONE: Self = Self(None);

    /// A plugin of this host, as in a test with the real one.
    pub fn of(host: &'static ElbowHost) -> Self {
        Self(Some(host))
    }

    /// # Safety
    /// `host` must be null or live as long as the process.
    pub(crate) unsafe fn new(host: *const ElbowHost) -> Self {
        // SAFETY: the caller's contract.
        Self(unsafe { host.as_ref() })
    }

    pub(crate) fn service<T>(self, id: &str) -> Option<&'static T> {
        let table = (self.0?.service)(text::borrow(id));
        // SAFETY: the host answers null or the table of the service with this id, which lives as long as the process.
        unsafe { table.cast::<T>().as_ref() }
    }

    /// Fills `out` with random words from the stream (seed, purpose, number): the same on every machine, independent of all
    /// other streams.
    ///
    /// # Errors
    /// [`Code::Unsupported`] without a host.
    pub fn words(self, seed: u64, purpose: u64, number: u64, out: &mut [u64]) -> Result<()> {
        let streams = self.service::<ElbowStreams>(SERVICE_STREAMS);
        let streams = streams.ok_or_else(|| Error::new(Code::Unsupported, "the host offers no random streams"))?;
        (streams.fill)(seed, purpose, number, out.as_mut_ptr(), out.len());
        Ok(())
    }

    /// Writes a warning to the host's log.
    pub fn warn(self, message: &str) {
        if let Some(log) = self.service::<ElbowLog>(SERVICE_LOG) {
            (log.write)(2, text::borrow(message));
        }
    }

    /// Calls `body(i, &mut items[i])` for every item, on the host's threads. The split into items must not depend on the
    /// number of threads: then neither do the results.
    pub fn for_each<T: Send>(self, items: &mut [T], body: impl Fn(usize, &mut T) + Sync) {
        match self.service::<ElbowParallel>(SERVICE_PARALLEL) {
            Some(parallel) if items.len() > 1 => spread(parallel, items, &body),
            _ => items.iter_mut().enumerate().for_each(|(i, item)| body(i, item)),
        }
    }
}

struct Spread<'a, T, F> {
    items: *mut T,
    body: &'a F,
    failed: Mutex<bool>,
}

fn spread<T: Send, F: Fn(usize, &mut T) + Sync>(parallel: &ElbowParallel, items: &mut [T], body: &F) {
    let job = Spread { items: items.as_mut_ptr(), body, failed: Mutex::new(false) };
    (parallel.parallel_for)(items.len(), run_one::<T, F>, (&raw const job).cast_mut().cast());
    assert!(!job.failed.into_inner().unwrap_or(true), "a parallel part panicked");
}

extern "C" fn run_one<T, F: Fn(usize, &mut T)>(ctx: *mut c_void, i: usize) {
    // SAFETY: `ctx` is the job on the stack of `spread`, which waits until all parts are done.
    let job = unsafe { &*ctx.cast::<Spread<'_, T, F>>() };
    let status = guard(std::ptr::null(), || {
        // SAFETY: the host calls each index below the length once, so no two parts share an item.
        (job.body)(i, unsafe { &mut *job.items.add(i) });
        Ok(())
    });
    if status != OK {
        *job.failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = true;
    }
}
