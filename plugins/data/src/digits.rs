//! The handwritten digits that come with the program: `data/digits.md` says whose they are.

use crate::data::{Data, wrong};
use elbow_sdk::Result;
use flate2::read::DeflateDecoder;
use std::io::Read;

/// As `data/pack.py` wrote them.
const PACKED: &[u8] = include_bytes!("../data/digits.bin");
/// Images.
const ROWS: usize = 1797;
/// Pixels, 8 × 8.
const COLUMNS: usize = 64;
/// The largest level.
const MOST: u8 = 16;

/// 1797 handwritten digits of 8 × 8 pixels, values level / 16: the test part of *Optical Recognition of Handwritten Digits*
/// (Alpaydin and Kaynak 1998, UCI Machine Learning Repository, CC BY 4.0), in the order of scikit-learn.
///
/// # Errors
/// If the program's own copy is damaged.
pub fn digits() -> Result<Data> {
    let mut pixels = Vec::with_capacity(ROWS * COLUMNS);
    let unpacked = DeflateDecoder::new(PACKED).read_to_end(&mut pixels);
    if unpacked.is_err() || pixels.len() != ROWS * COLUMNS || pixels.iter().any(|level| *level > MOST) {
        return Err(wrong("the program's copy of the digits is damaged"));
    }
    let levels = (0..ROWS).flat_map(|row| pixels.iter().skip(row).step_by(ROWS).copied()).collect();
    Data::from_levels(COLUMNS, levels, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels() -> Vec<u8> {
        digits().unwrap().levels().unwrap().0.to_vec()
    }

    #[test]
    fn shape_and_sums() {
        let data = digits().unwrap();
        assert_eq!((data.rows(), data.columns(), data.levels().unwrap().1), (ROWS, COLUMNS, MOST));
        assert_eq!(levels().iter().map(|level| u64::from(*level)).sum::<u64>(), 561_718);
        assert!(levels().iter().all(|level| *level <= 16));
        assert_eq!(data.range(), (0.0, 1.0));
    }

    /// The first and the last image, and a sum in between, as scikit-learn has them.
    #[test]
    fn rows() {
        let levels = levels();
        let first = [
            [0, 0, 5, 13, 9, 1, 0, 0],
            [0, 0, 13, 15, 10, 15, 5, 0],
            [0, 3, 15, 2, 0, 11, 8, 0],
            [0, 4, 12, 0, 0, 8, 8, 0],
            [0, 5, 8, 0, 0, 9, 8, 0],
            [0, 4, 11, 0, 1, 12, 7, 0],
            [0, 2, 14, 5, 10, 12, 0, 0],
            [0, 0, 6, 13, 10, 0, 0, 0],
        ];
        let last = [
            [0, 0, 10, 14, 8, 1, 0, 0],
            [0, 2, 16, 14, 6, 1, 0, 0],
            [0, 0, 15, 15, 8, 15, 0, 0],
            [0, 0, 5, 16, 16, 10, 0, 0],
            [0, 0, 12, 15, 15, 12, 0, 0],
            [0, 4, 16, 6, 4, 16, 6, 0],
            [0, 8, 16, 10, 8, 16, 8, 0],
            [0, 1, 8, 12, 14, 12, 1, 0],
        ];
        assert_eq!(levels[..64], first.concat());
        assert_eq!(levels[1796 * 64..], last.concat());
        assert_eq!(levels[64..128].iter().map(|level| u32::from(*level)).sum::<u32>(), 313);
    }

    /// The binarized digits have the share of ones and the likelihood under independent pixels that are known of them.
    #[test]
    fn binarized() {
        let binary = digits().unwrap().binary(|x| x > 0.5);
        let ones = binary.mean();
        let share = ones.iter().sum::<f64>() / 64.0;
        assert_eq!(format!("{share:.5}"), "0.29291");
        let entropy = |p: &f64| if *p == 0.0 || *p == 1.0 { 0.0 } else { p * p.ln() + (1.0 - p) * (1.0 - p).ln() };
        assert_eq!(format!("{:.6}", ones.iter().map(entropy).sum::<f64>()), "-24.424701");
    }
}
