//! Everything the screen shows.

use std::collections::VecDeque;
use std::time::Duration;

use elbow_engine::live::{Live, Status};

use super::charts::CHARTS;
use super::plot::{Scale, Series};
use super::runs::{Run, labels};
use super::theme::Theme;

/// An experiment that the user can change to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GalleryEntry {
    /// Its name.
    pub name: String,
    /// What it shows, in a line.
    pub about: String,
}

/// What lies over the charts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Popup {
    #[default]
    None,
    Help,
    /// With the row under the cursor.
    Gallery(usize),
}

/// So many lines that plugins printed are kept.
pub(crate) const LOG_LINES: usize = 500;

/// The state that `update` changes and views read.
pub(crate) struct State {
    pub title: String,
    pub about: String,
    pub gallery: Vec<GalleryEntry>,
    pub theme: Theme,
    pub runs: Vec<Run>,
    pub cursor: usize,
    pub focus: Option<usize>,
    /// Scale of each chart of the table.
    pub scales: Vec<Scale>,
    pub popup: Popup,
    pub log_open: bool,
    pub log: VecDeque<String>,
    /// Lines that came while the log was closed.
    pub unread: usize,
    pub paused: bool,
    /// Steps per second, 0 for full speed.
    pub pace: u32,
    pub elapsed: Duration,
    pub size: (u16, u16),
    /// Thinned curves, by chart, metric and run; `fit` keeps them.
    pub series: Vec<Vec<Vec<Series>>>,
}

impl State {
    /// The state before the first frame.
    pub fn new(title: &str, about: &str, gallery: Vec<GalleryEntry>, live: &Live, theme: Theme) -> Self {
        let runs: Vec<Run> = {
            let cells = live.cells();
            cells.iter().zip(labels(&cells)).map(|(cell, label)| Run::new(cell, label)).collect()
        };
        let series = |metrics: usize| vec![vec![Series::default(); runs.len()]; metrics];
        Self {
            title: title.to_owned(),
            about: about.to_owned(),
            gallery,
            theme,
            cursor: 0,
            focus: None,
            scales: CHARTS.iter().map(|spec| spec.scale).collect(),
            popup: Popup::None,
            log_open: false,
            log: VecDeque::new(),
            unread: 0,
            paused: live.control.is_paused(),
            pace: live.control.pace(),
            elapsed: Duration::ZERO,
            size: (80, 24),
            series: CHARTS.iter().map(|spec| series(spec.metrics.len())).collect(),
            runs,
        }
    }

    /// Takes over what the runs recorded; true if there was anything.
    pub fn absorb(&mut self, live: &Live, scratch: &mut Vec<f64>) -> bool {
        let mut news = false;
        for (run, cell) in self.runs.iter_mut().zip(&live.cells()) {
            news |= run.absorb(cell, scratch);
        }
        news
    }

    /// Indices of the charts that some run has values for.
    pub fn charts(&self) -> Vec<usize> {
        let recorded = |name: &&str| self.runs.iter().any(|run| run.column(name).is_some());
        (0..CHARTS.len()).filter(|&chart| CHARTS[chart].metrics.iter().any(&recorded)).collect()
    }

    /// The enlarged chart, if its metrics are recorded.
    pub fn focused(&self) -> Option<usize> {
        self.focus.filter(|chart| self.charts().contains(chart))
    }

    /// The run under the cursor.
    pub fn selected(&self) -> Option<&Run> {
        self.runs.get(self.cursor)
    }

    /// How many runs are in one of these states.
    pub fn count(&self, states: &[Status]) -> usize {
        self.runs.iter().filter(|run| states.contains(&run.status)).count()
    }

    /// Whether time passes for the runs.
    pub fn is_moving(&self) -> bool {
        !self.paused && self.runs.iter().any(|run| !run.status.is_final())
    }

    /// The x at the right edge of the charts: the longest plan, or a round number beyond the last step.
    pub fn horizon(&self) -> f64 {
        let planned = self.runs.iter().map(|run| run.steps).max().unwrap_or(0) as f64;
        let reached = self.runs.iter().filter_map(|run| run.xs.last().copied()).fold(1.0, f64::max);
        if planned >= reached { planned } else { round_up(reached) }
    }
}

/// 1, 2 or 5 times a power of ten, not below `value`.
fn round_up(value: f64) -> f64 {
    let power = 10f64.powf(value.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|&bound| bound >= value).unwrap_or(value)
}
