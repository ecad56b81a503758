//! `elbow-bench`: fixed workloads through the same engine, proxy and plugins that a user runs, recording switched off.
//!
//! Prints one line of JSON. Ratios between programs of one session mean something, absolute rates on a shared machine little.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a program that prints its result")]

mod overhead;
mod vae;
mod w3a;

use clap::{Parser, ValueEnum};
use serde_json::Value;
use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime};

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Workload {
    /// Variational autoencoder 64-128-8 on digits, 500 steps.
    #[value(name = "W1")]
    W1,
    /// Variational autoencoder 784-400-20 on binary images, 100 steps.
    #[value(name = "W2")]
    W2,
    /// Exact natural gradient of the evidence on the five-parameter network, 400 steps.
    #[value(name = "W3a")]
    W3a,
    /// A step of K-FAC on W1 by part.
    #[value(name = "split-W1")]
    SplitW1,
    /// A step of K-FAC on W2 by part.
    #[value(name = "split-W2")]
    SplitW2,
    /// What engine, proxy and interface add to a step of W3a.
    #[value(name = "overhead")]
    Overhead,
}

/// Fixed workloads through engine, proxy and plugins.
#[derive(Debug, Parser)]
#[command(name = "elbow-bench", version)]
struct Arguments {
    /// Workload
    #[arg(long, value_enum)]
    workload: Workload,
    /// How the model is evaluated
    #[arg(long, default_value = "enum", value_parser = ["enum"])]
    method: String,
    /// The optimizer of W1 and W2
    #[arg(long, default_value = "sgd", value_parser = ["sgd", "adam", "kfac"])]
    opt: String,
    /// Type of the numbers; float32 for W1 and W2 only
    #[arg(long, default_value = "float64", value_parser = ["float64", "float32"])]
    dtype: String,
    /// Seconds of timed steps
    #[arg(long, default_value_t = 1.6)]
    budget: f64,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.workload {
        Workload::W1 => vae::run(vae::Size::W1, &arguments.opt, &arguments.dtype, arguments.budget),
        Workload::W2 => vae::run(vae::Size::W2, &arguments.opt, &arguments.dtype, arguments.budget),
        Workload::SplitW1 => vae::split(vae::Size::W1, &arguments.dtype, arguments.budget),
        Workload::SplitW2 => vae::split(vae::Size::W2, &arguments.dtype, arguments.budget),
        Workload::W3a => w3a::run(arguments.budget),
        Workload::Overhead => overhead::run(arguments.budget),
    };
    match result {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Best and median steps per second of chunks of at least 0.15 s, over at least `budget` seconds; `steps` makes a number of
/// steps.
fn rate(budget: f64, mut steps: impl FnMut(u64) -> Result<(), String>) -> Result<(f64, f64), String> {
    let mut chunk = 8;
    while time(|| steps(chunk))? < Duration::from_millis(150) {
        chunk *= 2;
    }
    let (started, mut rates) = (Instant::now(), Vec::new());
    while rates.len() < 3 || started.elapsed().as_secs_f64() < budget {
        rates.push(chunk as f64 / time(|| steps(chunk))?.as_secs_f64());
    }
    rates.sort_by(f64::total_cmp);
    Ok((rates[rates.len() - 1], rates[rates.len() / 2]))
}

fn time(body: impl FnOnce() -> Result<(), String>) -> Result<Duration, String> {
    let started = Instant::now();
    body().map(|()| started.elapsed())
}

/// Seconds since the caller started this process, as it says in PEER_T0.
fn since_start() -> Option<f64> {
    let start: f64 = std::env::var("PEER_T0").ok()?.parse().ok()?;
    Some(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs_f64() - start)
}

/// Largest memory so far, in MB.
fn peak_rss_mb() -> Value {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kilobytes.map_or(Value::Null, |kilobytes| (kilobytes / 1024.0).round().into())
}
