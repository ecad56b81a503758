//! A recorded experiment for the tests: six runs, noise from a fixed sequence, one that diverges.

use std::time::Duration;

use elbow_engine::live::{Live, LiveCell, Metric, Status};

use crate::explorer::fit::fit;
use crate::explorer::options::Glyphs;
use crate::explorer::screen::Screen;
use crate::explorer::state::{GalleryEntry, State};
use crate::explorer::theme::{Depth, Theme};
use crate::explorer::update::{Message, update};
use crate::explorer::view::render;

pub const NAMES: [&str; 15] = [
    "log_evidence",
    "elbo",
    "gap",
    "kl_visible",
    "cos_elbo",
    "cos_rec",
    "cos_gap",
    "parameter[0]",
    "parameter[1]",
    "spectrum[0]",
    "spectrum[1]",
    "visible[0]",
    "visible[1]",
    "visible[2]",
    "visible[3]",
];
const RUNS: [(&str, f64, f64); 6] = [
    ("euclidean", 3.0, 0.0),
    ("ELBO, fixed recognition", 9.0, 0.0),
    ("evidence", 14.0, 0.0),
    ("adam", 8.0, 0.35),
    ("diagonal-fisher", 6.0, 0.1),
    ("too bold", 5.0, 0.0),
];
pub const STEPS: u64 = 500;
const DIVERGES: u64 = 212;

fn better(name: &str) -> i32 {
    match name {
        "elbo" | "log_evidence" => 1,
        "kl_visible" | "gap" => -1,
        _ => 0,
    }
}

pub fn metric(name: &str) -> Metric {
    Metric { name: name.to_owned(), unit: String::new(), doc: String::new(), better: better(name), exact: true }
}

fn noise(seed: u64, step: u64) -> f64 {
    let mixed = (seed * 7919 + step).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

fn values(index: usize, step: u64) -> [f64; 15] {
    let (_, rate, amount) = RUNS[index];
    let time = step as f64 / STEPS as f64;
    let wobble = (noise(index as u64, step) * amount).exp();
    let kl = (0.6 * (-rate * time).exp() + 1e-5) * wobble;
    let gap = 0.3 * (-0.5 * rate * time).exp() * wobble;
    let cosine = 1.0 - (-rate * time).exp() * 0.8 * wobble;
    let numbers = [-1.2 - kl, -1.2 - kl - gap, gap, kl, cosine, -cosine / 2.0, 1.0 - 1.5 * time];
    let (one, other) = (0.5 + 0.4 * (rate * time).tanh(), 0.3 + 0.1 * f64::from(index as u32) * wobble * (-time).exp());
    let visible = [one * other, one * (1.0 - other), (1.0 - one) * other, (1.0 - one) * (1.0 - other)];
    let mut all = [0.0; 15];
    all[..7].copy_from_slice(&numbers);
    all[7..11].copy_from_slice(&[one, other, 0.17, 1.0]);
    all[11..].copy_from_slice(&visible);
    all
}

/// The cells, before anything happened.
pub fn live() -> Live {
    let live = Live::new(RUNS.iter().map(|run| LiveCell::new(run.0, "made-up", 0, STEPS)));
    live.cells().iter().for_each(|cell| cell.begin(NAMES.map(metric).to_vec()));
    live
}

/// Records one step of every run.
pub fn record(live: &Live, step: u64) {
    for (index, cell) in live.cells().iter().enumerate() {
        match (RUNS[index].0, step) {
            ("too bold", DIVERGES) => {
                cell.push(step, &[f64::NAN; 15]);
                cell.end(Status::Diverged, "kl_visible is NaN at step 212");
            }
            ("too bold", DIVERGES..) => {}
            _ => {
                cell.push(step, &values(index, step));
            }
        }
        if step == STEPS && !cell.status().is_final() {
            cell.end(Status::Finished, "");
        }
    }
}

/// A state, the cells behind it and the screen before it.
pub struct Stage {
    pub live: Live,
    pub state: State,
    pub screen: Screen,
    step: u64,
}

impl Stage {
    pub fn new(size: (u16, u16), depth: Depth, glyphs: Glyphs) -> Self {
        let live = live();
        let gallery = vec![GalleryEntry { name: "decay".to_owned(), about: "curves that decay".to_owned() }];
        let about = "Natural-gradient flows on Y <- X -> Z";
        let mut state = State::new("ay2025-non-cylindrical", about, &live, Theme::new(depth, glyphs));
        state.gallery = gallery;
        state.size = size;
        Self { live, state, screen: Screen::new(), step: 0 }
    }

    /// The next recorded step, taken over by the state.
    pub fn advance(&mut self) {
        record(&self.live, self.step);
        self.step += 1;
        self.state.absorb(&self.live, &mut Vec::new());
    }

    /// All steps before `step`, and the numbers at it.
    pub fn until(mut self, step: u64) -> Self {
        (self.step..step).for_each(|_| self.advance());
        self.numbers(step / 40);
        self
    }

    pub fn numbers(&mut self, seconds: u64) {
        update(&mut self.state, Message::Numbers(Duration::from_secs(seconds)));
    }

    /// The bytes of the next frame.
    pub fn frame(&mut self) -> Vec<u8> {
        fit(&mut self.state);
        let state = &self.state;
        self.screen.frame(state.size, |buffer| render(state, buffer)).expect("a frame").to_vec()
    }
}
