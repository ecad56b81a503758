//! A screen in words, and what is on it as files.

use super::recorded::Stage;
use crate::explorer::export::{paint, picture_of, table_of};
use crate::explorer::key::Key;
use crate::explorer::options::Glyphs;
use crate::explorer::picture::Ground;
use crate::explorer::state::State;
use crate::explorer::theme::Depth;
use crate::explorer::update::{Message, update};
use crate::explorer::viewpoint::{apply, describe};

fn state() -> State {
    Stage::new((120, 40), Depth::True, Glyphs::Braille).until(300).state
}

fn send(state: &mut State, keys: &str) {
    for letter in keys.chars() {
        update(state, Message::Key(if letter == 'T' { Key::Tab } else { Key::Char(letter) }));
    }
}

#[test]
fn words_bring_the_screen_back() {
    for keys in ["", "2.", "3", "4", "lL", "Tl", "czz,", "d", "b", "tt", "B", "jhjh", "P", "x", "]", "zw"] {
        let mut first = state();
        paint(&mut first);
        send(&mut first, keys);
        let shown = paint(&mut first);
        let mut second = state();
        let words = describe(&first);
        apply(&mut second, &words).unwrap_or_else(|reason| panic!("{keys:?}: {words}: {reason}"));
        assert_eq!(paint(&mut second), shown, "after {keys:?}: {words}");
        assert_eq!(describe(&second), words, "after {keys:?}");
    }
}

#[test]
fn wrong_words_are_told() {
    let table = [
        ("view", "is not key=value"),
        ("vew=table", "it has view, x"),
        ("view=tabel", "expected curves, geometry"),
        ("zoom=3:1", "low:high"),
        ("zoom=nan:1", "low:high"),
        ("select=9", "the number of a run"),
        ("hide=0,99", "numbers of runs"),
        ("values=difference", "gap-to-best or difference"),
    ];
    for (words, part) in table {
        let told = apply(&mut state(), words).expect_err(words);
        assert!(told.contains(part), "{words}: {told}");
    }
}

#[test]
fn a_table_has_what_the_charts_show() {
    let mut state = state();
    send(&mut state, "ThhT");
    apply(&mut state, "hide=1,2,3,4,5 chart=0 zoom=10:12").expect("words");
    paint(&mut state);
    let text = table_of(&state, "elbow explore runs/a-1");
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("# elbow explore runs/a-1 --screen 'chart=0 zoom=10.0:12.0 hide=1,2,3,4,5"), "{}", lines[0]);
    assert_eq!(lines[1], "run,model,seed,metric,step,value");
    assert_eq!(lines.len(), 2 + 3, "steps 10, 11 and 12 of one run: {text}");
    assert!(lines[2].starts_with("euclidean,made-up,0,kl_visible,10.0,0.56"), "{}", lines[2]);
    apply(&mut state, "x=gradient_evaluations").expect("words");
    let header = table_of(&state, "").lines().nth(1).map(str::to_owned);
    assert_eq!(header.as_deref(), Some("run,model,seed,metric,step,gradient_evaluations,value"));
}

#[test]
fn a_picture_names_the_command_that_makes_it() {
    let mut state = state();
    send(&mut state, "2");
    let shown = paint(&mut state);
    let picture = picture_of(&state, &shown, "elbow explore runs/a-1", Ground::Dark);
    assert!(
        picture.contains("--screen &apos;view=geometry") || picture.contains("--screen 'view=geometry"),
        "{}",
        &picture[..400]
    );
    assert!(picture.contains("--size 120x40 --svg FILE"));
}
