//! Colours of cells as 24 bits, on one of two grounds.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

use super::Ground;

/// Red, green and blue, from the highest byte of three.
pub(super) type Rgb = u32;

/// The sixteen as xterm has them, which are the first of its 256.
const DARK: [Rgb; 16] = [
    0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5, // normal
    0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff, // light
];
/// The sixteen by name as terminals with a light ground have them: white is as good as the ground, so the rest is darker.
const LIGHT: [Rgb; 16] = [
    0x000000, 0xb00000, 0x007a00, 0x8a6a00, 0x0000c0, 0x9a009a, 0x007c7c, 0x5f5f5f, // normal
    0x7f7f7f, 0xd70000, 0x008f00, 0xa67c00, 0x3c3cff, 0xc000c0, 0x008f9f, 0xe5e5e5, // light
];

/// What is under cells without a colour.
pub(super) fn paper(ground: Ground) -> Rgb {
    if ground == Ground::Dark { 0x14171c } else { 0xffffff }
}

/// Text without a colour.
fn ink(ground: Ground) -> Rgb {
    if ground == Ground::Dark { 0xd5d8dc } else { 0x1f2328 }
}

/// What a cell is drawn with, and what under it if that is not the ground.
pub(super) fn colors(cell: &Cell, ground: Ground) -> (Rgb, Option<Rgb>) {
    let (mut front, mut back) = (rgb(cell.fg, ground).unwrap_or(ink(ground)), rgb(cell.bg, ground));
    if cell.modifier.contains(Modifier::REVERSED) {
        (front, back) = (back.unwrap_or(paper(ground)), Some(front));
    }
    if cell.modifier.contains(Modifier::DIM) {
        front = mix(front, back.unwrap_or(paper(ground)));
    }
    (front, back.filter(|back| *back != paper(ground)))
}

fn rgb(color: Color, ground: Ground) -> Option<Rgb> {
    let named = |index: usize| Some(if ground == Ground::Dark { DARK[index] } else { LIGHT[index] });
    match color {
        Color::Reset => None,
        Color::Black => named(0),
        Color::Red => named(1),
        Color::Green => named(2),
        Color::Yellow => named(3),
        Color::Blue => named(4),
        Color::Magenta => named(5),
        Color::Cyan => named(6),
        Color::Gray => named(7),
        Color::DarkGray => named(8),
        Color::LightRed => named(9),
        Color::LightGreen => named(10),
        Color::LightYellow => named(11),
        Color::LightBlue => named(12),
        Color::LightMagenta => named(13),
        Color::LightCyan => named(14),
        Color::White => named(15),
        Color::Indexed(index @ 0..16) => named(usize::from(index)),
        Color::Indexed(index) => Some(indexed(u32::from(index))),
        Color::Rgb(red, green, blue) => Some(join(red.into(), green.into(), blue.into())),
    }
}

/// The fixed part of the 256: a cube of six levels, then 24 greys.
fn indexed(index: u32) -> Rgb {
    let level = |step: u32| if step == 0 { 0 } else { 55 + 40 * step };
    match index {
        232.. => (8 + 10 * (index - 232)) * 0x010101,
        _ => join(level((index - 16) / 36), level((index - 16) / 6 % 6), level((index - 16) % 6)),
    }
}

fn join(red: u32, green: u32, blue: u32) -> Rgb {
    red << 16 | green << 8 | blue
}

/// Two parts of one colour and one of another.
fn mix(one: Rgb, other: Rgb) -> Rgb {
    let part = |shift: u32| (2 * (one >> shift & 0xff) + (other >> shift & 0xff)) / 3;
    join(part(16), part(8), part(0))
}

/// `#rrggbb`, or `#rgb` where that is the same.
pub(super) fn hex(color: Rgb) -> String {
    let digits = format!("{color:06x}");
    let pairs = digits.as_bytes().chunks_exact(2);
    if pairs.clone().all(|pair| pair[0] == pair[1]) {
        return format!("#{}", pairs.map(|pair| char::from(pair[0])).collect::<String>());
    }
    format!("#{digits}")
}
