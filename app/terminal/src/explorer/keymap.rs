//! The one table of keys: it drives dispatch, the footer, the help, and the names in the settings file.

use super::key::Key;
use super::state::View;

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Pause,
    Hold,
    Step,
    Stop,
    Slower,
    Faster,
    FullSpeed,
    Up,
    Down,
    PageUp,
    PageDown,
    Left,
    Right,
    FarLeft,
    FarRight,
    Less,
    More,
    First,
    Last,
    Enter,
    Hide,
    Only,
    ShowAll,
    Filter,
    View(View),
    NextChart,
    PreviousChart,
    NextPage,
    PreviousPage,
    Back,
    XAxis,
    XScale,
    YScale,
    Cursor,
    ZoomIn,
    ZoomOut,
    Fit,
    Follow,
    Difference,
    GapToBest,
    Smooth,
    Band,
    Target,
    Freeze,
    Edit,
    Undo,
    Fork,
    Restart,
    Launch,
    Replay,
    Svg,
    Csv,
    Gallery,
    Log,
    Help,
    Repaint,
    Suspend,
    Detach,
    Quit,
}

/// A line of the table.
pub(crate) struct Binding {
    pub action: Action,
    /// Name in the settings file.
    pub name: &'static str,
    pub keys: &'static [Key],
    /// For the footer; empty: not there.
    pub short: &'static str,
    /// For the help; empty: the line before speaks for this one too.
    pub help: &'static str,
}

use Action as A;
use Key::Char as C;

const fn key(action: A, name: &'static str, keys: &'static [Key], short: &'static str, help: &'static str) -> Binding {
    Binding { action, name, keys, short, help }
}

/// All keys with their defaults, in the order of the help; those of the footer in its order.
pub(crate) const KEYS: &[Binding] = &[
    key(A::Pause, "pause", &[C(' ')], "pause", "pause all runs, and let them go on"),
    key(A::Down, "down", &[Key::Down, C('j')], "run", "select a run, or a line"),
    key(A::Up, "up", &[Key::Up, C('k')], "", ""),
    key(A::Enter, "enter", &[Key::Enter], "show", "show or hide the selected run; take a line; sort a table"),
    key(A::Step, "step", &[C('n')], "", "one step of the selected run while it is held"),
    key(A::Hold, "hold", &[C('p')], "", "hold the selected run alone, and let it go on"),
    key(A::Stop, "stop", &[C('X')], "", "end the selected run"),
    key(A::Edit, "edit", &[C('e')], "edit", "change a parameter of the selected run's optimizer"),
    key(A::Undo, "undo", &[C('u')], "", "take the last change back"),
    key(A::Fork, "fork", &[C('f')], "fork", "fork the selected run, at the cross-hair or where it stands"),
    key(A::Restart, "restart", &[C('r')], "", "the selected run once more, with another seed"),
    key(A::Launch, "launch", &[C('N')], "", "a new run: any model with any optimizer"),
    key(A::Slower, "slower", &[C('-'), C('_')], "", "halve or double the pace, of a replay its speed"),
    key(A::Faster, "faster", &[C('+'), C('=')], "", ""),
    key(A::FullSpeed, "full-speed", &[C('m')], "", "full speed"),
    key(A::Replay, "replay", &[C('R')], "", "show a recorded run again from its start"),
    key(A::Only, "only", &[C('o')], "", "show the selected run only"),
    key(A::ShowAll, "show-all", &[C('a')], "", "show all runs"),
    key(A::Hide, "hide", &[C('h')], "", "show or hide the selected run"),
    key(A::Filter, "filter", &[C('/')], "filter", "show the runs whose name has a pattern in it: * any text, | or"),
    key(A::View(View::Curves), "curves", &[C('1')], "", "views: curves, geometry, table, trajectory, log, plugins"),
    key(A::View(View::Geometry), "geometry", &[C('2')], "", ""),
    key(A::View(View::Table), "table", &[C('3')], "", ""),
    key(A::View(View::Trajectory), "trajectory", &[C('4')], "", ""),
    key(A::View(View::Log), "log-view", &[C('5')], "", ""),
    key(A::View(View::Plugins), "plugins", &[C('6')], "", ""),
    key(A::NextChart, "next-chart", &[Key::Tab], "chart", "enlarge the next chart, or the one before"),
    key(A::PreviousChart, "previous-chart", &[Key::BackTab], "", ""),
    key(A::NextPage, "next-page", &[C(']')], "", "the next page of charts, or the one before"),
    key(A::PreviousPage, "previous-page", &[C('[')], "", ""),
    key(A::Back, "back", &[Key::Esc, C('0')], "", "back: out of a line, the cross-hair, a chart, a view"),
    key(A::XAxis, "x-axis", &[C('x')], "x-axis", "x is the step, gradient evaluations, process time, path length"),
    key(A::YScale, "y-scale", &[C('l')], "log", "y linear, log or symlog, of the enlarged chart or of all"),
    key(A::XScale, "x-scale", &[C('L')], "", "x linear, log or symlog"),
    key(A::Cursor, "cursor", &[C('c')], "cursor", "cross-hair over all charts"),
    key(A::Left, "left", &[Key::Left], "", "move the cross-hair; turn, sort, choose in other views"),
    key(A::Right, "right", &[Key::Right], "", ""),
    key(A::FarLeft, "far-left", &[C('<')], "", "move it further"),
    key(A::FarRight, "far-right", &[C('>')], "", ""),
    key(A::First, "first", &[Key::Home], "", "to the first or the last point, or line"),
    key(A::Last, "last", &[Key::End], "", ""),
    key(A::ZoomIn, "zoom-in", &[C('z')], "zoom", "zoom into x around the cross-hair, or out"),
    key(A::ZoomOut, "zoom-out", &[C('Z')], "", ""),
    key(A::Less, "less", &[C(',')], "", "pan; tilt, choose in other views"),
    key(A::More, "more", &[C('.')], "", ""),
    key(A::PageUp, "page-up", &[Key::PageUp], "", "scroll by a page"),
    key(A::PageDown, "page-down", &[Key::PageDown], "", ""),
    key(A::Fit, "fit", &[C('F')], "", "fit everything"),
    key(A::Follow, "follow", &[C('w')], "", "keep the newest point in a zoomed window"),
    key(A::Difference, "difference", &[C('d')], "diff", "difference to the selected run, and back"),
    key(A::GapToBest, "gap-to-best", &[C('b')], "", "distance to the best value of all runs, on a log axis"),
    key(A::Smooth, "smooth", &[C('t')], "", "smooth over 5, 20, 100 points, or not"),
    key(A::Band, "band", &[C('B')], "", "median and quartiles over seeds, or every seed"),
    key(A::Target, "target", &[C('T')], "", "target of the column time-to-target"),
    key(A::Freeze, "freeze", &[C('v')], "", "freeze the screen; the runs go on"),
    key(A::Svg, "svg", &[C('s')], "svg", "write the screen as SVG"),
    key(A::Csv, "csv", &[C('S')], "", "write what the charts show as CSV"),
    key(A::Gallery, "gallery", &[C('g')], "gallery", "start another experiment"),
    key(A::Log, "log", &[C('P')], "", "what plugins printed, below the charts"),
    key(A::Repaint, "repaint", &[Key::Ctrl('l')], "", "paint the screen afresh"),
    key(A::Suspend, "suspend", &[Key::Ctrl('z')], "", "back to the shell; fg returns"),
    key(A::Detach, "detach", &[Key::Ctrl('d')], "", "leave; the runs go on without the screen"),
    key(A::Help, "help", &[C('?')], "help", "this list"),
    key(A::Quit, "quit", &[C('q'), Key::Ctrl('c')], "quit", "stop the runs and leave"),
];

