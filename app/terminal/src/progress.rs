//! Progress on stderr: a bar on a terminal, else a plain line every 10 s or 5 %.

use elbow_engine::live::LiveCell;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write, stderr};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Shows the progress of cells until all have ended or `over` says so.
pub fn watch(cells: &[Arc<LiveCell>], quiet: bool, over: impl Fn() -> bool) {
    let total = sum(cells.iter().map(|cell| cell.steps));
    let mut shown: Box<dyn FnMut(u64, usize)> = match (quiet, stderr().is_terminal()) {
        (true, _) => Box::new(|_, _| ()),
        (false, true) => bar(total, cells.len()),
        (false, false) => lines(total, cells.len()),
    };
    let started = Instant::now();
    loop {
        let ended = over();
        // A short run shows nothing: its table is there at once.
        if started.elapsed() > Duration::from_millis(300) {
            let done = |cell: &Arc<LiveCell>| if cell.status().is_final() { cell.steps } else { cell.steps_done() };
            shown(sum(cells.iter().map(done)), cells.iter().filter(|cell| cell.status().is_final()).count());
        }
        if ended {
            return;
        }
        std::thread::park_timeout(Duration::from_millis(100));
    }
}

/// Steps of all cells; a budget may be any number.
fn sum(steps: impl Iterator<Item = u64>) -> u64 {
    steps.fold(0, u64::saturating_add)
}

fn bar(total: u64, cells: usize) -> Box<dyn FnMut(u64, usize)> {
    let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:32} {percent:>3} %  {msg}  {elapsed} (about {eta} left)");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    Box::new(move |done, ended| {
        bar.set_message(format!("{ended}/{cells} cells"));
        bar.set_position(done);
        if ended == cells {
            bar.finish_and_clear();
        }
    })
}

fn lines(total: u64, cells: usize) -> Box<dyn FnMut(u64, usize)> {
    let (mut last, mut percent) = (Instant::now(), 0);
    Box::new(move |done, ended| {
        let now = (u128::from(done) * 100 / u128::from(total.max(1))) as u64;
        if last.elapsed() >= Duration::from_secs(10) || now >= percent + 5 {
            let _ = writeln!(stderr(), "{now} %: {done} of {total} steps, {ended} of {cells} cells ended");
            (last, percent) = (Instant::now(), now);
        }
    })
}
