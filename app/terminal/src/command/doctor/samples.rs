//! Glyphs and colours to look at.

use super::Section;
use super::choice::{Choice, name};
use crate::explorer::theme::{Depth, Theme};
use crate::explorer::{Canvas, Glyphs};
use clap::ValueEnum;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};

/// Columns of a sample line.
const WIDTH: u16 = 32;

/// The sets that can be chosen, in the order of their numbers from 1.
pub fn sets() -> Vec<Glyphs> {
    Glyphs::value_variants().iter().copied().filter(|glyphs| *glyphs != Glyphs::Auto).collect()
}

/// Each glyph set as a line.
pub fn glyphs(chosen: &Choice, file: &str) -> Section {
    let mut section = Section("glyphs: the finest that shows as one smooth wave", Vec::new());
    for (number, glyphs) in (1..).zip(sets()) {
        let mark = if glyphs == chosen.glyphs { "  <- chosen" } else { "" };
        section.line(&format!("{number} {}", name(glyphs)), format!("{}{mark}", wave(glyphs)));
    }
    section.line("looks broken?", format!("elbow explore --glyphs half, or glyphs = \"half\" in {file}"));
    section
}

/// Two waves of a sine.
fn wave(glyphs: Glyphs) -> String {
    let mut canvas = Canvas::new(glyphs, WIDTH, 1);
    let (columns, height) = (canvas.columns(), canvas.rows().saturating_sub(1) as f64);
    for column in 0..columns {
        let angle = 2.0 * std::f64::consts::TAU * column as f64 / columns as f64;
        let row = ((0.5 - 0.5 * angle.sin()) * height).round() as i64;
        canvas.fill(column, (row, row), 0);
    }
    let area = Rect::new(0, 0, WIDTH, 1);
    let mut buffer = Buffer::empty(area);
    canvas.render(area, &mut buffer, |_| Style::new());
    buffer.content().iter().map(Cell::symbol).collect()
}

/// Each depth of colour as a line, where colours can be shown.
pub fn colors(chosen: &Choice, styled: bool, file: &str) -> Section {
    let mut section = Section("colours: the first that shows seven different ones", Vec::new());
    let depths = [("true", Depth::True), ("256", Depth::Ansi256), ("16", Depth::Ansi16), ("never", Depth::Mono)];
    for (number, (name, depth)) in (1..).zip(depths) {
        let mark = if depth == chosen.depth { "  <- chosen" } else { "" };
        let sample = if styled { palette(depth) } else { "(not shown here)".into() };
        section.styled(&format!("{number} {name}"), sample + mark);
    }
    section.line("looks wrong?", format!("elbow --color 256, or color = \"256\" in {file}"));
    section
}

/// The palette of the runs; characters rather than blocks, as fonts have them everywhere.
fn palette(depth: Depth) -> String {
    let theme = Theme::new(depth, Glyphs::Ascii);
    let samples = (0..7).map(|run| match theme.run(run).fg {
        Some(color) => format!("\x1b[{}m#### \x1b[0m", code(color)),
        None => "#### ".into(),
    });
    samples.collect::<String>().trim_end().to_owned()
}

/// The parameters of the escape sequence for a colour of text.
fn code(color: Color) -> String {
    const BASIC: [Color; 16] = [
        Color::Black,
        Color::Red,
        Color::Green,
        Color::Yellow,
        Color::Blue,
        Color::Magenta,
        Color::Cyan,
        Color::Gray,
        Color::DarkGray,
        Color::LightRed,
        Color::LightGreen,
        Color::LightYellow,
        Color::LightBlue,
        Color::LightMagenta,
        Color::LightCyan,
        Color::White,
    ];
    match color {
        Color::Rgb(red, green, blue) => format!("38;2;{red};{green};{blue}"),
        Color::Indexed(index) => format!("38;5;{index}"),
        named => match BASIC.iter().position(|basic| *basic == named) {
            Some(place @ 0..8) => (30 + place).to_string(),
            Some(place) => (82 + place).to_string(),
            None => "39".into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_set_shows_what_it_is_made_of() {
        for glyphs in sets() {
            let wave = wave(glyphs);
            assert_eq!(wave.chars().count(), usize::from(WIDTH));
            assert!(wave.chars().all(|glyph| glyph != ' '), "a sine is everywhere: {wave}");
            assert_eq!(wave.is_ascii(), glyphs == Glyphs::Ascii);
        }
        assert!(wave(Glyphs::Braille).contains('⠉') && wave(Glyphs::Half).contains('▄'));
    }

    #[test]
    fn each_depth_has_its_codes() {
        assert!(palette(Depth::True).contains("\x1b[38;2;86;180;233m#### \x1b[0m"));
        assert!(palette(Depth::Ansi256).contains("\x1b[38;5;178m"));
        let sixteen = [36, 33, 32, 35, 91, 93, 94].map(|code| format!("\x1b[{code}m#### \x1b[0m"));
        assert_eq!(palette(Depth::Ansi16), sixteen.concat());
        assert!(!palette(Depth::Mono).contains('\x1b'));
    }
}
