//! Pictures: single characters to the pixel, a small screen as a whole, and any screen as XML.

use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};

use super::color::{colors, hex};
use super::shapes::{Shape, shape};
use super::{Ground, svg};

fn buffer(lines: &[&str]) -> Buffer {
    Buffer::with_lines(lines.iter().copied())
}

fn picture(text: &str) -> String {
    svg(&buffer(&[text]), "", Ground::Dark)
}

/// All `d` attributes, one a line.
fn data(svg: &str) -> String {
    svg.split(" d=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect::<Vec<_>>().join("\n")
}

#[test]
fn characters_to_the_pixel() {
    let table = [
        ("⣿", "m2 2h0m0 4h0m0 4h0m4-8h0m0 4h0m0 4h0m-4 4h0m4 0h0"),
        ("⠀", ""),
        ("⠁⢀", "m2 2h0m12 12h0"),
        ("█", "M0 0h8v16h-8z"),
        ("▀▀", "M0 0h16v8h-16z"),
        ("▄", "M0 8h8v8h-8z"),
        ("▂", "M0 12h8v4h-8z"),
        ("▎", "M0 0h2v16h-2z"),
        ("▕", "M7 0h1v16h-1z"),
        ("▚", "M0 0h4v8h-4zM4 8h4v8h-4z"),
        ("\u{1cd00}", "M0 4h4v4h-4z"),
        ("\u{1cde5}", "M0 4h8v12h-8zM4 0h4v4h-4z"),
        ("▒", "M0 0h8v16h-8z"),
        ("──", "M0 8h16"),
        ("│", "M4 0v16"),
        ("┼", "M0 8h8M4 0v16"),
        ("┌┐", "M4 8h8M4 8v8M12 8v8"),
        ("╭", "M4 16v-4q0-4 4-4"),
        ("╼", "M0 8h4\nM4 8h4"),
        ("┈┈", "M0 8h16"),
        ("a", ""),
    ];
    for (text, expected) in table {
        assert_eq!(data(&picture(text)), expected, "{text}");
    }
    let screen = svg(&buffer(&["│", "│"]), "", Ground::Dark);
    assert_eq!(data(&screen), "M4 0v32", "lines of two rows become one");
}

/// Where a rounded corner begins and ends is where its neighbours' lines end and begin.
#[test]
fn frames_close() {
    let screen = svg(&buffer(&["╭─╮", "│ │", "╰─╯"]), "", Ground::Dark);
    assert_eq!(data(&screen), "M8 8h8M8 40h8M4 16v16M20 16v16\nM4 16v-4q0-4 4-4M16 8q4 0 4 4v4M4 32v4q0 4 4 4M20 32v4q0 4-4 4");
}

#[test]
fn every_drawing_character_but_double_lines_is_a_shape() {
    for code in (0x2500..=0x254f).chain(0x256d..=0x259f).chain(0x2801..=0x28ff).chain(0x1cd00..=0x1cde5) {
        let letter = char::from_u32(code).map(String::from).unwrap_or_default();
        assert!(!matches!(shape(&letter), Shape::Text | Shape::Blank), "{code:x} {letter}");
    }
    assert_eq!(shape("═"), Shape::Text);
}

#[test]
fn words_keep_to_their_columns() {
    let words = |text: &str| picture(text).lines().filter(|line| line.starts_with("<text")).collect::<Vec<_>>().join("\n");
    assert_eq!(
        words("a & b  <c"),
        "<text x=\"0\" y=\"12\" textLength=\"40\">a &amp; b</text>\n<text x=\"56\" y=\"12\" textLength=\"16\">&lt;c</text>"
    );
    assert_eq!(words("│x"), "<text x=\"8\" y=\"12\">x</text>");
    assert_eq!(words("a│b").lines().count(), 2, "a line ends a word");
    let stretched = "textLength=\"8\" lengthAdjust=\"spacingAndGlyphs\"";
    assert_eq!(
        words("κ⏎b"),
        format!("<text x=\"0\" y=\"12\">κ</text>\n<text x=\"8\" y=\"12\" {stretched}>⏎</text>\n<text x=\"16\" y=\"12\">b</text>")
    );
    assert!(words("字x").contains("textLength=\"16\" lengthAdjust"), "{}", words("字x"));
    assert!(words("字x").contains("x=\"16\" y=\"12\">x<"), "{}", words("字x"));
}

#[test]
fn colours_on_both_grounds() {
    let look = |style: Style, ground| {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 1, 1));
        buffer.set_string(0, 0, "x", style);
        let (front, back) = colors(&buffer[(0, 0)], ground);
        (hex(front), back.map(hex))
    };
    let dark = |style| look(style, Ground::Dark);
    assert_eq!(dark(Style::new()), ("#d5d8dc".into(), None));
    assert_eq!(dark(Style::new().fg(Color::Rgb(0x56, 0xb4, 0xe9))).0, "#56b4e9");
    assert_eq!(dark(Style::new().fg(Color::Indexed(178))).0, "#d7af00");
    assert_eq!(dark(Style::new().fg(Color::Indexed(242))).0, "#6c6c6c");
    assert_eq!(dark(Style::new().fg(Color::Indexed(255))).0, "#eee");
    assert_eq!(dark(Style::new().fg(Color::Indexed(231))).0, "#fff");
    assert_eq!(dark(Style::new().fg(Color::LightCyan)).0, dark(Style::new().fg(Color::Indexed(14))).0);
    assert_eq!(dark(Style::new().bg(Color::Red)).1, Some("#cd0000".into()));
    assert_eq!(dark(Style::new().add_modifier(Modifier::REVERSED)), ("#14171c".into(), Some("#d5d8dc".into())));
    let light = look(Style::new().add_modifier(Modifier::REVERSED), Ground::Light);
    assert_eq!(light, ("#fff".into(), Some("#1f2328".into())));
    assert_eq!(dark(Style::new().fg(Color::White).bg(Color::Black).add_modifier(Modifier::DIM)).0, "#aaa");
}

