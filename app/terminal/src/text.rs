//! Text in a given width, for tables, messages and the explorer's screen.

use elbow_host::escaped;
use ratatui::text::Span;

/// Widest line of a message.
const LINE: usize = 2000;

/// Columns that a text takes on a terminal.
fn width(text: &str) -> usize {
    Span::raw(text).width()
}

/// The longest beginning that takes at most so many columns.
fn head(text: &str, room: usize) -> &str {
    let mut taken = 0;
    let end = text.char_indices().find(|(_, letter)| {
        taken += width(letter.encode_utf8(&mut [0; 4]));
        taken > room
    });
    &text[..end.map_or(text.len(), |(end, _)| end)]
}

/// The longest end that takes at most so many columns.
fn tail(text: &str, room: usize) -> &str {
    let mut taken = 0;
    let start = text.char_indices().rev().find(|(_, letter)| {
        taken += width(letter.encode_utf8(&mut [0; 4]));
        taken > room
    });
    start.map_or(text, |(start, letter)| &text[start + letter.len_utf8()..])
}

/// `text` in at most `most` columns, with an ellipsis where it was cut.
pub fn cut(text: &str, most: usize, ellipsis: &str) -> String {
    if head(text, most).len() == text.len() {
        return text.to_owned();
    }
    let kept = head(text, most.saturating_sub(width(ellipsis))).trim_end();
    head(&format!("{kept}{ellipsis}"), most).to_owned()
}

/// `text` in at most `most` columns: where it is longer, its beginning and its end, which tells labels apart.
pub fn squeeze(text: &str, most: usize, ellipsis: &str) -> String {
    let room = most.saturating_sub(width(ellipsis));
    if room < 6 || head(text, most).len() == text.len() {
        return cut(text, most, ellipsis);
    }
    let end = room * 2 / 5;
    format!("{}{ellipsis}{}", head(text, room - end), tail(text, end))
}

/// A message of several lines: whatever acts on a terminal is written out, but for the ends of the lines.
pub fn message(text: &str) -> String {
    let lines: Vec<String> = text.trim_end().split('\n').map(|line| cut(&escaped(line), LINE, "…")).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_by_columns() {
        assert_eq!(cut("ELBO, fixed", 7, "…"), "ELBO,…");
        assert_eq!(cut("ELBO", 4, "…"), "ELBO");
        // Two columns each, by Unicode's annex 11.
        assert_eq!(cut("日本語日本語", 6, "…"), "日本…");
        assert_eq!(cut("日本語", 6, "…"), "日本語");
        assert_eq!(cut("anything", 0, "…"), "");
        assert_eq!(squeeze("step_size=0.1 lambda=0.001", 12, "…"), "step_si….001");
        assert_eq!(squeeze("日本語日本語日本語", 9, "…"), "日本…語");
    }

    #[test]
    fn a_message_keeps_its_lines_and_nothing_else_that_acts() {
        assert_eq!(message("a\n b\x1b[2J\u{202e}\n"), "a\n b\\u{1b}[2J\\u{202e}");
        assert_eq!(message(&"x".repeat(3000)).chars().count(), LINE);
    }
}
