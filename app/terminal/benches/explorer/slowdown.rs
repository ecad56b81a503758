//! What the runs lose to the explorer: an experiment headless, in the explorer, and headless once more, in turn. The second
//! headless one shows how far two equal runs are apart on this machine.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use crate::terminal::{ELBOW, Terminal, experiment};
use crate::{Outcome, report};

/// Per cent.
const MOST: f64 = 1.0;

/// What an experiment took.
#[derive(Clone, Copy)]
struct Spent {
    /// Processor time of the steps of all cells, in seconds.
    steps: f64,
    /// Processor time of the whole process, in ticks; NaN where the system does not tell.
    process: f64,
    /// From the start to the last record, in seconds.
    wall: f64,
    /// Bytes to the terminal in a second.
    rate: f64,
}

type Measure = fn(&Spent) -> f64;

/// Prints the table.
pub fn measure(quick: bool) -> Outcome {
    let folder = tempfile::tempdir()?;
    let kfac = only(&experiment("vae-digits.toml"), "kfac", folder.path())?;
    let cores = std::thread::available_parallelism()?.get();
    let seeds = format!("0..{cores}");
    let (heavy, light) = if quick { ("run.steps=200", "run.steps=500") } else { ("run.steps=6000", "run.steps=20000") };
    let mut rows = Vec::new();
    for (name, file, changes, rounds) in [
        ("heavy: kfac", kfac, vec!["--set", heavy, "--seeds", &seeds], 5),
        ("light: 6 cells of 5 parameters", experiment("ay2025-non-cylindrical.toml"), vec!["--set", light], 15),
    ] {
        let arguments = [vec![file.display().to_string()], changes.into_iter().map(str::to_owned).collect()].concat();
        let rounds = if quick { 1 } else { rounds };
        let found = (0..rounds).map(|_| round(&arguments)).collect::<Outcome<Vec<_>>>()?;
        rows.extend(compare(name, &found));
    }
    let header = ["experiment", "by", "with the explorer %", "spread", "headless again %", "spread", "goal"];
    let title = "Slow-down of the runs by the explorer in a pseudo-terminal of 120×40: medians, least and largest";
    report::print(title, &header, rows)
}

/// An experiment with one of its optimizers.
fn only(file: &Path, optimizer: &str, folder: &Path) -> Outcome<PathBuf> {
    let mut table: toml::Table = fs::read_to_string(file)?.parse()?;
    let optimizers = table.get_mut("optimizer").and_then(toml::Value::as_array_mut).ok_or("no optimizers")?;
    optimizers.retain(|entry| entry.get("plugin").and_then(toml::Value::as_str) == Some(optimizer));
    let path = folder.join("experiment.toml");
    fs::write(&path, table.to_string())?;
    Ok(path)
}

/// Headless, in the explorer, headless.
fn round(arguments: &[String]) -> Outcome<[Spent; 3]> {
    Ok([spent(arguments, headless)?, spent(arguments, shown)?, spent(arguments, headless)?])
}

fn spent(arguments: &[String], run: fn(&[String]) -> Outcome<f64>) -> Outcome<Spent> {
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("run");
    let arguments = [arguments, &["--out".to_owned(), out.display().to_string()]].concat();
    let (before, start) = (ticks(), SystemTime::now());
    let rate = run(&arguments)?;
    let process = ticks() - before;
    let (mut steps, mut wall) = (0.0, 0.0f64);
    for entry in fs::read_dir(out.join("timing"))? {
        let path = entry?.path();
        steps += last_time(&fs::read_to_string(&path)?).ok_or("a cell without a time")?;
        wall = wall.max(fs::metadata(&path)?.modified()?.duration_since(start)?.as_secs_f64());
    }
    Ok(Spent { steps, process, wall, rate })
}

