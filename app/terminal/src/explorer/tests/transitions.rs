//! `update` as a table: keys, what they ask for, and what they leave behind.

use std::time::Duration;

use super::recorded::Stage;
use crate::explorer::Exit;
use crate::explorer::key::Key;
use crate::explorer::keymap::{Action, KEYS, Keymap};
use crate::explorer::options::Glyphs;
use crate::explorer::plot::Scale;
use crate::explorer::popup::Popup;
use crate::explorer::state::{State, View, matches};
use crate::explorer::theme::Depth;
use crate::explorer::update::{Effect, Message, update};

fn state() -> State {
    Stage::new((120, 40), Depth::True, Glyphs::Braille).until(10).state
}

/// Sends keys, one character each: `^` Ctrl-C, `E` Esc, `⏎` Enter, `T` Tab, `B` Tab backwards.
fn send(state: &mut State, keys: &str) -> Effect {
    let key = |letter| match letter {
        '^' => Key::Ctrl('c'),
        'Z' => Key::Ctrl('z'),
        'R' => Key::Ctrl('l'),
        'D' => Key::Ctrl('d'),
        'E' => Key::Esc,
        '⏎' => Key::Enter,
        'T' => Key::Tab,
        'B' => Key::BackTab,
        letter => Key::Char(letter),
    };
    keys.chars().fold(Effect::Nothing, |_, letter| update(state, Message::Key(key(letter))))
}

#[test]
fn effects() {
    let table = [
        ("q", Effect::Exit(Exit::Quit)),
        ("^", Effect::Exit(Exit::Quit)),
        ("?^", Effect::Exit(Exit::Quit)),
        ("g^", Effect::Exit(Exit::Quit)),
        ("?q", Effect::Draw),
        ("gq", Effect::Draw),
        ("gE", Effect::Draw),
        ("g⏎", Effect::Exit(Exit::Open(0))),
        ("gj⏎", Effect::Exit(Exit::Open(0))),
        ("D", Effect::Exit(Exit::Detach)),
        ("s", Effect::Save { picture: true }),
        ("S", Effect::Save { picture: false }),
        ("p", Effect::Hold(0, true)),
        ("pn", Effect::Step(0)),
        ("n", Effect::Hold(0, true)),
        ("jX", Effect::End(1)),
        ("g~", Effect::Nothing),
        ("~", Effect::Nothing),
        (" ", Effect::Pause(true)),
        ("  ", Effect::Pause(false)),
        ("-", Effect::Pace(256)),
        ("--", Effect::Pace(128)),
        ("----------", Effect::Pace(1)),
        ("-+", Effect::Pace(512)),
        ("+", Effect::Pace(0)),
        ("-+++++++++", Effect::Pace(0)),
        ("--m", Effect::Pace(0)),
        ("R", Effect::Repaint),
        ("gR", Effect::Repaint),
        ("Z", Effect::Suspend { job: true }),
        ("j", Effect::Draw),
    ];
    for (keys, effect) in table {
        assert_eq!(send(&mut state(), keys), effect, "after {keys:?}");
    }
}

#[test]
fn the_cursor_stays_on_the_list() {
    for (keys, row) in [("", 0), ("j", 1), ("jjk", 1), ("k", 0), ("jjjjjjjjjj", 5)] {
        let mut state = state();
        send(&mut state, keys);
        assert_eq!(state.cursor, row, "after {keys:?}");
    }
}

#[test]
fn runs_are_hidden_and_shown() {
    for (keys, hidden) in [("", ""), ("h", "0"), ("⏎", "0"), ("hh", ""), ("hjh", "01"), ("jo", "02345"), ("joa", "")] {
        let mut state = state();
        send(&mut state, keys);
        let indices = (0..6).filter(|&index| state.runs[index].hidden);
        assert_eq!(indices.map(|index| index.to_string()).collect::<String>(), hidden, "after {keys:?}");
    }
}

#[test]
fn charts_are_enlarged() {
    let table = [
        ("", None),
        ("T", Some(0)),
        ("B", Some(3)),
        ("TT", Some(1)),
        ("TTE", None),
        ("TTTTT", None),
        ("TTTTTT", Some(0)),
        ("TB", None),
    ];
    for (keys, focus) in table {
        let mut state = state();
        send(&mut state, keys);
        assert_eq!(state.focused(), focus, "after {keys:?}");
    }
}

#[test]
fn views_and_the_way_back() {
    let table = [("", View::Curves), ("2", View::Geometry), ("3", View::Table), ("35", View::Log), ("6E", View::Curves)];
    for (keys, view) in table {
        let mut state = state();
        send(&mut state, keys);
        assert_eq!(state.view, view, "after {keys:?}");
    }
}

#[test]
fn scales_change_for_one_or_for_all() {
    use Scale::{Linear, Log, Symlog};
    let table = [
        ("", [Log, Linear, Log, Linear]),
        ("l", [Linear; 4]),
        ("ll", [Log, Linear, Log, Linear]),
        ("Tl", [Symlog, Linear, Log, Linear]),
        ("Tll", [Linear, Linear, Log, Linear]),
        ("TTl", [Log, Log, Log, Linear]),
        ("TTTTl", [Log, Linear, Log, Linear]),
    ];
    for (keys, scales) in table {
        let mut state = state();
        send(&mut state, keys);
        let found: Vec<Scale> = state.charts[..4].iter().map(|chart| chart.scale).collect();
        assert_eq!(found, scales, "after {keys:?}");
    }
}

