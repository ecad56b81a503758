//! Keys that ask something of whoever owns the runs.

use crate::explorer::Exit;
use crate::explorer::axis::XKind;
use crate::explorer::keymap::Action;
use crate::explorer::popup::{Chooser, Editor, Line, Popup, Purpose};
use crate::explorer::state::{Source, State};
use crate::explorer::update::{Ask, Effect};

pub(super) fn ask(state: &mut State, action: Action) -> Effect {
    let (Some(steer), run) = (state.steer.clone(), state.cursor) else {
        state.answer = Some(("these runs are recorded: there is nothing to steer".to_owned(), true));
        return Effect::Draw;
    };
    match action {
        Action::Undo => return Effect::Ask(Ask::Undo { run }),
        Action::Edit if state.runs.get(run).is_none_or(|run| run.status.is_final()) => {
            let fork = state.key(Action::Fork);
            state.answer = Some((format!("this run has ended: {fork} forks it, at the cross-hair if there is one"), true));
        }
        Action::Edit | Action::Fork => {
            let fork = (action == Action::Fork).then(|| fork_step(state));
            let fields = steer.parameters(run).into_iter().filter(|field| field.live || action == Action::Edit).collect();
            state.popup = Popup::Editor(Editor { run, fork, fields, row: 0, typed: None, error: String::new() });
        }
        Action::Restart => {
            let next = state.runs.iter().map(|run| run.cell.seed).max().map_or(0, |seed| seed.wrapping_add(1));
            state.popup = Popup::Line(Line::new(Purpose::Seed, &next.to_string()));
        }
        _ => {
            let chooser = Chooser { title: "model of the new run", choices: steer.models(), row: 0, model: None };
            state.popup = Popup::Chooser(chooser);
        }
    }
    Effect::Draw
}

/// The step of the recorded point at the cross-hair, else where the run stands.
fn fork_step(state: &State) -> u64 {
    let Some(run) = state.selected() else { return 0 };
    let marked = state.cross.and_then(|x| run.xs(XKind::Step).get(run.nearest(state.x, x)?).copied());
    marked.map_or_else(|| run.cell.steps_done(), |step| step as u64)
}

pub(super) fn replay(state: &mut State) -> Effect {
    match state.source {
        Source::Running => {
            state.answer = Some(("these runs are live: a run directory can be replayed".to_owned(), true));
            Effect::Draw
        }
        _ => Effect::Exit(Exit::Replay),
    }
}
