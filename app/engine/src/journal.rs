//! The journal of a cell: append-only JSON lines, `begin`, then points and marks, then `end` with a checksum.
//!
//! A cell has a file of its own, so what is written does not depend on which thread ran it or when. Times differ from run to
//! run, so they stand in a second file, and the journal's bytes are the same for every run of the same experiment.

use crate::file::named;
use crate::live::{Metric, Status};
use crate::plan::Ending;
use crate::undefined::Reasons;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Version of the format of journals and plans.
pub const SCHEMA_VERSION: u32 = 1;

/// How long written lines may wait in memory.
const FLUSH_AFTER: Duration = Duration::from_millis(200);

/// First line of a journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Begin {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Hash of all that the cell's numbers depend on.
    pub cell: String,
    /// Place in the plan.
    pub index: usize,
    /// Label of the model.
    pub model: String,
    /// Id of the optimizer's plugin; empty for a probe.
    pub optimizer: String,
    /// Label of the optimizer.
    pub label: String,
    /// Seed.
    pub seed: u64,
    /// Steps of the plan.
    pub steps: u64,
    /// What the values of a point are.
    pub columns: Vec<Column>,
    /// p*(v) for each visible state, where the columns `visible[i]` are there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_visible: Option<Vec<f64>>,
}

/// A column of the points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Name.
    pub name: String,
    /// Unit.
    pub unit: String,
    /// 1, −1 or 0: larger, smaller or neither is better.
    pub better: i32,
    /// Exact rather than an estimate.
    pub exact: bool,
}

impl From<&Metric> for Column {
    fn from(metric: &Metric) -> Self {
        let Metric { name, unit, better, exact, .. } = metric.clone();
        Self { name, unit, better, exact }
    }
}

impl From<&Column> for Metric {
    fn from(column: &Column) -> Self {
        let Column { name, unit, better, exact } = column.clone();
        Self { name, unit, doc: String::new(), better, exact }
    }
}

/// Writes a cell's journal and its times.
pub struct Writer {
    journal: Out,
    timing: Out,
    line: Vec<u8>,
    checksum: crc32fast::Hasher,
    points: u64,
    flushed: Instant,
}

/// A file that is written; its errors name it.
struct Out {
    file: BufWriter<File>,
    path: PathBuf,
}

impl Out {
    fn create(path: PathBuf) -> io::Result<Self> {
        let file = OpenOptions::new().write(true).create_new(true).open(&path).map_err(named(&path))?;
        Ok(Self { file: BufWriter::with_capacity(1 << 16, file), path })
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes).map_err(named(&self.path))
    }

    fn line(&mut self, line: fmt::Arguments<'_>) -> io::Result<()> {
        writeln!(self.file, "{line}").map_err(named(&self.path))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush().map_err(named(&self.path))
    }
}

impl Writer {
    /// Opens the files of a cell, which must not be there, and writes the first line.
    ///
    /// # Errors
    /// Of the file system.
    pub fn new(directory: &Path, name: &str, begin: &Begin) -> io::Result<Self> {
        let file = |folder: &str| Out::create(directory.join(folder).join(format!("{name}.jsonl")));
        let (journal, timing, checksum) = (file("journal")?, file("timing")?, crc32fast::Hasher::new());
        let mut writer = Self { journal, timing, line: Vec::new(), checksum, points: 0, flushed: Instant::now() };
        writer.write(&json!({ "begin": begin }))?;
        writer.journal.flush()?;
        Ok(writer)
    }

    fn write(&mut self, line: &serde_json::Value) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, line)?;
        self.line.push(b'\n');
        let line = std::mem::take(&mut self.line);
        self.raw(&line)?;
        self.line = line;
        Ok(())
    }

    /// Appends whole lines.
    ///
    /// # Errors
    /// Of the file system.
    pub fn raw(&mut self, lines: &[u8]) -> io::Result<()> {
        self.checksum.update(lines);
        self.journal.write(lines)
    }

    /// Appends a point and the time so far.
    ///
    /// # Errors
    /// Of the file system.
    pub fn point(&mut self, step: u64, values: &[f64], undefined: &Reasons, seconds: f64) -> io::Result<()> {
        let mut line = std::mem::take(&mut self.line);
        line.clear();
        append_point(&mut line, step, values, |place| undefined.contains_key(&place));
        self.raw(&line)?;
        self.line = line;
        self.points += 1;
        self.timing.line(format_args!("{{\"step\":{step},\"process_time\":{seconds:?}}}"))?;
        if self.flushed.elapsed() > FLUSH_AFTER {
            self.journal.flush()?;
            self.timing.flush()?;
            self.flushed = Instant::now();
        }
        Ok(())
    }

    /// Counts points that were appended as lines.
    pub fn count_points(&mut self, points: u64) {
        self.points += points;
    }

    /// Appends an event.
    ///
    /// # Errors
    /// Of the file system.
    pub fn mark(&mut self, step: u64, event: &str, value: u64) -> io::Result<()> {
        self.write(&json!({ "mark": { "step": step, "event": event, "value": value } }))
    }

    /// Appends anything else.
    ///
    /// # Errors
    /// Of the file system.
    pub fn other(&mut self, key: &str, value: &serde_json::Value) -> io::Result<()> {
        self.write(&json!({ key: value }))
    }

    /// Appends the last line: a cell counts only with it.
    ///
    /// # Errors
    /// Of the file system.
    pub fn end(mut self, ending: &Ending) -> io::Result<()> {
        let checksum = format!("{:08x}", self.checksum.clone().finalize());
        let Ending { status, reason, steps } = ending;
        let line = json!({ "end": {
            "status": status.name(), "reason": reason, "steps": steps, "points": self.points, "crc32": checksum,
        } });
        self.write(&line)?;
        self.timing.flush()?;
        self.journal.flush()
    }
}

/// Writes a point as a line. Numbers read back to the same bits; one that is not finite is null, and `nonfinite` names it. What has no
/// meaning is null alone.
pub fn append_point(line: &mut Vec<u8>, step: u64, values: &[f64], undefined: impl Fn(usize) -> bool) {
    let _ = write!(line, "{{\"step\":{step},\"values\":[");
    for (i, value) in values.iter().enumerate() {
        if i > 0 {
            line.push(b',');
        }
        // A number that is not finite is written as null.
        let _ = serde_json::to_writer(&mut *line, value);
    }
    line.push(b']');
    let mut odd = values.iter().enumerate().filter(|(place, value)| !value.is_finite() && !undefined(*place)).peekable();
    if odd.peek().is_some() {
        let tags: serde_json::Map<_, _> = odd.map(|(i, value)| (i.to_string(), json!(format!("{value}")))).collect();
        let _ = write!(line, ",\"nonfinite\":{}", serde_json::Value::Object(tags));
    }
    line.extend_from_slice(b"}\n");
}

/// The status of this name.
pub fn status_named(name: &str) -> Option<Status> {
    Status::ALL.into_iter().find(|status| status.name() == name)
}
