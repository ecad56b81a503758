//! Everything the screen shows.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use elbow_engine::live::{Live, Status};

use super::axis::{Window, XKind};
use super::charts::{self, Chart};
use super::curves::{Band, Thread, Values};
use super::keymap::Keymap;
use super::plot::Scale;
use super::popup::Popup;
use super::runs::{self, Run};
use super::scene::FRONT;
use super::steer::Steer;
use super::theme::Theme;

/// An experiment that the user can change to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GalleryEntry {
    /// Its name.
    pub name: String,
    /// What it shows, in a line.
    pub about: String,
}

/// What fills the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum View {
    #[default]
    Curves,
    Geometry,
    Table,
    Trajectory,
    Log,
    Plugins,
}

impl View {
    /// All, in the order of their keys.
    pub const ALL: [Self; 6] = [Self::Curves, Self::Geometry, Self::Table, Self::Trajectory, Self::Log, Self::Plugins];

    /// Name in the header and in recipes.
    pub fn name(self) -> &'static str {
        ["curves", "geometry", "table", "trajectory", "log", "plugins"][self as usize]
    }
}

/// Where the runs come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// They run here.
    #[default]
    Running,
    /// Another process writes them, or has written them.
    Recorded,
    /// They are shown again from their start, by a clock.
    Replayed,
}

/// So many lines that plugins printed are kept.
pub(crate) const LOG_LINES: usize = 500;

/// How the table is sorted, and what it counts up to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Sorting {
    pub column: usize,
    pub descends: bool,
    /// Value of the leading metric whose first step is looked for; `None`: the best that the first run reaches.
    pub target: Option<f64>,
}

/// From where the geometry is seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Camera {
    pub yaw: f64,
    pub pitch: f64,
}

/// The state that `update` changes and views read.
pub(crate) struct State {
    pub title: String,
    pub about: String,
    pub source: Source,
    pub gallery: Vec<GalleryEntry>,
    pub plugins: Vec<String>,
    pub theme: Theme,
    pub keys: Keymap,
    pub steer: Option<Arc<dyn Steer>>,
    pub runs: Vec<Run>,
    pub cursor: usize,
    pub view: View,
    pub charts: Vec<Chart>,
    pub focus: Option<usize>,
    pub page: usize,
    pub x: XKind,
    pub x_scale: Scale,
    pub window: Window,
    /// Dot columns of a chart, as of the last frame.
    pub columns: usize,
    /// The x of the cross-hair.
    pub cross: Option<f64>,
    pub values: Values,
    pub smoothing: u32,
    pub bands: bool,
    pub filter: String,
    pub sorting: Sorting,
    pub camera: Camera,
    /// The two parameters of the trajectory.
    pub plane: (usize, usize),
    pub popup: Popup,
    /// What the last action came to, and whether it failed.
    pub answer: Option<(String, bool)>,
    pub log_open: bool,
    pub log: VecDeque<String>,
    /// Lines that came while the log was closed.
    pub unread: usize,
    /// Lines above the end of the log, or above the top of other long texts.
    pub scroll: usize,
    pub paused: bool,
    pub frozen: bool,
    /// Steps per second, 0 for full speed; quarters of the speed for a replay.
    pub pace: u32,
    pub frames: u32,
    pub elapsed: Duration,
    pub size: (u16, u16),
    /// Curves by chart, metric and run; `fit` keeps them.
    pub curves: Vec<Vec<Vec<Thread>>>,
    /// Bands by chart, metric and group.
    pub spreads: Vec<Vec<Vec<Band>>>,
}

impl State {
    /// The state before the first frame.
    pub fn new(title: &str, about: &str, live: &Live, theme: Theme) -> Self {
        let mut state = Self {
            title: title.to_owned(),
            about: about.to_owned(),
            source: Source::Running,
            gallery: Vec::new(),
            plugins: Vec::new(),
            theme,
            keys: Keymap::default(),
            steer: None,
            runs: Vec::new(),
            cursor: 0,
            view: View::Curves,
            charts: charts::first(),
            focus: None,
            page: 0,
            x: XKind::Step,
            x_scale: Scale::Linear,
            window: Window::default(),
            columns: 0,
            cross: None,
            values: Values::Plain,
            smoothing: 0,
            bands: false,
            filter: String::new(),
            sorting: Sorting::default(),
            camera: Camera { yaw: FRONT.0, pitch: FRONT.1 },
            plane: (0, 1),
            popup: Popup::None,
            answer: None,
            log_open: false,
            log: VecDeque::new(),
            unread: 0,
            scroll: 0,
            paused: live.control.is_paused(),
            frozen: false,
            pace: live.replay.as_ref().map_or_else(|| live.control.pace(), |replay| replay.quarters()),
            frames: 10,
            elapsed: Duration::ZERO,
            size: (80, 24),
            curves: Vec::new(),
            spreads: Vec::new(),
        };
        state.meet(live);
        state
    }

