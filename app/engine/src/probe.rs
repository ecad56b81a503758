//! Probes: the diagnostics at many points instead of an optimization.
//!
//! Points go in chunks of fixed size to the threads and come back in order, so the records do not depend on the threads.

use crate::directory::file_name;
use crate::geometry::{self, Angles};
use crate::histogram::Histogram;
use crate::journal::{Begin, Column, SCHEMA_VERSION, Writer, append_point};
use crate::live::{Control, LiveCell, Metric, Status};
use crate::plan::{Ending, Plan, PlannedModel, Points};
use crate::record::elements;
use crate::run::Trouble;
use elbow_abi::{NUMERIC, OBJECTIVE_ELBO, RECOGNITION_EXACT, RECOGNITION_FIXED, RECOGNITION_LEARNED};
use elbow_host::{Place, Result as HostResult, Stream, judged};
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};
use sha2::{Digest, Sha256};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

/// Points of a chunk.
const CHUNK: usize = 256;

/// What came out of a probe of one model.
#[derive(Clone, Debug)]
pub struct Probed {
    /// Label of the model.
    pub model: String,
    /// Seed of drawn points.
    pub seed: u64,
    /// How it ended.
    pub ending: Ending,
    /// Histograms of the cosines.
    pub histograms: Vec<Histogram>,
    /// What is wrong with the program or the disk, not with the probe.
    pub trouble: Option<Trouble>,
}

/// Whether a model can be probed at the points of the plan.
///
/// # Errors
/// Why not: wrong dimension, a point outside the domain, no Fisher matrices, an unknown distribution.
pub fn check(plan: &Plan, model: &PlannedModel) -> Result<(), String> {
    let (shape, probe) = (model.model.shape(), plan.probe.as_ref());
    if !model.model.has_fisher() {
        return Err("the model has no Fisher matrices".into());
    }
    let (n, mut phi) = (shape.generative, vec![0.0; shape.recognition]);
    match probe.map(|probe| &probe.points) {
        Some(Points::Given { count, data }) if data.len() != count * n => {
            Err(format!("the points have {} coordinates, θ of this model has {n}", data.len() / count.max(&1)))
        }
        Some(Points::Given { data, .. }) => {
            draw(model, "default", stream(model, 0), &mut vec![0.0; n], &mut phi).map_err(|error| error.to_string())?;
            let outside = data.chunks(n).position(|theta| model.model.place(OBJECTIVE_ELBO, theta, &phi) == Place::Outside);
            judged(Ok(())).map_err(|error| error.to_string())?;
            outside.map_or(Ok(()), |row| Err(format!("the point in row {row} is outside the domain")))
        }
        Some(Points::Draw { kind, .. }) => {
            draw(model, kind, stream(model, 0), &mut vec![0.0; n], &mut phi).map_err(|error| error.to_string())
        }
        None => Ok(()),
    }
}

/// The stream of a model's points; each point takes the one with its number.
fn stream(model: &PlannedModel, seed: u64) -> Stream {
    Stream::new(&["probe", &format!("seed {seed}"), &format!("{} parameters", model.model.shape().generative)])
}

fn draw(model: &PlannedModel, kind: &str, mut stream: Stream, theta: &mut [f64], phi: &mut [f64]) -> HostResult<()> {
    judged(model.model.draw(kind, &mut stream, theta, phi))
}

/// One probe for each model and, where points are drawn, each seed: labels for progress.
pub fn live(plan: &Plan) -> Vec<LiveCell> {
    let points = points(plan) as u64;
    cells(plan).map(|(model, seed)| LiveCell::new("probe", &model.label, seed, points).unwatched()).collect()
}

fn points(plan: &Plan) -> usize {
    match plan.probe.as_ref().map(|probe| &probe.points) {
        Some(Points::Draw { count, .. } | Points::Given { count, .. }) => *count,
        None => 0,
    }
}

