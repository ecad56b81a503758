//! The whole screen, as text, and once with its looks.

use ratatui::buffer::{Buffer, Cell};

use super::recorded::Stage;
use crate::explorer::key::Key;
use crate::explorer::options::Glyphs;
use crate::explorer::theme::Depth;
use crate::explorer::update::{Message, update};

fn text(buffer: &Buffer) -> String {
    let rows = buffer.content().chunks(usize::from(buffer.area.width));
    rows.map(|row| row.iter().map(Cell::symbol).collect::<String>().trim_end().to_owned() + "\n").collect()
}

/// For each row the looks of its cells, run-length encoded: `12·` is twelve plain cells, `3a` three of the look a.
fn looks(buffer: &Buffer) -> String {
    let mut known: Vec<String> = Vec::new();
    let mut letter = |cell: &Cell| {
        let look = format!("{:?} {:?} {:?}", cell.fg, cell.bg, cell.modifier);
        if look == "Reset Reset NONE" {
            return '·';
        }
        let place = known.iter().position(|other| *other == look).unwrap_or_else(|| {
            known.push(look);
            known.len() - 1
        });
        (b'a' + place as u8) as char
    };
    let rows: Vec<Vec<char>> =
        buffer.content().chunks(usize::from(buffer.area.width)).map(|row| row.iter().map(&mut letter).collect()).collect();
    let encoded = rows.iter().map(|row| {
        row.chunk_by(|one, other| one == other).map(|group| format!("{}{}", group.len(), group[0])).collect::<Vec<_>>().join(" ")
    });
    let body: String = encoded.map(|row| row + "\n").collect();
    let legend = known.iter().enumerate().map(|(place, look)| format!("{}: {look}\n", (b'a' + place as u8) as char));
    legend.collect::<String>() + &body
}

fn shot(size: (u16, u16), depth: Depth, glyphs: Glyphs, keys: &[Key]) -> Buffer {
    let mut stage = Stage::new(size, depth, glyphs).until(300);
    for &key in keys {
        update(&mut stage.state, Message::Key(key));
    }
    stage.frame();
    stage.screen.shown().clone()
}

#[test]
fn sizes() {
    for (width, height) in [(60, 16), (80, 24), (120, 40), (200, 60)] {
        let shown = shot((width, height), Depth::True, Glyphs::Braille, &[]);
        insta::assert_snapshot!(format!("{width}x{height}"), text(&shown));
    }
}

#[test]
fn every_view_at_every_size() {
    for (view, key) in [("geometry", '2'), ("table", '3'), ("trajectory", '4'), ("plugins", '6')] {
        for (width, height) in [(80, 24), (120, 40)] {
            let shown = shot((width, height), Depth::True, Glyphs::Braille, &[Key::Char(key)]);
            insta::assert_snapshot!(format!("{view}-{width}x{height}"), text(&shown));
        }
    }
}

/// Cells that differ only in what cannot be shown: the same symbols in every depth of colour, and ASCII where that is asked.
#[test]
fn the_matrix_of_sizes_colours_and_glyphs() {
    for size in [(60, 16), (80, 24), (120, 40), (200, 60)] {
        for (name, glyphs) in [("braille", Glyphs::Braille), ("octant", Glyphs::Octant), ("ascii", Glyphs::Ascii)] {
            let shots = [Depth::True, Depth::Ansi16, Depth::Mono].map(|depth| shot(size, depth, glyphs, &[]));
            let [first, others @ ..] = shots.each_ref().map(text);
            assert!(others.iter().all(|other| *other == first), "{size:?} {name}");
            assert!(name != "ascii" || first.is_ascii(), "{first}");
            let colours = shots.map(|shot| shot.content().iter().filter(|cell| cell.fg != ratatui::style::Color::Reset).count());
            assert!(colours[0] > 0 && colours[1] > 0 && colours[2] == 0, "{size:?} {name}: {colours:?}");
            insta::assert_snapshot!(format!("matrix-{}x{}-{name}", size.0, size.1), first);
        }
    }
}

#[test]
fn looks_of_each_depth() {
    for (name, depth) in [("true", Depth::True), ("16", Depth::Ansi16), ("mono", Depth::Mono)] {
        let shown = shot((80, 24), depth, Glyphs::Braille, &[Key::Down, Key::Char('h')]);
        insta::assert_snapshot!(format!("looks-{name}"), looks(&shown));
    }
}

#[test]
fn other_glyphs() {
    for (name, glyphs) in [("ascii", Glyphs::Ascii), ("half", Glyphs::Half)] {
        let shown = shot((80, 24), Depth::Mono, glyphs, &[]);
        assert!(name != "ascii" || text(&shown).is_ascii(), "{}", text(&shown));
        insta::assert_snapshot!(name, text(&shown));
    }
}

#[test]
fn popups_and_panes() {
    for (name, keys) in [
        ("help", "?"),
        ("gallery", "g"),
        ("log", "P"),
        ("hidden", "hjhjhjhjhjh"),
        ("table", "3l"),
        ("cross", "c"),
        ("line", "/ad"),
    ] {
        let keys: Vec<Key> = keys.chars().map(Key::Char).collect();
        insta::assert_snapshot!(name, text(&shot((80, 24), Depth::True, Glyphs::Braille, &keys)));
    }
}

#[test]
fn too_small() {
    let shown = shot((50, 10), Depth::True, Glyphs::Braille, &[]);
    assert!(text(&shown).contains("needs 60 x 16"));
}

#[test]
fn any_size_can_be_drawn() {
    for width in (1..130).step_by(7) {
        for height in 1..45 {
            shot_quick((width, height));
        }
    }
}

fn shot_quick(size: (u16, u16)) {
    let mut stage = Stage::new(size, Depth::True, Glyphs::Braille).until(3);
    for popup in ["", "?", "g", "P", "2", "3", "4", "5", "6", "1c", "/", "zz"] {
        for key in popup.chars() {
            update(&mut stage.state, Message::Key(Key::Char(key)));
        }
        stage.frame();
        update(&mut stage.state, Message::Key(Key::Esc));
        update(&mut stage.state, Message::Key(Key::Esc));
    }
}
