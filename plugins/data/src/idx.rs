//! The IDX format of MNIST (LeCun, Cortes and Burges): big-endian, bytes 0, 0, type, number of dimensions, then the dimensions in
//! 32 bits each, then the values. Only unsigned bytes are read; all dimensions but the first make one row.

use crate::data::{Data, MOST_VALUES, wrong};
use elbow_sdk::{Error, Result};

/// Type of unsigned bytes.
const UNSIGNED_BYTE: u8 = 0x08;
/// The types that there are.
const TYPES: [u8; 6] = [UNSIGNED_BYTE, 0x09, 0x0B, 0x0C, 0x0D, 0x0E];

/// Whether the bytes begin as an IDX file does.
pub(crate) fn begins(bytes: &[u8]) -> bool {
    matches!(bytes, [0, 0, kind, ..] if TYPES.contains(kind))
}

/// Reads an IDX file of images: levels of 255.
pub(crate) fn read(mut bytes: Vec<u8>) -> Result<Data> {
    let dimensions = dimensions(&bytes)?;
    let header = 4 + 4 * dimensions.len();
    let (rows, columns) = (dimensions[0], product(&dimensions[1..])?);
    let len = product(&dimensions)?;
    if rows == 0 || columns == 0 {
        return Err(wrong(format!("the IDX file announces {rows} rows of {columns} values; at least one of each is needed")));
    }
    match bytes.len() {
        found if found < header + len => Err(truncated(header + len, found)),
        found if found > header + len => {
            let rest = found - header - len;
            Err(wrong(format!("{rest} bytes follow the {} that the IDX file announces", header + len)))
        }
        _ => Data::from_levels(columns, bytes.split_off(header), u8::MAX),
    }
}

fn truncated(expected: usize, found: usize) -> Error {
    wrong(format!("the IDX file is truncated: {expected} bytes expected, {found} found"))
}

/// Its dimensions, at least two.
fn dimensions(bytes: &[u8]) -> Result<Vec<usize>> {
    let &[a, b, kind, count] = bytes.first_chunk::<4>().ok_or_else(|| truncated(4, bytes.len()))?;
    if !begins(bytes) {
        let magic = u32::from_be_bytes([a, b, kind, count]);
        return Err(wrong(format!("this is not an IDX file of images: it begins with 0x{magic:08x}, expected 0x00000803")));
    }
    if kind != UNSIGNED_BYTE {
        return Err(wrong(format!("the IDX file holds numbers of type 0x{kind:02x}; only unsigned bytes, 0x08, are read")));
    }
    match count {
        0 => Err(wrong("the IDX file has no dimensions; expected rows and columns, as in 0x00000803")),
        1 => Err(wrong("the IDX file holds labels (it begins with 0x00000801); expected images, 0x00000803")),
        _ => {
            let header =
                bytes.get(4..4 + 4 * usize::from(count)).ok_or_else(|| truncated(4 + 4 * usize::from(count), bytes.len()))?;
            Ok(header.chunks_exact(4).map(|x| x.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte))).collect())
        }
    }
}

/// The number of values, if it is not too large.
fn product(dimensions: &[usize]) -> Result<usize> {
    let product = dimensions.iter().try_fold(1_usize, |product, n| product.checked_mul(*n));
    product.filter(|product| *product <= MOST_VALUES).ok_or_else(|| {
        let sizes: Vec<String> = dimensions.iter().map(usize::to_string).collect();
        wrong(format!("the IDX file announces {} values; at most {MOST_VALUES} are possible", sizes.join(" × ")))
    })
}
