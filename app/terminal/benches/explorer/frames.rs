//! A frame with a new point in each curve, from the rows to the bytes, at any length of the history, beside the chart that
//! comes with the terminal library, which draws the same six curves without anything around them.

use std::hint::black_box;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::symbols::Marker;
use ratatui::widgets::{Axis, Chart, Dataset, GraphType, Widget};

use crate::data::{COUNT, Flow, curve};
use crate::times::Times;
use crate::{Outcome, SIZES, report};

const TURNS: usize = 201;

/// Prints the table.
pub fn measure(quick: bool) -> Outcome {
    let lengths: &[u64] = if quick { &[500, 10_000] } else { &[500, 10_000, 100_000, 1_000_000] };
    let mut rows = Vec::new();
    for (&size, most) in SIZES.iter().zip([100.0, 400.0]) {
        for &points in lengths {
            let turns = if quick { 9 } else { TURNS };
            let steps = points + points / 4;
            let stock = stock(points, steps, size, turns);
            for enlarged in [true, false] {
                let mut flow = Flow::new(points, steps, size, enlarged)?;
                let (drawn, times) = (draws(&mut flow, size, turns), frames(&mut flow, turns));
                rows.push(row(points, size, enlarged, [&drawn, &times, &stock], most));
            }
        }
    }
    let header = ["size", "points", "charts", "median µs", "least µs", "drawing µs", "stock µs", "stock ÷ ours", "goal"];
    report::print("A frame of six curves with a new point in each: take over, fit, render, difference in bytes", &header, rows)
}

fn row(points: u64, size: (u16, u16), enlarged: bool, [drawn, times, stock]: [&Times; 3], most: f64) -> Vec<String> {
    let micros = |seconds: f64| format!("{:.0}", seconds * 1e6);
    vec![
        report::size(size),
        points.to_string(),
        if enlarged { "one" } else { "grid" }.to_owned(),
        micros(times.median()),
        micros(times.least()),
        micros(drawn.median()),
        micros(stock.median()),
        format!("{:.1}", stock.median() / times.median()),
        // The goal is for drawing six curves: the grid has several times as many.
        if enlarged { goal(drawn, times, most) } else { String::new() },
    ]
}

fn goal(drawn: &Times, frame: &Times, most: f64) -> String {
    let [drawn, frame] = [drawn, frame].map(|times| report::verdict(times.median() * 1e6 <= most));
    format!("≤ {most} µs: drawing {drawn}, frame {frame}")
}

/// Everything that a frame takes.
fn frames(flow: &mut Flow, turns: usize) -> Times {
    Times::of(turns, flow, Flow::record, |flow| {
        flow.stage.absorb();
        black_box(flow.stage.frame());
    })
}

/// The part of it that the other chart is compared with: from the rows to a buffer of cells.
fn draws(flow: &mut Flow, (width, height): (u16, u16), turns: usize) -> Times {
    let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
    let mut prepared = (flow, &mut buffer);
    Times::of(
        turns,
        &mut prepared,
        |(flow, buffer)| {
            flow.record();
            flow.stage.absorb();
            buffer.reset();
        },
        |(flow, buffer)| flow.stage.draw(black_box(buffer)),
    )
}

fn stock(points: u64, steps: u64, (width, height): (u16, u16), turns: usize) -> Times {
    let curves: Vec<_> = (0..COUNT).map(|run| curve(run, points, steps)).collect();
    let area = Rect::new(0, 0, width, height);
    let mut buffer = Buffer::empty(area);
    Times::of(turns, &mut buffer, Buffer::reset, |buffer| {
        let colors = [Color::Red, Color::Green, Color::Yellow, Color::Blue, Color::Magenta, Color::Cyan];
        let datasets = curves.iter().zip(colors).map(|(curve, color)| {
            Dataset::default().marker(Marker::Braille).graph_type(GraphType::Line).style(Style::new().fg(color)).data(curve)
        });
        let (x, y) = (Axis::default().bounds([0.0, steps as f64]), Axis::default().bounds([-5.5, 0.5]));
        let (x, y) = (x.labels(["0", "half", "all"]), y.labels(["-5.5", "-2.5", "0.5"]));
        Chart::new(datasets.collect()).x_axis(x).y_axis(y).render(area, black_box(buffer));
    })
}
