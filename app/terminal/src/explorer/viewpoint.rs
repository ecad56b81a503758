//! What is on the screen, in one line of words: `view=curves x=process_time smooth=20 hide=1,3`. The same line brings the same
//! screen back.

use super::axis::{Window, XKind};
use super::curves::Values;
use super::plot::{Range, Scale};
use super::state::{State, View};

/// The words that say how `state` differs from a new one; numbers are written so that they read back to the same bits.
pub(crate) fn describe(state: &State) -> String {
    let mut words = Vec::new();
    let mut say = |key: &str, value: Option<String>| words.extend(value.map(|value| format!("{key}={value}")));
    let scales = state.charts.iter().enumerate().filter(|(_, chart)| chart.scale != chart.natural);
    let scales: Vec<String> = scales.map(|(index, chart)| format!("{index}:{}", chart.scale.name())).collect();
    let hidden: Vec<String> = indices(state.runs.iter().map(|run| run.hidden));
    say("view", (state.view != View::Curves).then(|| state.view.name().to_owned()));
    say("x", (state.x != XKind::Step).then(|| state.x.name().to_owned()));
    say("xscale", (state.x_scale != Scale::Linear).then(|| state.x_scale.name().to_owned()));
    say("y", (!scales.is_empty()).then(|| scales.join(",")));
    say("chart", state.focused().map(|chart| chart.to_string()));
    say("page", (state.page > 0).then(|| state.page.to_string()));
    say("zoom", state.window.zoom.map(|zoom| format!("{:?}:{:?}", zoom.low, zoom.high)));
    say("follow", state.window.follows.then(|| "on".to_owned()));
    say("cross", state.cross.map(|x| format!("{x:?}")));
    say("values", values(state.values));
    say("smooth", (state.smoothing > 0).then(|| state.smoothing.to_string()));
    say("bands", state.bands.then(|| "on".to_owned()));
    say("log", state.log_open.then(|| "on".to_owned()));
    say("hide", (!hidden.is_empty()).then(|| hidden.join(",")));
    say("select", (state.cursor > 0).then(|| state.cursor.to_string()));
    say("sort", (state.sorting.column > 0 || state.sorting.descends).then(|| sorting(state)));
    say("target", state.sorting.target.map(|target| format!("{target:?}")));
    say("camera", (state.view == View::Geometry).then(|| format!("{:?}:{:?}", state.camera.yaw, state.camera.pitch)));
    say("plane", (state.view == View::Trajectory).then(|| format!("{}:{}", state.plane.0, state.plane.1)));
    words.join(" ")
}

fn indices(flags: impl Iterator<Item = bool>) -> Vec<String> {
    flags.enumerate().filter(|(_, is)| *is).map(|(index, _)| index.to_string()).collect()
}

fn values(values: Values) -> Option<String> {
    match values {
        Values::Plain => None,
        Values::Difference(run) => Some(format!("difference:{run}")),
        Values::GapToBest => Some("gap-to-best".to_owned()),
    }
}

fn sorting(state: &State) -> String {
    format!("{}:{}", state.sorting.column, if state.sorting.descends { "down" } else { "up" })
}

/// Brings a screen back.
///
/// # Errors
/// A line that names the word that cannot be read and what was expected.
pub(crate) fn apply(state: &mut State, line: &str) -> Result<(), String> {
    for word in line.split_whitespace() {
        let (key, value) = word.split_once('=').ok_or_else(|| format!("`{word}` in the screen is not key=value"))?;
        one(state, key, value).ok_or_else(|| wrong(key, value))?;
    }
    Ok(())
}

