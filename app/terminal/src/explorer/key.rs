//! Keys, read from the bytes that a terminal sends.

mod name;

/// A key as the tables name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Char(char),
    Ctrl(char),
    Up,
    Down,
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
    Enter,
    Esc,
    Tab,
    BackTab,
    /// Ctrl-H too: terminals send the same byte.
    Backspace,
    Insert,
    Delete,
    /// F1 to F12.
    F(u8),
}

impl Key {
    /// The key in a footer or a list.
    pub fn shown(self, unicode: bool) -> String {
        let (symbol, word) = match self {
            Self::Char(' ') => ("space", "space"),
            Self::Char(letter) => return letter.to_string(),
            Self::Ctrl(letter) => return format!("^{}", letter.to_ascii_uppercase()),
            Self::Up => ("↑", "Up"),
            Self::Down => ("↓", "Down"),
            Self::Left => ("←", "Left"),
            Self::Right => ("→", "Right"),
            Self::PageUp => ("PgUp", "PgUp"),
            Self::PageDown => ("PgDn", "PgDn"),
            Self::Home => ("Home", "Home"),
            Self::End => ("End", "End"),
            Self::Enter => ("⏎", "Enter"),
            Self::Esc => ("Esc", "Esc"),
            Self::Tab => ("⇥", "Tab"),
            Self::BackTab => ("⇤", "S-Tab"),
            Self::Backspace => ("⌫", "Bksp"),
            Self::Insert => ("Ins", "Ins"),
            Self::Delete => ("Del", "Del"),
            Self::F(number) => return format!("F{number}"),
        };
        if unicode { symbol } else { word }.to_owned()
    }
}

/// Turns bytes into keys. A lone escape is the key only once nothing follows it, which [`Decoder::idle`] tells.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    pending: Vec<u8>,
}

/// A control sequence longer than this is noise.
const LONGEST: usize = 32;

impl Decoder {
    /// Takes bytes and appends the keys that they complete.
    pub fn feed(&mut self, bytes: &[u8], keys: &mut Vec<Key>) {
        for &byte in bytes {
            self.pending.push(byte);
            match parse(&self.pending) {
                Parsed::More if self.pending.len() < LONGEST => continue,
                Parsed::Key(key) => keys.push(key),
                // ESC before an ordinary key: Alt, or Esc and the key in one packet. The second is what users do here.
                Parsed::EscAnd(key) => keys.extend([Some(Key::Esc), key].into_iter().flatten()),
                Parsed::More | Parsed::Nothing => {}
            }
            self.pending.clear();
        }
    }

    /// Says that nothing came for a while.
    pub fn idle(&mut self, keys: &mut Vec<Key>) {
        if self.pending == [0x1b] {
            keys.push(Key::Esc);
        }
        self.pending.clear();
    }
}

enum Parsed {
    Key(Key),
    EscAnd(Option<Key>),
    More,
    Nothing,
}

fn parse(bytes: &[u8]) -> Parsed {
    match bytes {
        [0x1b] | [0x1b, b'[' | b'O'] => Parsed::More,
        [0x1b, 0x1b] => Parsed::EscAnd(None),
        [0x1b, b'[' | b'O', middle @ .., last] => sequence(middle, *last),
        [0x1b, byte] => Parsed::EscAnd(plain(*byte)),
        [0xC0..=0xFF, ..] => character(bytes),
        [byte] => plain(*byte).map_or(Parsed::Nothing, Parsed::Key),
        _ => Parsed::Nothing,
    }
}

/// A byte that is a key by itself.
fn plain(byte: u8) -> Option<Key> {
    match byte {
        b'\r' | b'\n' => Some(Key::Enter),
        b'\t' => Some(Key::Tab),
        0x08 | 0x7f => Some(Key::Backspace),
        1..=26 => Some(Key::Ctrl((byte - 1 + b'a') as char)),
        b' '..=b'~' => Some(Key::Char(byte as char)),
        _ => None,
    }
}

fn character(bytes: &[u8]) -> Parsed {
    let length = match bytes[0] {
        0xF0.. => 4,
        0xE0.. => 3,
        _ => 2,
    };
    if bytes.len() < length {
        return Parsed::More;
    }
    let text = std::str::from_utf8(bytes).ok();
    text.and_then(|text| text.chars().next()).map_or(Parsed::Nothing, |letter| Parsed::Key(Key::Char(letter)))
}

/// `ESC [ middle last`; modifiers in `middle` are ignored.
fn sequence(middle: &[u8], last: u8) -> Parsed {
    let key = match (last, middle) {
        // The Linux console: ESC [ [ A to E.
        (b'[', []) => return Parsed::More,
        (b'A'..=b'E', [b'[']) => Key::F(last - b'A' + 1),
        (b'0'..=b'?' | b' '..=b'/', _) => return Parsed::More,
        (b'A', _) => Key::Up,
        (b'B', _) => Key::Down,
        (b'C', _) => Key::Right,
        (b'D', _) => Key::Left,
        (b'H', _) => Key::Home,
        (b'F', _) => Key::End,
        (b'Z', _) => Key::BackTab,
        (b'M', []) => Key::Enter,
        (b'P'..=b'S', [] | [b'1', b';', _]) => Key::F(last - b'P' + 1),
        (b'~', _) => return numbered(middle).map_or(Parsed::Nothing, Parsed::Key),
        _ => return Parsed::Nothing,
    };
    Parsed::Key(key)
}

/// `ESC [ number ~`, or `ESC [ number ; modifiers ~`.
fn numbered(middle: &[u8]) -> Option<Key> {
    let number: u8 = std::str::from_utf8(middle).ok()?.split(';').next()?.parse().ok()?;
    match number {
        1 | 7 => Some(Key::Home),
        2 => Some(Key::Insert),
        3 => Some(Key::Delete),
        4 | 8 => Some(Key::End),
        5 => Some(Key::PageUp),
        6 => Some(Key::PageDown),
        // The numbers leave gaps where old keyboards had them.
        11..=15 => Some(Key::F(number - 10)),
        17..=21 => Some(Key::F(number - 11)),
        23..=24 => Some(Key::F(number - 12)),
        _ => None,
    }
}
