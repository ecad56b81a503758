//! Frames before which every curve has to be thinned afresh: after a resize and after a zoom.

use std::hint::black_box;

use crate::data::Flow;
use crate::times::Times;
use crate::{Outcome, SIZES, report};

const POINTS: u64 = 100_000;
const MOST: f64 = 10.0;

/// Prints the table.
pub fn measure(quick: bool) -> Outcome {
    let turns = if quick { 6 } else { 60 };
    let mut rows = Vec::new();
    for size in SIZES {
        for enlarged in [true, false] {
            let mut flow = Flow::new(POINTS, POINTS * 5 / 4, size, enlarged)?;
            rows.push(row("resize", size, enlarged, &resizes(&mut flow, size, turns)));
            rows.push(row("zoom", size, enlarged, &zooms(&mut flow, turns)?));
        }
    }
    let header = ["after a", "size", "charts", "median ms", "least ms", "goal"];
    report::print("A frame of 6 × 100 000 points that begins from nothing", &header, rows)
}

fn row(what: &str, size: (u16, u16), enlarged: bool, times: &Times) -> Vec<String> {
    let millis = |seconds: f64| format!("{:.2}", seconds * 1e3);
    vec![
        what.to_owned(),
        report::size(size),
        if enlarged { "one" } else { "grid" }.to_owned(),
        millis(times.median()),
        millis(times.least()),
        // The goal is for six curves: the grid has several times as many.
        if enlarged { report::goal(times.median() * 1e3, MOST, "ms") } else { String::new() },
    ]
}

/// Two widths in turn, both with the same arrangement.
fn resizes(flow: &mut Flow, (width, height): (u16, u16), turns: usize) -> Times {
    let mut narrower = 0;
    let times = Times::of(
        turns,
        flow,
        |_| {},
        |flow| {
            narrower = 3 - narrower;
            flow.stage.resize((width + narrower, height));
            black_box(flow.stage.frame());
        },
    );
    flow.stage.resize((width, height));
    flow.stage.frame();
    times
}

/// In and out in turn.
fn zooms(flow: &mut Flow, turns: usize) -> Outcome<Times> {
    let (mut keys, mut trouble) = (["z", "Z"].into_iter().cycle(), None);
    let times = Times::of(
        turns,
        flow,
        |_| {},
        |flow| {
            trouble = keys.next().and_then(|key| flow.stage.key(key).err()).or(trouble.take());
            black_box(flow.stage.frame());
        },
    );
    trouble.map_or(Ok(times), |trouble| Err(trouble.into()))
}