const KEYS: [(&str, &str); 19] = [
    ("view", "curves, geometry, table, trajectory, log or plugins"),
    ("x", "step, gradient_evaluations, process_time or path_length"),
    ("xscale", "linear, log or symlog"),
    ("y", "charts and scales, as 0:log,2:linear"),
    ("chart", "the number of a chart, from 0"),
    ("page", "the number of a page, from 0"),
    ("zoom", "low:high, in heights of the x scale"),
    ("follow", "on or off"),
    ("cross", "a number: the x of the cross-hair"),
    ("values", "plain, gap-to-best or difference:RUN"),
    ("smooth", "a half-life in points"),
    ("bands", "on or off"),
    ("log", "on or off"),
    ("hide", "numbers of runs, as 0,2"),
    ("select", "the number of a run, from 0"),
    ("sort", "COLUMN:up or COLUMN:down"),
    ("target", "a number"),
    ("camera", "yaw:pitch, in radians"),
    ("plane", "the numbers of two parameters, as 0:1"),
];

fn wrong(key: &str, value: &str) -> String {
    match KEYS.iter().find(|(name, _)| *name == key) {
        Some((_, expected)) => format!("`{key}={value}` in the screen: expected {expected}"),
        None => format!("the screen has no `{key}`; it has {}", KEYS.map(|(name, _)| name).join(", ")),
    }
}

fn one(state: &mut State, key: &str, value: &str) -> Option<()> {
    match key {
        "view" => state.view = View::ALL.into_iter().find(|view| view.name() == value)?,
        "x" => state.x = XKind::ALL.into_iter().find(|kind| kind.name() == value)?,
        "xscale" => state.x_scale = scale(value)?,
        "y" => {
            for part in value.split(',') {
                let (chart, name) = part.split_once(':')?;
                state.charts.get_mut(chart.parse::<usize>().ok()?)?.scale = scale(name)?;
            }
        }
        "chart" => state.focus = Some(value.parse().ok()?),
        "page" => state.page = value.parse().ok()?,
        "zoom" => state.window = Window { zoom: Some(range(value)?), ..state.window },
        "follow" => state.window.follows = flag(value)?,
        "cross" => state.cross = Some(finite(value)?),
        "values" => state.values = read_values(value)?,
        "smooth" => state.smoothing = value.parse().ok()?,
        "bands" => state.bands = flag(value)?,
        "log" => state.log_open = flag(value)?,
        "hide" => {
            for index in value.split(',') {
                state.runs.get_mut(index.parse::<usize>().ok()?)?.hidden = true;
            }
        }
        "select" => state.cursor = value.parse().ok().filter(|&run| run < state.runs.len())?,
        "sort" => {
            let (column, way) = value.split_once(':')?;
            state.sorting.descends = matches!(way, "down").then_some(true).or((way == "up").then_some(false))?;
            state.sorting.column = column.parse().ok()?;
        }
        "target" => state.sorting.target = Some(finite(value)?),
        "camera" => {
            let (yaw, pitch) = value.split_once(':')?;
            (state.camera.yaw, state.camera.pitch) = (finite(yaw)?, finite(pitch)?.clamp(-1.5, 1.5));
        }
        "plane" => {
            let (i, j) = value.split_once(':')?;
            state.plane = (i.parse().ok()?, j.parse().ok()?);
        }
        _ => return None,
    }
    Some(())
}

fn finite(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

fn flag(text: &str) -> Option<bool> {
    (text == "on").then_some(true).or((text == "off").then_some(false))
}

fn scale(name: &str) -> Option<Scale> {
    [Scale::Linear, Scale::Log, Scale::Symlog].into_iter().find(|scale| scale.name() == name)
}

fn range(text: &str) -> Option<Range> {
    let (low, high) = text.split_once(':')?;
    let range = Range { low: finite(low)?, high: finite(high)? };
    (range.low < range.high).then_some(range)
}

fn read_values(text: &str) -> Option<Values> {
    match text.split_once(':') {
        None if text == "plain" => Some(Values::Plain),
        None if text == "gap-to-best" => Some(Values::GapToBest),
        Some(("difference", run)) => Some(Values::Difference(run.parse().ok()?)),
        _ => None,
    }
}
