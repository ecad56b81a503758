//! The explorer on made-up curves: some decay, one is noisy, one diverges. Nothing is computed and nothing is needed.
//!
//! `cargo run -p elbow --example explorer_demo [steps] [steps per second]`

use std::io::Write;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use elbow::explorer::{Exit, GalleryEntry, Session, run};
use elbow_engine::live::{Live, LiveCell, Metric, Status};

const NAMES: [&str; 10] =
    ["log_evidence", "elbo", "gap", "kl_visible", "cos_elbo", "cos_rec", "cos_gap", "fisher_norm", "spectrum[0]", "spectrum[1]"];

/// Label, rate, noise, and the step at which it diverges.
const RUNS: [(&str, f64, f64, Option<u64>); 6] = [
    ("euclidean", 3.0, 0.0, None),
    ("ELBO, fixed recognition", 9.0, 0.0, None),
    ("evidence", 14.0, 0.0, None),
    ("adam", 8.0, 0.35, None),
    ("diagonal-fisher", 6.0, 0.1, None),
    ("too bold", 5.0, 0.0, Some(212)),
];

fn metric(name: &str) -> Metric {
    Metric { name: name.to_owned(), unit: String::new(), doc: String::new(), better: 0, exact: true }
}

/// A cheap noise in -1..1 that is the same each time.
fn noise(seed: u64, step: u64) -> f64 {
    let mixed = (seed * 7919 + step).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

fn values(index: usize, step: u64, steps: u64) -> [f64; 10] {
    let (_, rate, amount, diverges) = RUNS[index];
    let time = step as f64 / steps as f64;
    let wobble = (noise(index as u64, step) * amount).exp();
    let blown = diverges.map_or(0.0, |end| (1.0 / (end as f64 - step as f64).max(0.1)).powi(2) * 20.0);
    let kl = (0.6 * (-rate * time).exp() + 1e-5) * wobble + blown;
    let gap = 0.3 * (-0.5 * rate * time).exp() * wobble + blown;
    let cosine = 1.0 - (-rate * time).exp() * 0.8 * wobble;
    let evidence = -1.2 - kl;
    [evidence, evidence - gap, gap, kl, cosine, -cosine / 2.0, 1.0 - 1.5 * time, kl.sqrt(), 0.17, 1.0]
}

fn work(live: &Live, index: usize) {
    let cell = &live.cells()[index];
    cell.begin(NAMES.map(metric).to_vec());
    for step in 0..=cell.steps {
        if !live.control.may_step(cell) {
            return cell.end(Status::Stopped, "");
        }
        if RUNS[index].3 == Some(step) {
            cell.push(step, &[f64::NAN; 10]);
            let _ = writeln!(std::io::stderr(), "{} gave up at step {step}", cell.optimizer);
            return cell.end(Status::Diverged, &format!("kl_visible is NaN at step {step}"));
        }
        cell.push(step, &values(index, step, cell.steps));
        match live.control.pace() {
            0 => thread::sleep(Duration::from_micros(200)),
            pace => thread::sleep(Duration::from_secs(1) / pace),
        }
    }
    cell.end(Status::Finished, "");
}

fn entry(name: &str, about: &str) -> GalleryEntry {
    GalleryEntry { name: name.to_owned(), about: about.to_owned() }
}

/// One experiment from start to end.
fn show(title: &str, steps: u64, pace: u32) -> std::io::Result<Exit> {
    let live = Arc::new(Live::new(RUNS.iter().map(|run| LiveCell::new(run.0, "made-up", 0, steps))));
    live.control.set_pace(pace);
    let workers: Vec<_> = (0..RUNS.len())
        .map(|index| {
            let live = Arc::clone(&live);
            thread::spawn(move || work(&live, index))
        })
        .collect();
    let gallery = vec![entry("decay", "curves that decay"), entry("decay again", "the same once more")];
    let about = "Made-up curves, to look at".to_owned();
    let mut session = Session::new(title, Arc::clone(&live));
    (session.about, session.gallery) = (about, gallery);
    let exit = run(session);
    if !matches!(exit, Ok(Exit::HangUp)) {
        live.control.stop();
    }
    workers.into_iter().for_each(|worker| drop(worker.join()));
    exit
}

fn main() -> std::io::Result<()> {
    let mut numbers = std::env::args().skip(1).filter_map(|text| text.parse::<u32>().ok());
    let (steps, pace) = (numbers.next().unwrap_or(500), numbers.next().unwrap_or(60));
    let mut title = "decay".to_owned();
    loop {
        match show(&title, u64::from(steps), pace)? {
            Exit::Open(index) => title = format!("decay {index}"),
            exit => return writeln!(std::io::stderr(), "{exit:?}"),
        }
    }
}
