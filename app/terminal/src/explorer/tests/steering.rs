//! What is asked of whoever owns the runs, and what is done with the answer.

use std::sync::Arc;

use super::recorded::Stage;
use crate::explorer::key::Key;
use crate::explorer::options::Glyphs;
use crate::explorer::popup::Popup;
use crate::explorer::state::State;
use crate::explorer::steer::{Choice, Field, Plane, Steer};
use crate::explorer::theme::Depth;
use crate::explorer::update::{Ask, Effect, Message, update};

/// Has one parameter that may change and one that may not; nothing is ever done.
struct Desk;

fn named(names: &[&str]) -> Vec<Choice> {
    names.iter().map(|name| Choice { name: (*name).to_owned(), about: format!("about {name}") }).collect()
}

impl Steer for Desk {
    fn parameters(&self, _run: usize) -> Vec<Field> {
        let field = |path: &str, value: &str, live| Field {
            path: path.to_owned(),
            value: value.to_owned(),
            kind: "a number > 0".to_owned(),
            doc: format!("what {path} is"),
            live,
        };
        vec![field("beta1", "0.9", false), field("step_size", "0.1", true), field("damping.lambda", "1e-3", true)]
    }
    fn edit(&self, _: usize, _: &str, _: &str) -> Result<String, String> {
        Ok(String::new())
    }
    fn undo(&self, _: usize) -> Result<String, String> {
        Ok(String::new())
    }
    fn fork(&self, _: usize, _: u64, _: Option<(&str, &str)>) -> Result<String, String> {
        Ok(String::new())
    }
    fn restart(&self, _: usize, _: u64) -> Result<String, String> {
        Ok(String::new())
    }
    fn launch(&self, _: &str, _: &str, _: u64) -> Result<String, String> {
        Ok(String::new())
    }
    fn models(&self) -> Vec<Choice> {
        named(&["digits", "vae"])
    }
    fn optimizers(&self) -> Vec<Choice> {
        named(&["adam", "kfac"])
    }
    fn plane(&self, _: usize, _: &[f64], _: usize, _: usize) -> Option<Plane> {
        None
    }
}

fn state() -> State {
    let mut state = Stage::new((120, 40), Depth::True, Glyphs::Braille).until(100).state;
    state.steer = Some(Arc::new(Desk));
    state
}

/// Sends keys: `⏎` Enter, `E` Esc, `U` Ctrl-U, `⌫` Backspace; the last effect.
fn send(state: &mut State, keys: &str) -> Effect {
    let key = |letter| match letter {
        '⏎' => Key::Enter,
        'E' => Key::Esc,
        'U' => Key::Ctrl('u'),
        '⌫' => Key::Backspace,
        letter => Key::Char(letter),
    };
    keys.chars().fold(Effect::Nothing, |_, letter| update(state, Message::Key(key(letter))))
}

fn edit(path: &str, value: &str) -> Effect {
    Effect::Ask(Ask::Edit { run: 0, path: path.to_owned(), value: value.to_owned() })
}

fn fork(step: u64, change: Option<(&str, &str)>) -> Effect {
    let change = change.map(|(path, value)| (path.to_owned(), value.to_owned()));
    Effect::Ask(Ask::Fork { run: 0, step, change })
}

#[test]
fn what_is_asked() {
    let launch = Ask::Launch { model: "vae".into(), optimizer: "kfac".into(), seed: 0 };
    let table = [
        ("ej⏎U0.05⏎", edit("step_size", "0.05")),
        ("ej⏎⌫⌫5⏎", edit("step_size", "05")),
        ("ejj⏎U1e-2q⌫⏎", edit("damping.lambda", "1e-2")),
        ("ejj⏎UE", Effect::Draw),
        ("f⏎U2⏎", fork(99, Some(("step_size", "2")))),
        ("ff", fork(99, None)),
        ("u", Effect::Ask(Ask::Undo { run: 0 })),
        ("ju", Effect::Ask(Ask::Undo { run: 1 })),
        ("r⏎", Effect::Ask(Ask::Restart { run: 0, seed: 1 })),
        ("rU17⏎", Effect::Ask(Ask::Restart { run: 0, seed: 17 })),
        ("Nj⏎j⏎", Effect::Ask(launch)),
    ];
    for (keys, effect) in table {
        assert_eq!(send(&mut state(), keys), effect, "after {keys:?}");
    }
}

#[test]
fn a_fork_begins_at_the_cross_hair() {
    let mut state = state();
    state.cross = Some(40.0);
    assert_eq!(send(&mut state, "ff"), fork(40, None));
}

#[test]
fn what_is_fixed_says_so_and_keeps_its_value() {
    let mut state = state();
    assert_eq!(send(&mut state, "e⏎"), Effect::Draw);
    let Popup::Editor(editor) = &state.popup else { panic!("the editor is open") };
    assert!(editor.typed.is_none() && editor.error.contains("beta1 is fixed"), "{editor:?}");
}

#[test]
fn a_wrong_value_stays_to_be_mended_and_a_right_one_closes() {
    let mut state = state();
    send(&mut state, "ej⏎U-1⏎");
    update(&mut state, Message::Answer(Err("step_size must be > 0".to_owned())));
    let Popup::Editor(editor) = &state.popup else { panic!("the editor is open") };
    assert_eq!((editor.typed.as_deref(), editor.error.as_str()), (Some("-1"), "step_size must be > 0"));
    assert_eq!(send(&mut state, "U1⏎"), edit("step_size", "1"));
    update(&mut state, Message::Answer(Ok("done".to_owned())));
    assert_eq!((&state.popup, &state.answer), (&Popup::None, &Some(("done".to_owned(), false))));
    send(&mut state, "j");
    assert_eq!(state.answer, None, "the next key takes the answer away");
}

#[test]
fn a_seed_is_a_whole_number() {
    let mut state = state();
    assert_eq!(send(&mut state, "rUx⏎"), Effect::Draw);
    assert!(matches!(&state.popup, Popup::Line(line) if line.error.contains("whole number")));
}

#[test]
fn an_ended_run_is_forked_and_not_edited() {
    let mut state = Stage::new((120, 40), Depth::True, Glyphs::Braille).until(501).state;
    state.steer = Some(Arc::new(Desk));
    send(&mut state, "e");
    assert!(state.answer.as_ref().is_some_and(|(text, failed)| *failed && text.contains("f forks it")), "{:?}", state.answer);
    assert_eq!(send(&mut state, "ff"), fork(500, None));
}
