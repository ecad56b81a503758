//! Made-up runs: six noisy descents that never end.

use std::sync::Arc;

use elbow::explorer::measure::Stage;
use elbow_engine::live::{Live, LiveCell, Metric};

/// Enough for every chart of the first page of the exact models.
const NAMES: [&str; 7] = ["kl_visible", "elbo", "log_evidence", "gap", "cos_elbo", "cos_rec", "cos_gap"];
/// Labels and rates of the runs.
const RUNS: [(&str, f64); 6] =
    [("euclidean", 2.0), ("adam", 4.0), ("fisher-rao", 9.0), ("kfac", 7.0), ("diagonal-fisher", 5.0), ("natural-cg", 6.0)];
/// Rows that are taken over at once.
const CHUNK: u64 = 1 << 16;

/// Between −1 and 1; the same for the same run and step.
fn noise(run: usize, step: u64) -> f64 {
    let mixed = (run as u64 * 7919 + step).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

/// The first metric of a run at a share of its way.
fn descent(run: usize, step: u64, steps: u64) -> f64 {
    (0.6 * (-RUNS[run].1 * step as f64 / steps as f64).exp() + 1e-5) * (0.3 * noise(run, step)).exp()
}

fn values(run: usize, step: u64, steps: u64) -> [f64; 7] {
    let kl = descent(run, step, steps);
    let (gap, cosine) = (0.3 * kl.sqrt(), 1.0 - 0.8 * kl);
    [kl, -1.2 - kl - gap, -1.2 - kl, gap, cosine, -cosine / 2.0, 0.5 - cosine]
}

/// The explorer before six runs that go on.
pub struct Flow {
    /// The explorer.
    pub stage: Stage,
    live: Arc<Live>,
    step: u64,
    steps: u64,
}

impl Flow {
    /// Runs of `steps` planned steps that have made `points`, all of them taken over. `enlarged`: one chart instead of all.
    pub fn new(points: u64, steps: u64, size: (u16, u16), enlarged: bool) -> Result<Self, String> {
        let live = Arc::new(Live::new(RUNS.map(|(name, _)| LiveCell::new(name, "made-up", 0, steps))));
        live.cells().iter().for_each(|cell| cell.begin(NAMES.map(metric).to_vec()));
        let mut flow = Self { stage: Stage::new(Arc::clone(&live), size), live, step: 0, steps };
        while flow.step < points {
            (flow.step..points.min(flow.step + CHUNK)).for_each(|_| flow.record());
            flow.stage.absorb();
        }
        if enlarged {
            flow.stage.key("tab")?;
        }
        flow.stage.frame();
        Ok(flow)
    }

    /// A step of every run, which the explorer has not seen yet.
    pub fn record(&mut self) {
        for (run, cell) in self.live.cells().iter().enumerate() {
            cell.push(self.step, &values(run, self.step, self.steps));
        }
        self.step += 1;
    }
}

fn metric(name: &str) -> Metric {
    Metric { name: name.to_owned(), unit: String::new(), doc: String::new(), better: 0, exact: true }
}

/// What the enlarged chart shows of a run, for a chart without a log axis.
pub fn curve(run: usize, points: u64, steps: u64) -> Vec<(f64, f64)> {
    (0..points).map(|step| (step as f64, descent(run, step, steps).log10())).collect()
}

/// How many runs there are.
pub const COUNT: usize = RUNS.len();