    /// Takes up the cells that are new.
    fn meet(&mut self, live: &Live) {
        if live.count() > self.runs.len() {
            let new = self.runs.len();
            self.runs.extend(live.cells()[new..].iter().map(Run::new));
            runs::label(&mut self.runs);
            self.apply_filter(new);
        }
    }

    /// Takes over what the runs recorded; true if there was anything.
    pub fn absorb(&mut self, live: &Live, scratch: &mut Vec<f64>) -> bool {
        let known = self.runs.len();
        self.meet(live);
        let mut news = self.runs.len() > known;
        for run in &mut self.runs {
            let columns = run.metrics.len();
            news |= run.absorb(scratch);
            for metric in &run.metrics[columns.min(run.metrics.len())..] {
                self.charts.extend(charts::further(&self.charts, metric));
            }
        }
        news
    }

    /// Hides those of the runs from `first` on that the filter leaves out.
    pub fn apply_filter(&mut self, first: usize) {
        for run in &mut self.runs[first..] {
            run.hidden = !matches(&self.filter, &run.label);
        }
    }

    /// Indices of the charts that some run has values for: the first page's, then the others.
    pub fn recorded_charts(&self) -> Vec<usize> {
        let recorded = |name: &String| self.runs.iter().any(|run| run.column(name).is_some());
        (0..self.charts.len()).filter(|&chart| self.charts[chart].metrics.iter().any(&recorded)).collect()
    }

    /// The enlarged chart, if its metrics are recorded.
    pub fn focused(&self) -> Option<usize> {
        self.focus.filter(|chart| self.recorded_charts().contains(chart))
    }

    /// The scale of a chart's y axis.
    pub fn scale(&self, chart: usize) -> Scale {
        match (self.values, self.charts[chart].scale) {
            (Values::GapToBest, _) => Scale::Log,
            (Values::Difference(_), Scale::Log) => Scale::Symlog,
            (_, scale) => scale,
        }
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
        !self.paused && self.runs.iter().any(|run| !run.status.is_final() && !run.held)
    }

    /// The metric by which runs are compared where there is room for one.
    pub fn leading_metric(&self) -> &'static str {
        let candidates = ["kl_visible", "kl_joint", "elbo", "log_evidence"];
        candidates.into_iter().find(|name| self.runs.iter().any(|run| run.column(name).is_some())).unwrap_or("")
    }

    /// Runs that differ in the seed alone, where there are several of them, by the first one's index.
    pub fn groups(&self) -> Vec<Vec<usize>> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        let same = |one: &Run, other: &Run| one.cell.optimizer == other.cell.optimizer && one.cell.model == other.cell.model;
        for (index, run) in self.runs.iter().enumerate().filter(|(_, run)| !run.hidden) {
            match groups.iter_mut().find(|group| same(&self.runs[group[0]], run)) {
                Some(group) => group.push(index),
                None => groups.push(vec![index]),
            }
        }
        groups.retain(|group| group.len() > 1);
        groups
    }

    /// What a user may call a key.
    pub fn key(&self, action: super::keymap::Action) -> String {
        self.keys.shown(action, self.theme.unicode())
    }
}

/// Whether a name has one of the patterns in it: `*` stands for any text, `|` between patterns for "or". Case does not count.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let name = name.to_lowercase();
    pattern.to_lowercase().split('|').any(|pattern| {
        let mut rest = name.as_str();
        pattern.trim().split('*').all(|piece| match rest.find(piece) {
            Some(at) => {
                rest = &rest[at + piece.len()..];
                true
            }
            None => false,
        })
    })
}
