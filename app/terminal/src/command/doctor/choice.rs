//! Colours and glyphs that the explorer would choose, with the reason.

use super::surroundings::Surroundings;
use crate::explorer::settings::Settings;
use crate::explorer::theme::{self, Depth, Environment};
use crate::explorer::{ColorChoice, Glyphs};
use clap::ValueEnum;

/// What is chosen, and why.
pub struct Choice {
    pub depth: Depth,
    pub glyphs: Glyphs,
    depth_reason: String,
    glyphs_reason: String,
}

/// The name of a value on the command line and in settings.
pub fn name<T: ValueEnum>(value: T) -> String {
    value.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}

impl Choice {
    /// `--color`, then the settings, then the environment.
    pub fn new(flag: ColorChoice, settings: &Settings, surroundings: &Surroundings) -> Self {
        let (environment, auto) = (&surroundings.environment, ColorChoice::Auto);
        let (color, origin) = match settings.color.filter(|_| flag == auto) {
            Some(color) => (color, "`color` of the settings"),
            None => (flag, "--color"),
        };
        let glyphs = settings.glyphs.unwrap_or_default();
        Self {
            depth: theme::depth(color, environment),
            glyphs: theme::glyphs(glyphs, environment),
            depth_reason: if color == auto { depth_reason(environment) } else { origin.into() },
            glyphs_reason: if glyphs == Glyphs::Auto { glyphs_reason(surroundings) } else { "`glyphs` of the settings".into() },
        }
    }

    /// As a line.
    pub fn depth_in_words(&self) -> String {
        let words = match self.depth {
            Depth::Mono => "none",
            Depth::Ansi16 => "16",
            Depth::Ansi256 => "256",
            Depth::True => "24 bits",
        };
        format!("{words}: {}", self.depth_reason)
    }

    /// As a line.
    pub fn glyphs_in_words(&self) -> String {
        format!("{}: {}", name(self.glyphs), self.glyphs_reason)
    }
}

/// Why [`theme::depth`] chooses what it chooses by itself.
fn depth_reason(environment: &Environment) -> String {
    let Environment { no_color, colorterm, term, .. } = environment;
    match (no_color, colorterm.as_str(), term.as_str()) {
        (true, ..) => "NO_COLOR is set".into(),
        (_, "truecolor" | "24bit", _) => format!("COLORTERM is {colorterm}"),
        (_, _, "") => "TERM is not set".into(),
        (_, _, term) => format!("TERM is {}", term.escape_debug()),
    }
}

/// Why [`theme::glyphs`] chooses what it chooses by itself.
fn glyphs_reason(surroundings: &Surroundings) -> String {
    let (term, unicode) =
        (&surroundings.environment.term, Environment { term: "xterm".into(), ..surroundings.environment.clone() });
    if surroundings.locale_variable.is_empty() {
        return "no locale is set, so UTF-8 is not promised".into();
    }
    if theme::glyphs(Glyphs::Auto, &unicode) == Glyphs::Ascii {
        return format!("the locale of {} is not UTF-8", surroundings.locale_variable);
    }
    match term.as_str() {
        "" => "TERM is not set".into(),
        "linux" => "the Linux console has no braille".into(),
        "dumb" => "TERM is dumb".into(),
        _ => format!("the locale of {} is UTF-8", surroundings.locale_variable),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(flag: ColorChoice, settings: &Settings, colorterm: &str, term: &str, locale: &str) -> Choice {
        let environment = Environment { no_color: false, colorterm: colorterm.into(), term: term.into(), locale: locale.into() };
        let locale_variable = if locale.is_empty() { "" } else { "LANG" };
        Choice::new(flag, settings, &Surroundings { environment, locale_variable, ..Surroundings::default() })
    }

    #[test]
    fn reasons_of_colours() {
        let none = Settings::default();
        let some = Settings { color: Some(ColorChoice::Ansi16), ..Settings::default() };
        let auto = Settings { color: Some(ColorChoice::Auto), ..Settings::default() };
        let table = [
            (ColorChoice::Auto, &none, "truecolor", "xterm", "24 bits: COLORTERM is truecolor"),
            (ColorChoice::Auto, &none, "yes", "xterm-256color", "256: TERM is xterm-256color"),
            (ColorChoice::Auto, &none, "", "linux", "16: TERM is linux"),
            (ColorChoice::Auto, &none, "", "", "none: TERM is not set"),
            (ColorChoice::Auto, &some, "truecolor", "xterm", "16: `color` of the settings"),
            (ColorChoice::Auto, &auto, "truecolor", "xterm", "24 bits: COLORTERM is truecolor"),
            (ColorChoice::Never, &some, "truecolor", "xterm", "none: --color"),
        ];
        for (flag, settings, colorterm, term, expected) in table {
            assert_eq!(chosen(flag, settings, colorterm, term, "").depth_in_words(), expected);
        }
        let environment = Environment { no_color: true, colorterm: "truecolor".into(), ..Environment::default() };
        let surroundings = Surroundings { environment, ..Surroundings::default() };
        assert_eq!(Choice::new(ColorChoice::Auto, &none, &surroundings).depth_in_words(), "none: NO_COLOR is set");
        assert_eq!(Choice::new(ColorChoice::Auto, &some, &surroundings).depth_in_words(), "16: `color` of the settings");
    }

    #[test]
    fn reasons_of_glyphs() {
        let table = [
            ("xterm", "de_DE.UTF-8", "braille: the locale of LANG is UTF-8"),
            ("xterm", "C", "ascii: the locale of LANG is not UTF-8"),
            ("xterm", "", "ascii: no locale is set, so UTF-8 is not promised"),
            ("linux", "C.utf8", "ascii: the Linux console has no braille"),
            ("dumb", "C.utf8", "ascii: TERM is dumb"),
            ("", "C.utf8", "ascii: TERM is not set"),
        ];
        for (term, locale, expected) in table {
            let choice = chosen(ColorChoice::Auto, &Settings::default(), "", term, locale);
            assert_eq!(choice.glyphs_in_words(), expected);
        }
        let settings = Settings { glyphs: Some(Glyphs::Half), ..Settings::default() };
        let choice = chosen(ColorChoice::Auto, &settings, "", "linux", "");
        assert_eq!(choice.glyphs_in_words(), "half: `glyphs` of the settings");
    }
}
