//! What the host offers to plugins: a log and its threads.

use crate::error::read;
use crate::floating::{at_home, charge, observed};
use crate::linear::LINEAR;
use crate::stream::STREAMS;
use crate::text::escaped;
use elbow_abi::*;
use rayon::prelude::*;
use std::cell::Cell;
use std::ffi::c_void;
use std::io::Write;
use std::num::NonZero;
use std::ptr::null;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

static THREADS: AtomicUsize = AtomicUsize::new(0);
static POOL: OnceLock<Option<rayon::ThreadPool>> = OnceLock::new();

/// Sets how many threads work inside the steps of all cells together; 0: one per core. Has no effect once they were used.
pub fn set_threads(threads: usize) {
    THREADS.store(threads, Ordering::Relaxed);
}

/// The one pool of the process, made when something first needs it: most experiments never do.
fn pool() -> Option<&'static rayon::ThreadPool> {
    // A thread has the floating-point environment of the one that started it, which may be in a plugin.
    POOL.get_or_init(|| at_home(|| build(wanted()))).as_ref()
}

fn wanted() -> usize {
    match THREADS.load(Ordering::Relaxed) {
        0 => std::thread::available_parallelism().map_or(1, NonZero::get),
        threads => threads,
    }
}

/// A pool of so many threads, or of half as many, a quarter, … where the system starts no more; none where one would be all.
fn build(threads: usize) -> Option<rayon::ThreadPool> {
    let mut numbers = std::iter::successors(Some(threads), |threads| Some(threads / 2)).take_while(|threads| *threads > 1);
    numbers.find_map(|threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().ok())
}

struct Body(extern "C" fn(*mut c_void, usize), *mut c_void);
// SAFETY: a plugin hands a body that may be called from any thread with its context.
unsafe impl Sync for Body {}

impl Body {
    fn call(&self, i: usize) {
        (self.0)(self.1, i);
    }
}

thread_local! {
    /// Nanoseconds that other threads have worked for this one.
    static LENT: Cell<u64> = const { Cell::new(0) };
}

/// Time that this thread has worked.
fn own_time() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()
}

/// Time that this thread has worked, and the pool's threads for it.
pub fn work_time() -> Duration {
    Duration::from_nanos(own_time() + LENT.get())
}

extern "C" fn parallel_for(n: usize, body: extern "C" fn(*mut c_void, usize), ctx: *mut c_void) {
    let body = Body(body, ctx);
    match pool() {
        // A call from inside the pool is a nested one: it stays on its thread.
        Some(pool) if n > 1 && pool.current_num_threads() > 1 && rayon::current_thread_index().is_none() => {
            let (worked, bits) = (AtomicU64::new(0), AtomicU64::new(0));
            let timed = |i| {
                let before = own_time();
                if let ((), Some(changed)) = observed(|| body.call(i)) {
                    bits.fetch_or(changed.bits(), Ordering::Relaxed);
                }
                worked.fetch_add(own_time() - before, Ordering::Relaxed);
            };
            pool.install(|| (0..n).into_par_iter().with_max_len(1).for_each(timed));
            LENT.set(LENT.get() + worked.into_inner());
            charge(bits.into_inner());
        }
        _ => (0..n).for_each(|i| body.call(i)),
    }
}

extern "C" fn threads() -> usize {
    pool().map_or(1, rayon::ThreadPool::current_num_threads)
}

extern "C" fn log(level: u32, text: ElbowStr) {
    // SAFETY: a plugin hands text that holds during the call.
    let text = unsafe { read(text) };
    tell(["error", "error", "warning"].get(level as usize).copied().unwrap_or("note"), text);
}

/// Writes a line of the log.
pub(crate) fn tell(word: &str, text: &str) {
    let _ = writeln!(std::io::stderr(), "{word}: {}", escaped(text));
}

static LOG: ElbowLog = ElbowLog { struct_size: size_of::<ElbowLog>() as u32, write: log };
static PARALLEL: ElbowParallel = ElbowParallel { struct_size: size_of::<ElbowParallel>() as u32, parallel_for, threads };

extern "C" fn service(id: ElbowStr) -> *const c_void {
    // SAFETY: a plugin hands text that holds during the call.
    match unsafe { read(id) } {
        SERVICE_LOG => (&raw const LOG).cast(),
        SERVICE_PARALLEL => (&raw const PARALLEL).cast(),
        SERVICE_LINEAR => (&raw const LINEAR).cast(),
        SERVICE_STREAMS => (&raw const STREAMS).cast(),
        _ => null(),
    }
}

/// The host, as plugins see it.
pub static HOST: ElbowHost = ElbowHost { struct_size: size_of::<ElbowHost>() as u32, service };
