//! From grey values to zeros and ones: which way `auto` is, and pixels drawn as x ~ Bernoulli(value), anew in every epoch (Burda,
//! Grosse and Salakhutdinov, *Importance Weighted Autoencoders*, 2016).

use crate::data::Data;
use crate::noise::uniform;
use crate::parameters::{Binarization, BinarizeParameters};
use crate::purpose;
use elbow_sdk::{Host, Result};

impl BinarizeParameters {
    /// The way for these data; `bits` if the model is one of zeros and ones. Values beyond 0 to 1 are not made to fit.
    pub(crate) fn kind_for(&self, bits: bool, data: &Data) -> Binarization {
        let (least, largest) = data.range();
        let grey = least >= 0.0 && largest <= 1.0 && !data.is_binary();
        match self.kind {
            Binarization::Auto if bits && grey => Binarization::Threshold,
            Binarization::Auto => Binarization::None,
            kind => kind,
        }
    }
}

/// Draws a row, 1 with a probability of the value, else 0; in the same epoch always the same.
///
/// # Errors
/// [`elbow_sdk::Code::Unsupported`] if the host has no streams.
///
/// # Panics
/// If the row is not there, or if `out` does not have a place for each column.
pub fn binarized_row(host: Host, seed: u64, epoch: u64, row: usize, data: &Data, out: &mut [f64]) -> Result<()> {
    draw(host, seed, epoch, row, data, out, [0.0, 1.0])
}

/// The same in 32 bits.
///
/// # Errors
/// As [`binarized_row`].
///
/// # Panics
/// As [`binarized_row`].
pub fn binarized_row_single(host: Host, seed: u64, epoch: u64, row: usize, data: &Data, out: &mut [f32]) -> Result<()> {
    draw(host, seed, epoch, row, data, out, [0.0, 1.0])
}

fn draw<T: Copy>(host: Host, seed: u64, epoch: u64, row: usize, data: &Data, out: &mut [T], bits: [T; 2]) -> Result<()> {
    let mut words = vec![0; data.columns()];
    let number = epoch.wrapping_mul(data.rows() as u64).wrapping_add(row as u64);
    host.words(seed, purpose::PIXELS, number, &mut words)?;
    let mut words = words.into_iter();
    data.each(row, out, |out, value| *out = bits[usize::from(uniform(words.next().unwrap_or(0)) < value)]);
    Ok(())
}
