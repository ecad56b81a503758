//! What goes over the line, and that it arrives as what was meant.

use ratatui::style::{Color, Modifier};

use super::recorded::Stage;
use crate::explorer::options::Glyphs;
use crate::explorer::theme::Depth;

/// Sizes of frames with one new point in each curve, numbers changing in every third one as at 10 frames a second.
fn steady(size: (u16, u16), depth: Depth) -> Vec<usize> {
    let mut stage = Stage::new(size, depth, Glyphs::Braille).until(250);
    stage.frame();
    let frame = |index: u64| {
        stage.advance();
        if index.is_multiple_of(3) {
            stage.numbers(6 + index / 10);
        }
        stage.frame().len()
    };
    (0..60).map(frame).collect()
}

#[test]
fn a_steady_frame_is_small() {
    for (size, budget) in [((80, 24), 1024), ((200, 60), 1536)] {
        let sizes = steady(size, Depth::True);
        let mean = sizes.iter().sum::<usize>() / sizes.len();
        let mut sorted = sizes.clone();
        sorted.sort_unstable();
        assert!(mean <= budget, "{size:?}: {mean} bytes a frame, {sizes:?}");
        assert!(sorted[sorted.len() / 2] <= budget, "{size:?}: {sizes:?}");
        assert!(sizes.iter().sum::<usize>() <= 6 * 10 * 1024, "{size:?}: more than 10 KB/s");
    }
}

#[test]
fn an_idle_frame_is_nothing() {
    let mut stage = Stage::new((80, 24), Depth::True, Glyphs::Braille).until(250);
    assert!(!stage.frame().is_empty());
    assert!(stage.frame().is_empty());
    stage.screen.forget();
    assert!(stage.frame().len() > 1000, "a repaint paints");
}

#[test]
fn the_first_frame_depends_on_the_screen_and_not_on_the_history() {
    let mut stage = Stage::new((80, 24), Depth::True, Glyphs::Braille).until(500);
    assert!(stage.frame().len() < 16 * 1024);
}

fn color(color: vt100::Color) -> Color {
    match color {
        vt100::Color::Default => Color::Reset,
        vt100::Color::Idx(index) => Color::Indexed(index),
        vt100::Color::Rgb(red, green, blue) => Color::Rgb(red, green, blue),
    }
}

#[test]
fn a_terminal_shows_the_cells_of_the_buffer() {
    for depth in [Depth::True, Depth::Ansi256, Depth::Mono] {
        let size = (120, 40);
        let mut stage = Stage::new(size, depth, Glyphs::Braille).until(100);
        let mut terminal = vt100::Parser::new(40.try_into().unwrap(), 120.try_into().unwrap(), 0);
        for step in 0..130 {
            terminal.process(&stage.frame());
            stage.advance();
            stage.numbers(step / 10);
        }
        terminal.process(&stage.frame());
        same_cells(&stage, terminal.screen());
    }
}

fn same_cells(stage: &Stage, screen: &vt100::Screen) {
    let shown = stage.screen.shown();
    for (index, cell) in shown.content().iter().enumerate() {
        let (x, y) = shown.pos_of(index);
        let there = screen.cell(y, x).expect("a cell");
        let contents = if there.has_contents() { there.contents() } else { " " };
        assert_eq!(contents, cell.symbol(), "at {x}, {y}");
        assert_eq!(there.bold(), cell.modifier.contains(Modifier::BOLD), "at {x}, {y}");
        assert!(cell.symbol() == " " || color(there.fgcolor()) == cell.fg, "at {x}, {y}: {:?}", cell.fg);
    }
}
