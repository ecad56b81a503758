//! Shows a recorded run again, by a clock.
//!
//! At 1× a replay lasts as long as the largest process time of the run's cells, but at least [`SHORTEST`]. A record comes
//! when its own process time has passed on that scale; without times, records come evenly over the steps. All cells start
//! together, and each has its clock, so that one may be held while the others go on.

use crate::directory::{self, Presence, Recorded, Unreadable};
use crate::live::{Live, LiveCell, Mark, Replay, Status};
use crate::run::no_thread;
use crate::shown::{NO_END, Stage, add_histogram};
use serde_json::Value;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A replay at 1× lasts at least as long.
pub const SHORTEST: Duration = Duration::from_secs(10);

/// From one look at the clock to the next: finer than any screen.
const TICK: Duration = Duration::from_millis(20);

/// Moves a replay on; dropping it ends that.
#[derive(Debug)]
pub struct Replayer {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
    faults: Vec<String>,
}

impl Replayer {
    /// Replays a run that nobody writes any more, at a multiple of its speed, 0.25 to 64. The speed can be set while it
    /// runs: [`Live::replay`]; the replay obeys [`Live::control`], but for its pace and changes of parameters.
    ///
    /// # Errors
    /// If it is no run directory, holds no cells or is still being written; or where no thread can be started.
    pub fn start(directory: &Path, speed: f64) -> io::Result<(Arc<Live>, Self)> {
        let other = |what: &str| io::Error::other(format!("{} {what}", directory.display()));
        if directory::presence(directory) == Presence::Here {
            return Err(other("is still being written; it can be replayed when it is finished"));
        }
        let (recorded, unreadable) = apart(directory::read_each(directory).map_err(io::Error::other)?);
        if recorded.is_empty() && unreadable.is_empty() {
            return Err(other("holds no cells"));
        }
        let replay = Replay::default();
        replay.set_quarters((4.0 * speed).round() as u32);
        let mut live = Live::default();
        live.replay = Some(replay);
        let mut stage = Stage::new(directory, live);
        let clock = Clock::new(&recorded);
        recorded.iter().filter(|cell| cell.is_damaged).for_each(|cell| stage.fault(&damage(cell)));
        let cells = recorded.into_iter().map(|cell| Replayed::new(cell, &clock, &mut stage)).collect();
        for unreadable in unreadable {
            stage.fault(&unreadable.to_string());
            stage.enter_unknown(&unreadable.path).end(Status::Failed, &unreadable.to_string());
        }
        let faults = std::mem::take(&mut *stage.faults.lock().unwrap_or_else(PoisonError::into_inner));
        let (live, stop) = (Arc::clone(&stage.live), Arc::new(AtomicBool::new(false)));
        let thread = {
            let (live, stop) = (Arc::clone(&live), Arc::clone(&stop));
            thread::Builder::new().name("replay".into()).spawn(move || run(cells, &live, &stop))
        };
        let thread = Some(thread.map_err(no_thread)?);
        Ok((live, Self { stop, thread, faults }))
    }

    /// What is wrong with journals that cannot be read or are damaged, a line each.
    pub fn faults(&self) -> &[String] {
        &self.faults
    }
}

/// The cells that can be shown, and the journals of those that cannot.
fn apart(cells: Vec<Result<Recorded, Unreadable>>) -> (Vec<Recorded>, Vec<Unreadable>) {
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for cell in cells {
        match cell {
            Ok(cell) => good.push(cell),
            Err(unreadable) => bad.push(unreadable),
        }
    }
    (good, bad)
}

fn damage(cell: &Recorded) -> String {
    format!("cell {}: {}", cell.begin.cell, cell.warning.as_deref().unwrap_or_default())
}

impl Drop for Replayer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            let _ = thread.join();
        }
    }
}

fn run(mut cells: Vec<Replayed>, live: &Live, stop: &AtomicBool) {
    let mut last = Instant::now();
    while !cells.is_empty() && !stop.load(Ordering::Acquire) {
        let now = Instant::now();
        let quarters = live.replay.as_ref().map_or(4, Replay::quarters);
        let passed = (now - last).as_secs_f64() * f64::from(quarters) / 4.0;
        last = now;
        cells.retain_mut(|cell| !cell.go_on(live, passed));
        thread::park_timeout(TICK);
    }
}

