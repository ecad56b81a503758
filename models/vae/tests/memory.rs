//! Memory: steps after the first take none; what is recorded takes no more for more rows.

mod common;

use common::At;
use elbow_sdk::{Estimation, Fisher, Model, Objective, Recognition};
use elbow_vae::{Bound, EvaluationParameters, Parameters, Width};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// Bytes in use, their peak, number of allocations; of this thread, which does everything.
    static USE: Cell<(usize, usize, usize)> = const { Cell::new((0, 0, 0)) };
}

struct Counting;

fn count(more: usize, less: usize) {
    let (now, peak, calls) = USE.get();
    let now = (now + more).saturating_sub(less);
    USE.set((now, peak.max(now), calls + usize::from(more > 0)));
}

// SAFETY: hands everything on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size(), 0);
        // SAFETY: the caller's contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        count(0, layout.size());
        // SAFETY: the caller's contract.
        unsafe { System.dealloc(ptr, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most bytes that something takes beyond those in use, and how often it asks for memory.
fn taken(call: impl FnOnce()) -> (usize, usize) {
    let (before, _, calls) = USE.get();
    USE.set((before, before, calls));
    call();
    (USE.get().1 - before, USE.get().2 - calls)
}

/// The calls of the allocator during some steps with loss and both gradients, after two others.
fn allocations(parameters: Parameters) -> usize {
    let mut at = At::new(common::build_alone(parameters));
    let (mut theta, mut phi) = (at.theta.clone(), at.phi.clone());
    let mut step = |at: &mut At, sample: u64| {
        at.sample = sample;
        at.renew();
        at.model.gradient(&mut at.at, Objective::Elbo, Recognition::Learned, &mut theta).expect("a gradient");
        at.model.recognition_gradient(&mut at.at, &mut phi).expect("a gradient");
        at.loss();
        at.model.fisher_product(&mut at.at, Fisher::Aggregate, &at.theta, &mut theta).expect("a product");
        at.model.fisher_product(&mut at.at, Fisher::Recognition, &at.phi, &mut phi).expect("a product");
    };
    (0..2).for_each(|sample| step(&mut at, sample));
    taken(|| (2..10).for_each(|sample| step(&mut at, sample))).1
}

#[test]
fn steps_take_no_memory() {
    let one = Parameters::default();
    for parameters in [
        one.clone(),
        Parameters { precision: Width::Single, samples: 3, bound: Bound::Iwae, ..one.clone() },
        // More parameters than are kept for each part.
        Parameters { encoder: Some(vec![400.0, 300.0]), ..one },
    ] {
        assert_eq!(allocations(parameters), 0);
    }
}

/// Rows are views; the list of them is small.
#[test]
fn rows_are_not_copied() {
    let mut at = At::new(common::build_alone(Parameters::default()));
    let mut visit = |sample: u64| {
        at.sample = sample;
        at.renew();
        taken(|| {
            for kind in [Fisher::Aggregate, Fisher::Recognition] {
                at.model.rows(&mut at.at, kind, Estimation::Sampled, &mut |_| Ok(())).expect("rows");
            }
        })
    };
    visit(0);
    let (bytes, _) = visit(1);
    assert!(bytes < 512, "{bytes} bytes");
}

#[test]
fn evaluation_takes_the_same_for_all_rows() {
    let peak = |rows: usize| {
        let evaluation = EvaluationParameters { rows, samples: 100, ..EvaluationParameters::default() };
        let mut at = At::new(common::build_alone(Parameters { evaluation, ..Parameters::default() }));
        taken(|| {
            at.quantities();
        })
        .0
    };
    peak(8);
    let (few, many) = (peak(64), peak(1600));
    assert!(many == few, "{few} bytes for 64 rows, {many} for 1600");
}
