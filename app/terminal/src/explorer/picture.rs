//! The screen as an SVG picture that looks the same everywhere: braille, blocks and lines are drawn as shapes, so that no font
//! has to have them, and text is stretched to its columns.
//!
//! ```text
//! Buffer → cells → Layers: papers · fills · dots · lines · words → one <path> or <g> for each colour
//! ```

mod color;
mod layers;
mod paths;
mod shapes;
#[cfg(test)]
mod tests;
mod words;

use clap::ValueEnum;
use elbow_host::acts;
use ratatui::buffer::Buffer;
use std::fmt::Write;

use layers::Layers;

/// What a picture stands on: the terminal's own two colours, and shades of the sixteen that can be read on them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Ground {
    /// Light on dark.
    #[default]
    Dark,
    /// Dark on light.
    Light,
}

/// Width and height of a cell, in pixels: a dot of braille is 4 × 4, an eighth of a block is 1 wide or 2 high.
const CELL: (i32, i32) = (8, 16);
/// Pixels around the cells.
const MARGIN: i32 = 8;

/// Fonts that come with systems; any other of fixed width will do.
const FONTS: &str = "ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace";

/// The screen as SVG; the same buffer gives the same bytes. `title` is what a reader who cannot see it is told.
pub(crate) fn svg(buffer: &Buffer, title: &str, ground: Ground) -> String {
    let size = (i32::from(buffer.area.width) * CELL.0 + 2 * MARGIN, i32::from(buffer.area.height) * CELL.1 + 2 * MARGIN);
    let mut out = String::new();
    open(&mut out, size, title, ground);
    Layers::of(buffer, ground).write(&mut out);
    out.push_str("</svg>\n");
    out
}

fn open(out: &mut String, (width, height): (i32, i32), title: &str, ground: Ground) {
    let frame = format!("x=\"-{MARGIN}\" y=\"-{MARGIN}\" width=\"{width}\" height=\"{height}\"");
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"-{MARGIN} -{MARGIN} {width} {height}\" role=\"img\" font-family=\"{FONTS}\" font-size=\"13\">\n\
         <title>{}</title>\n<rect {frame} rx=\"6\" fill=\"{}\"/>\n",
        escape(title),
        color::hex(color::paper(ground)),
    );
}

/// Text as XML takes it; what XML 1.0 cannot hold becomes a question mark.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\u{fffe}' | '\u{ffff}' => out.push('?'),
            letter if acts(letter) => out.push('?'),
            other => out.push(other),
        }
    }
    out
}
