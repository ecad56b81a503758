//! The format of NumPy, `.npy`: arrays of numbers, of type f4, f8, u1 to u8, i1 to i8 or b1, in either order of storage and of
//! bytes.

use crate::builder;
use crate::data::{Data, wrong};
use elbow_sdk::Result;
use npyz::{NpyHeader, Order};

/// The first bytes of such a file.
pub(crate) const MAGIC: &[u8] = b"\x93NUMPY";

/// An array as it is stored.
struct Stored<'a> {
    shape: Vec<usize>,
    by_columns: bool,
    /// Type without its order of bytes, as `f8`.
    kind: String,
    /// Whether the byte of the greatest weight comes first.
    big: bool,
    bytes: &'a [u8],
}

/// The numbers in the text after `shape`: what multiplies them must not meet too large ones.
fn announced(bytes: &[u8]) -> Vec<u64> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1 << 12)]);
    let tuple = head.split_once("shape").and_then(|(_, rest)| rest.split_once('(')).and_then(|(_, rest)| rest.split_once(')'));
    let sizes = tuple.map_or("", |(tuple, _)| tuple).split(',').map(str::trim);
    // What is no number is left to the reader of the header.
    let is_number = |size: &&str| !size.is_empty() && size.bytes().all(|byte| byte.is_ascii_digit());
    sizes.filter(is_number).map(|size| size.parse().unwrap_or(u64::MAX)).collect()
}

impl<'a> Stored<'a> {
    fn new(mut bytes: &'a [u8]) -> Result<Self> {
        let sizes = announced(bytes);
        // Every value takes at least a byte.
        let len = sizes.iter().try_fold(1_u64, |product, n| product.checked_mul((*n).max(1)));
        if len.is_none_or(|len| len > bytes.len() as u64) {
            let found = bytes.len();
            return Err(wrong(format!("the .npy file is truncated: an array of shape {sizes:?} expected, {found} bytes found")));
        }
        let header = NpyHeader::from_reader(&mut bytes);
        let header = header.map_err(|error| wrong(format!("the .npy file cannot be read: {error}")))?;
        let shape = header.shape().iter().filter_map(|n| usize::try_from(*n).ok()).collect();
        let dtype = header.dtype().descr();
        let (kind, by_columns) = (dtype.trim_matches('\''), header.order() == Order::Fortran);
        let plain = kind.trim_start_matches(['<', '>', '|', '=']).to_owned();
        Ok(Self { shape, by_columns, kind: plain, big: kind.starts_with('>'), bytes })
    }

    /// The values in row order.
    fn values(&self) -> Result<Vec<f64>> {
        macro_rules! of {
            ($type:ty) => {
                self.decoded(|bytes| if self.big { <$type>::from_be_bytes(bytes) } else { <$type>::from_le_bytes(bytes) } as f64)
            };
        }
        match self.kind.as_str() {
            "f8" => of!(f64),
            "f4" => of!(f32),
            "u1" => of!(u8),
            "i1" => of!(i8),
            "u2" => of!(u16),
            "i2" => of!(i16),
            "u4" => of!(u32),
            "i4" => of!(i32),
            "u8" => of!(u64),
            "i8" => of!(i64),
            "b1" => self.decoded(|[byte]: [u8; 1]| f64::from(byte != 0)),
            other => {
                let expected = "expected numbers: f4, f8, u1 to u8, i1 to i8 or b1";
                Err(wrong(format!("the .npy file holds {} of type {other}; {expected}", name(other))))
            }
        }
    }

    fn decoded<T: Copy, const N: usize>(&self, number: impl Fn([u8; N]) -> T) -> Result<Vec<T>> {
        let (expected, found) = (N * self.shape.iter().product::<usize>(), self.bytes.len());
        if found != expected {
            let how = if found < expected { "truncated" } else { "too long" };
            return Err(wrong(format!("the .npy file is {how}: {expected} bytes of values expected, {found} found")));
        }
        let values: Vec<T> = self.bytes.as_chunks::<N>().0.iter().map(|bytes| number(*bytes)).collect();
        Ok(if self.by_columns { row_order(&self.shape, &values) } else { values })
    }
}

/// What values of a type that is not read are.
fn name(kind: &str) -> &'static str {
    match kind.as_bytes() {
        [b'O', ..] => "Python objects",
        [b'[', ..] => "records",
        [b'U' | b'S' | b'a', ..] => "text",
        [b'c', ..] => "complex numbers",
        [b'M' | b'm', ..] => "dates or durations",
        _ => "values",
    }
}

/// From the first index fastest to the last index fastest.
fn row_order<T: Copy>(shape: &[usize], values: &[T]) -> Vec<T> {
    let strides: Vec<usize> = shape.iter().scan(1, |stride, n| Some(std::mem::replace(stride, *stride * n))).collect();
    let mut index = vec![0; shape.len()];
    let next = |_| {
        let value = values[index.iter().zip(&strides).map(|(i, stride)| i * stride).sum::<usize>()];
        for (i, n) in index.iter_mut().zip(shape).rev() {
            *i = (*i + 1) % n;
            if *i != 0 {
                break;
            }
        }
        value
    };
    (0..values.len()).map(next).collect()
}

/// The shape of an array, and its values in row order.
pub(crate) fn array(bytes: &[u8]) -> Result<(Vec<usize>, Vec<f64>)> {
    let stored = Stored::new(bytes)?;
    let values = stored.values()?;
    Ok((stored.shape, values))
}

/// Reads a matrix of numbers as they stand.
pub(crate) fn read(bytes: &[u8]) -> Result<Data> {
    let stored = Stored::new(bytes)?;
    let [_, columns] = stored.shape[..] else {
        return Err(wrong(format!("the .npy file has {} dimensions; expected 2, rows and columns", stored.shape.len())));
    };
    // Images need not become numbers of eight bytes on their way.
    if stored.kind == "u1" {
        return Data::from_levels(columns, stored.decoded(|[byte]| byte)?, 1);
    }
    builder::compact(columns, stored.values()?)
}
