//! Reads a journal line by line, wherever the lines come from: a whole file, or one that still grows.

use crate::journal::{Begin, SCHEMA_VERSION, status_named};
use crate::plan::Ending;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// What a line of a journal says.
#[derive(Debug)]
pub enum Line {
    /// The first one.
    Begin(Box<Begin>),
    /// A record: the step and a value for each column.
    Point(u64, Vec<f64>),
    /// A mark, a histogram.
    Other(Value),
    /// The last one, and what is wrong with the checksum.
    End(Ending, Option<String>),
}

/// Why a line is none of a journal.
#[derive(Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is no JSON: it breaks off, or something else was written over it.
    Torn,
    /// It says what cannot be.
    Wrong(String),
}

impl From<&str> for Fault {
    fn from(reason: &str) -> Self {
        Self::Wrong(reason.to_owned())
    }
}

/// Takes the lines of one journal in order.
#[derive(Debug, Default)]
pub struct Reader {
    checksum: crc32fast::Hasher,
    /// Number of columns, once it has begun.
    width: Option<usize>,
    over: bool,
    /// Lines taken so far.
    pub lines: u64,
}

/// A record as it is written: numbers that are not finite are null, and `nonfinite` names them; what has no meaning is null alone.
#[derive(Deserialize)]
struct Point {
    step: u64,
    values: Vec<Option<f64>>,
    #[serde(default)]
    nonfinite: BTreeMap<usize, String>,
}

impl Reader {
    /// Takes the next line, its line feed included.
    ///
    /// # Errors
    /// What is wrong with it; nothing after it can be trusted.
    pub fn take(&mut self, line: &[u8]) -> Result<Line, Fault> {
        let said = self.understand(line)?;
        self.checksum.update(line);
        self.lines += 1;
        self.over = matches!(said, Line::End(..));
        Ok(said)
    }

    fn understand(&mut self, line: &[u8]) -> Result<Line, Fault> {
        // Nearly all lines are points, and read as such they cost a fraction of reading them as any JSON.
        if let (Some(width), false, Ok(point)) = (self.width, self.over, serde_json::from_slice(line)) {
            return numbers(point, width);
        }
        let mut value: Value = serde_json::from_slice(line).map_err(|_| Fault::Torn)?;
        match (self.width, value.get_mut("begin").map(Value::take)) {
            _ if self.over => Err("there is a line after its end".into()),
            (None, Some(begin)) => begun(begin).inspect(|begin| self.width = Some(begin.columns.len())).map(Line::Begin),
            (None, None) => Err("the journal does not begin with `begin`".into()),
            (Some(_), Some(_)) => Err("it begins twice".into()),
            (Some(_), None) if value.get("step").is_some() => Err("its point is none".into()),
            (Some(_), None) => match value.get("end") {
                Some(end) => self.ended(end),
                None => Ok(Line::Other(value)),
            },
        }
    }

    fn ended(&self, end: &Value) -> Result<Line, Fault> {
        let text = |key: &str| end.get(key).and_then(Value::as_str).unwrap_or_default();
        let status = status_named(text("status")).filter(|status| status.is_final()).ok_or("its end has no status")?;
        let steps = end.get("steps").and_then(Value::as_u64).unwrap_or_default();
        let (written, found) = (text("crc32"), format!("{:08x}", self.checksum.clone().finalize()));
        let changed = || format!("the checksum is {found}, its end says {written}: the file was changed");
        let warning = (written != found).then(changed);
        Ok(Line::End(Ending { status, reason: text("reason").to_owned(), steps }, warning))
    }
}

fn begun(begin: Value) -> Result<Box<Begin>, Fault> {
    let begin: Box<Begin> =
        serde_json::from_value(begin).map_err(|error| Fault::Wrong(format!("its first line is not `begin`: {error}")))?;
    if begin.schema_version != SCHEMA_VERSION {
        return Err(Fault::Wrong(format!("it has format {}; this elbow reads {SCHEMA_VERSION}", begin.schema_version)));
    }
    Ok(begin)
}

fn numbers(Point { step, values, nonfinite }: Point, width: usize) -> Result<Line, Fault> {
    if values.len() != width {
        return Err(Fault::Wrong(format!("the point at step {step} has {} values for {width} columns", values.len())));
    }
    let odd = |place: usize| nonfinite.get(&place)?.parse().ok();
    let number = |(place, value): (usize, Option<f64>)| value.or_else(|| odd(place)).unwrap_or(f64::NAN);
    Ok(Line::Point(step, values.into_iter().enumerate().map(number).collect()))
}