#[test]
fn messages_from_outside() {
    let mut state = state();
    assert_eq!(update(&mut state, Message::HangUp), Effect::Exit(Exit::HangUp));
    assert_eq!(update(&mut state, Message::Signal(15)), Effect::Exit(Exit::Signal(15)));
    assert_eq!(update(&mut state, Message::Stop), Effect::Suspend { job: false });
    assert_eq!(update(&mut state, Message::Continued), Effect::Repaint);
    assert_eq!(update(&mut state, Message::Size(90, 30)), Effect::Draw);
    assert_eq!(state.size, (90, 30));
}

#[test]
fn the_same_numbers_are_not_drawn_again() {
    let mut state = state();
    let at = Message::Numbers(Duration::from_millis(3100));
    assert_eq!(update(&mut state, at.clone()), Effect::Draw);
    assert_eq!(update(&mut state, at), Effect::Nothing);
    assert_eq!(update(&mut state, Message::Numbers(Duration::from_millis(3900))), Effect::Nothing);
}

#[test]
fn printed_lines_are_counted_until_read() {
    let mut state = state();
    assert_eq!(update(&mut state, Message::Printed(Vec::new())), Effect::Nothing);
    update(&mut state, Message::Printed(vec!["a".to_owned(); 600]));
    assert_eq!((state.unread, state.log.len()), (600, 500));
    send(&mut state, "P");
    update(&mut state, Message::Printed(vec!["b".to_owned()]));
    assert_eq!((state.unread, state.log.len(), state.popup), (0, 500, Popup::None));
}

#[test]
fn no_key_means_two_things() {
    let keys = Keymap::default();
    for (index, binding) in KEYS.iter().enumerate() {
        for &key in binding.keys {
            assert_eq!(keys.action(key), Some(binding.action), "{key:?} of line {index}");
            assert!(key.shown(false).is_ascii(), "{key:?}");
        }
        let twin = KEYS.iter().filter(|other| other.name == binding.name || other.action == binding.action).count();
        assert_eq!(twin, 1, "{}", binding.name);
    }
}

#[test]
fn keys_can_be_changed() {
    let keys = Keymap::with(&[("quit".to_owned(), vec![Key::Char('n')]), ("help".to_owned(), Vec::new())]);
    assert_eq!(keys.action(Key::Char('n')), Some(Action::Quit), "taken from another action");
    assert_eq!(keys.action(Key::Char('q')), None);
    assert_eq!(keys.action(Key::Char('?')), None);
    assert_eq!(keys.action(Key::Ctrl('c')), Some(Action::Quit), "always");
}

#[test]
fn the_filter_takes_letters_and_can_be_taken_back() {
    let shown = |state: &State| state.runs.iter().filter(|run| !run.hidden).count();
    let mut state = state();
    send(&mut state, "/adam");
    assert_eq!((shown(&state), state.filter.as_str()), (1, "adam"));
    send(&mut state, "⏎q");
    send(&mut state, "/|e*d");
    assert_eq!(shown(&state), 4, "adam, and e before d in three: {:?}", state.filter);
    send(&mut state, "E");
    assert_eq!(shown(&state), 1);
    send(&mut state, "a");
    assert_eq!((shown(&state), state.filter.as_str()), (6, ""));
}

#[test]
fn patterns() {
    let table = [("", "x", true), ("AD", "adam", true), ("a*m", "adam", true), ("m*a", "adam", false), ("x|dam", "adam", true)];
    for (pattern, name, is) in table {
        assert_eq!(matches(pattern, name), is, "{pattern:?} {name:?}");
    }
}

#[test]
fn the_cross_hair_walks_along_the_records() {
    let mut state = Stage::new((120, 40), Depth::True, Glyphs::Braille).until(100).state;
    state.columns = 101;
    send(&mut state, "c");
    assert_eq!(state.cross, Some(99.0));
    update(&mut state, Message::Key(Key::Left));
    assert_eq!(state.cross, Some(94.0), "a hundredth of 500");
    update(&mut state, Message::Key(Key::Home));
    assert_eq!(state.cross, Some(0.0));
    update(&mut state, Message::Key(Key::Left));
    assert_eq!(state.cross, Some(0.0), "the first record");
    update(&mut state, Message::Key(Key::Right));
    assert_eq!(state.cross, Some(5.0));
    send(&mut state, "E");
    assert_eq!(state.cross, None);
}

#[test]
fn recorded_runs_cannot_be_steered() {
    for keys in ["e", "f", "r", "N", "u"] {
        let mut state = state();
        assert_eq!(send(&mut state, keys), Effect::Draw, "after {keys:?}");
        assert!(state.answer.as_ref().is_some_and(|(text, failed)| *failed && text.contains("nothing to steer")), "{keys:?}");
    }
}
