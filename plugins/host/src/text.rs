//! Text of plugins, labels, files and errors on its way to the eyes of people.

use std::borrow::Cow;

/// Whether a character acts on a terminal, or on the order of those around it, where it should be seen: control characters (C0,
/// DEL, C1), separators of lines and paragraphs, bidirectional controls.
pub fn acts(letter: char) -> bool {
    let is_bidirectional =
        matches!(letter, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    letter.is_control() || is_bidirectional || matches!(letter, '\u{2028}' | '\u{2029}')
}

/// The text in one line, with every character that acts written out: `\n`, `\u{1b}`.
pub fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(acts) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for letter in text.chars() {
        if acts(letter) { out.extend(letter.escape_default()) } else { out.push(letter) }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::{acts, escaped};

    /// The bidirectional controls of the Unicode property `Bidi_Control` (PropList.txt), and the ranges Cc, Zl, Zp.
    #[test]
    fn what_acts_is_what_unicode_says() {
        let bidi = [0x61c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069];
        let is_control = |code: u32| code < 0x20 || (0x7f..0xa0).contains(&code) || code == 0x2028 || code == 0x2029;
        for letter in '\0'..=char::MAX {
            let code = u32::from(letter);
            assert_eq!(acts(letter), is_control(code) || bidi.contains(&code), "U+{code:04X}");
        }
    }

    #[test]
    fn what_acts_is_written_out_and_the_rest_stays() {
        assert_eq!(escaped("θ̂ ∈ ℝ², 日本"), "θ̂ ∈ ℝ², 日本");
        assert_eq!(escaped("a\x1b[31mb\nc\td\u{202e}e\u{9b}"), "a\\u{1b}[31mb\\nc\\td\\u{202e}e\\u{9b}");
    }
}
