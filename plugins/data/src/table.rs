//! Tables of numbers as text: which characters stand between columns and before decimals, and what in them is no number but names,
//! comments or an index.
//!
//! Recognized: commas, semicolons, tabs, bars or blanks between columns; decimal commas where something else separates; lines that
//! begin with `#` or `%`, and `sep=` in the first; a line of names; names that count 0, 1, … as those of pandas; a first column without
//! a name. What could be read in two ways is refused with what to write instead.

mod dialect;
mod header;

use crate::builder::Builder;
use crate::data::{Data, wrong};
use crate::file::Found;
use dialect::Dialect;
use elbow_sdk::{Error, Result};
use header::Header;

/// The text in some bytes, without its byte-order mark; an error if they are none, or in UTF-16.
pub(crate) fn text(bytes: &[u8]) -> Result<&[u8]> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(wrong("the text is in UTF-16; expected UTF-8"));
    }
    if bytes.contains(&0) {
        return Err(wrong("there are zero bytes, so this is no text, or one in UTF-16; expected UTF-8"));
    }
    Ok(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))
}

/// Lines that hold something, with their numbers from 1.
fn lines(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let end = if text.contains(&b'\n') { b'\n' } else { b'\r' };
    let numbered = text.split(move |byte| *byte == end).enumerate().map(|(k, line)| (k + 1, line));
    let is_remark = |(number, line): &(usize, &[u8])| {
        let line = line.trim_ascii_start();
        line.is_empty() || line[0] == b'#' || line[0] == b'%' || (*number == 1 && line.starts_with(b"sep="))
    };
    numbered.filter(move |line| !is_remark(line))
}

/// Reads numbers as they stand.
pub(crate) fn read(bytes: &[u8]) -> Result<Found<Data>> {
    let text = text(bytes)?;
    let dialect = Dialect::of(lines(text).map(|(_, line)| line));
    let mut all = lines(text).peekable();
    let Some((first, line)) = all.peek() else { return Err(wrong("there are no rows; at least one is needed")) };
    let names: Vec<&[u8]> = dialect.fields(line).collect();
    let mut table = Table::new(dialect, Header::of(&names, dialect, *first)?, *first, names.len());
    all.skip(usize::from(table.header != Header::None)).try_for_each(|(number, line)| table.row(line, number))?;
    table.finish()
}

/// Rows so far.
struct Table {
    dialect: Dialect,
    header: Header,
    /// Number of the first line.
    first: usize,
    /// Fields in a line.
    columns: usize,
    builder: Builder,
    /// Whether a number was written as a whole one, as pandas does not write the numbers of a column that has others.
    has_whole: bool,
}

impl Table {
    fn new(dialect: Dialect, header: Header, first: usize, columns: usize) -> Self {
        Self { dialect, header, first, columns, builder: Builder::default(), has_whole: false }
    }

    /// Columns that are left out, at the front.
    fn skipped(&self) -> usize {
        usize::from(self.header == Header::Names { index: true })
    }

    /// Adds one line.
    fn row(&mut self, line: &[u8], number: usize) -> Result<()> {
        let (dialect, skipped, mut found) = (self.dialect, self.skipped(), 0);
        for (column, field) in dialect.fields(line).enumerate() {
            found = column + 1;
            if column >= skipped {
                self.push(field, number, column)?;
            }
        }
        if found != self.columns {
            let expected = self.columns;
            return Err(wrong(format!("line {number} has {found} columns; expected {expected}, as in line {}", self.first)));
        }
        self.builder.check_len()
    }

    fn push(&mut self, field: &[u8], line: usize, column: usize) -> Result<()> {
        if let Some(level) = level(field) {
            self.has_whole = true;
            self.builder.push_level(level);
            return Ok(());
        }
        let value = self.dialect.number(field).filter(|x| x.is_finite());
        let value = value.ok_or_else(|| wrong_field(line, column, &format!("is `{}`; {}", shown(field), expected(field))))?;
        self.has_whole |= field.iter().all(|byte| byte.is_ascii_digit() || *byte == b'-');
        self.builder.push(value);
        Ok(())
    }

    fn finish(mut self) -> Result<Found<Data>> {
        if self.header == Header::Counted && self.builder.len() == 0 {
            self.header = Header::None;
            (0..self.columns).for_each(|k| self.builder.push(k as f64));
        }
        if self.header == Header::Counted && self.has_whole {
            let what = format!("line {} counts the columns from 0, as names by pandas do, but may be numbers", self.first);
            let instead =
                "expected names with letters, or none (`header=False`); if these are numbers, a line of names above them";
            return Err(wrong(format!("{what}; {instead}")));
        }
        let (columns, format) = (self.columns - self.skipped(), self.format());
        let data = self.builder.finish(columns)?;
        let counted = if counts(&data) { "; column 1 counts the rows: as an index it should be left out" } else { "" };
        Ok(Found { summary: data.summary(&format) + counted, data })
    }

    /// What is not the usual.
    fn format(&self) -> String {
        let names = (self.header != Header::None).then(|| format!("names in line {}", self.first));
        let index = (self.skipped() > 0).then(|| "the column without a name left out as an index".to_owned());
        let remarks: Vec<String> = self.dialect.remarks().map(str::to_owned).chain(names).chain(index).collect();
        if remarks.is_empty() { "CSV".to_owned() } else { format!("CSV ({})", remarks.join(", ")) }
    }
}

/// Whether the first of several columns goes 0, 1, 2, … or 1, 2, 3, …
fn counts(data: &Data) -> bool {
    let (rows, start) = (data.rows(), data.value(0, 0));
    data.columns() > 1 && rows > 2 && (start == 0.0 || start == 1.0) && (0..rows).all(|k| data.value(k, 0) == start + k as f64)
}

fn wrong_field(line: usize, column: usize, what: &str) -> Error {
    wrong(format!("line {line}, column {} {what}", column + 1))
}

/// The beginning of a field.
fn shown(field: &[u8]) -> String {
    let text = String::from_utf8_lossy(field);
    let begin: String = text.chars().take(40).collect();
    if begin.len() < text.len() { begin + "…" } else { begin }
}

fn expected(field: &[u8]) -> &'static str {
    match field {
        [] => "a value is missing; expected a finite number",
        _ if field.contains(&b',') && field.contains(&b'.') => "expected a number without separators of thousands",
        _ => "expected a finite number",
    }
}

/// Up to three digits, as most data are: much faster than any number.
#[inline]
fn level(field: &[u8]) -> Option<u8> {
    let is_short = (1..=3).contains(&field.len()) && field.iter().all(u8::is_ascii_digit);
    let value = || field.iter().fold(0, |sum, digit| 10 * sum + u16::from(digit - b'0'));
    if is_short { u8::try_from(value()).ok() } else { None }
}
