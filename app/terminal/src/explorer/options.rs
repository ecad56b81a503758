//! What the caller may choose about colours, glyphs and the frame rate.

use clap::ValueEnum;

/// How many colours the screen uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// What the environment promises: `NO_COLOR`, then `COLORTERM`, then `TERM`.
    #[default]
    Auto,
    /// None: curves differ by dash pattern and label, roles by bold and reverse.
    Never,
    /// The sixteen colours of the terminal's own palette.
    #[value(name = "16")]
    Ansi16,
    /// The fixed palette of 256.
    #[value(name = "256")]
    Ansi256,
    /// 24 bits.
    #[value(name = "true")]
    True,
}

/// The characters that curves and borders are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Glyphs {
    /// Braille in a UTF-8 locale, ASCII elsewhere and on a terminal that is known to lack a font.
    #[default]
    Auto,
    /// 2 × 4 dots a cell.
    Braille,
    /// 2 × 4 blocks a cell without gaps, for terminals that show the octants of Unicode 16.
    Octant,
    /// 1 × 2 blocks a cell.
    Half,
    /// 1 × 3 heights a cell, from the characters `' - .`
    Ascii,
}

/// How the explorer shows what it shows.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Colours.
    pub color: ColorChoice,
    /// Glyphs.
    pub glyphs: Glyphs,
    /// Frames per second, at least 1.
    pub frames: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self { color: ColorChoice::Auto, glyphs: Glyphs::Auto, frames: 10 }
    }
}
