//! Roles and palette, resolved to concrete colours before anything reaches the terminal library.

use ratatui::style::{Color, Modifier, Style};

use super::options::{ColorChoice, Glyphs};

/// How many colours there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    Mono,
    Ansi16,
    Ansi256,
    True,
}

/// What the environment says; taken apart from the process so that tests can state it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Environment {
    pub no_color: bool,
    pub colorterm: String,
    pub term: String,
    pub locale: String,
}

impl Environment {
    /// The environment of this process. The first locale variable that is set and not empty counts, as in setlocale(3).
    pub fn read() -> Self {
        let get = |name: &str| std::env::var_os(name).unwrap_or_default().to_string_lossy().into_owned();
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].map(get).into_iter().find(|value| !value.is_empty());
        Self {
            no_color: !get("NO_COLOR").is_empty(),
            colorterm: get("COLORTERM"),
            term: get("TERM"),
            locale: locale.unwrap_or_default(),
        }
    }
}

/// Terminals that show 24 bits and do not always say so, as `COLORTERM` seldom survives SSH.
const TRUE_COLOR_TERMS: [&str; 6] = ["direct", "kitty", "alacritty", "foot", "wezterm", "ghostty"];

/// `--color` > `NO_COLOR` > `COLORTERM` > `TERM`.
pub(crate) fn depth(choice: ColorChoice, environment: &Environment) -> Depth {
    match choice {
        ColorChoice::Never => Depth::Mono,
        ColorChoice::Ansi16 => Depth::Ansi16,
        ColorChoice::Ansi256 => Depth::Ansi256,
        ColorChoice::True => Depth::True,
        ColorChoice::Auto if environment.no_color => Depth::Mono,
        ColorChoice::Auto if matches!(environment.colorterm.as_str(), "truecolor" | "24bit") => Depth::True,
        ColorChoice::Auto => depth_of_term(&environment.term),
    }
}

fn depth_of_term(term: &str) -> Depth {
    match term {
        "" | "dumb" => Depth::Mono,
        term if term.contains("256color") => Depth::Ansi256,
        term if TRUE_COLOR_TERMS.iter().any(|known| term.contains(known)) => Depth::True,
        _ => Depth::Ansi16,
    }
}

/// Braille where the locale is UTF-8 and the terminal has a font for it.
pub(crate) fn glyphs(choice: Glyphs, environment: &Environment) -> Glyphs {
    let locale = environment.locale.to_ascii_uppercase();
    let unicode = locale.contains("UTF-8") || locale.contains("UTF8");
    match choice {
        Glyphs::Auto if unicode && !matches!(environment.term.as_str(), "" | "linux" | "dumb") => Glyphs::Braille,
        Glyphs::Auto => Glyphs::Ascii,
        chosen => chosen,
    }
}

/// Okabe and Ito's palette, which the common kinds of colour-blindness keep apart; without black, and
/// in shades that can be read on dark and on light ground.
const TRUE: [Color; 7] = [
    Color::Rgb(0x56, 0xB4, 0xE9),
    Color::Rgb(0xE6, 0x9F, 0x00),
    Color::Rgb(0x00, 0xB2, 0x82),
    Color::Rgb(0xCC, 0x79, 0xA7),
    Color::Rgb(0xE5, 0x6A, 0x10),
    Color::Rgb(0xDD, 0xCC, 0x33),
    Color::Rgb(0x00, 0x7A, 0xC0),
];
const ANSI256: [u8; 7] = [74, 178, 36, 175, 166, 185, 32];
const ANSI16: [Color; 7] =
    [Color::Cyan, Color::Yellow, Color::Green, Color::Magenta, Color::LightRed, Color::LightYellow, Color::LightBlue];

/// Colours and glyphs of a session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Theme {
    pub depth: Depth,
    pub glyphs: Glyphs,
    /// Colours of runs and symbols of the user's own.
    pub own: Own,
}

/// What the user chose over the theme.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Own {
    /// Colours of runs, in their order; none: the theme's.
    pub palette: &'static [Color],
    /// Symbols by the one that they replace.
    pub symbols: &'static [(&'static str, String)],
}

