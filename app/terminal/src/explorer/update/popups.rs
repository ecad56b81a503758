//! Keys while something lies over the views.

use crate::explorer::Exit;
use crate::explorer::key::Key;
use crate::explorer::keymap::{Action, KEYS};
use crate::explorer::popup::{Chooser, Editor, Line, Popup, Purpose};
use crate::explorer::state::State;
use crate::explorer::update::{Ask, Effect};

pub(super) fn open(state: &mut State, action: Action) -> Effect {
    state.popup = match action {
        Action::Help => Popup::Help(0),
        Action::Gallery => Popup::Gallery(0),
        Action::Filter => Popup::Line(Line::new(Purpose::Filter, &state.filter)),
        _ => {
            let now = state.sorting.target.map(|target| target.to_string()).unwrap_or_default();
            Popup::Line(Line::new(Purpose::Target, &now))
        }
    };
    Effect::Draw
}

pub(super) fn on_key(state: &mut State, key: Key, action: Option<Action>) -> Effect {
    match std::mem::take(&mut state.popup) {
        Popup::None => Effect::Nothing,
        Popup::Help(first) => in_help(state, action, first),
        Popup::Gallery(row) => in_gallery(state, action, row),
        Popup::Line(line) => in_line(state, key, line),
        Popup::Editor(editor) => in_editor(state, key, action, editor),
        Popup::Chooser(chooser) => in_chooser(state, action, chooser),
    }
}

/// What was asked for succeeded, and its popup is done, or not, and then it says why.
pub(super) fn on_answer(state: &mut State, answer: Result<String, String>) -> Effect {
    match (answer, &mut state.popup) {
        (Err(error), Popup::Line(line)) => line.error = error,
        (Err(error), Popup::Editor(editor)) => editor.error = error,
        (Err(error), popup) => {
            *popup = Popup::None;
            state.answer = Some((error, true));
        }
        (Ok(text), popup) => {
            *popup = Popup::None;
            state.answer = Some((text, false));
        }
    }
    Effect::Draw
}

/// The row under a cursor that moves as the keys say, in a list of `count`; `None`: another key.
fn moved(row: usize, count: usize, action: Option<Action>) -> Option<usize> {
    let last = count.saturating_sub(1);
    match action? {
        Action::Up => Some(row.saturating_sub(1)),
        Action::Down => Some((row + 1).min(last)),
        Action::PageUp => Some(row.saturating_sub(10)),
        Action::PageDown => Some((row + 10).min(last)),
        Action::First => Some(0),
        Action::Last => Some(last),
        _ => None,
    }
}

fn in_help(state: &mut State, action: Option<Action>, first: usize) -> Effect {
    let lines = KEYS.iter().filter(|binding| !binding.help.is_empty()).count();
    if let Some(first) = moved(first, lines, action) {
        state.popup = Popup::Help(first);
    }
    Effect::Draw
}

fn in_gallery(state: &mut State, action: Option<Action>, row: usize) -> Effect {
    match (action, moved(row, state.gallery.len(), action)) {
        (_, Some(row)) => state.popup = Popup::Gallery(row),
        (Some(Action::Enter), _) if row < state.gallery.len() => return Effect::Exit(Exit::Open(row)),
        (Some(Action::Gallery | Action::Back | Action::Quit), _) => {}
        _ => {
            state.popup = Popup::Gallery(row);
            return Effect::Nothing;
        }
    }
    Effect::Draw
}

/// Types; false if the key is none for a line.
fn typed(text: &mut String, key: Key) -> bool {
    match key {
        Key::Char(letter) => text.push(letter),
        Key::Backspace => drop(text.pop()),
        Key::Ctrl('u') => text.clear(),
        _ => return false,
    }
    true
}

fn in_line(state: &mut State, key: Key, mut line: Line) -> Effect {
    line.error.clear();
    match key {
        Key::Esc => {
            if line.purpose == Purpose::Filter {
                set_filter(state, &line.before);
            }
            return Effect::Draw;
        }
        Key::Enter => return take_line(state, line),
        key if typed(&mut line.text, key) && line.purpose == Purpose::Filter => set_filter(state, &line.text),
        _ => {}
    }
    state.popup = Popup::Line(line);
    Effect::Draw
}