/// A panel with everything that the explorer draws.
fn panel() -> Buffer {
    let mut screen = buffer(&[
        "╭ gap  nats ──────╮",
        "│ 1e-1⠊⠑⢄⡀        │",
        "│ 1e-2┈┈┈┈⠑⠢⢄⡀adam│",
        "╰─── 0 ─── 250 ✗ ─╯",
        " ▂▄▆█ ▀▚ & <q> quit",
    ]);
    screen.set_style(Rect::new(6, 1, 8, 2), Style::new().fg(Color::Rgb(0x56, 0xb4, 0xe9)));
    screen.set_style(Rect::new(6, 2, 4, 1), Style::new().fg(Color::Indexed(238)));
    screen.set_style(Rect::new(1, 4, 8, 1), Style::new().fg(Color::Yellow));
    screen.set_style(Rect::new(10, 4, 9, 1), Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD));
    screen.set_style(Rect::new(2, 0, 3, 1), Style::new().add_modifier(Modifier::UNDERLINED));
    screen
}

#[test]
fn a_small_screen() {
    insta::assert_snapshot!("panel", svg(&panel(), "elbow: gap & <q>", Ground::Dark));
    insta::assert_snapshot!("panel-light", svg(&panel(), "elbow", Ground::Light));
}

/// Every tag that opens closes, in order; texts hold no raw `<` or `&`; no number is missing.
fn well_formed(svg: &str) -> Result<(), String> {
    let mut open = Vec::new();
    for piece in svg.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').ok_or("a tag without an end")?;
        let name = tag.split_whitespace().next().unwrap_or_default();
        match name.strip_prefix('/') {
            Some(name) if open.pop() != Some(name) => return Err(format!("</{name}> closes nothing")),
            None if !tag.ends_with('/') => open.push(name),
            _ => {}
        }
        if tag.matches('"').count() % 2 == 1 || tag.contains("NaN") || tag.contains("inf") || tag.contains("--") {
            return Err(format!("a bad tag {tag}"));
        }
        let entities = ["&amp;", "&lt;", "&gt;"].iter().map(|entity| text.matches(entity).count()).sum::<usize>();
        if text.contains('>') || text.matches('&').count() != entities || text.chars().any(|c| c.is_control() && c != '\n') {
            return Err(format!("a bad text {text:?}"));
        }
    }
    if open.is_empty() { Ok(()) } else { Err(format!("still open: {open:?}")) }
}

const LETTERS: &[&str] = &[
    "a",
    " ",
    "<",
    "&",
    "\"",
    "⡇",
    "⣿",
    "█",
    "▃",
    "\u{1cd42}",
    "─",
    "┃",
    "╋",
    "╍",
    "╱",
    "字",
    "é",
    "✗",
    "═",
    "\u{7}",
    "e\u{301}",
    "",
];

proptest! {
    #[test]
    fn any_screen_is_xml(
        (width, height) in (0u16..12, 0u16..6),
        cells in prop::collection::vec((0..LETTERS.len(), 0u8.., 0u16..512), 72),
        title in ".{0,8}",
    ) {
        let mut screen = Buffer::empty(Rect::new(3, 2, width, height));
        for (cell, (letter, color, modifier)) in screen.content.iter_mut().zip(cells) {
            cell.set_symbol(LETTERS[letter]).set_fg(Color::Indexed(color)).set_bg(if color > 200 { Color::Blue } else { Color::Reset });
            cell.modifier = Modifier::from_bits_truncate(modifier);
        }
        for ground in [Ground::Dark, Ground::Light] {
            let picture = svg(&screen, &title, ground);
            prop_assert_eq!(well_formed(&picture), Ok(()));
            prop_assert_eq!(&picture, &svg(&screen, &title, ground), "the same bytes");
        }
    }
}

#[test]
fn a_full_screen_is_small() {
    // Worse than a real screen: every third cell of the plots' rows is braille, in six colours.
    let mut screen = Buffer::empty(Rect::new(0, 0, 120, 40));
    for (index, cell) in screen.content.iter_mut().enumerate() {
        let (x, y) = (index % 120, index / 120);
        match (x + 7 * y) % 3 {
            0 => cell.set_char(char::from_u32(0x2800 + [0x09, 0x24, 0x92][y % 3]).unwrap_or(' ')),
            _ if x < 20 && x % 10 < 8 => cell.set_symbol("n"),
            _ => cell,
        };
        cell.set_fg(Color::Indexed(16 + (x / 20) as u8));
    }
    let size = svg(&screen, "", Ground::Dark).len();
    assert!(size < 60_000, "{size} bytes");
}
