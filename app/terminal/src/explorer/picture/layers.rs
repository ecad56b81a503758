//! The screen, taken apart into what is drawn with the same pen.

use std::collections::BTreeMap;
use std::fmt::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::Modifier;

use super::color::{Rgb, colors, hex};
use super::paths::{self, Line, Pen};
use super::shapes::{Area, Curve, Shape, blocks, braille, shape};
use super::words::{Look, Words};
use super::{CELL, Ground};

/// Everything on the screen, by how it is drawn; ordered, so that the bytes are always the same.
#[derive(Debug, Default)]
pub(super) struct Layers {
    papers: BTreeMap<Rgb, Vec<Area>>,
    /// By colour and per cent of cover.
    fills: BTreeMap<(Rgb, u8), Vec<Area>>,
    dots: BTreeMap<Rgb, Vec<(i32, i32)>>,
    lines: BTreeMap<Pen, Vec<Line>>,
    curves: BTreeMap<Rgb, Vec<Curve>>,
    words: Words,
}

impl Layers {
    pub fn of(buffer: &Buffer, ground: Ground) -> Self {
        let mut layers = Self::default();
        let rows = buffer.content().chunks(usize::from(buffer.area.width).max(1));
        for (row, cells) in (0..).zip(rows) {
            layers.words.close();
            let mut free = 0;
            for (column, cell) in (0..).zip(cells) {
                // The cells behind a wide character are covered by it.
                let width = layers.take((column, row), cell, column < free, ground);
                free = free.max(column + width);
            }
        }
        layers
    }

    /// Takes a cell; how many columns it has.
    fn take(&mut self, at: (i32, i32), cell: &Cell, covered: bool, ground: Ground) -> i32 {
        let (front, back) = colors(cell, ground);
        let (x, y) = (at.0 * CELL.0, at.1 * CELL.1);
        if let Some(back) = back {
            self.papers.entry(back).or_default().push(whole(x, y));
        }
        if covered || cell.modifier.contains(Modifier::HIDDEN) {
            return 1;
        }
        self.rules(x, y, front, cell.modifier);
        let shape = shape(cell.symbol());
        if shape == Shape::Text {
            let (bold, italic) = (cell.modifier.contains(Modifier::BOLD), cell.modifier.contains(Modifier::ITALIC));
            return self.words.push(at, cell.symbol(), Look { color: front, bold, italic });
        }
        if shape != Shape::Blank {
            self.words.close();
            self.draw(x, y, shape, front);
        }
        1
    }

    /// Under and through the text: lines of our own, as fonts disagree about them.
    fn rules(&mut self, x: i32, y: i32, color: Rgb, modifier: Modifier) {
        for (kind, height) in [(Modifier::UNDERLINED, 14), (Modifier::CROSSED_OUT, 8)] {
            if modifier.contains(kind) {
                let line = Line { vertical: false, at: y + height, from: x, to: x + CELL.0 };
                self.lines.entry(Pen { color, weight: 1, period: 0 }).or_default().push(line);
            }
        }
    }

    fn draw(&mut self, x: i32, y: i32, shape: Shape, color: Rgb) {
        match shape {
            Shape::Blank | Shape::Text => {}
            Shape::Dots(bits) => self.dots.entry(color).or_default().extend(braille(bits).map(|dot| (x + dot.0, y + dot.1))),
            Shape::Blocks(bits) => self.fill(color, 100).extend(blocks(bits).map(|area| moved(area, x, y))),
            Shape::Bar(area) => self.fill(color, 100).push(moved(area, x, y)),
            Shape::Shade(percent) => self.fill(color, percent).push(whole(x, y)),
            Shape::Arms(arms) => self.arms(x, y, arms, color),
            Shape::Dashes { count, weight, vertical } => {
                let (at, from, length) = if vertical { (x + CELL.0 / 2, y, CELL.1) } else { (y + CELL.1 / 2, x, CELL.0) };
                let pen = Pen { color, weight, period: 12 * length / i32::from(count) };
                self.lines.entry(pen).or_default().push(Line { vertical, at, from, to: from + length });
            }
            Shape::Curves(pieces) => {
                let moved = |&(right, down, rest): &Curve| (x + right, y + down, rest);
                self.curves.entry(color).or_default().extend(pieces.iter().map(moved));
            }
        }
    }

    fn fill(&mut self, color: Rgb, percent: u8) -> &mut Vec<Area> {
        self.fills.entry((color, percent)).or_default()
    }

    fn arms(&mut self, x: i32, y: i32, arms: u8, color: Rgb) {
        let (width, height) = CELL;
        let across = |from, to| Line { vertical: false, at: y + height / 2, from: x + from, to: x + to };
        let down = |from, to| Line { vertical: true, at: x + width / 2, from: y + from, to: y + to };
        let lines = [across(0, width / 2), across(width / 2, width), down(0, height / 2), down(height / 2, height)];
        for (arm, line) in lines.into_iter().enumerate() {
            let weight = arms >> (2 * arm) & 3;
            if weight > 0 {
                self.lines.entry(Pen { color, weight, period: 0 }).or_default().push(line);
            }
        }
    }

    pub fn write(self, out: &mut String) {
        group(out, "shape-rendering=\"crispEdges\"", |out| {
            for (color, areas) in self.papers {
                path(out, &format!("fill=\"{}\"", hex(color)), &paths::areas(areas));
            }
            for ((color, percent), areas) in self.fills {
                let cover = if percent == 100 { String::new() } else { format!(" fill-opacity=\".{percent}\"") };
                path(out, &format!("fill=\"{}\"{cover}", hex(color)), &paths::areas(areas));
            }
        });
        group(out, "fill=\"none\" stroke-width=\"2.6\" stroke-linecap=\"round\"", |out| {
            for (color, points) in &self.dots {
                path(out, &format!("stroke=\"{}\"", hex(*color)), &paths::dots(points));
            }
        });
        // Moved by half a pixel: a thin line fills one row of pixels then, not two halves.
        group(out, "fill=\"none\" transform=\"translate(.5 .5)\"", |out| {
            for (pen, lines) in self.lines {
                path(out, &pen.attributes(), &paths::lines(lines));
            }
            for (color, pieces) in self.curves {
                let data: String = pieces.iter().map(|(x, y, rest)| format!("M{x} {y}{rest}")).collect();
                path(out, &format!("stroke=\"{}\"", hex(color)), &data);
            }
        });
        self.words.write(out);
    }
}

fn whole(x: i32, y: i32) -> Area {
    Area { x, y, width: CELL.0, height: CELL.1 }
}

fn moved(area: Area, x: i32, y: i32) -> Area {
    Area { x: area.x + x, y: area.y + y, ..area }
}

/// A group, unless it is empty.
fn group(out: &mut String, attributes: &str, body: impl FnOnce(&mut String)) {
    let before = out.len();
    let _ = writeln!(out, "<g {attributes}>");
    let start = out.len();
    body(out);
    if out.len() == start {
        return out.truncate(before);
    }
    out.push_str("</g>\n");
}

fn path(out: &mut String, attributes: &str, data: &str) {
    let _ = writeln!(out, "<path {attributes} d=\"{data}\"/>");
}
