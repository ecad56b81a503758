//! Random streams: a seed and a purpose give a stream, and nothing else does.

use elbow_abi::{ElbowRng, ElbowStreams};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use sha2::{Digest, Sha256};
use std::ffi::c_void;

/// A stream of random words, named by what it is for. Streams with different names are independent.
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream with this name, as `["seed 3", "model …", "init"]`.
    pub fn new(name: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in name {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Self(ChaCha8Rng::from_seed(hash.finalize().into()))
    }

    /// The stream with this number in the family that this stream begins: independent of it and of the others.
    pub fn numbered(&self, number: u64) -> Self {
        let mut generator = self.0.clone();
        generator.set_stream(number.wrapping_add(1));
        Self(generator)
    }

    /// A word that stands for this stream: what a plugin's own streams are seeded with.
    pub fn seed(mut self) -> u64 {
        self.0.next_u64()
    }

    /// Lends the stream to a plugin.
    pub(crate) fn lend(&mut self) -> ElbowRng {
        ElbowRng { ctx: (&raw mut self.0).cast(), fill }
    }
}

extern "C" fn fill(ctx: *mut c_void, out: *mut u64, n: usize) {
    // SAFETY: `ctx` is the generator of a stream that is lent to this call alone; `out` takes n words.
    let (generator, out) = unsafe { (&mut *ctx.cast::<ChaCha8Rng>(), std::slice::from_raw_parts_mut(out, n)) };
    out.iter_mut().for_each(|word| *word = generator.next_u64());
}

/// A purpose of a seed has a key of its own, and a number of that purpose a stream of ChaCha8 under the key.
extern "C" fn fill_stream(seed: u64, purpose: u64, number: u64, out: *mut u64, n: usize) {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8..16].copy_from_slice(&purpose.to_le_bytes());
    let mut generator = ChaCha8Rng::from_seed(key);
    generator.set_stream(number);
    // SAFETY: the caller hands room for n words.
    let out = if n == 0 { &mut [] } else { unsafe { std::slice::from_raw_parts_mut(out, n) } };
    out.iter_mut().for_each(|word| *word = generator.next_u64());
}

/// The service of random streams.
pub(crate) static STREAMS: ElbowStreams = ElbowStreams { struct_size: size_of::<ElbowStreams>() as u32, fill: fill_stream };
