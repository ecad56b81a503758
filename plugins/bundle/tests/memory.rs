//! A step takes no memory after the first ones: host, model, curvature and optimizer keep what they need.
//!
//! Inversions are in the steps that are measured; all threads count.

use elbow_check::Value;
use elbow_check::course::{Course, table, text};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

static BYTES: AtomicUsize = AtomicUsize::new(0);

struct Counting;

// SAFETY: hands everything on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        BYTES.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: the caller's contract.
        unsafe { System.dealloc(ptr, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Bytes that 20 steps ask for, after as many to warm up.
fn asked_for(course: &Course, name: &str, given: &[(&str, Value)]) -> usize {
    let mut proxy = course.proxy();
    let mut optimizer = course.optimizer(name, given).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut steps = || {
        (0..20).for_each(|_| {
            proxy.step(&mut optimizer, false).unwrap_or_else(|error| panic!("{name}: {error}"));
        })
    };
    steps();
    let before = BYTES.load(Ordering::Relaxed);
    steps();
    BYTES.load(Ordering::Relaxed) - before
}

#[test]
fn steps_take_no_memory() {
    let threshold = table(&[("binarize", table(&[("kind", text("threshold"))]))]);
    let (batch, single) = (("batch", Value::Integer(48)), ("precision", text("single")));
    // One epoch is longer than what is measured: the order of a new one is drawn into memory of its own.
    let course = Course::new(elbow_bundle::bundle(), "vae", &[("data", threshold), batch, single], "default");
    let network = table(&[("inverse_period", Value::Integer(2))]);
    let often = [("inverse_period", Value::Integer(2))];
    for (name, given) in [
        ("euclidean", &[][..]),
        ("adam", &[]),
        ("quasi-diagonal", &[]),
        ("unit-wise", &often),
        ("kfac", &often),
        ("ekfac", &[("basis_period", Value::Integer(3))]),
        ("two-step", &[("encoder", network.clone()), ("decoder", network)]),
    ] {
        let bytes = asked_for(&course, name, given);
        assert_eq!(bytes, 0, "{name}: bytes asked for in 20 steps");
    }
}