impl Theme {
    /// The theme as it comes.
    pub const fn new(depth: Depth, glyphs: Glyphs) -> Self {
        Self { depth, glyphs, own: Own { palette: &[], symbols: &[] } }
    }

    /// Colour of the run `index`, the same wherever it is drawn.
    pub fn run(self, index: usize) -> Style {
        let own = self.own.palette.get(index % self.own.palette.len().max(1)).filter(|color| self.shows(**color));
        match self.depth {
            depth if depth != Depth::Mono && own.is_some() => own.map_or(Style::new(), |color| Style::new().fg(*color)),
            Depth::Mono => Style::new(),
            Depth::Ansi16 => Style::new().fg(ANSI16[index % ANSI16.len()]),
            Depth::Ansi256 => Style::new().fg(Color::Indexed(ANSI256[index % ANSI256.len()])),
            Depth::True => Style::new().fg(TRUE[index % TRUE.len()]),
        }
    }

    /// A ground in a dim variant of the style's colour; `None` where there are too few colours for one.
    pub fn tint(self, style: Style) -> Option<Style> {
        let ground = match (self.depth, style.fg?) {
            (Depth::True, Color::Rgb(r, g, b)) => Color::Rgb(r / 4, g / 4, b / 4),
            (Depth::Ansi256, Color::Indexed(index)) => Color::Indexed(dimmed(index, |level| level / 3)),
            _ => return None,
        };
        Some(Style::new().bg(ground))
    }

    /// The style for what should stay behind something in the same colour.
    pub fn faded(self, style: Style) -> Style {
        match (self.depth, style.fg) {
            (Depth::True, Some(Color::Rgb(r, g, b))) => style.fg(Color::Rgb(r / 2, g / 2, b / 2)),
            (Depth::Ansi256, Some(Color::Indexed(index))) => style.fg(Color::Indexed(dimmed(index, |level| level.div_ceil(2)))),
            _ => style.patch(self.faint()),
        }
    }

    /// Whether the terminal has a colour of the user's.
    fn shows(self, color: Color) -> bool {
        match color {
            Color::Rgb(..) => self.depth == Depth::True,
            Color::Indexed(16..) => matches!(self.depth, Depth::True | Depth::Ansi256),
            _ => self.depth != Depth::Mono,
        }
    }

    /// Borders, ticks, hidden runs: what should stay behind.
    pub fn faint(self) -> Style {
        match self.depth {
            Depth::Mono => Style::new(),
            Depth::Ansi16 => Style::new().fg(Color::DarkGray),
            Depth::Ansi256 | Depth::True => Style::new().fg(Color::Indexed(242)),
        }
    }

    /// Grid lines, fainter still.
    pub fn grid(self) -> Style {
        match self.depth {
            Depth::Mono | Depth::Ansi16 => self.faint(),
            Depth::Ansi256 | Depth::True => Style::new().fg(Color::Indexed(238)),
        }
    }

    /// Titles, keys and the row under the cursor.
    pub fn strong(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// A diverged or failed run.
    pub fn alarm(self) -> Style {
        match self.depth {
            Depth::Mono => self.strong(),
            Depth::Ansi16 => Style::new().fg(Color::LightRed),
            Depth::Ansi256 => Style::new().fg(Color::Indexed(203)),
            Depth::True => Style::new().fg(Color::Rgb(0xFF, 0x5F, 0x5F)),
        }
    }

    /// Whether anything beyond ASCII may be drawn.
    pub fn unicode(self) -> bool {
        self.glyphs != Glyphs::Ascii
    }

    /// One of two spellings of a symbol.
    pub fn symbol(self, unicode: &'static str, ascii: &'static str) -> &'static str {
        let own = self.own.symbols.iter().find(|(replaced, _)| *replaced == unicode);
        match own {
            _ if !self.unicode() => ascii,
            Some((_, symbol)) => symbol,
            None => unicode,
        }
    }
}

/// A colour of the 6 × 6 × 6 cube of the 256 colours with other levels, each from 0 to 5; other colours stay.
fn dimmed(index: u8, level: fn(u8) -> u8) -> u8 {
    match index.checked_sub(16) {
        Some(place) if place < 216 => 16 + 36 * level(place / 36) + 6 * level(place / 6 % 6) + level(place % 6),
        _ => index,
    }
}
