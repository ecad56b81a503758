//! The characters of 2 × 4 dots without gaps between them, most of them from Unicode 16.
//!
//! ```text
//! 1 2      dot n is bit n - 1
//! 3 4
//! 5 6
//! 7 8
//! ```

/// BLOCK OCTANT-3. The octants follow in the order of their bits, without the patterns that older characters show.
const FIRST: u32 = 0x1CD00;

/// By bits: space, one quarter of one half, quadrants, halves, and so on.
const OLDER: [(u8, char); 26] = [
    (0b0000_0000, ' '),
    (0b0000_0001, '\u{1CEA8}'),
    (0b0000_0010, '\u{1CEAB}'),
    (0b0000_0011, '\u{1FB82}'),
    (0b0000_0101, '▘'),
    (0b0000_1010, '▝'),
    (0b0000_1111, '▀'),
    (0b0001_0100, '\u{1FBE6}'),
    (0b0010_1000, '\u{1FBE7}'),
    (0b0011_1111, '\u{1FB85}'),
    (0b0100_0000, '\u{1CEA3}'),
    (0b0101_0000, '▖'),
    (0b0101_0101, '▌'),
    (0b0101_1010, '▞'),
    (0b0101_1111, '▛'),
    (0b1000_0000, '\u{1CEA0}'),
    (0b1010_0000, '▗'),
    (0b1010_0101, '▚'),
    (0b1010_1010, '▐'),
    (0b1010_1111, '▜'),
    (0b1100_0000, '▂'),
    (0b1111_0000, '▄'),
    (0b1111_0101, '▙'),
    (0b1111_1010, '▟'),
    (0b1111_1100, '▆'),
    (0b1111_1111, '█'),
];

/// The character that shows the dots, given in reading order from the lowest bit on.
pub(crate) fn octant(dots: u8) -> char {
    match OLDER.binary_search_by_key(&dots, |&(bits, _)| bits) {
        Ok(index) => OLDER[index].1,
        Err(skipped) => char::from_u32(FIRST + u32::from(dots) - skipped as u32).unwrap_or(' '),
    }
}