/// The scale of a replay's time.
struct Clock {
    /// Seconds at 1×.
    length: f64,
    /// Largest process time; not positive without times.
    time: f64,
    /// Largest step.
    step: f64,
}

impl Clock {
    fn new(cells: &[Recorded]) -> Self {
        let times = cells.iter().flat_map(|cell| &cell.seconds).copied().filter(|time| time.is_finite());
        let (time, step) = (times.fold(0.0, f64::max), cells.iter().filter_map(|cell| cell.steps.last()).max());
        Self { length: time.max(SHORTEST.as_secs_f64()), time, step: step.map_or(1.0, |step| (*step).max(1) as f64) }
    }

    /// When each record of a cell comes, in seconds at 1×.
    fn moments(&self, cell: &Recorded) -> Vec<f64> {
        let is_timed = self.time > 0.0 && cell.seconds.len() >= cell.steps.len();
        let part = |(i, step): (usize, &u64)| if is_timed { cell.seconds[i] / self.time } else { *step as f64 / self.step };
        cell.steps.iter().enumerate().map(part).map(|part| part * self.length).collect()
    }
}

/// A cell that is replayed.
struct Replayed {
    cell: Recorded,
    view: Arc<LiveCell>,
    moments: Vec<f64>,
    /// What happened, and what lost its meaning, the last first.
    marks: Vec<Mark>,
    losses: Vec<Value>,
    /// Seconds at 1× that have passed for it.
    now: f64,
    /// Records shown.
    shown: usize,
}

impl Replayed {
    fn new(cell: Recorded, clock: &Clock, stage: &mut Stage) -> Self {
        let (view, mut story) = stage.enter(&cell.begin);
        let mut marks: Vec<Mark> = cell.others.iter().filter_map(|line| story.mark(line)).collect();
        marks.reverse();
        let losses = cell.others.iter().rev().filter_map(|line| line.get("mark").cloned()).collect();
        Self { moments: clock.moments(&cell), cell, view, marks, losses, now: 0.0, shown: 0 }
    }

    /// Shows what has become due; true when it has come to its end.
    fn go_on(&mut self, live: &Live, passed: f64) -> bool {
        if live.control.is_stopped() || self.view.is_stopped() {
            self.view.end(Status::Stopped, "stopped on request");
            return true;
        }
        if live.control.is_paused() || self.view.is_held() {
            while self.shown < self.moments.len() && self.view.use_grant() && self.show() {}
        } else {
            self.now += passed;
            while self.moments.get(self.shown).is_some_and(|moment| *moment <= self.now) && self.show() {}
        }
        let is_over = self.shown == self.moments.len();
        if is_over {
            self.end();
        }
        is_over
    }

    /// Shows the next record. False: the reader must take some first.
    fn show(&mut self) -> bool {
        let (step, width) = (self.cell.steps[self.shown], self.cell.begin.columns.len());
        let time = self.cell.seconds.get(self.shown).copied().unwrap_or(f64::NAN);
        let row = [&self.cell.values[self.shown * width..][..width], &[time]].concat();
        let is_shown = self.view.offer(step, &row);
        if is_shown {
            self.now = self.now.max(self.moments[self.shown]);
            self.shown += 1;
            self.tell(step);
        }
        is_shown
    }

    /// Marks up to a step.
    fn tell(&mut self, step: u64) {
        while let Some(mark) = self.marks.pop_if(|mark| mark.step <= step) {
            self.view.mark(mark.step, mark.text);
        }
        while let Some(loss) = self.losses.pop_if(|mark| mark["step"].as_u64().is_some_and(|at| at <= step)) {
            self.view.lose(&loss);
        }
    }

    fn end(&mut self) {
        self.tell(u64::MAX);
        self.cell.others.iter().for_each(|line| add_histogram(&self.view, line));
        match (&self.cell.ending, &self.cell.warning) {
            (Some(ending), None) => {
                self.view.progress(ending.steps);
                self.view.end(ending.status, &ending.reason);
            }
            (Some(_), Some(warning)) => self.view.end(Status::Failed, warning),
            (None, Some(warning)) if self.cell.is_damaged => self.view.end(Status::Failed, warning),
            (None, _) => self.view.end(Status::Crashed, NO_END),
        }
    }
}
