//! Files of data: whether they are compressed and of which kind they are, mostly by what stands in them.

use crate::data::{Data, wrong};
pub(crate) use crate::open::bytes;
use crate::{amat, comma, idx, npy};
use elbow_sdk::Result;

/// Reads a data set: IDX images (values are level / 255), `.npy`, CSV or `.amat` (values as they stand), each also in gzip.
///
/// # Errors
/// A sentence that names the file and says what is wrong with it, without a parameter's path.
pub fn read(path: &str) -> Result<Data> {
    let named = |error: elbow_sdk::Error| wrong(format!("{path}: {error}"));
    let bytes = bytes(path).map_err(named)?;
    parse(path, bytes).map_err(named)
}

/// By the first bytes, else by the name.
fn parse(path: &str, bytes: Vec<u8>) -> Result<Data> {
    let name = path.to_ascii_lowercase();
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = name.strip_suffix(".gz").unwrap_or(name);
    match name.rsplit('.').next() {
        _ if bytes.starts_with(npy::MAGIC) => npy::read(&bytes),
        Some("npy") => npy::read(&bytes),
        _ if idx::begins(&bytes) => idx::read(bytes),
        Some("csv") => comma::read(&bytes),
        Some("amat") => amat::read(&bytes),
        _ if name.contains("idx") || name.contains("ubyte") => idx::read(bytes),
        _ => Err(unknown(&bytes)),
    }
}

fn unknown(bytes: &[u8]) -> elbow_sdk::Error {
    let first: Vec<String> = bytes.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    let kinds = "an IDX file of images, or a name that ends in .npy, .csv or .amat, each possibly with .gz";
    wrong(format!("the kind of the file is not known: it begins with 0x{}; expected {kinds}", first.join("")))
}