fn headless(arguments: &[String]) -> Outcome<f64> {
    let mut command = Command::new(ELBOW);
    command.args(["run", "--quiet"]).args(arguments).env_remove("ELBOW_PLUGIN_PATH");
    let output = command.stdin(Stdio::null()).stdout(Stdio::null()).output()?;
    // Incomplete is good enough: a cell that diverges does so every time.
    match output.status.code() {
        Some(0 | 3) => Ok(0.0),
        _ => Err(String::from_utf8_lossy(&output.stderr).into()),
    }
}

fn shown(arguments: &[String]) -> Outcome<f64> {
    let mut terminal = Terminal::start(arguments)?;
    // The first frame paints everything.
    let start = terminal.wait("anything", |_| true)?;
    let painted = terminal.shown;
    let end = terminal.wait("the end of the runs", |screen| {
        let header = screen.rows(0, screen.size().1.get()).next().unwrap_or_default();
        header.contains("elbow") && !header.contains(" running") && !header.contains(" waiting")
    })?;
    let rate = (terminal.shown - painted) as f64 / (end - start).as_secs_f64();
    terminal.quit()?;
    Ok(rate)
}

/// The process time in the last line.
fn last_time(lines: &str) -> Option<f64> {
    lines.lines().last()?.rsplit(':').next()?.trim_end_matches('}').parse().ok()
}

/// Processor time of all processes that were started and have ended.
fn ticks() -> f64 {
    let fields = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name, which may have anything in it: cutime and cstime.
    let times = fields.rsplit(") ").next().map(|rest| rest.split(' ').skip(13).take(2).flat_map(str::parse::<f64>));
    times.map_or(f64::NAN, |times| times.reduce(|one, other| one + other).unwrap_or(f64::NAN))
}

fn compare(name: &str, rounds: &[[Spent; 3]]) -> Vec<Vec<String>> {
    let measures: [(&str, Measure); 3] = [
        ("processor time of the steps", |spent| spent.steps),
        ("of the process", |spent| spent.process),
        ("wall", |spent| spent.wall),
    ];
    let row = |(by, of): (&str, Measure)| {
        // Against the mean of the runs before and after it, so that a slow change of the machine cancels.
        let shown = sorted(rounds.iter().map(|[first, shown, second]| of(shown) / ((of(first) + of(second)) / 2.0)));
        let again = sorted(rounds.iter().map(|[first, _, second]| of(second) / of(first)));
        // The process draws too: the goal is for what the runs lose.
        let goal = if by == "of the process" { String::new() } else { goal(&shown) };
        vec![name.to_owned(), by.to_owned(), median(&shown), spread(&shown), median(&again), spread(&again), goal]
    };
    let mut rows: Vec<Vec<String>> = measures.into_iter().map(row).collect();
    let rate = rounds.iter().map(|[_, shown, _]| shown.rate).fold(0.0, f64::max);
    let goal = report::goal(rate / 1024.0, 10.0, "KB/s");
    let figure = format!("{:.1} KB/s", rate / 1024.0);
    rows.push(vec![
        name.to_owned(),
        "bytes to the terminal, most".to_owned(),
        figure,
        String::new(),
        String::new(),
        String::new(),
        goal,
    ]);
    rows
}

/// In per cent above 1.
fn sorted(ratios: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut excess: Vec<f64> = ratios.map(|ratio| (ratio - 1.0) * 100.0).collect();
    excess.sort_by(f64::total_cmp);
    excess
}

fn median(sorted: &[f64]) -> String {
    sorted.get(sorted.len() / 2).map_or_else(String::new, |middle| format!("{middle:+.2}"))
}

fn spread(sorted: &[f64]) -> String {
    let ends = sorted.first().zip(sorted.last());
    ends.map_or_else(String::new, |(least, most)| format!("{least:+.2} to {most:+.2}"))
}

/// A verdict where all rounds agree on it.
fn goal(sorted: &[f64]) -> String {
    let met = sorted.iter().filter(|&&excess| excess <= MOST).count();
    let verdict = if met == 0 || met == sorted.len() { report::verdict(met > 0) } else { "drowned in noise" };
    format!("≤ {MOST} %: {verdict}")
}
