//! Colours as settings write them.

use elbow_engine::diagnostic::Diagnostics;
use elbow_engine::document::{Node, NodeKind};
use elbow_host::nearest;
use ratatui::style::Color;

/// The sixteen of the terminal's own palette.
const NAMES: [(&str, Color); 16] = [
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("gray", Color::Gray),
    ("dark-gray", Color::DarkGray),
    ("light-red", Color::LightRed),
    ("light-green", Color::LightGreen),
    ("light-yellow", Color::LightYellow),
    ("light-blue", Color::LightBlue),
    ("light-magenta", Color::LightMagenta),
    ("light-cyan", Color::LightCyan),
    ("white", Color::White),
];

/// A list of colours.
pub(super) fn palette(node: &Node, out: &mut Diagnostics) -> Vec<Color> {
    let NodeKind::List(items) = &node.kind else {
        out.error(Some(&node.span), format!("`palette` is {}; expected a list of colours", node.describe()));
        return Vec::new();
    };
    items.iter().filter_map(|item| color(item, out)).collect()
}

fn color(item: &Node, out: &mut Diagnostics) -> Option<Color> {
    let (found, help) = match &item.kind {
        NodeKind::Integer(number) => match u8::try_from(*number) {
            Ok(index) => return Some(Color::Indexed(index)),
            Err(_) => (number.to_string(), None),
        },
        NodeKind::Text(text) => match of_text(text) {
            Some(color) => return Some(color),
            None => (format!("\"{}\"", text.escape_debug()), meant(text)),
        },
        _ => (item.describe().to_owned(), None),
    };
    let expected = "\"#rrggbb\", a number from 0 to 255, or one of the sixteen names";
    out.error_with_help(Some(&item.span), format!("{found} is no colour; expected {expected}"), help);
    None
}

fn of_text(text: &str) -> Option<Color> {
    match text.strip_prefix('#') {
        Some(digits) => hex(digits),
        None => NAMES.iter().find(|(name, _)| *name == text).map(|(_, color)| *color),
    }
}

/// Six digits, or three that count twice.
fn hex(digits: &str) -> Option<Color> {
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let value = u32::from_str_radix(digits, 16).ok()?;
    let byte = |shift: u32| (value >> shift & 0xff) as u8;
    let nibble = |shift: u32| (value >> shift & 0xf) as u8 * 0x11;
    match digits.len() {
        6 => Some(Color::Rgb(byte(16), byte(8), byte(0))),
        3 => Some(Color::Rgb(nibble(8), nibble(4), nibble(0))),
        _ => None,
    }
}

fn meant(text: &str) -> Option<String> {
    if let Ok(index) = text.parse::<u8>() {
        return Some(format!("write {index} without quotes"));
    }
    if hex(text).is_some() {
        return Some(format!("did you mean \"#{text}\"?"));
    }
    let lower = text.to_lowercase().replace("grey", "gray").replace("bright", "light").replace([' ', '_'], "-");
    match nearest(&lower, NAMES.iter().map(|(name, _)| *name)) {
        Some(name) if !text.starts_with('#') => Some(format!("did you mean \"{name}\"?")),
        _ => Some(format!("the names are {}", NAMES.map(|(name, _)| name).join(", "))),
    }
}