/// The keys of a session: the table, with the user's changes.
#[derive(Clone, Debug)]
pub(crate) struct Keymap {
    /// One list for each line of [`KEYS`].
    keys: Vec<Vec<Key>>,
}

impl Default for Keymap {
    fn default() -> Self {
        Self { keys: KEYS.iter().map(|binding| binding.keys.to_vec()).collect() }
    }
}

impl Keymap {
    /// The table, with other keys for the actions named. A default key that is given to another action leaves its own.
    pub fn with(changes: &[(String, Vec<Key>)]) -> Self {
        let mut map = Self::default();
        let given = |key: &Key| changes.iter().any(|(_, keys)| keys.contains(key));
        for (binding, keys) in KEYS.iter().zip(&mut map.keys) {
            match changes.iter().find(|(name, _)| name == binding.name) {
                Some((_, chosen)) => keys.clone_from(chosen),
                None => keys.retain(|key| !given(key)),
            }
        }
        map
    }

    /// What a key does, if anything. Ctrl-C always leaves.
    pub fn action(&self, key: Key) -> Option<Action> {
        let bound = KEYS.iter().zip(&self.keys).find(|(_, keys)| keys.contains(&key)).map(|(binding, _)| binding.action);
        bound.or((key == Key::Ctrl('c')).then_some(Action::Quit))
    }

    /// The first key of an action in words; empty if it has none.
    pub fn shown(&self, action: Action, unicode: bool) -> String {
        let place = KEYS.iter().position(|binding| binding.action == action);
        let key = place.and_then(|place| self.keys[place].first());
        key.map(|key| key.shown(unicode)).unwrap_or_default()
    }

    /// All keys of a line of the help: its own, and those of the lines that it speaks for.
    pub fn help(&self, line: usize, unicode: bool) -> String {
        let follow = KEYS[line + 1..].iter().take_while(|binding| binding.help.is_empty()).count();
        let keys = &self.keys[line..=line + follow];
        // Of several actions the first key each, of one all of them.
        let of_line = |keys: &Vec<Key>| keys.iter().take(if follow > 0 { 1 } else { 2 }).map(|key| key.shown(unicode)).collect();
        keys.iter().flat_map(|keys| -> Vec<String> { of_line(keys) }).collect::<Vec<_>>().join(" ")
    }
}
