//! A cell whose journal another process writes.

use crate::live::{LiveCell, Status};
use crate::reader::{Fault, Line, Reader};
use crate::recorded::{time, timing};
use crate::shown::{NO_END, Stage, Story, add_histogram};
use crate::tail::Tail;
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

/// What came of a look at a cell's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// There was something new, and there may be more.
    New,
    /// There was nothing, or the reader of the rows must take some first.
    Nothing,
    /// The cell has ended.
    Over,
}

/// A cell that is followed.
#[derive(Debug)]
pub struct Followed {
    journal: Tail,
    timing: Tail,
    reader: Reader,
    /// What is shown, and what there is to tell, once its first line is there.
    view: Option<(Arc<LiveCell>, Story)>,
    /// Records whose time is not there yet.
    points: VecDeque<(u64, Vec<f64>)>,
    times: VecDeque<f64>,
    /// Whether there are times to wait for.
    is_timed: bool,
    /// How it ends, when its rows are out: status, reason, steps.
    end: Option<(Status, String, u64)>,
    /// A line was none, and what follows it is not read.
    is_broken: bool,
    is_over: bool,
}

impl Followed {
    /// A cell with this journal.
    pub fn new(journal: PathBuf) -> Self {
        Self {
            timing: Tail::new(timing(&journal)),
            journal: Tail::new(journal),
            reader: Reader::default(),
            view: None,
            points: VecDeque::new(),
            times: VecDeque::new(),
            is_timed: true,
            end: None,
            is_broken: false,
            is_over: false,
        }
    }

    /// The cell as it is shown.
    pub fn view(&self) -> Option<&LiveCell> {
        self.view.as_ref().map(|(cell, _)| &**cell)
    }

    /// Takes what is new. `gone`: nobody has written since before this call.
    pub fn look(&mut self, gone: bool, stage: &mut Stage) -> Look {
        if self.is_over {
            return Look::Over;
        }
        if !self.pass_on(false) {
            return Look::Nothing; // What waits for room must not grow.
        }
        // The writer completes the times before it writes the end: they are read after it.
        let new = self.read_journal(stage) + self.read_times();
        let is_complete = new == 0 && (gone || self.end.is_some());
        if self.pass_on(is_complete) && is_complete {
            self.finish(stage);
            return Look::Over;
        }
        if new > 0 { Look::New } else { Look::Nothing }
    }

    fn read_journal(&mut self, stage: &mut Stage) -> usize {
        if self.is_broken {
            return 0;
        }
        let count = match self.journal.read() {
            Ok(count) => count,
            Err(error) => return self.break_off(&error.to_string(), stage),
        };
        while let Some(line) = self.journal.line() {
            match self.reader.take(line) {
                Ok(line) => self.take(line, stage),
                Err(Fault::Torn) => return self.break_off("it is no JSON", stage),
                Err(Fault::Wrong(reason)) => return self.break_off(&reason, stage),
            }
        }
        count
    }

    fn break_off(&mut self, reason: &str, stage: &Stage) -> usize {
        let reason = format!("{}, line {}: {reason}", self.journal.path.display(), self.reader.lines + 1);
        stage.fault(&reason);
        self.end = Some((Status::Failed, reason, self.points.back().map_or(0, |(step, _)| *step)));
        self.is_broken = true;
        0
    }

    fn take(&mut self, line: Line, stage: &mut Stage) {
        match (line, &mut self.view) {
            (Line::Begin(begin), _) => {
                self.is_timed = !begin.optimizer.is_empty(); // A probe has no times.
                self.view = Some(stage.enter(&begin));
            }
            (Line::Point(step, values), _) => self.points.push_back((step, values)),
            (Line::Other(line), Some((cell, story))) => {
                add_histogram(cell, &line);
                line.get("mark").into_iter().for_each(|mark| cell.lose(mark));
                story.mark(&line).into_iter().for_each(|mark| cell.mark(mark.step, mark.text));
            }
            (Line::End(ending, None), _) => self.end = Some((ending.status, ending.reason, ending.steps)),
            (Line::End(ending, Some(warning)), _) => {
                let reason = format!("{}: {warning}", self.journal.path.display());
                stage.fault(&reason);
                self.end = Some((Status::Failed, reason, ending.steps));
            }
            (Line::Other(_), None) => {} // The reader lets nothing come before `begin`.
        }
    }

    fn read_times(&mut self) -> usize {
        let count = if self.is_timed { self.timing.read().unwrap_or(0) } else { 0 };
        while let (true, Some(line)) = (self.is_timed, self.timing.line()) {
            match time(line) {
                Some(time) => self.times.push_back(time),
                None => self.is_timed = false, // Nothing depends on times: the records go on without.
            }
        }
        count
    }

    /// Hands on the records that have their time, or all. False: the reader must take some first.
    fn pass_on(&mut self, all: bool) -> bool {
        let Some((cell, _)) = &self.view else { return true };
        while let Some((step, values)) = self.points.front_mut() {
            let time = match self.times.front() {
                None if self.is_timed && !all => return true,
                time => time.copied().unwrap_or(f64::NAN),
            };
            values.push(time);
            if !cell.offer(*step, values) {
                values.pop();
                return false;
            }
            self.points.pop_front();
            self.times.pop_front();
        }
        true
    }

    fn finish(&mut self, stage: &Stage) {
        self.is_over = true;
        if self.view.is_none() && self.end.is_none() {
            stage.fault(&format!("{}: the journal is empty", self.journal.path.display()));
        }
        let cell = self.view.as_ref().map_or_else(|| stage.enter_unknown(&self.journal.path), |(cell, _)| Arc::clone(cell));
        let crashed = || (Status::Crashed, NO_END.to_owned(), cell.steps_done());
        let (status, reason, steps) = self.end.take().unwrap_or_else(crashed);
        cell.progress(steps);
        cell.end(status, &reason);
    }
}
