//! What is on the screen, as files: a picture, or the numbers that the charts show. Each names the command that makes it again.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use elbow_host::escaped;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::fit::{fit, x_axis};
use super::layout::areas;
use super::picture::{Ground, svg};
use super::plot::Scale;
use super::runs::Run;
use super::state::State;
use super::view::render;
use super::viewpoint;

/// The screen of a state, whatever the terminal shows.
pub(crate) fn paint(state: &mut State) -> Buffer {
    fit(state);
    let mut buffer = Buffer::empty(Rect::new(0, 0, state.size.0, state.size.1));
    render(state, &mut buffer);
    buffer
}

/// Writes a picture or a table under a new name in the working directory; a line for the user.
pub(crate) fn save(state: &mut State, picture: bool, command: &str, ground: Ground) -> Result<String, String> {
    let shown = paint(state);
    let text = if picture { picture_of(state, &shown, command, ground) } else { table_of(state, command) };
    let ending = if picture { "svg" } else { "csv" };
    let path = write_new(&state.title, ending, &text).map_err(|error| format!("cannot write the {ending}: {error}"))?;
    Ok(format!("{} written; again: {}", path.display(), reproduces(state, command, ending)))
}

/// The command that makes a file again, by its ending.
fn reproduces(state: &State, command: &str, ending: &str) -> String {
    let screen = viewpoint::describe(state);
    let screen = if screen.is_empty() { screen } else { format!(" --screen '{screen}'") };
    let size = if ending == "svg" { format!(" --size {}x{}", state.size.0, state.size.1) } else { String::new() };
    format!("{command}{screen}{size} --{ending} FILE")
}

/// The screen as SVG, with its command in the title.
pub(crate) fn picture_of(state: &State, shown: &Buffer, command: &str, ground: Ground) -> String {
    svg(shown, &format!("{}: {}", state.title, reproduces(state, command, "svg")), ground)
}

/// The points of the curves on the screen, a row each, under a comment with the command. Where the axis is the step it has one
/// column, not two.
pub(crate) fn table_of(state: &State, command: &str) -> String {
    let mut text = format!("# {}\n", escaped(&reproduces(state, command, "csv")));
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = ["run", "model", "seed", "metric", "step"].into_iter();
    let _ = writer.write_record(header.chain(state.x.metric()).chain(["value"]));
    for name in metrics(state) {
        for run in state.runs.iter().filter(|run| !run.hidden) {
            rows(state, run, &name, &mut writer);
        }
    }
    text += &String::from_utf8_lossy(&writer.into_inner().unwrap_or_default());
    text
}

/// Metrics of the charts on the screen; all of them in the other views.
fn metrics(state: &State) -> Vec<String> {
    let shown: Vec<usize> = areas(state).map(|areas| areas.charts.iter().map(|(chart, _)| *chart).collect()).unwrap_or_default();
    let charts = if shown.is_empty() { state.recorded_charts() } else { shown };
    charts.into_iter().flat_map(|chart| state.charts[chart].metrics.clone()).collect()
}

fn rows(state: &State, run: &Run, name: &str, writer: &mut csv::Writer<Vec<u8>>) {
    let Some(history) = run.history(name) else { return };
    let axis = x_axis(state);
    let inside = |x: f64| {
        let height = axis.scale.height(x);
        height.is_some_and(|height| axis.range.low <= height && height <= axis.range.high)
            || axis.scale == Scale::Linear && x.is_nan()
    };
    let xs = run.xs(state.x);
    for ((&step, &x), &value) in run.xs.iter().zip(xs).zip(&history.values).filter(|((_, x), _)| inside(**x)) {
        let seed = run.cell.seed.to_string();
        let numbers = [step, x, value].map(|number| format!("{number:?}"));
        let [step, x, value] = &numbers;
        let fields = [&run.label, &run.cell.model, &seed, name, step].into_iter();
        let _ = writer.write_record(fields.chain(state.x.metric().map(|_| x.as_str())).chain([value.as_str()]));
    }
}

/// Never over a file that is there.
fn write_new(title: &str, ending: &str, text: &str) -> io::Result<PathBuf> {
    let title = Path::new(title).file_name().map_or_else(|| "screen".into(), |name| name.to_string_lossy());
    let plain: String = title.chars().map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' }).collect();
    for number in 1.. {
        let path = PathBuf::from(format!("elbow-{plain}-{number}.{ending}"));
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => return file.write_all(text.as_bytes()).map(|()| path),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other("no free name is left"))
}
