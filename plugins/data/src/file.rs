//! Data sets and arrays from files: of which kind they are, mostly by what stands in them.

use crate::data::{Data, wrong};
pub(crate) use crate::open::bytes;
use crate::{amat, idx, npy, open, table};
use elbow_sdk::Result;
use std::path::Path;

/// What a file holds, and what was recognized in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Found<T> {
    /// The numbers.
    pub data: T,
    /// In words: format, names, delimiters; shape and range.
    pub summary: String,
}

/// Numbers of any shape.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// Lengths, the last index fastest: rows and columns, or one length of a flat array.
    pub shape: Vec<usize>,
    /// The numbers, all finite.
    pub values: Vec<f64>,
}

/// Reads a data set: IDX images (values are level / 255), `.npy`, `.csv` or `.tsv`, or `.amat` (values as they stand), each also in
/// gzip.
///
/// # Errors
/// A sentence that names the file and says what is wrong with it, without a parameter's path.
pub fn read(path: &str) -> Result<Data> {
    Ok(described(path)?.data)
}

/// The same, with what was recognized.
///
/// # Errors
/// As [`read`].
pub fn described(path: &str) -> Result<Found<Data>> {
    bytes(path).and_then(|bytes| parse(path, bytes)).map_err(|error| wrong(format!("{path}: {error}")))
}

/// Reads an array of one or two dimensions, from a file as [`read`] takes it.
///
/// # Errors
/// A sentence that says what is wrong with it, without its name.
pub fn array(path: &Path) -> Result<Found<Array>> {
    array_of(&path.to_string_lossy(), bytes(path)?)
}

/// An array from bytes, possibly packed, with the name of a file, whose ending tells the kind where the bytes do not; that of
/// standard input, `-`, means text.
///
/// # Errors
/// As [`array()`].
pub fn array_of(name: &str, bytes: Vec<u8>) -> Result<Found<Array>> {
    let bytes = open::unpacked(bytes)?;
    if !bytes.starts_with(npy::MAGIC) {
        let Found { data, summary } = parse(name, bytes)?;
        return Ok(Found { data: Array { shape: vec![data.rows(), data.columns()], values: data.into_numbers() }, summary });
    }
    let (shape, values) = npy::array(&bytes)?;
    let (1..=2, Some(columns)) = (shape.len(), shape.last()) else {
        return Err(wrong(format!("the .npy file has {} dimensions; expected 1 or 2", shape.len())));
    };
    let data = Data::from_numbers(*columns, values)?;
    let summary = data.summary(".npy");
    Ok(Found { data: Array { shape, values: data.into_numbers() }, summary })
}

/// By the first bytes, else by the name.
fn parse(path: &str, bytes: Vec<u8>) -> Result<Found<Data>> {
    let name = path.to_ascii_lowercase();
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = name.strip_suffix(".gz").unwrap_or(name);
    let of = |format: &str, data: Data| Found { summary: data.summary(format), data };
    match name.rsplit_once('.').map_or(name, |(_, ending)| ending) {
        _ if bytes.starts_with(npy::MAGIC) => npy::read(&bytes).map(|data| of(".npy", data)),
        _ if bytes.starts_with(b"PK\x03\x04") => {
            Err(wrong("this is a zip archive (.npz, .xlsx, …); expected one file of numbers"))
        }
        "npy" => npy::read(&bytes).map(|data| of(".npy", data)),
        _ if idx::begins(&bytes) => idx::read(bytes).map(|data| of("IDX", data)),
        "amat" => amat::read(table::text(&bytes)?).map(|data| of(".amat", data)),
        "csv" | "tsv" | "-" => table::read(&bytes),
        _ if name.contains("idx") || name.contains("ubyte") => idx::read(bytes).map(|data| of("IDX", data)),
        _ => Err(unknown(&bytes)),
    }
}

fn unknown(bytes: &[u8]) -> elbow_sdk::Error {
    let first: Vec<String> = bytes.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let kinds = "an IDX file of images, or a name that ends in .npy, .csv, .tsv or .amat, each possibly with .gz";
    wrong(format!("the kind of the file is not known: it begins with 0x{}; expected {kinds}", first.join("")))
}
