//! Numbers separated by commas. The first line may name the columns: it does if none of its fields is a number. Lines that begin
//! with `#` are left out.

use crate::builder::Builder;
use crate::data::{Data, wrong};
use csv::{ByteRecord, ReaderBuilder};
use elbow_sdk::Result;

/// Reads numbers as they stand.
pub(crate) fn read(bytes: &[u8]) -> Result<Data> {
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).comment(Some(b'#')).from_reader(bytes);
    let (mut builder, mut record, mut columns, mut is_first) = (Builder::default(), ByteRecord::new(), None, true);
    while reader.read_byte_record(&mut record).map_err(|error| wrong(format!("the CSV file cannot be read: {error}")))? {
        let is_header = is_first && record.iter().all(|field| number(field).is_none());
        is_first = false;
        if !is_header {
            let line = record.position().map_or(0, csv::Position::line);
            row(&record, line, *columns.get_or_insert(record.len()), &mut builder)?;
        }
    }
    builder.finish(columns.unwrap_or(1))
}

/// Adds one line.
fn row(record: &ByteRecord, line: u64, columns: usize, builder: &mut Builder) -> Result<()> {
    if record.len() != columns {
        return Err(wrong(format!("line {line} has {} columns; expected {columns}, as in the lines before", record.len())));
    }
    for (k, field) in record.iter().enumerate() {
        if let Some(level) = level(field) {
            builder.push_level(level);
            continue;
        }
        builder.push(number(field).filter(|x| x.is_finite()).ok_or_else(|| {
            let (text, column) = (String::from_utf8_lossy(field), k + 1);
            wrong(format!("line {line}, column {column} is `{text}`; expected a finite number"))
        })?);
    }
    builder.check_len()
}

/// Up to three digits, as most data are: much faster than any number.
#[inline]
fn level(field: &[u8]) -> Option<u8> {
    let is_short = (1..=3).contains(&field.len()) && field.iter().all(u8::is_ascii_digit);
    let value = || field.iter().fold(0, |sum, digit| 10 * sum + u16::from(digit - b'0'));
    if is_short { u8::try_from(value()).ok() } else { None }
}

/// The number that a field holds.
fn number(field: &[u8]) -> Option<f64> {
    std::str::from_utf8(field.trim_ascii()).ok()?.parse().ok()
}