fn set_filter(state: &mut State, text: &str) {
    text.clone_into(&mut state.filter);
    state.apply_filter(0);
}

fn take_line(state: &mut State, mut line: Line) -> Effect {
    let text = line.text.trim();
    match line.purpose {
        Purpose::Filter => return Effect::Draw,
        Purpose::Seed => match text.parse() {
            Ok(seed) => {
                let run = state.cursor;
                state.popup = Popup::Line(line);
                return Effect::Ask(Ask::Restart { run, seed });
            }
            Err(_) => line.error = "a seed is a whole number, 0 or more".to_owned(),
        },
        Purpose::Target if text.is_empty() => {
            state.sorting.target = None;
            return Effect::Draw;
        }
        Purpose::Target => match text.parse::<f64>() {
            Ok(target) if target.is_finite() => {
                state.sorting.target = Some(target);
                return Effect::Draw;
            }
            _ => line.error = "a number, or nothing for the best of the first run".to_owned(),
        },
    }
    state.popup = Popup::Line(line);
    Effect::Draw
}

fn in_editor(state: &mut State, key: Key, action: Option<Action>, mut editor: Editor) -> Effect {
    let mut effect = Effect::Draw;
    if let Some(text) = &mut editor.typed {
        match key {
            Key::Esc => editor.typed = None,
            Key::Enter => effect = Effect::Ask(change(&editor)),
            key => drop(typed(text, key)),
        }
        editor.error.clear();
    } else {
        match (action, moved(editor.row, editor.fields.len(), action)) {
            (_, Some(row)) => editor.row = row,
            (Some(Action::Enter), _) => begin(&mut editor),
            (Some(Action::Fork), _) if editor.fork.is_some() => effect = Effect::Ask(change(&editor)),
            (Some(Action::Back | Action::Edit | Action::Fork | Action::Quit), _) => return Effect::Draw,
            _ => effect = Effect::Nothing,
        }
    }
    state.popup = Popup::Editor(editor);
    effect
}

/// Begins to type over a value, if it may change.
fn begin(editor: &mut Editor) {
    let Some(field) = editor.fields.get(editor.row) else { return };
    if field.live {
        editor.typed = Some(field.value.clone());
        editor.error.clear();
    } else {
        editor.error = format!("{} is fixed once a run has begun: start another run", field.path);
    }
}

fn change(editor: &Editor) -> Ask {
    let field = editor.fields.get(editor.row);
    let change = field.zip(editor.typed.as_ref()).map(|(field, typed)| (field.path.clone(), typed.trim().to_owned()));
    match (editor.fork, change) {
        (Some(step), change) => Ask::Fork { run: editor.run, step, change },
        (None, change) => {
            let (path, value) = change.unwrap_or_default();
            Ask::Edit { run: editor.run, path, value }
        }
    }
}

fn in_chooser(state: &mut State, action: Option<Action>, mut chooser: Chooser) -> Effect {
    match (action, moved(chooser.row, chooser.choices.len(), action)) {
        (_, Some(row)) => chooser.row = row,
        (Some(Action::Enter), _) => return choose(state, chooser),
        (Some(Action::Back | Action::Launch | Action::Quit), _) => return Effect::Draw,
        _ => {}
    }
    state.popup = Popup::Chooser(chooser);
    Effect::Draw
}

fn choose(state: &mut State, chooser: Chooser) -> Effect {
    let Some(chosen) = chooser.choices.get(chooser.row).map(|choice| choice.name.clone()) else { return Effect::Draw };
    match chooser.model {
        Some(model) => {
            let seed = state.selected().map_or(0, |run| run.cell.seed);
            Effect::Ask(Ask::Launch { model, optimizer: chosen, seed })
        }
        None => {
            let choices = state.steer.as_ref().map(|steer| steer.optimizers()).unwrap_or_default();
            let title = "optimizer of the new run";
            state.popup = Popup::Chooser(Chooser { title, choices, row: 0, model: Some(chosen) });
            Effect::Draw
        }
    }
}
