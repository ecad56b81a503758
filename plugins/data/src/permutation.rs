//! Permutations: Fisher and Yates with the words of a stream (Durstenfeld, *Algorithm 235: Random permutation*, CACM 1964).

use elbow_sdk::{Host, Result};

/// Shuffles with the stream (seed, purpose, number). Every order has the same probability but for n / 2⁶⁴.
pub(crate) fn shuffle(host: Host, name: (u64, u64, u64), words: &mut Vec<u64>, order: &mut [usize]) -> Result<()> {
    words.resize(order.len(), 0);
    host.words(name.0, name.1, name.2, words)?;
    for (i, word) in (1..order.len()).rev().zip(&*words) {
        order.swap(i, below(*word, i + 1));
    }
    Ok(())
}

/// A number below n from a word: ⌊word n / 2⁶⁴⌋.
fn below(word: u64, n: usize) -> usize {
    ((u128::from(word) * n as u128) >> 64) as usize
}
