//! Colours and glyphs that an environment leads to.

use crate::explorer::options::{ColorChoice, Glyphs};
use crate::explorer::theme::{Depth, Environment, depth, glyphs};

fn environment(no_color: bool, colorterm: &str, term: &str, locale: &str) -> Environment {
    Environment { no_color, colorterm: colorterm.to_owned(), term: term.to_owned(), locale: locale.to_owned() }
}

#[test]
fn colours() {
    let table = [
        (ColorChoice::Auto, environment(false, "truecolor", "xterm", ""), Depth::True),
        (ColorChoice::Auto, environment(false, "", "xterm-256color", ""), Depth::Ansi256),
        (ColorChoice::Auto, environment(false, "", "xterm-kitty", ""), Depth::True),
        (ColorChoice::Auto, environment(false, "", "linux", ""), Depth::Ansi16),
        (ColorChoice::Auto, environment(false, "", "dumb", ""), Depth::Mono),
        (ColorChoice::Auto, environment(true, "truecolor", "xterm", ""), Depth::Mono),
        (ColorChoice::True, environment(true, "", "dumb", ""), Depth::True),
        (ColorChoice::Never, environment(false, "truecolor", "xterm", ""), Depth::Mono),
        (ColorChoice::Ansi16, environment(false, "truecolor", "xterm", ""), Depth::Ansi16),
    ];
    for (choice, environment, expected) in table {
        assert_eq!(depth(choice, &environment), expected, "{choice:?} {environment:?}");
    }
}

#[test]
fn glyph_sets() {
    let table = [
        (Glyphs::Auto, "xterm", "de_DE.UTF-8", Glyphs::Braille),
        (Glyphs::Auto, "xterm", "C.utf8", Glyphs::Braille),
        (Glyphs::Auto, "linux", "C.UTF-8", Glyphs::Ascii),
        (Glyphs::Auto, "xterm", "C", Glyphs::Ascii),
        (Glyphs::Auto, "xterm", "", Glyphs::Ascii),
        (Glyphs::Half, "linux", "C", Glyphs::Half),
        (Glyphs::Octant, "xterm", "C", Glyphs::Octant),
    ];
    for (choice, term, locale, expected) in table {
        assert_eq!(glyphs(choice, &environment(false, "", term, locale)), expected, "{choice:?} {term} {locale}");
    }
}
