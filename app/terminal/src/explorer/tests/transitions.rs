//! `update` as a table: keys, what they ask for, and what they leave behind.

use std::time::Duration;

use super::recorded::Stage;
use crate::explorer::Exit;
use crate::explorer::key::Key;
use crate::explorer::keymap::{KEYS, action_of};
use crate::explorer::options::Glyphs;
use crate::explorer::plot::Scale;
use crate::explorer::state::{Popup, State};
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
    for (keys, hidden) in [("", ""), ("x", "0"), ("⏎", "0"), ("xx", ""), ("xjx", "01"), ("jo", "02345"), ("joa", "")] {
        let mut state = state();
        send(&mut state, keys);
        let indices = (0..6).filter(|&index| state.runs[index].hidden);
        assert_eq!(indices.map(|index| index.to_string()).collect::<String>(), hidden, "after {keys:?}");
    }
}

#[test]
fn charts_are_enlarged() {
    let table =
        [("", None), ("2", Some(1)), ("9", None), ("5", None), ("20", None), ("2E", None), ("T", Some(0)), ("B", Some(3))];
    for (keys, focus) in table.into_iter().chain([("TTTTT", None), ("TB", None), ("2T", Some(2))]) {
        let mut state = state();
        send(&mut state, keys);
        assert_eq!(state.focused(), focus, "after {keys:?}");
    }
}

#[test]
fn scales_change_for_one_or_for_all() {
    use Scale::{Linear, Log};
    let table = [
        ("", [Log, Linear, Log, Linear]),
        ("l", [Linear; 4]),
        ("ll", [Log, Linear, Log, Linear]),
        ("1l", [Linear, Linear, Log, Linear]),
        ("2l", [Log, Log, Log, Linear]),
        ("4l", [Log, Linear, Log, Linear]),
    ];
    for (keys, scales) in table {
        let mut state = state();
        send(&mut state, keys);
        assert_eq!(state.scales[..4], scales, "after {keys:?}");
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
    send(&mut state, "L");
    update(&mut state, Message::Printed(vec!["b".to_owned()]));
    assert_eq!((state.unread, state.log.len(), state.popup), (0, 500, Popup::None));
}

#[test]
fn no_key_means_two_things() {
    for (index, binding) in KEYS.iter().enumerate() {
        for &key in binding.keys {
            assert_eq!(action_of(key), Some(binding.action), "{key:?} of line {index}");
        }
        assert!(binding.ascii.is_ascii(), "{}", binding.ascii);
    }
}
