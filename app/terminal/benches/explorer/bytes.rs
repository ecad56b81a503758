//! Bytes on the line: frames with a new point in each curve, numbers changing in every third one as at ten frames a second.

use std::time::Duration;

use crate::data::Flow;
use crate::{Outcome, SIZES, report};

const FRAMES: u64 = 60;

/// Prints the table.
pub fn measure() -> Outcome {
    let mut rows = Vec::new();
    for (&size, most) in SIZES.iter().zip([1024.0, 1536.0]) {
        for enlarged in [true, false] {
            let mut flow = Flow::new(250, 500, size, enlarged)?;
            let sizes: Vec<usize> = (0..FRAMES).map(|frame| steady(&mut flow, frame)).collect();
            let mean = sizes.iter().sum::<usize>() as f64 / FRAMES as f64;
            rows.push(vec![
                report::size(size),
                if enlarged { "one" } else { "grid" }.to_owned(),
                format!("{mean:.0}"),
                sizes.iter().max().map_or_else(String::new, usize::to_string),
                flow.stage.frame().to_string(),
                report::goal(mean, most, "mean, 0 idle"),
            ]);
        }
    }
    report::print("Bytes of a steady frame", &["size", "charts", "mean", "largest", "idle", "goal"], rows)
}

fn steady(flow: &mut Flow, frame: u64) -> usize {
    flow.record();
    flow.stage.absorb();
    if frame.is_multiple_of(3) {
        flow.stage.numbers(Duration::from_millis(6000 + 100 * frame));
    }
    flow.stage.frame()
}
