//! Copies between the host's vectors and a network's own numbers: of large networks on several threads, as a step has several of
//! them and memory, not arithmetic, is what they wait for.

use crate::block::Block;
use crate::real::Real;
use elbow_sdk::Host;

/// Parts of one vector.
const PARTS: usize = 4;
/// Shortest vector that is split: below, starting threads takes longer than the copy.
const LONG: usize = 100_000;

/// One part of what is copied.
type Part<'a, T> = (&'a mut [T], &'a [f64]);

/// Rounds (θ, φ).
pub(crate) fn narrow<T: Real>(host: Host, theta: &[f64], phi: &[f64], w: &mut [T]) {
    let (own, other) = w.split_at_mut(theta.len());
    if own.len() + other.len() < LONG {
        return [(own, theta), (other, phi)].into_iter().for_each(copy);
    }
    let mut parts: [Part<'_, T>; 2 * PARTS] = Default::default();
    let (first, second) = parts.split_at_mut(PARTS);
    split(own, theta, first);
    split(other, phi, second);
    host.for_each(&mut parts, |_, (to, from)| copy((to, from)));
}

fn copy<T: Real>((to, from): Part<'_, T>) {
    to.iter_mut().zip(from).for_each(|(to, x)| *to = T::of(*x));
}

/// Equal parts of a vector.
fn split<'a, T>(mut to: &'a mut [T], mut from: &'a [f64], parts: &mut [Part<'a, T>]) {
    let all = parts.len();
    for (k, part) in parts.iter_mut().enumerate() {
        let len = to.len() / (all - k);
        let (head, tail) = std::mem::take(&mut to).split_at_mut(len);
        let (source, rest) = from.split_at(len);
        (*part, to, from) = ((head, source), tail, rest);
    }
}

/// Writes blocks one after the other, as they follow each other in `out`.
pub(crate) fn widen<T: Real>(host: Host, mut blocks: &[Block<T>], mut out: &mut [f64]) {
    let mut parts: [(&[Block<T>], &mut [f64]); PARTS] = Default::default();
    for (k, part) in parts.iter_mut().enumerate() {
        let (own, later) = blocks.split_at(blocks.len() / (PARTS - k));
        let len: usize = own.iter().map(|block| block.values.len()).sum();
        let (head, tail) = std::mem::take(&mut out).split_at_mut(len);
        (*part, blocks, out) = ((own, head), later, tail);
    }
    host.for_each(&mut parts, |_, (blocks, out)| {
        let mut out = std::mem::take(out);
        for block in *blocks {
            let (head, tail) = out.split_at_mut(block.values.len());
            head.iter_mut().zip(&block.values).for_each(|(out, x)| *out = x.to());
            out = tail;
        }
    });
}
