//! The one table of keys: it drives dispatch, the footer and the help.

use super::key::Key;

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Pause,
    Up,
    Down,
    Toggle,
    Only,
    ShowAll,
    NextChart,
    PreviousChart,
    Chart(usize),
    Grid,
    LogScale,
    Faster,
    Slower,
    FullSpeed,
    Gallery,
    Log,
    Help,
    Repaint,
    Suspend,
    Quit,
}

/// A line of the table.
pub(crate) struct Binding {
    pub keys: &'static [Key],
    /// The keys in words.
    pub shown: &'static str,
    /// The same where only ASCII can be shown.
    pub ascii: &'static str,
    pub action: Action,
    /// For the footer; empty: not there.
    pub short: &'static str,
    /// For the help; empty: the line before speaks for this one too.
    pub help: &'static str,
}

const fn binding(keys: &'static [Key], shown: &'static str, action: Action, short: &'static str, help: &'static str) -> Binding {
    Binding { keys, shown, ascii: shown, action, short, help }
}

/// All keys, the footer's in its order.
pub(crate) const KEYS: &[Binding] = &[
    binding(&[Key::Char(' ')], "space", Action::Pause, "pause", "pause all runs, and let them go on"),
    Binding { ascii: "j k", ..binding(&[Key::Down, Key::Char('j')], "↑ ↓", Action::Down, "run", "select a run (also j k)") },
    binding(&[Key::Up, Key::Char('k')], "", Action::Up, "", ""),
    Binding {
        ascii: "x",
        ..binding(&[Key::Enter, Key::Char('x')], "⏎", Action::Toggle, "show", "show or hide the selected run (also x)")
    },
    Binding {
        ascii: "Tab",
        ..binding(&[Key::Tab], "⇥", Action::NextChart, "chart", "enlarge the next chart (Tab; 1 to 6 pick one)")
    },
    binding(&[Key::BackTab], "", Action::PreviousChart, "", ""),
    binding(&[Key::Char('1')], "", Action::Chart(0), "", ""),
    binding(&[Key::Char('2')], "", Action::Chart(1), "", ""),
    binding(&[Key::Char('3')], "", Action::Chart(2), "", ""),
    binding(&[Key::Char('4')], "", Action::Chart(3), "", ""),
    binding(&[Key::Char('5')], "", Action::Chart(4), "", ""),
    binding(&[Key::Char('6')], "", Action::Chart(5), "", ""),
    binding(&[Key::Char('0'), Key::Esc], "0", Action::Grid, "", "back to all charts (also Esc)"),
    binding(&[Key::Char('l')], "l", Action::LogScale, "log", "logarithmic or linear y, of the enlarged chart or of all"),
    binding(&[Key::Char('-'), Key::Char('_')], "- +", Action::Slower, "pace", "halve or double the pace"),
    binding(&[Key::Char('+'), Key::Char('=')], "", Action::Faster, "", ""),
    binding(&[Key::Char('m')], "m", Action::FullSpeed, "", "full speed"),
    binding(&[Key::Char('g')], "g", Action::Gallery, "gallery", "start another experiment"),
    binding(&[Key::Char('o')], "o", Action::Only, "only", "show the selected run only"),
    binding(&[Key::Char('a')], "a", Action::ShowAll, "all", "show all runs"),
    binding(&[Key::Char('L')], "L", Action::Log, "", "what plugins printed"),
    binding(&[Key::Ctrl('l')], "^L", Action::Repaint, "", "paint the screen afresh"),
    binding(&[Key::Ctrl('z')], "^Z", Action::Suspend, "", "back to the shell; fg returns"),
    binding(&[Key::Char('?'), Key::Char('h')], "?", Action::Help, "help", "this list"),
    binding(&[Key::Char('q'), Key::Ctrl('c')], "q", Action::Quit, "quit", "stop the runs and leave"),
];

/// What a key does, if anything.
pub(crate) fn action_of(key: Key) -> Option<Action> {
    KEYS.iter().find(|binding| binding.keys.contains(&key)).map(|binding| binding.action)
}
