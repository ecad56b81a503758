//! What the characters of the screen are made of, in pixels of their cell.

use ratatui::symbols::pixel::OCTANTS;

use super::CELL;

/// A rectangle: left, top, width and height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    pub x: i32,
    pub y: i32,
    pub width: i32,
    pub height: i32,
}

/// A piece of a curve: where it begins, and the rest of its path, relative.
pub(super) type Curve = (i32, i32, &'static str);

/// How a character is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Blank,
    /// Dots of braille, by their bits in Unicode.
    Dots(u32),
    /// Blocks of 4 × 4 pixels, two in a row, bit 0 at the top left.
    Blocks(usize),
    /// One rectangle.
    Bar(Area),
    /// The whole cell, covered to so many per cent.
    Shade(u8),
    /// Lines from the centre: two bits each for left, right, up, down: 0 none, 1 light, 2 heavy.
    Arms(u8),
    /// A straight line of so many dashes in a cell, light or heavy.
    Dashes {
        count: u8,
        weight: u8,
        vertical: bool,
    },
    Curves(&'static [Curve]),
    /// By a font.
    Text,
}

/// How the character of a cell is drawn.
pub(super) fn shape(symbol: &str) -> Shape {
    let mut letters = symbol.chars();
    let Some(letter) = letters.next() else { return Shape::Blank };
    if letters.next().is_some() {
        return Shape::Text;
    }
    match letter {
        ' ' | '\u{a0}' => Shape::Blank,
        '\u{2800}'..='\u{28ff}' => Shape::Dots(u32::from(letter) & 0xff),
        '░' => Shape::Shade(25),
        '▒' => Shape::Shade(50),
        '▓' => Shape::Shade(75),
        '\u{2500}'..='\u{257f}' => line(letter),
        '\u{2580}'..='\u{259f}' | '\u{1ce00}'..='\u{1ceff}' | '\u{1cd00}'..='\u{1cdff}' | '\u{1fb80}'..='\u{1fbff}' => {
            block(letter)
        }
        _ => Shape::Text,
    }
}

/// Eighths of a cell, from below, from the left and at the other two edges; whatever else is made of octants.
fn block(letter: char) -> Shape {
    let (eighths, (width, height)) = (u32::from(letter) as i32, CELL);
    let bar = |x, y, width, height| Shape::Bar(Area { x, y, width, height });
    match letter {
        '▁'..='█' => bar(0, height - 2 * (eighths - 0x2580), width, 2 * (eighths - 0x2580)),
        '▉'..='▏' => bar(0, 0, 0x2590 - eighths, height),
        '▔' => bar(0, 0, width, 2),
        '▕' => bar(width - 1, 0, 1, height),
        _ => OCTANTS.iter().position(|octant| *octant == letter).map_or(Shape::Text, Shape::Blocks),
    }
}

fn line(letter: char) -> Shape {
    let dashes = |count, weight, vertical| Shape::Dashes { count, weight, vertical };
    match letter {
        '┄' => dashes(3, 1, false),
        '┅' => dashes(3, 2, false),
        '┆' => dashes(3, 1, true),
        '┇' => dashes(3, 2, true),
        '┈' => dashes(4, 1, false),
        '┉' => dashes(4, 2, false),
        '┊' => dashes(4, 1, true),
        '┋' => dashes(4, 2, true),
        '╌' => dashes(2, 1, false),
        '╍' => dashes(2, 2, false),
        '╎' => dashes(2, 1, true),
        '╏' => dashes(2, 2, true),
        '╭' => Shape::Curves(&[(4, 16, "v-4q0-4 4-4")]),
        '╮' => Shape::Curves(&[(0, 8, "q4 0 4 4v4")]),
        '╯' => Shape::Curves(&[(4, 0, "v4q0 4-4 4")]),
        '╰' => Shape::Curves(&[(4, 0, "v4q0 4 4 4")]),
        '╱' => Shape::Curves(&[(8, 0, "l-8 16")]),
        '╲' => Shape::Curves(&[(0, 0, "l8 16")]),
        '╳' => Shape::Curves(&[(8, 0, "l-8 16"), (0, 0, "l8 16")]),
        _ => match ARMS[(u32::from(letter) - 0x2500) as usize] {
            0 => Shape::Text, // Double lines, which the screen has none of.
            arms => Shape::Arms(arms),
        },
    }
}

/// The arms of U+2500 to U+257F, as [`Shape::Arms`] has them; 0 for those that are not made of arms.
#[rustfmt::skip]
const ARMS: [u8; 128] = [
    0x05, 0x0a, 0x50, 0xa0, 0, 0, 0, 0, 0, 0, 0, 0, 0x44, 0x48, 0x84, 0x88,
    0x41, 0x42, 0x81, 0x82, 0x14, 0x18, 0x24, 0x28, 0x11, 0x12, 0x21, 0x22, 0x54, 0x58, 0x64, 0x94,
    0xa4, 0x68, 0x98, 0xa8, 0x51, 0x52, 0x61, 0x91, 0xa1, 0x62, 0x92, 0xa2, 0x45, 0x46, 0x49, 0x4a,
    0x85, 0x86, 0x89, 0x8a, 0x15, 0x16, 0x19, 0x1a, 0x25, 0x26, 0x29, 0x2a, 0x55, 0x56, 0x59, 0x5a,
    0x65, 0x95, 0xa5, 0x66, 0x69, 0x96, 0x99, 0x6a, 0x9a, 0xa6, 0xa9, 0xaa, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0x01, 0x10, 0x04, 0x40, 0x02, 0x20, 0x08, 0x80, 0x09, 0x90, 0x06, 0x60,
];

/// Centres of the dots of a braille character: its bits go down the left column, down the right one, and along the bottom.
pub(super) fn braille(bits: u32) -> impl Iterator<Item = (i32, i32)> {
    const PLACES: [(i32, i32); 8] = [(2, 2), (2, 6), (2, 10), (6, 2), (6, 6), (6, 10), (2, 14), (6, 14)];
    (0..).zip(PLACES).filter(move |(bit, _)| bits >> bit & 1 == 1).map(|(_, place)| place)
}

/// The rows of an octant character, each joined where both of its halves are there.
pub(super) fn blocks(bits: usize) -> impl Iterator<Item = Area> {
    const SPANS: [Option<(i32, i32)>; 4] = [None, Some((0, 4)), Some((4, 4)), Some((0, 8))];
    let rows = (0..4).map(move |row| (row, SPANS[bits >> (2 * row) & 3]));
    rows.filter_map(|(row, span)| span.map(|(x, width)| Area { x, y: 4 * row, width, height: 4 }))
}
