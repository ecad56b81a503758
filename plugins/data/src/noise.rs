//! Arrays of random numbers, from the host's streams or from a file.

use crate::data::wrong;
use crate::{file, npy};
use elbow_sdk::{Host, Result};
use std::f64::consts::TAU;

/// Uniform on the open interval (0, 1), as [`elbow_sdk::Rng::uniform`]: the middles of 2⁵² equal parts.
pub(crate) fn uniform(word: u64) -> f64 {
    ((word >> 12) as f64 + 0.5) * 2f64.powi(-52)
}

/// Fills with numbers uniform on the open interval (0, 1) from the stream (seed, purpose, number).
///
/// # Errors
/// [`elbow_sdk::Code::Unsupported`] if the host has no streams.
pub fn uniforms(host: Host, seed: u64, purpose: u64, number: u64, out: &mut [f64]) -> Result<()> {
    let mut words = vec![0; out.len()];
    host.words(seed, purpose, number, &mut words)?;
    out.iter_mut().zip(words).for_each(|(out, word)| *out = uniform(word));
    Ok(())
}

/// Where standard normal numbers come from.
#[derive(Clone, Debug)]
pub struct Noise(Option<Table>);

/// The noise of a file: `cycle` arrays, one after the other.
#[derive(Clone, Debug)]
struct Table {
    shape: [usize; 3],
    values: Vec<f64>,
}

impl Noise {
    /// From the host's streams, by the transform of Box and Muller (*A note on the generation of random normal deviates*, 1958).
    pub fn streams() -> Self {
        Self(None)
    }

    /// From a .npy file of shape (cycle, rows, L), possibly in gzip: the array of a number is the one at number mod cycle, whatever
    /// seed and purpose.
    ///
    /// # Errors
    /// A sentence that names the file and says what is wrong with it, without a parameter's path.
    pub fn file(path: &str) -> Result<Self> {
        let named = |error: elbow_sdk::Error| wrong(format!("{path}: {error}"));
        let (shape, values) = file::bytes(path).and_then(|bytes| npy::array(&bytes)).map_err(named)?;
        let Ok(shape) = <[usize; 3]>::try_from(shape.as_slice()) else {
            return Err(named(wrong(format!("the array has {} dimensions; expected 3, (cycle, rows, latent)", shape.len()))));
        };
        if values.is_empty() || values.iter().any(|x| !x.is_finite()) {
            return Err(named(wrong("expected finite numbers, and at least one")));
        }
        Ok(Self(Some(Table { shape, values })))
    }

    /// The shape (cycle, rows, L) of a file's noise.
    pub fn shape(&self) -> Option<[usize; 3]> {
        self.0.as_ref().map(|table| table.shape)
    }

    /// Fills with standard normal numbers from the stream (seed, purpose, number): one place after the other, so for an array of
    /// rows × L row after row.
    ///
    /// # Errors
    /// [`elbow_sdk::Code::Unsupported`] if the host has no streams; for a file, if its arrays have another length.
    pub fn fill(&self, host: Host, seed: u64, purpose: u64, number: u64, out: &mut [f64]) -> Result<()> {
        match &self.0 {
            Some(table) => table.fill(number, out),
            None => normals(host, seed, purpose, number, out),
        }
    }
}

impl Table {
    fn fill(&self, number: u64, out: &mut [f64]) -> Result<()> {
        let [cycle, rows, latent] = self.shape;
        if out.len() != rows * latent {
            let len = out.len();
            return Err(wrong(format!("the file of noise has {rows} × {latent} numbers for a step; expected {len}")));
        }
        let entry = (number % cycle as u64) as usize;
        out.copy_from_slice(&self.values[entry * out.len()..(entry + 1) * out.len()]);
        Ok(())
    }
}

/// Two words make two numbers: √(−2 ln u₁) (cos 2πu₂, sin 2πu₂).
fn normals(host: Host, seed: u64, purpose: u64, number: u64, out: &mut [f64]) -> Result<()> {
    let mut words = vec![0; out.len().next_multiple_of(2)];
    host.words(seed, purpose, number, &mut words)?;
    for (out, words) in out.chunks_mut(2).zip(words.chunks_exact(2)) {
        let (radius, angle) = ((-2.0 * uniform(words[0]).ln()).sqrt(), TAU * uniform(words[1]));
        out.iter_mut().zip([angle.cos(), angle.sin()]).for_each(|(out, side)| *out = radius * side);
    }
    Ok(())
}
