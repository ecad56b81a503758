//! The text format of binarized images that Larochelle distributed: zeros and ones separated by blanks, a row on each line.

use crate::builder::Builder;
use crate::data::{Data, wrong};
use elbow_sdk::Result;

/// Reads zeros and ones.
pub(crate) fn read(bytes: &[u8]) -> Result<Data> {
    let (mut builder, mut columns) = (Builder::default(), None);
    for (number, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let before = builder.len();
        row(line, number + 1, &mut builder)?;
        let found = builder.len() - before;
        if found > 0 && found != *columns.get_or_insert(found) {
            let expected = columns.unwrap_or_default();
            return Err(wrong(format!("line {} has {found} columns; expected {expected}, as in the lines before", number + 1)));
        }
    }
    builder.finish(columns.unwrap_or(1))
}

/// Adds one line.
fn row(line: &[u8], number: usize, builder: &mut Builder) -> Result<()> {
    let words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    for (k, word) in words.enumerate() {
        builder.push(bit(word).ok_or_else(|| {
            let (text, column) = (String::from_utf8_lossy(word), k + 1);
            wrong(format!("line {number}, column {column} is `{text}`; expected 0 or 1"))
        })?);
    }
    builder.check_len()
}

/// 0 or 1, also written as `1.0`.
fn bit(word: &[u8]) -> Option<f64> {
    match word {
        b"0" => Some(0.0),
        b"1" => Some(1.0),
        _ => std::str::from_utf8(word).ok()?.parse().ok().filter(|x| *x == 0.0 || *x == 1.0),
    }
}
