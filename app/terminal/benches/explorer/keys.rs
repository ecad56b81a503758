//! From a key to the last byte of the frame that shows what it did, while the runs keep all cores busy.

use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::terminal::{Terminal, experiment};
use crate::times::Times;
use crate::{Outcome, report};

/// Milliseconds.
const MOST: f64 = 50.0;

/// Prints the table.
pub fn measure(quick: bool) -> Outcome {
    let folder = tempfile::tempdir()?;
    let out = folder.path().join("run").display().to_string();
    let file = experiment("vae-digits.toml").display().to_string();
    let changes = ["--set", "run.steps=1000000", "--out", out.as_str()].map(str::to_owned);
    let mut terminal = Terminal::start(&[&[file][..], &changes].concat())?;
    terminal.wait("a run", |screen| screen.contents().contains(" running"))?;
    sleep(Duration::from_secs(1));
    let count = if quick { 5 } else { 100 };
    let busy = toggles(&mut terminal, count)?;
    terminal.press(" ")?;
    terminal.wait("that the runs are held", |screen| screen.contents().contains("PAUSED"))?;
    let held = toggles(&mut terminal, count)?;
    terminal.quit()?;
    let header = ["runs", "keys", "median ms", "95 % ms", "largest ms", "goal"];
    let rows = vec![row("at full speed on all cores", count, &busy), row("held", count, &held)];
    report::print("Key to frame, the program in a pseudo-terminal of 120×40", &header, rows)
}

/// Opens the help and closes it, so many times.
fn toggles(terminal: &mut Terminal, count: u64) -> Outcome<Times> {
    let mut times = Vec::new();
    for turn in 0..2 * count {
        // Not in step with the frames.
        sleep(Duration::from_millis(30 + turn * 37 % 101));
        terminal.catch_up();
        let opens = turn.is_multiple_of(2);
        let start = Instant::now();
        terminal.press(if opens { "?" } else { "0" })?;
        let end = terminal.wait("the help, or what is below it", |screen| screen.contents().contains("help: ") == opens)?;
        times.push(end - start);
    }
    Ok(Times::new(times))
}

fn row(what: &str, count: u64, times: &Times) -> Vec<String> {
    let millis = |seconds: f64| format!("{:.1}", seconds * 1e3);
    let goal = report::goal(times.quantile(0.95) * 1e3, MOST, "ms in 95 %");
    vec![
        what.to_owned(),
        (2 * count).to_string(),
        millis(times.median()),
        millis(times.quantile(0.95)),
        millis(times.quantile(1.0)),
        goal,
    ]
}