fn cells(plan: &Plan) -> impl Iterator<Item = (&PlannedModel, u64)> {
    let given = matches!(plan.probe.as_ref().map(|probe| &probe.points), Some(Points::Given { .. }));
    let seeds = if given { &plan.seeds[..1] } else { &plan.seeds[..] };
    plan.models.iter().flat_map(move |model| seeds.iter().map(move |seed| (model, *seed)))
}

/// Runs the probe, on `jobs` threads, or fewer where no more can be started.
///
/// # Errors
/// If no thread can do it.
pub fn run(
    plan: &Plan,
    live: &[Arc<LiveCell>],
    control: &Control,
    jobs: usize,
    directory: Option<&Path>,
) -> io::Result<Vec<Probed>> {
    let pool = pool(jobs)?;
    let all = cells(plan).zip(live).enumerate();
    let probe = |(index, ((model, seed), live)): (usize, ((&PlannedModel, u64), &Arc<LiveCell>))| {
        let work = || pool.install(|| one(plan, index, model, seed, live, control, directory));
        match catch_unwind(AssertUnwindSafe(work)) {
            Ok(Ok(probed)) => probed,
            Ok(Err(error)) => troubled(model, seed, live, Trouble::Writing(error.to_string())),
            Err(_) => troubled(model, seed, live, Trouble::Bug),
        }
    };
    Ok(all.map(probe).collect())
}

/// A probe that came to grief.
fn troubled(model: &PlannedModel, seed: u64, live: &LiveCell, trouble: Trouble) -> Probed {
    let ending = trouble.ending(live.steps_done());
    live.end(ending.status, &ending.reason);
    Probed { model: model.label.clone(), seed, ending, histograms: Vec::new(), trouble: Some(trouble) }
}

/// A pool of so many threads, or of half as many, a quarter, … where no more can be started; at last of the calling one.
fn pool(jobs: usize) -> io::Result<ThreadPool> {
    let builder = ThreadPoolBuilder::new;
    let mut numbers = std::iter::successors(Some(jobs), |jobs| Some(jobs / 2)).take_while(|jobs| *jobs > 0);
    let started = numbers.find_map(|threads| builder().num_threads(threads).build().ok());
    started.map_or_else(|| builder().num_threads(1).use_current_thread().build().map_err(io::Error::other), Ok)
}

/// Values and journal lines of a chunk.
type Chunk = HostResult<(Vec<f64>, Vec<u8>)>;

fn one(
    plan: &Plan,
    index: usize,
    model: &PlannedModel,
    seed: u64,
    live: &LiveCell,
    control: &Control,
    directory: Option<&Path>,
) -> io::Result<Probed> {
    let columns = columns(plan, model);
    let mut writer = directory.map(|directory| open(plan, index, model, seed, &columns, directory)).transpose()?;
    live.begin(columns.clone());
    let (total, width) = (points(plan), columns.len());
    let mut values = Vec::new();
    let (mut status, mut reason) = (Status::Finished, String::new());
    // Some chunks at a time, so that memory, progress and a request to stop keep up.
    for group in (0..total).step_by(64 * CHUNK) {
        let starts: Vec<usize> = (group..total.min(group + 64 * CHUNK)).step_by(CHUNK).collect();
        let chunks: Vec<Chunk> = starts
            .into_par_iter()
            .map(|start| judged(chunk(plan, model, seed, start..total.min(start + CHUNK), width, writer.is_some())))
            .collect();
        for chunk in chunks {
            match chunk {
                Ok((new, lines)) => {
                    if let Some(writer) = &mut writer {
                        writer.raw(&lines)?;
                        writer.count_points((new.len() / width) as u64);
                    }
                    values.extend(new);
                }
                Err(error) => (status, reason) = (Status::Failed, error.to_string()),
            }
        }
        live.progress((values.len() / width) as u64);
        if control.is_stopped() {
            (status, reason) = (Status::Stopped, "stopped on request".into());
        }
        if status != Status::Finished {
            break;
        }
    }
    let bin_width = plan.probe.as_ref().map_or(0.1, |probe| probe.bin_width);
    let cosines = columns.iter().enumerate().filter(|(_, column)| column.name.starts_with("cos_"));
    let column = |place: usize| values.iter().skip(place).step_by(width).copied();
    let histograms: Vec<_> = cosines.map(|(place, metric)| Histogram::new(&metric.name, bin_width, column(place))).collect();
    let ending = Ending { status, reason, steps: (values.len() / width) as u64 };
    if let Some(mut writer) = writer {
        for histogram in &histograms {
            writer.other("histogram", &serde_json::to_value(histogram)?)?;
        }
        writer.end(&ending)?;
    }
    histograms.iter().for_each(|histogram| live.add_histogram(histogram.clone()));
    live.end(ending.status, &ending.reason);
    Ok(Probed { model: model.label.clone(), seed, ending, histograms, trouble: None })
}

