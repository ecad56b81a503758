//! Random streams: a seed and a purpose give a stream, and nothing else does.

use elbow_abi::ElbowRng;
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
