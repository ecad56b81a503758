//! Runs of text: each is one element with the width that its columns have.

use std::collections::BTreeMap;
use std::fmt::Write;

use ratatui::text::Span;

use super::color::{Rgb, hex};
use super::{CELL, escape};

/// What all letters of a group share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Look {
    pub color: Rgb,
    pub bold: bool,
    pub italic: bool,
}

#[derive(Debug)]
struct Word {
    x: i32,
    y: i32,
    /// Columns.
    width: i32,
    text: String,
    /// Of characters that every font of fixed width has.
    common: bool,
}

/// The text of a screen, by looks.
#[derive(Debug, Default)]
pub(super) struct Words {
    groups: BTreeMap<Look, Vec<Word>>,
    /// The look of the word that may still grow.
    open: Option<Look>,
}

impl Words {
    /// Takes a cell of text at a column and a row; how many columns it has.
    pub fn push(&mut self, (x, y): (i32, i32), symbol: &str, look: Look) -> i32 {
        let (width, common) = (columns(symbol), symbol.chars().all(|letter| letter < '\u{400}'));
        let words = self.groups.entry(look).or_default();
        let last = words.last_mut().filter(|word| self.open == Some(look) && word.y == y && word.common && common);
        match last.map(|word| (x - word.x - word.width, word)) {
            // A renderer may make one space of two, so they end a word.
            Some((gap @ 0..=1, word)) => {
                word.text.push_str(if gap == 1 { " " } else { "" });
                word.text.push_str(symbol);
                word.width += gap + width;
            }
            _ => words.push(Word { x, y, width, text: symbol.to_owned(), common }),
        }
        self.open = Some(look);
        width
    }

    /// Ends the word: something else stands after it.
    pub fn close(&mut self) {
        self.open = None;
    }

    pub fn write(&self, out: &mut String) {
        for (look, words) in &self.groups {
            let bold = if look.bold { " font-weight=\"bold\"" } else { "" };
            let italic = if look.italic { " font-style=\"italic\"" } else { "" };
            let _ = writeln!(out, "<g fill=\"{}\"{bold}{italic}>", hex(look.color));
            words.iter().for_each(|word| word.write(out));
            out.push_str("</g>\n");
        }
    }
}

impl Word {
    fn write(&self, out: &mut String) {
        let (x, y, width) = (self.x * CELL.0, self.y * CELL.1 + 12, self.width * CELL.0);
        let length = match (self.common, self.width) {
            (true, 1) => String::new(),
            (true, _) => format!(" textLength=\"{width}\""),
            // From some other font, as wide as it likes.
            (false, _) => format!(" textLength=\"{width}\" lengthAdjust=\"spacingAndGlyphs\""),
        };
        let _ = writeln!(out, "<text x=\"{x}\" y=\"{y}\"{length}>{}</text>", escape(&self.text));
    }
}

/// Columns of a symbol, at least one.
fn columns(symbol: &str) -> i32 {
    Span::raw(symbol).width().max(1) as i32
}