fn columns(plan: &Plan, model: &PlannedModel) -> Vec<Metric> {
    let n = model.model.shape().generative;
    let mut columns = geometry::columns();
    columns.extend(elements("spectrum", n, "Eigenvalues of the pencil (G_V, G), ascending."));
    if plan.recording.parameters {
        columns.extend(elements("parameter", n, "Parameters θ."));
    }
    columns
}

fn open(plan: &Plan, index: usize, model: &PlannedModel, seed: u64, columns: &[Metric], directory: &Path) -> io::Result<Writer> {
    let name = format!("{}{seed}{}", model.canonical, plan.effective["probe"]);
    let cell: String = Sha256::digest(name).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let begin = Begin {
        schema_version: SCHEMA_VERSION,
        cell: cell.clone(),
        index,
        model: model.label.clone(),
        optimizer: String::new(),
        label: "probe".into(),
        seed,
        steps: points(plan) as u64,
        columns: columns.iter().map(Column::from).collect(),
        target_visible: None,
    };
    Writer::new(directory, &file_name(index, &cell), &begin)
}

fn chunk(plan: &Plan, model: &PlannedModel, seed: u64, range: std::ops::Range<usize>, width: usize, written: bool) -> Chunk {
    let shape = model.model.shape();
    let (mut theta, mut phi) = (vec![0.0; shape.generative], vec![0.0; shape.recognition]);
    let (mut values, mut lines) = (Vec::with_capacity(range.len() * width), Vec::new());
    let mut at = model.model.evaluator(0)?;
    let Some(mut angles) = Angles::new(&model.model) else { return Ok((values, lines)) };
    let recognition = recognition(shape.recognitions);
    let points = stream(model, seed);
    for index in range {
        match plan.probe.as_ref().map(|probe| &probe.points) {
            Some(Points::Given { data, .. }) => {
                if !phi.is_empty() {
                    draw(model, "default", points.numbered(index as u64), &mut theta, &mut phi)?;
                }
                let n = theta.len();
                theta.copy_from_slice(&data[index * n..][..n]);
            }
            Some(Points::Draw { kind, .. }) => draw(model, kind, points.numbered(index as u64), &mut theta, &mut phi)?,
            None => {}
        }
        at.move_to(&theta, &phi, 0)?;
        match angles.evaluate(&mut at, OBJECTIVE_ELBO, recognition) {
            Err(error) if error.code() == NUMERIC => angles.clear(), // So near to the boundary that G is not finite.
            done => done?,
        }
        let start = values.len();
        values.extend_from_slice(&angles.values);
        values.extend_from_slice(&angles.spectrum);
        if plan.recording.parameters {
            values.extend_from_slice(&theta);
        }
        if written {
            let row = &values[start..];
            append_point(&mut lines, index as u64, row, |place| row[place].is_nan());
        }
    }
    Ok((values, lines))
}

/// The recognition that `cos_elbo` is about: fixed, if the target is joint.
fn recognition(available: u32) -> u32 {
    let kinds = [RECOGNITION_FIXED, RECOGNITION_LEARNED];
    *kinds.iter().find(|kind| available & (1 << **kind) != 0).unwrap_or(&RECOGNITION_EXACT)
}
