//! Memory: it does not grow with the table of all states, and evaluations after the first take none.

mod common;

use common::*;
use elbow_bayesian_network::{Parameters, Preset};
use elbow_sdk::{Fisher, Model, Objective, Recognition};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// Bytes in use, their peak, number of allocations; of this thread, where everything runs without a host.
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

/// Room for the answers, taken before anything is measured.
struct Answers {
    gradient: Vec<f64>,
    vector: Vec<f64>,
    matrix: Vec<f64>,
    phi: Vec<f64>,
    phi_matrix: Vec<f64>,
    quantities: [f64; 5],
}

/// Everything but whole tables.
fn evaluate(at: &mut At, answers: &mut Answers) {
    at.renew();
    let qs = if at.phi.is_empty() { &QS[..2] } else { &QS };
    let (model, learned, at) = (&at.model, !at.phi.is_empty(), &mut at.at);
    for &q in qs {
        model.gradient(at, Objective::Elbo, q, &mut answers.gradient).expect("a gradient");
        model.loss(at, Objective::Elbo, q).expect("a loss");
        model.quantities(at, q, &mut answers.quantities).expect("quantities");
    }
    for kind in [Fisher::Visible, Fisher::Joint] {
        model.fisher(at, kind, &mut answers.matrix).expect("a matrix");
        model.fisher_diagonal(at, kind, &mut answers.vector).expect("a diagonal");
        model.fisher_product(at, kind, &answers.vector, &mut answers.gradient).expect("a product");
    }
    if learned {
        model.recognition_gradient(at, &mut answers.phi).expect("a gradient");
        model.fisher(at, Fisher::Recognition, &mut answers.phi_matrix).expect("a matrix");
    }
}

const QS: [Recognition; 3] = [Recognition::Fixed, Recognition::Exact, Recognition::Learned];

/// (P, peak in bytes of building and evaluating, allocations of two more evaluations).
fn measure(nodes: i64, learned: bool) -> (usize, usize, usize) {
    let truth = vec![0.3; 2 * nodes as usize - 1];
    let (size, free) = (truth.len(), if learned { (1 << nodes) - (1 << (nodes / 2)) } else { 0 });
    let zeros = |len: usize| vec![0.0; len];
    let (gradient, vector, matrix) = (zeros(size), zeros(size), zeros(size * size));
    let mut answers =
        Answers { gradient, vector, matrix, phi: zeros(free), phi_matrix: zeros(free * free), quantities: [0.0; 5] };
    let (before, ..) = USE.get();
    USE.set((before, before, 0));
    let mut at = At::new(build(Parameters { learned, ..preset(Preset::Chain, Some(nodes), parameters(&truth)) }));
    at.phi.iter_mut().for_each(|x| *x = 1.0 / f64::from(1 << (nodes / 2)));
    evaluate(&mut at, &mut answers);
    let (peak, calls) = (USE.get().1 - before, USE.get().2);
    for value in [0.6, 0.7] {
        at.theta.fill(value);
        evaluate(&mut at, &mut answers);
    }
    (size, peak, USE.get().2 - calls)
}

/// 10, 20 and 22 nodes have tables of 8 kB, 8 MB and 33 MB; what is needed grows like P², the parameters squared: 2 kB, 12 kB,
/// 15 kB, times a fixed number of parts and of rows in a block.
#[test]
fn peak_does_not_follow_the_table() {
    // The product of matrices keeps room of a fixed size for each thread: it is taken here.
    measure(18, false);
    for (nodes, table) in [(10, 1 << 13), (20, 1 << 23), (22, 1 << 25)] {
        let (parameters, peak, _) = measure(nodes, false);
        assert!(peak < 16 * 60 * parameters * parameters + (1 << 16), "{nodes} nodes: {peak} bytes");
        assert!(nodes == 10 || 4 * peak < table, "{nodes} nodes: {peak} bytes");
    }
}

#[test]
fn evaluating_again_allocates_nothing() {
    for (nodes, learned) in [(4, true), (4, false), (12, true), (20, false)] {
        assert_eq!(measure(nodes, learned).2, 0, "{nodes} nodes, learned: {learned}");
    }
}
