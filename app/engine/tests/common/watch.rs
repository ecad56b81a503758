//! A run directory that is written by hand, and somebody who looks at its cells.
#![allow(dead_code, reason = "each test uses some of it")]

use elbow_engine::directory::Recorded;
use elbow_engine::histogram::Histogram;
use elbow_engine::journal::{Begin, Column, SCHEMA_VERSION, Writer};
use elbow_engine::live::{Live, LiveCell, Status};
use elbow_engine::plan::Ending;
use serde_json::json;
use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// Makes the folders of a run directory.
pub fn folders(directory: &Path) {
    ["journal", "timing"].iter().for_each(|folder| fs::create_dir_all(directory.join(folder)).expect("a folder"));
}

/// First line of a cell.
pub fn begin(index: usize) -> Begin {
    let column = |name: &str| Column { name: name.into(), unit: "nats".into(), better: 1, exact: true };
    Begin {
        schema_version: SCHEMA_VERSION,
        cell: format!("c{index}"),
        index,
        model: "model".into(),
        optimizer: "org.optimizer".into(),
        label: format!("optimizer {index}"),
        seed: 7,
        steps: 40,
        columns: ["elbo", "gap", "odd"].map(column).to_vec(),
        target_visible: (index == 0).then(|| vec![0.25, 0.75]),
    }
}

/// Writes a cell of 40 steps with marks, and its end if it is wanted.
pub fn write_cell(directory: &Path, index: usize, has_end: bool) {
    let mut writer = Writer::new(directory, &format!("{index:04}-c{index}"), &begin(index)).expect("files");
    let change = |step: u64, value: f64| json!({ "step": step, "event": "change", "path": "step_size", "value": value });
    for step in 0..=40 {
        let x = 1.0 / (step + 1 + index as u64) as f64;
        let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, x][step as usize % 4];
        writer.point(step, &[-x, x * 1e-300, odd], &std::collections::BTreeMap::new(), 0.001 * step as f64).expect("a point");
        match step {
            5 => writer.mark(5, "halvings", 3).expect("a mark"),
            10 | 20 => writer.other("mark", &change(step, x)).expect("a mark"),
            _ => {}
        }
    }
    let histogram = Histogram::new("cos_elbo", 0.5, [f64::NAN].into_iter());
    writer.other("histogram", &serde_json::to_value(&histogram).expect("a histogram")).expect("a line");
    if has_end {
        let ending = Ending { status: Status::Diverged, reason: "elbo is NaN".into(), steps: 40 };
        writer.end(&ending).expect("an end");
    }
}

/// Appends bytes to a file of a run directory.
pub fn append(directory: &Path, folder: &str, name: &str, bytes: &[u8]) {
    let file = OpenOptions::new().create(true).append(true).open(directory.join(folder).join(name));
    file.and_then(|mut file| file.write_all(bytes)).expect("the file can be written");
}

/// What somebody saw of the cells: the rows of each.
#[derive(Default)]
pub struct Eyes(pub Vec<Vec<f64>>);

impl Eyes {
    /// Looks once.
    pub fn look(&mut self, live: &Live) {
        let cells = live.cells();
        self.0.resize(cells.len(), Vec::new());
        for (rows, cell) in self.0.iter_mut().zip(&cells) {
            let mut new = Vec::new();
            cell.drain(&mut new);
            rows.extend(new);
        }
    }

    /// Looks until something is so.
    pub fn wait(&mut self, live: &Live, what: &str, is_so: impl Fn(&Self) -> bool) {
        let started = Instant::now();
        while !is_so(self) {
            assert!(started.elapsed() < Duration::from_secs(60), "waited for: {what}");
            std::thread::sleep(Duration::from_millis(2));
            self.look(live);
        }
    }

    /// Looks until all cells have ended.
    pub fn wait_for_the_end(&mut self, live: &Live) {
        self.wait(live, "the end", |_| live.cells().iter().all(|cell| cell.status().is_final()));
        self.look(live);
    }

    /// Number of rows of a cell.
    pub fn rows(&self, cell: usize) -> usize {
        self.0.get(cell).map_or(0, |rows| rows.len() / 5)
    }
}

/// The bits of a recorded cell's rows, with the times as the last column.
pub fn bits(cell: &Recorded) -> Vec<u64> {
    let width = cell.begin.columns.len();
    let row = |(i, step): (usize, &u64)| {
        let time = cell.seconds.get(i).copied().unwrap_or(f64::NAN);
        [&[*step as f64], &cell.values[i * width..][..width], &[time]].concat()
    };
    same(&cell.steps.iter().enumerate().flat_map(row).collect::<Vec<_>>())
}

/// Bits of numbers.
pub fn same(numbers: &[f64]) -> Vec<u64> {
    numbers.iter().map(|number| if number.is_nan() { 0 } else { number.to_bits().wrapping_add(1) }).collect()
}

/// The texts of a cell's marks with their steps.
pub fn marks(cell: &LiveCell) -> Vec<(u64, String)> {
    cell.marks().into_iter().map(|mark| (mark.step, mark.text)).collect()
}
