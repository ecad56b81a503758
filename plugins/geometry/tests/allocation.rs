//! Nothing allocates after the first call at a given size.

mod common;

use common::Random;
use elbow_geometry::pencil::Pencil;
use elbow_geometry::solve::Solver;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, counting the calls of each thread.
struct Counting;

thread_local! {
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.set(CALLS.get() + 1);
        // SAFETY: the caller's obligations are those of the system's allocator.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the pointer came from the system's allocator with this layout.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Every function on every path, at sizes below and above the limit of the small factorizations.
fn all(solver: &mut Solver, pencil: &mut Pencil, matrices: &[faer::Mat<f64>], b: &[f64], x: &mut [f64]) {
    for f in matrices {
        let n = f.nrows();
        for rcond in [1e-9, 1e-18] {
            solver.pseudo_inverse(f.as_ref(), None, &b[..n], rcond, &mut x[..n]).unwrap();
            pencil.compute(f.as_ref(), f.as_ref(), rcond).unwrap();
        }
        solver.tikhonov(f.as_ref(), &b[..n], 0.0, &mut x[..n]).unwrap();
        solver.relative(f.as_ref(), &b[..n], 0.1, &mut x[..n]).unwrap();
    }
}

#[test]
fn second_calls_do_not_allocate() {
    let mut random = Random(3);
    let sizes = [40, 5, 12, 20, 1, 2];
    let matrices: Vec<_> =
        sizes.iter().map(|&n| random.with_spectrum(&(0..n).map(|k| f64::from(2 * k <= n)).collect::<Vec<_>>())).collect();
    let (b, mut x, mut solver, mut pencil) = (random.vector(40), vec![0.0; 40], Solver::new(), Pencil::new());
    let before = CALLS.get();
    all(&mut solver, &mut pencil, &matrices, &b, &mut x);
    let first = CALLS.get() - before;
    all(&mut solver, &mut pencil, &matrices, &b, &mut x);
    assert!(first > 0);
    assert_eq!(CALLS.get() - before, first);
}
