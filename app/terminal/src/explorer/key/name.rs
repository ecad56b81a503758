//! Keys by name, as settings write them.

use std::fmt;

use super::Key;

/// The keys that have a name of their own.
const NAMED: [(&str, Key); 16] = [
    ("space", Key::Char(' ')),
    ("enter", Key::Enter),
    ("esc", Key::Esc),
    ("tab", Key::Tab),
    ("backtab", Key::BackTab),
    ("backspace", Key::Backspace),
    ("insert", Key::Insert),
    ("delete", Key::Delete),
    ("up", Key::Up),
    ("down", Key::Down),
    ("left", Key::Left),
    ("right", Key::Right),
    ("pageup", Key::PageUp),
    ("pagedown", Key::PageDown),
    ("home", Key::Home),
    ("end", Key::End),
];

/// What a key may be called.
const EXPECTED: &str = "a character, `ctrl-` and a letter, `f1` to `f12`, or one of space, enter, esc, tab, backtab, backspace, \
    insert, delete, up, down, left, right, pageup, pagedown, home, end";

/// Why a text names no key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NoKey {
    /// What is wrong with it.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
}

impl Key {
    /// The key of a name: a character as it is, upper and lower case apart, or a name in lower case.
    pub fn parse(name: &str) -> Result<Self, NoKey> {
        match (plain(name), name.split_once('-')) {
            (Some(key), _) => Ok(key),
            (None, Some(("ctrl", letter))) => control(letter),
            _ => Err(unknown(name)),
        }
    }

    /// The name that [`Key::parse`] takes.
    pub fn name(self) -> String {
        if let Some((name, _)) = NAMED.iter().find(|(_, key)| *key == self) {
            return (*name).to_owned();
        }
        match self {
            Self::Char(letter) => letter.to_string(),
            Self::Ctrl(letter) => format!("ctrl-{letter}"),
            Self::F(number) => format!("f{number}"),
            // Every other key is in the table.
            _ => String::new(),
        }
    }
}

/// A key without control.
fn plain(name: &str) -> Option<Key> {
    let mut letters = name.chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None) => Some(Key::Char(letter)).filter(|_| !letter.is_control()),
        _ => NAMED.iter().find(|(known, _)| *known == name).map(|(_, key)| *key).or_else(|| function(name)),
    }
}

fn function(name: &str) -> Option<Key> {
    let digits = name.strip_prefix('f').filter(|digits| !digits.starts_with(['0', '+']))?;
    digits.parse().ok().filter(|number| (1..=12).contains(number)).map(Key::F)
}

/// Control and a letter, where that is a key of its own.
fn control(letter: &str) -> Result<Key, NoKey> {
    let same = |name: &str| NoKey {
        message: format!("a terminal sends the same for `ctrl-{letter}` and for `{name}`"),
        help: Some(format!("write `{name}`")),
    };
    match letter.as_bytes() {
        b"h" => Err(same("backspace")),
        b"i" => Err(same("tab")),
        b"j" | b"m" => Err(same("enter")),
        [byte @ b'a'..=b'z'] => Ok(Key::Ctrl(char::from(*byte))),
        [byte @ b'A'..=b'Z'] => Err(NoKey {
            message: "with ctrl, upper and lower case are the same key".into(),
            help: Some(format!("write `ctrl-{}`", char::from(byte.to_ascii_lowercase()))),
        }),
        _ => Err(NoKey {
            message: format!("`ctrl-{}` is no key; expected `ctrl-` and a letter", letter.escape_debug()),
            help: None,
        }),
    }
}

fn unknown(name: &str) -> NoKey {
    let lower = name.to_lowercase();
    let help = if lower.starts_with("alt-") || lower.starts_with("meta-") {
        Some("alt is not supported: a terminal sends esc and then the key".into())
    } else if lower.starts_with("shift-") {
        Some("write what shift makes of the key, as `P`, or `backtab`".into())
    } else {
        nearest(&lower).map(|near| format!("did you mean `{near}`?"))
    };
    NoKey { message: format!("`{}` is no key; expected {EXPECTED}", name.escape_debug()), help }
}

/// The name that was probably meant.
fn nearest(lower: &str) -> Option<String> {
    let spelled =
        lower.replace("control", "ctrl").replace("escape", "esc").replace("return", "enter").replace(['-', '_', ' '], "");
    if let Some(letter) = spelled.strip_prefix("ctrl") {
        return control(letter).is_ok().then(|| format!("ctrl-{letter}"));
    }
    if plain(&spelled).is_some() {
        return Some(spelled);
    }
    elbow_host::nearest(&spelled, NAMED.iter().map(|(name, _)| *name)).map(str::to_owned)
}

impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_keys() {
        let functions = (1..=12).map(Key::F);
        let controls = ('a'..='z').filter(|letter| !"hijm".contains(*letter)).map(Key::Ctrl);
        let characters = "pP?/é€'\"\\#".chars().map(Key::Char);
        for key in NAMED.iter().map(|(_, key)| *key).chain(functions).chain(controls).chain(characters) {
            assert_eq!(Key::parse(&key.name()), Ok(key), "{key}");
        }
        for (index, (name, key)) in NAMED.iter().enumerate() {
            assert!(NAMED[..index].iter().all(|(other, known)| other != name && known != key), "{name} twice");
        }
    }

    #[test]
    fn what_is_no_key_is_told_why() {
        let table = [
            ("pagup", "did you mean `pageup`?"),
            ("PageUp", "did you mean `pageup`?"),
            ("page-down", "did you mean `pagedown`?"),
            ("Escape", "did you mean `esc`?"),
            ("Control-X", "did you mean `ctrl-x`?"),
            ("F5", "did you mean `f5`?"),
            ("alt-x", "alt is not supported"),
            ("shift-tab", "backtab"),
            ("ctrl-i", "write `tab`"),
            ("ctrl-h", "write `backspace`"),
            ("ctrl-Q", "write `ctrl-q`"),
        ];
        for (name, help) in table {
            let wrong = Key::parse(name).expect_err(name);
            assert!(wrong.help.clone().unwrap_or_default().contains(help), "{name}: {wrong:?}");
        }
        for name in ["", "f0", "f13", "f01", "ctrl-", "ctrl-1", "\t", "\u{1b}[A"] {
            assert!(Key::parse(name).is_err(), "{name:?}");
        }
        assert!(Key::parse("\u{1b}[A").is_err_and(|wrong| !wrong.message.contains('\u{1b}')), "nothing reaches the terminal");
    }
}
